"""An installation of the first release is brought up to date with its data and its guards."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps as current_apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from reader_study.audit import guards
from reader_study.audit.guards import Guard
from reader_study.reading.models import Assignment, Reading

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_RELEASE = [(app, "0001_initial") for app in ("studies", "cohorts", "reading", "analysis")]
GUARDS_OF_THE_FIRST_RELEASE = [
    Guard("studies", "studies_protocol"),
    Guard("studies", "studies_study", "OLD.state = 'locked'"),
    Guard("reading", "reading_reading", "OLD.state = 'submitted'"),
]


@pytest.fixture
def first_release() -> Iterator[Any]:
    """The models of the first release, on a database that it made."""
    guards.remove(connection)
    executor = MigrationExecutor(connection)
    executor.migrate(FIRST_RELEASE)
    for row in GUARDS_OF_THE_FIRST_RELEASE:
        guards.install(connection, row)
    yield MigrationExecutor(connection).loader.project_state(FIRST_RELEASE).apps
    call_command("migrate", verbosity=0)


def store_a_study(models: Any) -> None:
    """A study with two cases: one that was read, and one that was not."""
    user = models.get_model("accounts", "User").objects.create(username="ruth")
    study = models.get_model("studies", "Study").objects.create(
        slug="old", name="Old", state="locked", locked_at=timezone.now()
    )
    site = models.get_model("studies", "Site").objects.create(study=study, code="n", name="North")
    protocol = models.get_model("studies", "Protocol").objects.create(
        study=study, version=1, document={}, sha256="0" * 64
    )
    for number in (1, 2):
        case = models.get_model("cohorts", "Case").objects.create(
            study=study, site=site, code=f"C00{number}", patient_key=str(number)
        )
        assignment = models.get_model("reading", "Assignment").objects.create(
            study=study, rater=user, case=case, position=number, code=f"AAAA-000{number}"
        )
        if number == 1:
            models.get_model("reading", "Reading").objects.create(
                assignment=assignment,
                protocol=protocol,
                state="submitted",
                grade=3,
                submitted_at=timezone.now(),
            )


def test_readings_of_the_first_release_are_kept_and_count(first_release):
    store_a_study(first_release)
    call_command("migrate", verbosity=0)
    read, unread = Assignment.objects.order_by("position")
    assert read.current_reading is not None
    assert (read.current_reading.grade, read.current_reading.attempt) == (3, 1)
    assert unread.current_reading is None
    assert (read.stage, read.attempt, read.repeat_of) == ("main", 1, None)
    assert read.case.purpose == "study"


def test_the_guards_of_this_release_are_in_place_afterwards(first_release):
    store_a_study(first_release)
    call_command("migrate", verbosity=0)
    assert guards.guards_are_in_place(databases=["default"]) == []
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Reading.objects.update(grade=1)
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Assignment.objects.update(position=9)
    locked = current_apps.get_model("studies", "Study").objects.filter(slug="old")
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        locked.update(state="reading")
