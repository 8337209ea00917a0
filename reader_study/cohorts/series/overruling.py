"""What a coordinator says a series is, against what the program took it for."""

from django.db import transaction

from reader_study.accounts.models import User
from reader_study.cohorts.models import BuildPurpose, Review, Series, SeriesKind
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.cohorts.series.deciding import (
    held,
    label,
    note,
    queue_build,
    refuse_while_built,
    use,
)
from reader_study.cohorts.series.phases import propose_phases_of
from reader_study.cohorts.series.reviews import send_to_review
from reader_study.cohorts.series.rules import may_become, next_position
from reader_study.cohorts.what_follows import wake_what_follows

_IN_WORDS = {
    SeriesKind.NCCT: "a non-contrast CT",
    SeriesKind.DSA: "an angiography run",
    SeriesKind.OTHER: "something else",
}


@transaction.atomic
def overrule(*, series: Series, kind: SeriesKind, reason: str, actor: User) -> Series:
    """Say that a series is of another kind, or that this CT is the one to use.

    Where its volume or run was never made, that is done first, from the stored files.

    Raises
    ------
    CaseChangeRefusedError
        The case is fixed, no reason is given, or the series is or cannot be of that kind.
    """
    series = held(series)
    refuse_while_built(series)
    if not reason.strip():
        raise CaseChangeRefusedError(f"Say why; the reason is kept with {label(series)} for good.")
    if kind not in may_become(series):
        raise CaseChangeRefusedError(_why_not(series, kind))
    if kind == SeriesKind.OTHER or series.stored_name is not None:
        mark_overruled(series, kind=kind, reason=reason.strip(), actor=actor)
        return series
    queue_build(series, actor, purpose=BuildPurpose.OVERRULE, kind=kind, why=reason.strip())
    note(
        series,
        action="series to be built as another kind",
        actor=actor,
        kind=kind,
        reason=reason.strip(),
    )
    return series


def mark_overruled(series: Series, *, kind: SeriesKind, reason: str, actor: User | None) -> None:
    """Store what a series is, inside the caller's transaction, which holds the series.

    A series of a new kind waits for a look, whatever was decided of it before; so does a CT in
    which text was found when it was built.
    """
    former, instead_of = f"{series.kind} {series.position}", None
    series.overruled_reason = reason
    if kind != series.kind:
        series.position = next_position(series.case, kind)
        series.kind = kind
        series.proposed_phase = ""
        send_to_review(series)
    elif series.review == Review.NOT_NEEDED and series.text_boxes:
        send_to_review(series)
    elif series.review in (Review.NOT_NEEDED, Review.RELEASED):
        instead_of = use(series)
        series.save()
    else:
        send_to_review(series)
    propose_phases_of(series.case)
    note(
        series,
        action="series overruled",
        actor=actor,
        former=former,
        used=series.used,
        instead_of=instead_of.pk if instead_of else None,
        reason=reason,
    )
    wake_what_follows(series.case.study_id)


def _why_not(series: Series, kind: SeriesKind) -> str:
    if kind == series.kind:
        return f"{label(series)} is that already."
    if not may_become(series):
        return f"{label(series)} has no images of which a CT or a run could be made."
    return f"{label(series)} cannot be read as {_IN_WORDS[kind]}."
