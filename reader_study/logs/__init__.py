"""Log lines that say what happened and to what, and nothing about patients or people.

Whatever is not expressly allowed is left out, whoever logs it: our code, Django, Celery, gunicorn.
"""
