"""A submitted reading as signatures cover it."""

import hashlib
from typing import Any

from reader_study.audit.chain import written_time
from reader_study.reading.models import Reading


def written_reading(reading: Reading) -> dict[str, Any]:
    """Return what a rater vouches for: which case, under which protocol, which answers, when.

    The comment stands there by its hash, so that one that names a patient can be removed on
    request without taking the signature's force.
    """
    assert reading.submitted_at is not None  # noqa: S101 - the database has it, mypy cannot see
    return {
        "id": str(reading.pk),
        "case": reading.assignment.case.code,
        "shown_as": reading.assignment.code,
        "attempt": reading.attempt,
        "protocol_sha256": reading.protocol.sha256,
        "grade": reading.grade,
        "unscorable_reason": reading.unscorable_reason,
        "territory_grades": reading.territory_grades,
        "question_answers": reading.question_answers,
        "comment_sha256": reading.removed_comment_sha256 or comment_sha256(reading),
        "submitted_at": written_time(reading.submitted_at),
    }


def comment_sha256(reading: Reading) -> str:
    """Return the hash of a reading's comment together with its identifier, which is random."""
    return hashlib.sha256(f"{reading.pk}\n{reading.comment}".encode()).hexdigest()
