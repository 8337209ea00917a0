"""Create studies and people their roles in them."""

import uuid

from django.db import transaction

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.studies.canonical_json import canonical_sha256
from reader_study.studies.members import add_member
from reader_study.studies.models import Membership, Protocol, Role, Site, Study
from reader_study.studies.protocol import ProtocolDocument


@transaction.atomic
def create_study(
    *,
    slug: str,
    name: str,
    protocol: ProtocolDocument,
    sites: dict[str, str],
    actor: User | None,
    data_notice: str = "",
    study_id: uuid.UUID | None = None,
) -> Study:
    """Create a study with its first protocol version and its sites (code → name).

    The orders of reading hang on ``study_id``: only a study that is to be made again alike needs
    to name it.
    """
    study = Study.objects.create(
        id=study_id or uuid.uuid4(), slug=slug, name=name, data_notice=data_notice
    )
    document = protocol.model_dump(mode="json")
    Protocol.objects.create(
        study=study,
        version=1,
        document=document,
        sha256=canonical_sha256(document),
        created_by=actor,
    )
    Site.objects.bulk_create(
        Site(study=study, code=code, name=site_name) for code, site_name in sites.items()
    )
    record(action="study created", actor=actor, study_id=study.id, subject=slug)
    return study


def add_coordinator(*, study: Study, user: User, actor: User | None) -> Membership:
    """Make a person coordinator of a study."""
    return add_member(study=study, user=user, role=Role.COORDINATOR, actor=actor)


def add_rater(*, study: Study, user: User, actor: User | None) -> Membership:
    """Make a person the study's next rater."""
    return add_member(study=study, user=user, role=Role.RATER, actor=actor)


@transaction.atomic
def require_second_factor(*, study: Study, required: bool, actor: User) -> Study:
    """Say whether the study is open to people with a second factor alone."""
    study = Study.objects.select_for_update().get(pk=study.pk)
    if study.second_factor_required != required:
        study.second_factor_required = required
        study.save(update_fields=["second_factor_required"])
        record(
            action="second factor required" if required else "second factor no longer required",
            actor=actor,
            study_id=study.id,
        )
    return study
