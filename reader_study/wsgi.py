"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from reader_study.silent_senders import not_waiting_for_silent_senders

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reader_study.settings")

application = not_waiting_for_silent_senders(get_wsgi_application())
