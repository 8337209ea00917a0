"""An installation of an earlier release is brought up to date with its data and its guards."""

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
from reader_study.cohorts.models import Series
from reader_study.coordination.series_selectors import series_row
from reader_study.reading.models import Assignment, Reading
from reader_study.segmentation.selectors import current_packs

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_RELEASE = [(app, "0001_initial") for app in ("studies", "cohorts", "reading", "analysis")]
GUARDS_OF_THE_FIRST_RELEASE = [
    Guard("studies", "studies_protocol"),
    Guard("studies", "studies_study", "OLD.state = 'locked'"),
    Guard("reading", "reading_reading", "OLD.state = 'submitted'"),
]


RELEASE_WITHOUT_REVIEWS = [
    ("accounts", "0001_initial"),
    ("studies", "0002_study_life"),
    ("cohorts", "0002_study_life"),
    ("segmentation", "0001_initial"),
]


@pytest.fixture
def first_release() -> Iterator[Any]:
    """The models of the first release, on a database that it made."""
    models = models_of(FIRST_RELEASE)
    for row in GUARDS_OF_THE_FIRST_RELEASE:
        guards.install(connection, row)
    yield models
    call_command("migrate", verbosity=0)


@pytest.fixture
def release_without_reviews() -> Iterator[Any]:
    """The models of the release before the one in which a person releases each run."""
    yield models_of(RELEASE_WITHOUT_REVIEWS)
    call_command("migrate", verbosity=0)


def models_of(release: list[tuple[str, str]]) -> Any:
    """Bring the database back to a release; returns that release's models."""
    guards.remove(connection)
    MigrationExecutor(connection).migrate(release)
    return MigrationExecutor(connection).loader.project_state(release).apps


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


def store_images(models: Any) -> None:
    """A segmented case with a CT and a run, of a study that is being set up."""
    study = models.get_model("studies", "Study").objects.create(slug="old", name="Old")
    site = models.get_model("studies", "Site").objects.create(study=study, code="n", name="North")
    case = models.get_model("cohorts", "Case").objects.create(
        study=study, site=site, code="C001", patient_key="1"
    )
    for kind in ("NCCT", "DSA"):
        models.get_model("cohorts", "Series").objects.create(
            case=case,
            kind=kind,
            series_key=kind,
            position=1,
            stored_name=f"{kind}.npz",
            description=kind,
            instance_count=1,
            corrections=["Gantry tilt of 14.0° corrected by resampling"],
        )
    job = models.get_model("segmentation", "SegmentationJob").objects.create(
        case=case,
        model=models.get_model("segmentation", "VesselModel").objects.create(
            name="m", sha256="5" * 64, directory="m", labels={}, card={}
        ),
        state="done",
        mask_name="mask",
    )
    models.get_model("segmentation", "MediaPack").objects.create(
        segmentation=job, state="done", folder="pack", manifest={"runs": [{}]}
    )


def test_what_raters_were_shown_before_there_were_reviews_stays_in_use(release_without_reviews):
    store_images(release_without_reviews)
    call_command("migrate", verbosity=0)
    run, ct = (series_row(series) for series in Series.objects.order_by("kind"))
    assert (ct["used"], ct["review"], ct["verdict"]) == (True, "not-needed", "corrected")
    assert (run["used"], run["review"], run["phase"]) == (True, "released", "after")
    assert run["review_note"] == "Shown to raters by a release that had no review."
    assert current_packs().count() == 1
