"""Save a study's protocol: every save is a version that stays."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.studies.canonical_json import canonical_sha256
from reader_study.studies.models import ExampleImage, Protocol, Study, StudyState
from reader_study.studies.protocol import (
    FIXED_ONCE_READING,
    ProtocolDocument,
    refused_amendments,
)
from reader_study.studies.protocol_refusals import (
    FixedProtocolError,
    InvalidProtocolError,
    Problem,
    StaleProtocolError,
)
from reader_study.studies.protocol_wording import name_of_part, problems_of
from reader_study.studies.selectors import current_protocol

EDITED_IN_SETUP = "Edited before the study was opened"
LONGEST_REASON = 500


class MayChange(Enum):
    """How much of a protocol may still change."""

    EVERYTHING = "everything"
    AMEND = "amend"
    NOTHING = "nothing"


def may_change(study: Study) -> MayChange:
    """Say how much of the protocol the state of the study leaves open."""
    if study.state == StudyState.SETUP:
        return MayChange.EVERYTHING
    return MayChange.AMEND if study.state == StudyState.READING else MayChange.NOTHING


def fixed_fields(study: Study) -> list[str]:
    """Name the fields that may not change any more; ``level_values`` is the scale itself."""
    match may_change(study):
        case MayChange.EVERYTHING:
            return []
        case MayChange.AMEND:
            return [*FIXED_ONCE_READING, "level_values"]
        case MayChange.NOTHING:
            return [*ProtocolDocument.model_fields, "level_values"]


@transaction.atomic
def save_protocol(
    *, study: Study, document: Mapping[str, Any], based_on: int, reason: str, actor: User
) -> Protocol:
    """Store the document as the study's next version and return it.

    A document that says what the version in force says makes no new version; that one is
    returned. So a request that is sent twice saves once.

    Parameters
    ----------
    document
        JSON of a :class:`ProtocolDocument`.
    based_on
        The version that the person began from.
    reason
        Why it is changed; required once the study is open for reading.

    Raises
    ------
    FixedProtocolError
        The study is locked, or an amendment touches what raters' lists and grades hang on.
    InvalidProtocolError
        The document is no protocol, or the reason is missing.
    StaleProtocolError
        ``based_on`` is not the latest version.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    changeable = may_change(study)
    if changeable == MayChange.NOTHING:
        raise FixedProtocolError("The study is locked: its protocol cannot change any more.")
    latest = current_protocol(study)
    in_force = ProtocolDocument.model_validate(latest.document)
    wanted = _validated(study, document)
    if wanted == in_force:
        return latest
    if based_on != latest.version:
        raise StaleProtocolError(latest.version)
    if changeable == MayChange.AMEND:
        refused = refused_amendments(in_force, wanted)
        if refused:
            raise FixedProtocolError(" ".join(refused))
    return _add_version(latest, wanted, _checked_reason(reason, changeable), actor)


def _add_version(latest: Protocol, wanted: ProtocolDocument, reason: str, actor: User) -> Protocol:
    study = latest.study
    stored = wanted.model_dump(mode="json")
    saved = Protocol.objects.create(
        study=study,
        version=latest.version + 1,
        document=stored,
        sha256=canonical_sha256(stored),
        reason=reason,
        created_by=actor,
    )
    record(
        action="protocol changed" if study.state == StudyState.SETUP else "protocol amended",
        actor=actor,
        study_id=study.id,
        subject=saved.sha256,
        version=saved.version,
        old_sha256=latest.sha256,
        new_sha256=saved.sha256,
        reason=reason,
    )
    return saved


def _validated(study: Study, document: Mapping[str, Any]) -> ProtocolDocument:
    try:
        wanted = ProtocolDocument.model_validate(document)
    except ValidationError as error:
        raise InvalidProtocolError(problems_of(error, document)) from error
    stored = set(ExampleImage.objects.filter(study=study).values_list("sha256", flat=True))
    missing = [
        Problem(
            ("levels", place, "example_image"),
            f"{name_of_part(document, 'levels', place)} names an example image that this study "
            "does not have",
        )
        for place, level in enumerate(wanted.levels)
        if level.example_image is not None and level.example_image not in stored
    ]
    if missing:
        raise InvalidProtocolError(missing)
    return wanted


def _checked_reason(reason: str, changeable: MayChange) -> str:
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise InvalidProtocolError(
            [Problem(("reason",), f"The reason is longer than {LONGEST_REASON} characters")]
        )
    if reason:
        return reason
    if changeable == MayChange.AMEND:
        raise InvalidProtocolError(
            [Problem(("reason",), "Say why the protocol is amended: raters are reading by it")]
        )
    return EDITED_IN_SETUP
