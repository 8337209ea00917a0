"""The whole installation in one folder, and back: database, files, and what proves them whole.

Keys are not in it: whoever finds a backup must not find with it what opens it.
"""
