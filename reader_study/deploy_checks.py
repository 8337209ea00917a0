"""What `manage.py check --deploy` says of an installation beyond Django's own checks."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]", ""}


@register(Tags.security, deploy=True)
def production_lacks_nothing(**_: Any) -> list[CheckMessage]:
    """Say what an installation in production should have and was not given."""
    return list(_lacking())


def _lacking() -> Iterator[CheckMessage]:
    environment = settings.ENVIRONMENT
    if not environment.production:
        yield checks.Warning(
            "This is not set up for production.",
            hint="Set READER_STUDY_PRODUCTION to true: HTTPS, secure cookies, keys of your own.",
            id="reader_study.W001",
        )
        return
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield checks.Warning(
            "The database is SQLite, which serves one machine.",
            hint="Set DATABASE_URL to a PostgreSQL database.",
            id="reader_study.W002",
        )
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        yield checks.Warning(
            "The broker is a folder, which serves one machine.",
            hint="Set CELERY_BROKER_URL to a Redis server.",
            id="reader_study.W003",
        )
    if set(settings.ALLOWED_HOSTS) <= THIS_MACHINE or "*" in settings.ALLOWED_HOSTS:
        yield checks.Warning(
            "The addresses under which people come are not named.",
            hint='Set READER_STUDY_ALLOWED_HOSTS, such as ["study.example.org"].',
            id="reader_study.W004",
        )
    if not any(origin.startswith("https://") for origin in settings.CSRF_TRUSTED_ORIGINS):
        yield checks.Warning(
            "No address is trusted to send forms from.",
            hint='Set READER_STUDY_TRUSTED_ORIGINS, such as ["https://study.example.org"].',
            id="reader_study.W005",
        )
    if not settings.METRICS_TOKEN:
        yield checks.Warning(
            "Nobody can watch the queues: there is no /metrics.",
            hint="Set READER_STUDY_METRICS_TOKEN to a long random string.",
            id="reader_study.W006",
        )
    if not settings.FRONTEND_BUILD.is_dir():
        yield checks.Warning(
            "The pages are not built.", hint="Run `make setup`.", id="reader_study.W007"
        )
    secrets = {
        "SECRET": settings.SECRET_KEY,
        "PSEUDONYM": settings.PSEUDONYM_KEY,
        "AUDIT": settings.AUDIT_KEY,
    }
    if len(set(secrets.values())) < len(secrets):
        yield checks.Error(
            "Two of the keys are the same, so that a thief of one has both.",
            hint="Give READER_STUDY_SECRET_KEY, …_PSEUDONYM_KEY and …_AUDIT_KEY values of their "
            "own, before any data is taken in.",
            id="reader_study.E001",
        )
