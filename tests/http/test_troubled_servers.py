"""A database that is away is told in words; nothing passes for a fault of the person."""

import errno

import pytest
from django.db import InterfaceError, OperationalError

from reader_study.coordination.uploads_api import UploadListView
from tests.cast import browser_of, make_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (OperationalError("terminating connection"), 503, "try again"),
        (InterfaceError("connection already closed"), 503, "try again"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "disk is full"),
    ],
)
def test_a_sentence_and_when_to_try_again(monkeypatch, error, status, word):
    study = make_study()

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(UploadListView, "get", refuse)
    answer = browser_of("carol").get(f"/api/studies/{study.id}/uploads")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "2"
    assert word in answer.json()["detail"]


def test_a_fault_of_the_program_stays_one(monkeypatch):
    study = make_study()

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("spacing")

    monkeypatch.setattr(UploadListView, "get", fail)
    with pytest.raises(ZeroDivisionError):
        browser_of("carol").get(f"/api/studies/{study.id}/uploads")
