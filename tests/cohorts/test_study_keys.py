"""Pseudonyms hang on a secret outside the database: the same for ever, another for each study."""

import stat
from pathlib import Path

import pytest
from django.test import override_settings
from pydantic import ValidationError

from reader_study.cohorts.models import Case
from reader_study.cohorts.study_keys import keyed_digest, pseudonym, study_key
from reader_study.environment import Environment
from reader_study.studies.models import Study

A, B = Study(), Study()


def test_a_study_keeps_its_key_and_shares_it_with_none():
    assert study_key(A) == study_key(A)
    assert study_key(A) != study_key(B)
    assert keyed_digest(A, "Mr 4711") == keyed_digest(A, "Mr 4711") != keyed_digest(B, "Mr 4711")
    assert "Mr 4711" not in keyed_digest(A, "Mr 4711")


def test_the_key_of_the_environment_decides():
    with override_settings(PSEUDONYM_KEY="k" * 40):
        first = study_key(A)
    with override_settings(PSEUDONYM_KEY="l" * 40):
        assert study_key(A) != first
    with override_settings(PSEUDONYM_KEY="k" * 40):
        assert study_key(A) == first


def test_without_one_a_key_is_made_once_that_its_owner_alone_may_read(tmp_path):
    with override_settings(PSEUDONYM_KEY="", VAR=tmp_path):
        first = study_key(A)
        assert study_key(A) == first
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_bytes()) == 32


def test_the_secret_of_sessions_has_nothing_to_do_with_it():
    first = study_key(A)
    with override_settings(SECRET_KEY="another"):
        assert study_key(A) == first


def test_a_case_is_known_by_its_code():
    assert pseudonym(Case(study=A, code="C007")).case_code == "C007"


@pytest.mark.parametrize(
    ("key", "said"), [("", "set READER_STUDY_PSEUDONYM_KEY"), ("short", "32 random characters")]
)
def test_production_needs_a_key_of_its_own(tmp_path: Path, key: str, said: str):
    with pytest.raises(ValidationError, match=said):
        Environment(
            var=tmp_path,
            production=True,
            secret_key="s" * 50,
            audit_key="a" * 40,
            pseudonym_key=key,
        )
