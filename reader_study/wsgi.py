"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from reader_study.http.silent_senders import not_waiting_for_silent_senders
from reader_study.logs.gunicorn import take_over
from reader_study.logs.processes import log_all_there_is

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reader_study.settings")

log_all_there_is()
take_over()
application = not_waiting_for_silent_senders(get_wsgi_application())
