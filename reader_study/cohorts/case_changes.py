"""Say what a case is read for, take it out of the study, and bring it back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import Case, CasePurpose, PatientDeletion
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.studies.models import Study, StudyState
from reader_study.studies.selectors import protocol_in_force


def _held(case: Case) -> Case:
    """Return the case as it is now; it and the study's state stay so for this transaction."""
    Study.objects.select_for_update().get(pk=case.study_id)
    return Case.objects.select_for_update(of=("self",)).select_related("study").get(pk=case.pk)


def _store(case: Case, *, action: str, actor: User | None, reason: str = "", **new: Any) -> Case:
    """Store new values and note old and new ones in the audit trail."""
    changed = {field: value for field, value in new.items() if getattr(case, field) != value}
    old = {field: getattr(case, field) for field in changed}
    for field, value in changed.items():
        setattr(case, field, value)
    case.save(update_fields=list(changed))
    record(
        action=action,
        actor=actor,
        study_id=case.study_id,
        subject=case.code,
        old=_in_json(old),
        new=_in_json(changed),
        reason=reason,
    )
    return case


def _in_json(values: dict[str, Any]) -> dict[str, Any]:
    return {
        field: value.isoformat() if hasattr(value, "isoformat") else value
        for field, value in values.items()
    }


@transaction.atomic
def set_purpose(
    *, case: Case, purpose: CasePurpose, reference_grade: int | None, actor: User
) -> Case:
    """Mark a case for calibration with the grade it should be given, or for the study.

    Raises
    ------
    CaseChangeRefusedError
        The study was opened, the case is withdrawn, or the grade is not on the scale.
    """
    case = _held(case)
    if case.study.state != StudyState.SETUP:
        raise CaseChangeRefusedError(
            "What a case is read for is settled once the study is opened: the raters' lists were "
            "drawn from it."
        )
    if case.withdrawn_at is not None:
        raise CaseChangeRefusedError(f"{case.code} is withdrawn: restore it first.")
    if purpose == CasePurpose.STUDY:
        reference_grade = None
    elif reference_grade not in protocol_in_force(case.study).level_values:
        levels = ", ".join(map(str, protocol_in_force(case.study).level_values))
        raise CaseChangeRefusedError(
            f"A calibration case needs a reference grade on the protocol's scale: {levels}."
        )
    if (case.purpose, case.reference_grade) == (purpose, reference_grade):
        return case
    return _store(
        case,
        action="case purpose set",
        actor=actor,
        purpose=purpose,
        reference_grade=reference_grade,
    )


@transaction.atomic
def set_occlusion(*, case: Case, side: str, segment: str, actor: User | None) -> Case:
    """Say on which side and in which segment the vessel was occluded; empty where not known.

    Raises
    ------
    CaseChangeRefusedError
        The study is locked.
    """
    case = _held(case)
    if case.study.is_locked:
        raise CaseChangeRefusedError(
            "The study is locked: the report stands by the sides and segments of that moment."
        )
    if (case.occlusion_side, case.occlusion_segment) == (side, segment):
        return case
    return _store(
        case,
        action="case occlusion set",
        actor=actor,
        occlusion_side=side,
        occlusion_segment=segment,
    )


@transaction.atomic
def withdraw_case(*, case: Case, reason: str, actor: User) -> Case:
    """Take a case out of the study: raters no longer see it, what they submitted stays stored.

    Raises
    ------
    CaseChangeRefusedError
        No reason is given, the case is withdrawn already, the study is locked, or the case
        belongs to the calibration of an opened study.
    """
    case = _held(case)
    _refuse_change_of_membership(case)
    if case.withdrawn_at is not None:
        raise CaseChangeRefusedError(f"{case.code} is withdrawn already.")
    if not reason.strip():
        raise CaseChangeRefusedError(
            f"Say why {case.code} is withdrawn; the reason is kept for good."
        )
    return _store(
        case,
        action="case withdrawn",
        actor=actor,
        reason=reason.strip(),
        withdrawn_at=timezone.now(),
        withdrawn_reason=reason.strip(),
    )


@transaction.atomic
def restore_case(*, case: Case, actor: User) -> Case:
    """Bring a withdrawn case back, with what was read of it.

    Raises
    ------
    CaseChangeRefusedError
        The case is not withdrawn, the study is locked, or the case belongs to the calibration of
        an opened study.
    """
    case = _held(case)
    _refuse_change_of_membership(case)
    if case.withdrawn_at is None:
        raise CaseChangeRefusedError(f"{case.code} is not withdrawn.")
    if PatientDeletion.objects.filter(case=case).exists():
        raise CaseChangeRefusedError(f"The images of {case.code} were deleted on request.")
    return _store(case, action="case restored", actor=actor, withdrawn_at=None, withdrawn_reason="")


def _refuse_change_of_membership(case: Case) -> None:
    if case.study.is_locked:
        raise CaseChangeRefusedError(
            "The study is locked: no case can be withdrawn or restored any more."
        )
    if case.study.state != StudyState.SETUP and case.purpose == CasePurpose.CALIBRATION:
        raise CaseChangeRefusedError(
            "The calibration cases stay as they are once the study is opened: all raters are "
            "judged on the same ones."
        )
