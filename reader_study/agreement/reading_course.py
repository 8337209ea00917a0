"""How each rater's reading went: time per case, and time and grade over the order of reading."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reader_study.agreement.as_json import Json, coefficient_values, interval_values
from reader_study.agreement.coefficient import Coefficient
from reader_study.agreement.drift import Slope, order_association, robust_slope
from reader_study.agreement.scale import Scale
from reader_study.agreement.wording import number

CASES = 100
"""Slopes are printed per so many cases."""


@dataclass(frozen=True)
class CaseReading:
    """One case as a rater read it: its place in the order, seconds at work, grade.

    ``seconds`` is None where no clock ran, ``grade`` where the case was unscorable.
    """

    position: int
    seconds: float | None
    grade: int | None


def reading_course(
    rater: str, readings: Sequence[CaseReading], scale: Scale, confidence: float
) -> Json:
    """Return one rater's times and trends.

    Returns
    -------
    dict
        ``rater, n``; ``seconds``: ``n, median, quartiles``, ``slope`` (``per_100, ci, intercept``)
        and ``refused``, None where no time is known; ``grade``: Kendall's τ_a with the order,
        ``estimate, se, ci, refused``; ``points`` (position, seconds, grade) in the order of
        reading; ``sentence``.
    """
    ordered = sorted(readings, key=lambda reading: reading.position)
    timed = [reading for reading in ordered if reading.seconds is not None]
    graded = [reading for reading in ordered if reading.grade is not None]
    tau = order_association(
        [reading.position for reading in graded],
        [scale.index(reading.grade) for reading in graded if reading.grade is not None],
        confidence=confidence,
    )
    seconds = _seconds(timed, confidence) if timed else None
    course: Json = {
        "rater": rater,
        "n": len(ordered),
        "seconds": seconds,
        "grade": {**coefficient_values(tau), "refused": tau.undefined},
        "points": [[reading.position, reading.seconds, reading.grade] for reading in ordered],
    }
    level = f"{100 * confidence:g} % CI"
    course["sentence"] = f"{_time_words(rater, seconds, level)} {_grade_words(tau, level)}"
    return course


def _seconds(timed: Sequence[CaseReading], confidence: float) -> Json:
    values = np.array([reading.seconds for reading in timed], dtype=np.float64)
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75))
    slope = robust_slope([one.position for one in timed], values, confidence=confidence)
    return {
        "n": len(timed),
        "median": float(median),
        "quartiles": [float(low), float(high)],
        "slope": _slope_values(slope),
        "refused": slope.undefined,
    }


def _slope_values(slope: Slope) -> Json | None:
    if slope.per_case is None or slope.ci is None:
        return None
    return {
        "per_100": CASES * slope.per_case,
        "ci": interval_values((CASES * slope.ci[0], CASES * slope.ci[1])),
        "intercept": slope.intercept,
    }


def _time_words(rater: str, seconds: Json | None, level: str) -> str:
    if seconds is None:
        return f"{rater}: no times were measured."
    low, high = seconds["quartiles"]
    usual = (
        f"{rater} worked {seconds['median']:.0f} s on a case (median; half of the cases between "
        f"{low:.0f} and {high:.0f} s)"
    )
    slope = seconds["slope"]
    if slope is None:
        return f"{usual}; {seconds['refused']}."
    change, (least, most) = slope["per_100"], slope["ci"]
    if least <= 0 <= most:
        return (
            f"{usual}, without a clear trend: {_signed(change)} s for every {CASES} cases "
            f"({level} {_signed(least)} to {_signed(most)} s)."
        )
    word = "quicker" if change < 0 else "slower"
    nearest, farthest = sorted((abs(least), abs(most)))
    return (
        f"{usual}, and grew {word}: by {abs(change):.0f} s for every {CASES} cases "
        f"({level} {nearest:.0f} to {farthest:.0f} s)."
    )


def _grade_words(tau: Coefficient, level: str) -> str:
    if tau.estimate is None:
        return f"Grades over the order: {tau.undefined}."
    if tau.ci is None:
        return f"Grades over the order: τ = {number(tau.estimate)}, without an interval."
    value = f"τ = {number(tau.estimate)}, {level} {number(tau.ci[0])} to {number(tau.ci[1])}"
    if tau.ci[0] <= 0 <= tau.ci[1]:
        return f"No drift of the grades is visible ({value})."
    word = "higher" if tau.estimate > 0 else "lower"
    return f"Later cases got {word} grades ({value})."


def _signed(value: float) -> str:
    text = f"{value:+.0f}".replace("-", "−")
    return "0" if text in ("+0", "−0") else text
