"""The reaper outlives the database's bad moments."""

import pytest
from django.core.management import call_command
from django.db import OperationalError

from reader_study.coordination.management.commands import reap_jobs


class EnoughError(Exception):
    """Ends the reaper's endless loop."""


def test_it_goes_on_when_the_database_does_not_answer_for_once(monkeypatch):
    rounds: list[int] = []

    def reap_everything() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise OperationalError("database is locked")
        if len(rounds) == 3:
            raise EnoughError

    monkeypatch.setattr(reap_jobs, "reap_everything", reap_everything)
    with pytest.raises(EnoughError):
        call_command("reap_jobs", every=0.001)
    assert rounds == [0, 1, 2]
