"""`manage.py check --deploy` finds nothing in a complete installation, and what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-W", "ignore", "manage.py", "check"]
COMPLETE = {
    "READER_STUDY_PRODUCTION": "true",
    "READER_STUDY_SECRET_KEY": "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z",
    "READER_STUDY_PSEUDONYM_KEY": "another one of 32 and more characters",
    "READER_STUDY_AUDIT_KEY": "a third one of 32 and more characters",
    "READER_STUDY_IDENTITY_KEY": Fernet.generate_key().decode(),
    "READER_STUDY_METRICS_TOKEN": "a token that only Prometheus knows",
    "READER_STUDY_ALLOWED_HOSTS": '["study.example.org"]',
    "READER_STUDY_TRUSTED_ORIGINS": '["https://study.example.org"]',
    "DATABASE_URL": "postgresql://reader_study:secret@postgres:5432/reader_study",
    "CELERY_BROKER_URL": "redis://:secret@redis:6379/0",
}


@pytest.fixture
def check(tmp_path: Path):
    """Run the check with the settings of a complete installation, changed."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("READER_STUDY_") and name not in COMPLETE
    }

    def run(**changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "--deploy", "--fail-level", "WARNING"],
            cwd=REPOSITORY,
            env={**inherited, **COMPLETE, "READER_STUDY_VAR": str(tmp_path), **changes},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_complete_installation_is_clean(check) -> None:
    done = check()
    assert "no issues (1 silenced)" in done.stdout or "W007" in done.stderr, done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("?:")] in (
        [],
        ["?: (reader_study.W007) The pages are not built."],
    )


def test_what_is_missing_is_said_with_what_to_do(check) -> None:
    same = COMPLETE["READER_STUDY_SECRET_KEY"]
    said = check(
        DATABASE_URL="",
        CELERY_BROKER_URL="",
        READER_STUDY_ALLOWED_HOSTS='["localhost"]',
        READER_STUDY_TRUSTED_ORIGINS="[]",
        READER_STUDY_METRICS_TOKEN="",
        READER_STUDY_AUDIT_KEY=same,
        READER_STUDY_DEBUG="true",
    ).stderr
    found = [f"reader_study.W00{number}" for number in (2, 3, 4, 5, 6)]
    for problem in (*found, "reader_study.E001", "security.W018"):
        assert f"({problem})" in said
    assert said.count("HINT") >= len(found)


def test_an_installation_without_production_is_said_to_be_one(check) -> None:
    said = check(READER_STUDY_PRODUCTION="false").stderr
    assert "(reader_study.W001)" in said
    assert "READER_STUDY_PRODUCTION" in said


@pytest.mark.parametrize(
    "missing",
    ["READER_STUDY_SECRET_KEY", "READER_STUDY_PSEUDONYM_KEY", "READER_STUDY_AUDIT_KEY"],
)
def test_nothing_starts_without_its_keys(check, missing: str) -> None:
    given = "development-only-secret-key-never-use-this-with-patient-data"
    done = check(**{missing: given if missing.endswith("SECRET_KEY") else ""})
    assert done.returncode
    assert missing in done.stderr
