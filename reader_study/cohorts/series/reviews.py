"""What a person decides who looked for names in the pixels of a series.

Raters are shown of the angiography only what was released here; the database refuses all else.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.models import BuildPurpose, Phase, Review, Series, SeriesKind
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.cohorts.series.blackouts import Rectangle, new_blackouts
from reader_study.cohorts.series.deciding import (
    has_files_to_destroy,
    held,
    label,
    note,
    queue_build,
    refuse_while_built,
    use,
)
from reader_study.cohorts.series.pictures import late_pictures
from reader_study.cohorts.what_follows import wake_what_follows


@transaction.atomic
def release(
    *,
    series: Series,
    phase: str,
    blackouts: Sequence[Rectangle],
    reason: str,
    actor: User,
) -> Series:
    """Say that nothing in the pixels names the patient, or will once rectangles are painted over.

    A run after recanalization is then shown to the raters, one before is kept with the case. With
    rectangles the decision is carried out when they are painted; until then the series waits.

    Parameters
    ----------
    phase
        When a run was taken; empty for a CT.
    reason
        What the person wants to note; may be empty.

    Raises
    ------
    CaseChangeRefusedError
        The case is fixed, somebody decided already, the images cannot be read, a run has no
        phase, or a rectangle cannot be painted.
    """
    series = _held_and_waiting(series)
    if series.stored_name is None:
        raise CaseChangeRefusedError(
            f"{label(series)} could not be read: there is nothing to release."
        )
    if series.kind == SeriesKind.DSA and phase not in Phase.values:
        raise CaseChangeRefusedError(
            f"Say of {label(series)} whether it was taken before or after recanalization."
        )
    phase = phase if series.kind == SeriesKind.DSA else ""
    painted = new_blackouts(series, blackouts)
    if painted or has_files_to_destroy(series):
        queue_build(
            series,
            actor,
            purpose=BuildPurpose.RELEASE,
            kind=series.kind,
            phase=phase,
            blackouts=painted,
            why=reason.strip(),
        )
        note(
            series,
            action="series to be painted over and released",
            actor=actor,
            phase=phase,
            blackouts=painted,
            reason=reason.strip(),
        )
        return series
    mark_released(series, phase=phase, reason=reason.strip(), actor=actor)
    return series


def mark_released(series: Series, *, phase: str, reason: str, actor: User | None) -> None:
    """Store a release, inside the caller's transaction, which holds the series."""
    series.review = Review.RELEASED
    series.reviewed_by, series.reviewed_at = actor, timezone.now()
    series.review_note, series.phase = reason, phase
    instead_of = None
    if series.kind == SeriesKind.NCCT or phase == Phase.AFTER:
        instead_of = use(series)
    series.save()
    note(
        series,
        action="series released",
        actor=actor,
        phase=phase,
        blackouts=series.blackouts,
        used=series.used,
        instead_of=instead_of.pk if instead_of else None,
        reason=reason,
    )
    wake_what_follows(series.case.study_id)


@transaction.atomic
def keep_out(*, series: Series, reason: str, actor: User) -> Series:
    """Keep a series from the raters for good, or until somebody looks again.

    Raises
    ------
    CaseChangeRefusedError
        The case is fixed, somebody decided already, or no reason is given.
    """
    series = _held_and_waiting(series)
    if not reason.strip():
        raise CaseChangeRefusedError(f"Say why {label(series)} is kept out.")
    series.review = Review.KEPT_OUT
    series.reviewed_by, series.reviewed_at = actor, timezone.now()
    series.review_note, series.phase = reason.strip(), ""
    series.save()
    note(series, action="series kept out", actor=actor, reason=reason.strip())
    wake_what_follows(series.case.study_id)
    return series


@transaction.atomic
def look_again(*, series: Series, reason: str, actor: User) -> Series:
    """Take a decision back: the series waits for a look again and is shown to nobody.

    A CT that needed no look can be sent to have one. Where there are no pictures to look at, as of
    series that an earlier release took in, they are made.

    Raises
    ------
    CaseChangeRefusedError
        The case is fixed, or the series waits already.
    """
    series = held(series)
    refuse_while_built(series)
    if series.review == Review.WAITING:
        raise CaseChangeRefusedError(f"{label(series)} waits for a look already.")
    note(
        series,
        action="series to be looked at again",
        actor=actor,
        former=series.review,
        former_phase=series.phase,
        reason=reason.strip(),
    )
    if not series.preview_name and series.stored_name is not None:
        series.preview_name = late_pictures(series)
    send_to_review(series)
    wake_what_follows(series.case.study_id)
    return series


def send_to_review(series: Series) -> None:
    """Store that a series waits for a look, inside the caller's transaction."""
    series.used = False
    series.review = Review.WAITING
    series.reviewed_by, series.reviewed_at, series.review_note = None, None, ""
    series.phase = ""
    series.save()


def _held_and_waiting(series: Series) -> Series:
    """Hold a series that waits for a decision: of two people who decide at once one is told."""
    series = held(series)
    refuse_while_built(series)
    if series.kind == SeriesKind.OTHER:
        raise CaseChangeRefusedError(
            f"{label(series)} is neither a CT nor a run that the study reads: say first which of "
            "the two it is."
        )
    if series.review != Review.WAITING:
        who = series.reviewed_by.get_username() if series.reviewed_by else "the program"
        raise CaseChangeRefusedError(
            f"{label(series)} is decided on already: {series.get_review_display().lower()} by "
            f"{who}. Look at it again, and take that back first if you see it differently."
        )
    return series
