"""Collect what a study holds at the moment of its lock."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from reader_study.analysis.snapshot import (
    AuditHead,
    CalibrationAttempt,
    FormerRater,
    SnapshotDisplayCheck,
    SnapshotDocument,
    SnapshotProtocolVersion,
    SnapshotRating,
    SnapshotViewUse,
    SupersededRating,
    WithdrawnCase,
    snapshot_sha256,
)
from reader_study.audit.services import held_head
from reader_study.cohorts.models import Case
from reader_study.reading.models import (
    CalibrationResult,
    DisplayCheck,
    Reading,
    ReadingState,
    Stage,
)
from reader_study.reading.view_use import use_until
from reader_study.segmentation.models import StudyModel
from reader_study.signatures.models import SignedKind
from reader_study.signatures.printed import PrintedSignature, printed
from reader_study.signatures.services import standing
from reader_study.studies.models import Membership, Protocol, Role, Study
from reader_study.studies.selectors import current_protocol


def sealed_document(study: Study, locked_at: datetime) -> SnapshotDocument:
    """Return everything that the report and the exports may draw upon, with its hash."""
    document: SnapshotDocument = {
        **collected(study),
        "locked_at": locked_at.isoformat(),
        "audit_head": audit_head_of(study),
    }
    return {**document, "snapshot_sha256": snapshot_sha256(document)}


def sha256_to_be_locked(study: Study) -> str:
    """Return the hash of what a lock would seal now, whenever it comes."""
    return snapshot_sha256(collected(study))


def collected(study: Study) -> SnapshotDocument:
    """Return everything that a lock seals, but for its time and how far the trail goes then."""
    protocol = current_protocol(study)
    everybody = list(
        Membership.objects.filter(study=study, role=Role.RATER)
        .select_related("user")
        .order_by("rater_number")
    )
    codes = {row.user_id: f"Rater {row.rater_number}" for row in everybody}
    active = {row.user_id for row in everybody if row.ended_at is None}
    counted = _submitted_readings(study).filter(
        pk=F("assignment__current_reading"), assignment__case__withdrawn_at__isnull=True
    )
    first_readings = _ratings(counted.filter(assignment__repeat_of__isnull=True), codes)
    repeats = _ratings(counted.filter(assignment__repeat_of__isnull=False), codes)
    active_codes = {codes[user] for user in active}
    return {
        "study": {"id": str(study.id), "name": study.name, "data_notice": study.data_notice},
        "protocol": protocol.document,
        "protocol_sha256": protocol.sha256,
        "protocol_versions": _protocol_versions(study),
        "model": _model(study),
        "locked_at": "",
        "raters": [
            {"code": codes[row.user_id], "username": row.user.username}
            for row in everybody
            if row.user_id in active
        ],
        "ratings": [row for row in first_readings if row["rater"] in active_codes],
        "repeats": [row for row in repeats if row["rater"] in active_codes],
        "calibration": _calibration(study, codes),
        "display_checks": _display_checks(study, codes),
        "superseded": _superseded(study, codes),
        "withdrawn_cases": _withdrawn_cases(study),
        "former_raters": _former_raters(everybody, codes),
        "former_ratings": [row for row in first_readings if row["rater"] not in active_codes],
        "signatures": _signatures(study, codes),
        "snapshot_sha256": "",
    }


def audit_head_of(study: Study) -> AuditHead:
    """Return how far the study's trail goes; the next event is whatever this transaction adds."""
    head = held_head(study.id)
    return {"sequence": head.sequence, "mac": head.mac}


def _submitted_readings(study: Study) -> QuerySet[Reading]:
    return (
        Reading.objects.filter(
            assignment__study=study,
            assignment__stage=Stage.MAIN,
            state=ReadingState.SUBMITTED,
        )
        .select_related("assignment__case__site", "protocol")
        .prefetch_related("assignment__readings__view_uses")
        .order_by("assignment__case__code", "assignment__rater__username", "attempt")
    )


def _ratings(readings: QuerySet[Reading], codes: dict[int, str]) -> list[SnapshotRating]:
    return [rating_of(reading, codes[reading.assignment.rater_id]) for reading in readings]


def rating_of(reading: Reading, rater: str) -> SnapshotRating:
    """Return a submitted reading as snapshots and exports hold it."""
    assert reading.submitted_at is not None  # noqa: S101 - the database has it, mypy cannot see
    case = reading.assignment.case
    return {
        "case": case.code,
        "site": case.site.code,
        "occlusion_side": case.occlusion_side,
        "occlusion_segment": case.occlusion_segment,
        "rater": rater,
        "grade": reading.grade,
        "unscorable_reason": reading.unscorable_reason or None,
        "territory_grades": reading.territory_grades,
        "question_answers": reading.question_answers,
        "comment": reading.comment,
        "submitted_at": reading.submitted_at.isoformat(),
        "wall_seconds": _wall_seconds(reading),
        "active_seconds": _active_seconds(reading),
        "attempt": reading.attempt,
        "position": reading.assignment.position if _was_read(reading) else None,
        "protocol_sha256": reading.protocol.sha256,
        "view_use": _view_use(reading) if _was_read(reading) else None,
    }


def _view_use(reading: Reading) -> SnapshotViewUse:
    use = use_until(reading)
    return {
        "tree_over_dsa": use.tree_over_dsa,
        "tree_over_dsa_seconds": round(use.tree_over_dsa_time.total_seconds(), 1),
        "head_turned": use.head_turned,
        "mask_changed": use.mask_changed,
    }


def _was_read(reading: Reading) -> bool:
    """Whether the rating was read from images here; ratings that were loaded have no times."""
    return reading.assignment.media_pack_id is not None


def _wall_seconds(reading: Reading) -> float | None:
    if not _was_read(reading) or reading.submitted_at is None:
        return None
    return round((reading.submitted_at - reading.started_at).total_seconds(), 1)


def _active_seconds(reading: Reading) -> float | None:
    return round(reading.active_ms / 1000, 1) if _was_read(reading) else None


def _superseded(study: Study, codes: dict[int, str]) -> list[SupersededRating]:
    """Return submitted readings that were given again, with the reason."""
    corrections = {
        (row.assignment_id, row.attempt): row
        for row in Reading.objects.filter(assignment__study=study, attempt__gt=1).select_related(
            "assignment"
        )
    }
    originals = _submitted_readings(study).exclude(pk=F("assignment__current_reading"))
    return [
        {
            **rating_of(reading, codes[reading.assignment.rater_id]),
            "repeat": reading.assignment.repeat_of_id is not None,
            "unlock_reason": correction.unlock_reason,
            "taken_back": correction.was_taken_back,
        }
        for reading in originals
        for correction in [corrections[reading.assignment_id, reading.attempt + 1]]
    ]


def _signatures(study: Study, codes: dict[int, str]) -> list[PrintedSignature]:
    """Return the raters' signatures under their readings, as they stand at the lock."""
    return [
        printed(signature, f"Readings of {codes[signature.signer_id]}")
        for signature in standing(study).filter(kind=SignedKind.READINGS, signer__in=codes)
    ]


def _calibration(study: Study, codes: dict[int, str]) -> list[CalibrationAttempt]:
    return [
        {
            "rater": codes[result.rater_id],
            "attempt": result.attempt,
            "agreed": result.agreed,
            "total": result.total,
            "passed": result.passed,
            "finished_at": result.finished_at.isoformat(),
        }
        for result in CalibrationResult.objects.filter(study=study).order_by(
            "rater__username", "attempt"
        )
    ]


def _display_checks(study: Study, codes: dict[int, str]) -> list[SnapshotDisplayCheck]:
    checks = DisplayCheck.objects.filter(study=study, rater__in=codes)
    return [
        {
            "rater": codes[check.rater_id],
            "at": check.at.isoformat(),
            "verdict": check.verdict,
            "went_on": check.went_on,
            "empty_patches": check.empty_patches,
            "seen_patches": check.seen_patches,
            "screen": [check.screen_width, check.screen_height],
            "pixel_ratio": check.pixel_ratio,
            "colour_depth": check.colour_depth,
            "zoom_percent": check.zoom_percent,
            "room_is_dim": check.room_is_dim,
        }
        for check in checks.order_by("rater__username", "at", "pk")
    ]


def _protocol_versions(study: Study) -> list[SnapshotProtocolVersion]:
    return [
        {
            "version": protocol.version,
            "sha256": protocol.sha256,
            "reason": protocol.reason,
            "created_at": protocol.created_at.isoformat(),
        }
        for protocol in Protocol.objects.filter(study=study).order_by("version")
    ]


def _withdrawn_cases(study: Study) -> list[WithdrawnCase]:
    withdrawn = Case.objects.filter(study=study, withdrawn_at__isnull=False).order_by("code")
    return [{"case": case.code, "reason": case.withdrawn_reason} for case in withdrawn]


def _former_raters(everybody: list[Membership], codes: dict[int, str]) -> list[FormerRater]:
    return [
        {
            "code": codes[row.user_id],
            "username": row.user.username,
            "reason": row.ended_reason,
        }
        for row in everybody
        if row.ended_at is not None
    ]


def _model(study: Study) -> dict[str, Any] | None:
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    if choice is None:
        return None
    return {field: getattr(choice.model, field) for field in ("name", "sha256", "notice")}
