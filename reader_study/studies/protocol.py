"""What a study's protocol may say. Nothing of it is a constant in code."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Level(BaseModel):
    """One level of the ordinal scale with its written anchor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: int
    name: Text
    anchor: Text


class UnscorableReason(BaseModel):
    """Why a case could not be graded; a status, never a level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,40}$")]
    label: Text


class ProtocolDocument(BaseModel):
    """The rules of the reading and of its analysis.

    Raises
    ------
    pydantic.ValidationError
        Levels that are not consecutive, a cut-point that is no level or the lowest one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    levels: Annotated[tuple[Level, ...], Field(min_length=2, max_length=10)]
    high_from: int
    unscorable_reasons: tuple[UnscorableReason, ...]
    weights: Literal["none", "linear", "quadratic"]
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    ci_method: Literal["percentile", "bca"] = "percentile"
    resamples: Annotated[int, Field(ge=1000, le=10_000_000)] = 100_000
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 20260101
    require_all_runs_opened: bool = True

    @model_validator(mode="after")
    def scale_is_ordinal(self) -> Self:
        values = [level.value for level in self.levels]
        if values != list(range(values[0], values[0] + len(values))):
            raise ValueError(f"levels must be consecutive whole numbers in order, not {values}")
        if self.high_from not in values[1:]:
            raise ValueError(
                f"high quality must begin at one of the levels {values[1:]}, not {self.high_from}"
            )
        codes = [reason.code for reason in self.unscorable_reasons]
        if len(set(codes)) != len(codes):
            raise ValueError(f"each reason needs a code of its own, not {codes}")
        return self


FOUR_POINT_PROTOCOL = ProtocolDocument(
    title="Four-point quality of the predicted arterial tree against DSA",
    levels=(
        Level(
            value=1,
            name="Poor",
            anchor="A main branch (ICA, M1, A1, P1, BA) is missing or wrong; misleading.",
        ),
        Level(
            value=2,
            name="Limited",
            anchor="Main branches present, but M2, A2 or P2 is missing or wrong over > 1 cm.",
        ),
        Level(
            value=3,
            name="Good",
            anchor="All branches down to M2, A2, P2 present; small gaps or false stumps only.",
        ),
        Level(
            value=4,
            name="Excellent",
            anchor="Course and branching agree with DSA throughout; nothing missing or added.",
        ),
    ),
    high_from=3,
    unscorable_reasons=(
        UnscorableReason(code="no-dsa", label="No usable DSA"),
        UnscorableReason(code="motion", label="Motion"),
        UnscorableReason(code="not-opacified", label="Territory not opacified"),
        UnscorableReason(code="segmentation-failed", label="Segmentation failed"),
    ),
    weights="none",
)
