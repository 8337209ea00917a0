"""Lock a study: freeze its ratings under a hash, then compute the report from them alone."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.analysis.models import Snapshot
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.audit.services import record
from reader_study.reading.models import Reading, ReadingState
from reader_study.reading.selectors import lock_blockers
from reader_study.reading.services import NotPossibleError
from reader_study.segmentation.models import StudyModel
from reader_study.studies.canonical_json import sha256_of
from reader_study.studies.models import Study, StudyState
from reader_study.studies.selectors import current_protocol, raters_of


def _ratings(study: Study, rater_labels: dict[int, str]) -> list[dict[str, Any]]:
    readings = (
        Reading.objects.filter(assignment__study=study, state=ReadingState.SUBMITTED)
        .select_related("assignment__case__site")
        .order_by("assignment__case__code", "assignment__rater__username")
    )
    return [
        {
            "case": reading.assignment.case.code,
            "site": reading.assignment.case.site.code,
            "rater": rater_labels[reading.assignment.rater_id],
            "grade": reading.grade,
            "unscorable_reason": reading.unscorable_reason or None,
            "comment": reading.comment,
            "position": reading.assignment.position,
            "started_at": reading.started_at.isoformat(),
            "submitted_at": reading.submitted_at.isoformat() if reading.submitted_at else None,
        }
        for reading in readings
    ]


def _document(study: Study) -> dict[str, Any]:
    """Everything that the report and the exports may draw upon."""
    protocol = current_protocol(study)
    memberships = list(raters_of(study))
    labels = {row.user_id: f"Rater {row.rater_number}" for row in memberships}
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    return {
        "study": {"id": str(study.id), "name": study.name, "data_notice": study.data_notice},
        "protocol": protocol.document,
        "protocol_sha256": protocol.sha256,
        "model": {
            "name": choice.model.name,
            "sha256": choice.model.sha256,
            "notice": choice.model.notice,
        }
        if choice
        else None,
        "locked_at": study.locked_at.isoformat() if study.locked_at else None,
        "raters": [
            {"code": labels[row.user_id], "username": row.user.username} for row in memberships
        ],
        "ratings": _ratings(study, labels),
    }


@transaction.atomic
def lock_study(*, study: Study, actor: User | None) -> Snapshot:
    """End the reading for good and store what was read with its hash.

    Raises
    ------
    NotPossibleError
        Somebody has still to read, or the study is locked already.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = lock_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    study.state = StudyState.LOCKED
    study.locked_at = timezone.now()
    study.save(update_fields=["state", "locked_at"])
    document = _document(study)
    sha256 = sha256_of(document)
    snapshot = Snapshot(study=study, document=document, sha256=sha256, created_by=actor)
    snapshot.report = report_from_snapshot(snapshot.with_hash())
    snapshot.save(force_insert=True)
    record(action="study locked", actor=actor, study_id=study.id, subject=sha256)
    return snapshot
