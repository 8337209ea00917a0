"""Lock a study: freeze its ratings under a hash, then compute the report from them alone."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.analysis.models import Snapshot
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating, snapshot_sha256
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.audit.services import record
from reader_study.reading.models import Reading, ReadingState, Stage
from reader_study.reading.obstacles import lock_blockers
from reader_study.reading.refusals import NotPossibleError
from reader_study.segmentation.models import StudyModel
from reader_study.studies.lifecycle import Transition
from reader_study.studies.models import Study
from reader_study.studies.selectors import current_protocol, raters_of


def _wall_seconds(reading: Reading) -> float | None:
    """Seconds from opening to submitting; None for ratings that were loaded, not read."""
    if reading.assignment.media_pack_id is None or reading.submitted_at is None:
        return None
    return round((reading.submitted_at - reading.started_at).total_seconds(), 1)


def _ratings(study: Study, rater_labels: dict[int, str]) -> list[SnapshotRating]:
    readings = (
        Reading.objects.filter(
            pk=F("assignment__current_reading"),
            assignment__study=study,
            assignment__stage=Stage.MAIN,
            assignment__repeat_of__isnull=True,
            assignment__case__withdrawn_at__isnull=True,
            state=ReadingState.SUBMITTED,
        )
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
            "submitted_at": reading.submitted_at.isoformat(),
            "wall_seconds": _wall_seconds(reading),
        }
        for reading in readings
        if reading.submitted_at is not None  # so the database has it; the type checker cannot see
    ]


def _sealed_document(study: Study, locked_at: datetime) -> SnapshotDocument:
    """Everything that the report and the exports may draw upon, with its hash."""
    protocol = current_protocol(study)
    memberships = list(raters_of(study))
    labels = {row.user_id: f"Rater {row.rater_number}" for row in memberships}
    document: SnapshotDocument = {
        "study": {"id": str(study.id), "name": study.name, "data_notice": study.data_notice},
        "protocol": protocol.document,
        "protocol_sha256": protocol.sha256,
        "model": _model(study),
        "locked_at": locked_at.isoformat(),
        "raters": [
            {"code": labels[row.user_id], "username": row.user.username} for row in memberships
        ],
        "ratings": _ratings(study, labels),
        "snapshot_sha256": "",
    }
    return {**document, "snapshot_sha256": snapshot_sha256(document)}


def _model(study: Study) -> dict[str, Any] | None:
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    if choice is None:
        return None
    return {field: getattr(choice.model, field) for field in ("name", "sha256", "notice")}


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
    locked_at = timezone.now()
    study.state = Transition.LOCK.value.after
    study.locked_at = locked_at
    study.save(update_fields=["state", "locked_at"])
    document = _sealed_document(study, locked_at)
    snapshot = Snapshot.objects.create(
        study=study,
        document=document,
        sha256=document["snapshot_sha256"],
        report=report_from_snapshot(document),
        created_by=actor,
    )
    record(action="study locked", actor=actor, study_id=study.id, subject=snapshot.sha256)
    return snapshot
