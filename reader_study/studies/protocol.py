"""What a study's protocol may say. Nothing of it is a constant in code."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

# Databases do not store the character NUL.
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


TreeOverDsa = Literal["hidden-at-first", "shown-at-first", "never"]
"""Whether a rater may lay the predicted tree over the DSA, and whether it lies there at first."""


class Part(BaseModel):
    """A part of the protocol: unchangeable once read, and without words that nobody defined."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(Part):
    """One level of the ordinal scale with its written anchor and, where given, an example."""

    value: Annotated[int, Field(ge=-100, le=100)]
    name: Text
    anchor: Text
    example_image: Sha256 | None = None


class UnscorableReason(Part):
    """Why a case could not be graded; a status, never a level."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,40}$")]
    label: Text


class Territory(Part):
    """An arterial territory that is graded on the scale of the study, or not opacified."""

    code: Code
    label: Text
    required: bool = True


class Question(Part):
    """A question that the rater answers with yes or no."""

    code: Code
    label: Text
    required: bool = True


class Calibration(Part):
    """Training cases with a reference grade, read and passed before the study's own cases.

    Attributes
    ----------
    pass_mark
        Least share (0 … 1] of the calibration cases that must agree with the reference.
    tolerance_levels
        A grade agrees when it is at most so many levels away from the reference.
    """

    cases: Annotated[int, Field(ge=1, le=100)] = 5
    pass_mark: Annotated[float, Field(gt=0, le=1)] = 0.8
    tolerance_levels: Annotated[int, Field(ge=0, le=3)] = 0


class HiddenRepeats(Part):
    """Cases that a rater meets again, unannounced, to measure intra-rater agreement.

    Attributes
    ----------
    share
        Share (0 … 1] of the rater's cases that are shown again.
    minimum
        Least number of repeats, where the study has so many cases.
    washout_days
        Days between the first submission and the repeat.
    """

    share: Annotated[float, Field(gt=0, le=1)] = 0.1
    minimum: Annotated[int, Field(ge=1, le=1000)] = 30
    washout_days: Annotated[int, Field(ge=0, le=730)] = 28


class ProtocolDocument(Part):
    """The rules of the reading and of its analysis.

    Every field that was added after the first release has the default under which documents
    stored before it were read, so old versions keep their meaning and their hash.

    Raises
    ------
    pydantic.ValidationError
        Levels that are not consecutive, a cut-point that is no level or the lowest one, a code
        that is used twice.
    """

    title: Text
    levels: Annotated[tuple[Level, ...], Field(min_length=2, max_length=10)]
    high_from: int
    unscorable_reasons: Annotated[tuple[UnscorableReason, ...], Field(max_length=40)]
    territories: Annotated[tuple[Territory, ...], Field(max_length=40)] = ()
    questions: Annotated[tuple[Question, ...], Field(max_length=20)] = ()
    require_all_runs_opened: bool = True
    tree_over_dsa: TreeOverDsa = "hidden-at-first"

    calibration: Calibration | None = None
    repeats: HiddenRepeats | None = None
    reading_order: Literal["random-per-rater", "random-shared"] = "random-per-rater"
    cases_per_day: Annotated[int, Field(ge=1, le=1000)] | None = None

    weights: Literal["none", "linear", "quadratic"]
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    ci_method: Literal["percentile", "bca"] = "percentile"
    resamples: Annotated[int, Field(ge=1000, le=10_000_000)] = 100_000
    resampling_unit: Literal["case", "site"] = "case"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 20260101
    adjudication: Literal["none", "any-difference", "across-cut-point", "two-levels-apart"] = "none"
    signatures: Literal["required", "off"] = "off"

    @model_validator(mode="after")
    def scale_is_ordinal(self) -> Self:
        values = self.level_values
        if values != list(range(values[0], values[0] + len(values))):
            raise _contradiction(
                f"The levels must be consecutive whole numbers in order, not {values}", "levels"
            )
        if self.high_from not in values[1:]:
            raise _contradiction(
                f"High quality must begin at one of the levels {values[1:]}, not {self.high_from}",
                "high_from",
            )
        return self

    @model_validator(mode="after")
    def parts_are_told_apart(self) -> Self:
        _refuse_repeated("levels", "name", [level.name for level in self.levels])
        for what in ("territories", "questions", "unscorable_reasons"):
            _refuse_repeated(what, "code", [part.code for part in getattr(self, what)])
        for what in ("territories", "questions"):
            _refuse_repeated(what, "label", [part.label for part in getattr(self, what)])
        return self

    @property
    def level_values(self) -> list[int]:
        """The values of the scale, lowest first."""
        return [level.value for level in self.levels]


def _contradiction(message: str, *place: str | int) -> PydanticCustomError:
    """What several fields together get wrong, and the field where it is mended."""
    return PydanticCustomError("contradiction", "{message}", {"message": message, "at": place})


def _refuse_repeated(what: str, field: str, given: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, value in enumerate(given):
        if value in seen:
            raise _contradiction(f"“{value}” stands here twice", what, place, field)
        seen.add(value)


NOT_OPACIFIED = "not-opacified"
"""The answer on a territory that no angiography run shows."""

FIXED_ONCE_READING = (
    "calibration",
    "repeats",
    "reading_order",
    "seed",
)
"""Fields that no amendment may change: the lists drawn from them are stored already."""


def refused_amendments(old: ProtocolDocument, new: ProtocolDocument) -> list[str]:
    """Say in words what an amendment may not change once the study is open for reading."""
    refused = [
        f"“{field.replace('_', ' ')}” cannot change any more: the raters' lists were drawn from it."
        for field in FIXED_ONCE_READING
        if getattr(old, field) != getattr(new, field)
    ]
    if old.signatures == "required" and new.signatures == "off":
        refused.append("Signatures cannot be turned off any more: the study began with them.")
    if old.level_values != new.level_values:
        refused.append("The levels of the scale cannot change any more: grades were given on them.")
    for what in ("territories", "questions", "unscorable_reasons"):
        gone = {part.code for part in getattr(old, what)} - {
            part.code for part in getattr(new, what)
        }
        if gone:
            refused.append(
                f"{what.replace('_', ' ').capitalize()} cannot be taken away any more: "
                f"{', '.join(sorted(gone))}."
            )
    return refused
