"""Judge a rater's attempt at the calibration cases."""

from reader_study.audit.services import record
from reader_study.reading.lists import draw_calibration
from reader_study.reading.models import Assignment, CalibrationResult, ReadingState, Stage
from reader_study.studies.models import Membership
from reader_study.studies.protocol import Calibration
from reader_study.studies.selectors import protocol_in_force


def agrees(grade: int | None, reference: int, calibration: Calibration) -> bool:
    """Whether a grade is near enough to the reference. A case called unscorable is not."""
    return grade is not None and abs(grade - reference) <= calibration.tolerance_levels


def judge_finished_attempt(last_submitted: Assignment) -> CalibrationResult | None:
    """Store the result once the attempt's last case is in; draw the next attempt if not passed.

    Call it in the transaction that submits. Two cases submitted at once are judged one after the
    other, so that the later one sees both.
    """
    membership = Membership.objects.select_for_update().get(
        study=last_submitted.study, user=last_submitted.rater
    )
    attempt = Assignment.objects.filter(
        study=last_submitted.study,
        rater=last_submitted.rater,
        stage=Stage.CALIBRATION,
        attempt=last_submitted.attempt,
        case__withdrawn_at__isnull=True,
    ).select_related("case", "current_reading", "media_pack")
    readings = [(assignment, assignment.current_reading) for assignment in attempt]
    if any(row is None or row.state != ReadingState.SUBMITTED for _, row in readings):
        return None
    protocol = protocol_in_force(last_submitted.study)
    calibration = protocol.calibration or Calibration()
    agreed = sum(
        agrees(row.grade, assignment.case.reference_grade, calibration)
        for assignment, row in readings
        if row is not None and assignment.case.reference_grade is not None
    )
    result = CalibrationResult.objects.create(
        study=last_submitted.study,
        rater=last_submitted.rater,
        attempt=last_submitted.attempt,
        agreed=agreed,
        total=len(readings),
        passed=agreed >= calibration.pass_mark * len(readings) - 1e-9,
    )
    record(
        action="calibration passed" if result.passed else "calibration not passed",
        actor=last_submitted.rater,
        study_id=last_submitted.study_id,
        attempt=result.attempt,
        agreed=agreed,
        total=result.total,
    )
    if not result.passed:
        draw_calibration(
            membership=membership,
            packs={assignment.case: assignment.media_pack for assignment in attempt},
            protocol=protocol,
            attempt=result.attempt + 1,
        )
    return result
