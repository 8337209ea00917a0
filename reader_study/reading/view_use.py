"""What raters did to the images of a case: how it is recorded, and what it comes to."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reader_study.reading.answering import open_for_change, run_count
from reader_study.reading.models import Assignment, Reading, ViewUse, ViewUseKind
from reader_study.reading.refusals import NotPossibleError

MOST_AT_ONCE = 100
MOST_A_READING = 2000
LONGEST_DELAY_MS = 24 * 60 * 60 * 1000
"""A use that could not be sent for a day has no time that means anything."""

Run = Annotated[int, Field(ge=0)]
Degrees = Annotated[float, Field(ge=-360, le=360)]
Millimetres = Annotated[float, Field(ge=-1000, le=1000)]
Pixels = Annotated[float, Field(ge=-4096, le=4096)]


class InvalidUseError(Exception):
    """What was sent says nothing that its kind can say; the message names the field."""


class _Detail(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class TreeOverDsa(_Detail):
    """The predicted tree was laid over a run (0-based), or taken away; opacity 0–1."""

    run: Run
    shown: bool
    opacity: Annotated[float, Field(ge=0, le=1)]


class HeadPose(_Detail):
    """How the head lies against its recorded position: degrees about, mm along the axes of LPS."""

    left: Degrees
    posterior: Degrees
    head: Degrees
    left_mm: Millimetres = Field(0, alias="leftMm")
    posterior_mm: Millimetres = Field(0, alias="posteriorMm")
    head_mm: Millimetres = Field(0, alias="headMm")


class Mask(_Detail):
    """Mask frames of a run (0-based), their shift in pixels, whether the page proposed it."""

    run: Run
    frames: Annotated[list[Annotated[int, Field(ge=0, le=9_999)]], Field(max_length=100)]
    down: Pixels
    right: Pixels
    proposed: bool


_DETAILS: dict[str, type[_Detail]] = {
    ViewUseKind.TREE_OVER_DSA: TreeOverDsa,
    ViewUseKind.HEAD_POSE: HeadPose,
    ViewUseKind.MASK: Mask,
}


def details_schema() -> dict[str, Any]:
    """Return the JSON schema of what a use says, whatever its kind."""
    return {"oneOf": [kind.model_json_schema() for kind in _DETAILS.values()]}


@dataclass(frozen=True)
class SentUse:
    """A use as the browser tells it: ``ago_ms`` before it was sent."""

    key: uuid.UUID
    kind: str
    detail: dict[str, Any]
    ago_ms: int


@transaction.atomic
def record_uses(*, assignment: Assignment, uses: Iterable[SentUse]) -> int:
    """Write down what the rater did, once however often it is sent; return how many are recorded.

    Raises
    ------
    InvalidUseError
        A use says what its kind cannot say, or names a run that the case does not have.
    NotPossibleError
        The case is submitted, the study closed, or the reading's record full.
    """
    reading = open_for_change(assignment)
    runs = run_count(assignment)
    now = timezone.now()
    recorded = set(reading.view_uses.values_list("key", flat=True))
    new = {
        use.key: ViewUse(
            reading=reading,
            key=use.key,
            kind=use.kind,
            detail=_checked(use, runs),
            at=max(now - timedelta(milliseconds=use.ago_ms), reading.started_at),
        )
        for use in uses
        if use.key not in recorded
    }
    if len(recorded) + len(new) > MOST_A_READING:
        raise NotPossibleError("So much is on record of this case that no more is written down.")
    ViewUse.objects.bulk_create(new.values())
    return len(recorded) + len(new)


def _checked(use: SentUse, runs: int) -> dict[str, Any]:
    try:
        detail = _DETAILS[use.kind].model_validate(use.detail)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, wrong["loc"]))
        raise InvalidUseError(f"{use.kind}: {field}: {wrong['msg']}.") from error
    if isinstance(detail, TreeOverDsa | Mask) and detail.run >= runs:
        raise InvalidUseError(f"{use.kind}: there is no run {detail.run + 1}.")
    return detail.model_dump(by_alias=True)


@dataclass
class UseOfViews:
    """What the record of a case comes to.

    Attributes
    ----------
    tree_over_dsa, tree_over_dsa_time
        Whether the predicted tree lay over a run, and how long over any; pauses count.
    head_turned
        Whether the head was turned or moved against its recorded position, be it turned back.
    mask_changed
        Whether the mask of a run was changed, be it changed back.
    """

    tree_over_dsa: bool = False
    tree_over_dsa_time: timedelta = timedelta()
    head_turned: bool = False
    mask_changed: bool = False


def use_until(reading: Reading) -> UseOfViews:
    """Sum up what the rater did up to a submitted reading, its earlier attempts included.

    Reads ``assignment.readings`` and their ``view_uses``, which the caller may have prefetched.
    """
    use = UseOfViews()
    for attempt in reading.assignment.readings.all():
        if attempt.attempt <= reading.attempt and attempt.submitted_at is not None:
            _add(use, list(attempt.view_uses.all()), attempt.submitted_at)
    return use


def _add(use: UseOfViews, uses: list[ViewUse], until: datetime) -> None:
    shown: set[int] = set()
    since = until
    for one in sorted(uses, key=lambda one: (one.at, one.pk)):
        match one.kind:
            case ViewUseKind.HEAD_POSE:
                use.head_turned |= any(one.detail.values())
            case ViewUseKind.MASK:
                use.mask_changed = True
            case ViewUseKind.TREE_OVER_DSA:
                if shown:
                    use.tree_over_dsa_time += one.at - since
                since = one.at
                if one.detail["shown"]:
                    use.tree_over_dsa = True
                    shown.add(one.detail["run"])
                else:
                    shown.discard(one.detail["run"])
    if shown:
        use.tree_over_dsa_time += max(until - since, timedelta())
