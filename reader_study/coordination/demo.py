"""The studies that a new installation can look at, all labelled for what they are."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from inference.demo.model import DEMO_MODEL_DIRECTORY
from reader_study.accounts.models import User
from reader_study.agreement.constructed_tables import CONSTRUCTED_NOTICE
from reader_study.analysis.services import lock_study
from reader_study.coordination.constructed_studies import (
    ConstructedStudy,
    store_constructed_ratings,
)
from reader_study.segmentation.services import choose_model, register_model
from reader_study.studies.models import Study, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_templates import SIGNED_FOUR_POINT_PROTOCOL
from reader_study.studies.services import add_coordinator, add_rater, create_study

DEMO_STUDY_SLUG = "demo"

DEMO_PASSWORD = "read-the-arteries"  # noqa: S105 - printed on purpose, for phantoms only
DEMO_PEOPLE = {
    "coordinator": "Demo Coordinator",
    "rater1": "Demo Rater One",
    "rater2": "Demo Rater Two",
}


def _demo_people() -> dict[str, User]:
    people = {}
    for username, full_name in DEMO_PEOPLE.items():
        person, created = User.objects.get_or_create(
            username=username, defaults={"full_name": full_name}
        )
        if created:
            person.set_password(DEMO_PASSWORD)
            person.save()
        people[username] = person
    return people


def _staffed_study(
    people: dict[str, User],
    *,
    slug: str,
    name: str,
    protocol: ProtocolDocument,
    sites: dict[str, str],
    data_notice: str,
) -> Study:
    coordinator = people["coordinator"]
    study = create_study(
        slug=slug,
        name=name,
        protocol=protocol,
        sites=sites,
        actor=coordinator,
        data_notice=data_notice,
    )
    add_coordinator(study=study, user=coordinator, actor=coordinator)
    for username in ("rater1", "rater2"):
        add_rater(study=study, user=people[username], actor=coordinator)
    return study


@transaction.atomic
def create_demo_study(*, model_directory: Path = DEMO_MODEL_DIRECTORY) -> Study:
    """Create the demo study, its people and its model; a study that exists is returned as it is."""
    existing = Study.objects.filter(slug=DEMO_STUDY_SLUG).first()
    if existing is not None:
        return existing
    people = _demo_people()
    study = _staffed_study(
        people,
        slug=DEMO_STUDY_SLUG,
        name="Demo study",
        protocol=SIGNED_FOUR_POINT_PROTOCOL,
        sites={"north": "North Hospital (phantoms)", "south": "South Hospital (phantoms)"},
        data_notice="Phantom data, demo model trained on phantoms only. Not for clinical use.",
    )
    model = register_model(directory=model_directory, actor=people["coordinator"])
    choose_model(study=study, model=model, actor=people["coordinator"])
    return study


@transaction.atomic
def load_constructed_study(constructed: ConstructedStudy) -> Study:
    """Load constructed ratings as a locked study; one that exists is returned as it is.

    No images belong to the ratings, and the notice on every page says what they are.
    """
    existing = Study.objects.filter(slug=constructed.slug).first()
    if existing is not None:
        return existing
    people = _demo_people()
    study = _staffed_study(
        people,
        slug=constructed.slug,
        name=constructed.name,
        protocol=constructed.protocol,
        sites=constructed.sites,
        data_notice=f"{CONSTRUCTED_NOTICE} No images, no patients.",
    )
    store_constructed_ratings(study, constructed.ratings)
    study.state = StudyState.READING
    study.opened_at = timezone.now()
    study.save(update_fields=["state", "opened_at"])
    return lock_study(study=study, actor=people["coordinator"]).study
