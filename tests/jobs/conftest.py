"""A job, and what goes to the broker."""

import pytest

from reader_study.celery import app
from reader_study.cohorts.models import Upload
from tests.cast import make_study


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of jobs for which a message went to the broker."""
    ids: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **options: ids.append(args[0]))
    return ids


@pytest.fixture
def job() -> Upload:
    study = make_study()
    site = study.sites.get(code="north")
    return Upload.objects.create(study=study, site=site, filename="a.zip", size_bytes=1)
