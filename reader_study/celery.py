"""The Celery application: queue ``cpu`` (ingest, media packs) and queue ``gpu`` (the network)."""

import os

from celery import Celery

from reader_study.logs.jobs import leave_logging_to_the_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reader_study.settings")

app = Celery("reader_study")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
leave_logging_to_the_settings()
