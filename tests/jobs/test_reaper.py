"""The reaper outlives bad moments, and one trouble does not keep it from the rest."""

import pytest
from django.core.management import call_command
from django.db import OperationalError

from reader_study.coordination.job_kinds import KINDS_OF_JOB
from reader_study.coordination.management.commands import reap_jobs
from reader_study.jobs.models import LeasedJob


class EnoughError(BaseException):
    """Ends the reaper's endless loop."""


def test_it_goes_on_when_the_database_does_not_answer_for_once(monkeypatch):
    rounds: list[int] = []

    def step() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise OperationalError("database is locked")
        if len(rounds) == 3:
            raise EnoughError

    monkeypatch.setattr(reap_jobs, "steps", lambda: [step])
    with pytest.raises(EnoughError):
        call_command("reap_jobs", every=0.001)
    assert rounds == [0, 1, 2]


def test_a_step_that_fails_does_not_keep_the_others_from_being_done(monkeypatch):
    done: list[str] = []

    def broken() -> None:
        raise PermissionError("quarantine")

    def last() -> None:
        done.append("last")
        raise EnoughError

    monkeypatch.setattr(reap_jobs, "steps", lambda: [broken, last])
    with pytest.raises(EnoughError):
        call_command("reap_jobs", every=0.001)
    assert done == ["last"]


def test_it_looks_after_every_kind_of_job():
    kinds = {kind for kind in LeasedJob.__subclasses__() if not kind._meta.abstract}
    assert set(KINDS_OF_JOB) == kinds
