"""The key lies outside the database, can be rotated, and without it nothing can be verified."""

import stat
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings
from pydantic import ValidationError

from reader_study.audit.checks import key_is_a_secret, keys_are_known
from reader_study.audit.keys import current_key, key_file, keys_by_id
from reader_study.audit.models import Event
from reader_study.audit.services import record
from reader_study.audit.verification import check_chain
from reader_study.environment import Environment
from tests.audit.conftest import CHAIN, STUDY

OLD, NEW = "o" * 40, "n" * 40


def test_without_one_a_key_is_made_once_that_its_owner_alone_may_read(tmp_path):
    with override_settings(AUDIT_KEY="", VAR=tmp_path):
        assert current_key() == current_key()
        assert len(current_key()) >= 32
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
        assert key_is_a_secret() == []
        key_file().chmod(0o644)
        (said,) = key_is_a_secret()
    assert "Others than its owner may read" in said.msg


@pytest.mark.parametrize(
    ("key", "said"), [("", "set READER_STUDY_AUDIT_KEY"), ("short", "32 random characters")]
)
def test_production_does_not_start_without_a_key_of_its_own(tmp_path: Path, key: str, said: str):
    with pytest.raises(ValidationError, match=said):
        Environment(
            var=tmp_path,
            production=True,
            secret_key="s" * 50,
            pseudonym_key="p" * 40,
            audit_key=key,
        )


def test_nor_does_it_pass_the_system_check(tmp_path, settings):
    settings.AUDIT_KEY = ""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"production": True})
    (said,) = key_is_a_secret()
    assert said.id == "audit.E001"


@pytest.mark.django_db
def test_events_before_and_after_a_rotation_hold_and_without_the_former_key_do_not():
    with override_settings(AUDIT_KEY=OLD, AUDIT_RETIRED_KEYS=[]):
        record(action="before", actor=None, study_id=STUDY)
    with override_settings(AUDIT_KEY=NEW, AUDIT_RETIRED_KEYS=[OLD]):
        record(action="after", actor=None, study_id=STUDY)
        assert len({event.key_id for event in Event.objects.all()}) == 2
        assert check_chain(CHAIN).state == "unbroken"
    with override_settings(AUDIT_KEY=NEW, AUDIT_RETIRED_KEYS=[]):
        fault = check_chain(CHAIN).fault
        assert fault is not None
        assert (fault.kind, fault.sequence) == ("wrong-key", 1)
    with override_settings(AUDIT_KEY="x" * 40, AUDIT_RETIRED_KEYS=[]):
        (said,) = keys_are_known(databases=["default"])
        assert said.id == "audit.W002"


@pytest.mark.django_db
def test_the_key_file_is_rotated_by_a_command_and_keeps_the_former_keys(tmp_path):
    with override_settings(AUDIT_KEY="", VAR=tmp_path):
        record(action="before", actor=None)
        former = current_key()
        call_command("rotate_audit_key", verbosity=0)
        assert current_key() != former
        assert former in keys_by_id().values()
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
        last = Event.objects.latest("id")
        assert (last.action, last.subject) == ("audit key rotated", last.key_id)
        assert check_chain("system").state == "unbroken"


@pytest.mark.django_db
def test_a_key_of_the_environment_is_rotated_there(settings):
    settings.AUDIT_KEY = OLD
    with pytest.raises(CommandError, match="READER_STUDY_AUDIT_RETIRED_KEYS"):
        call_command("rotate_audit_key")
