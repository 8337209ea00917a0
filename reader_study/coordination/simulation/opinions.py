"""What simulated raters think of simulated cases: pure, and the same for the same seed.

Each case has a hidden quality, to which its hospital adds a little. A rater sees it through their
severity, a drift over the weeks, a view of their own of each case, and the chance of the moment;
the last alone differs between a case and its hidden repeat.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from reader_study.studies.protocol import NOT_OPACIFIED, ProtocolDocument

Values = NDArray[np.float64]

LOW_QUALITY_SHARE = 0.08
SITE_SD = 0.25
SEVERITY_SD = 0.15
DRIFT_SD = 0.15
OWN_VIEW_SD = 0.25
MOMENT_SD = 0.2
TERRITORY_SD = 0.4

HARD_TO_SCORE_SHARE = 0.03
HARD_CALLED_UNSCORABLE = 0.7
ANY_CALLED_UNSCORABLE = 0.004
NOT_OPACIFIED_SHARE = 0.06
OPTIONAL_ANSWERED = 0.85
COMMENTED_SHARE = 0.12

COMMENTS_ON_HIGH = (
    "Small gap in a distal branch.",
    "Agrees with the angiogram down to the third order.",
    "Slightly short on the side of the clot.",
    "One false stump near the skull base, not misleading.",
)
COMMENTS_ON_LOW = (
    "Ends too early on the side of the clot.",
    "Two branches are joined that are not.",
    "A second-order branch is missing.",
    "False branches near the skull base.",
)


def generator_of(*seeds: int | str) -> np.random.Generator:
    """Return the random numbers that belong to these seeds, on any machine."""
    numbers = [seed if isinstance(seed, int) else zlib.crc32(seed.encode()) for seed in seeds]
    return np.random.default_rng(numbers)


@dataclass(frozen=True)
class Opinion:
    """One rater's answers on one case."""

    grade: int | None
    unscorable_reason: str = ""
    comment: str = ""
    territory_grades: dict[str, int | str] = field(default_factory=dict)
    question_answers: dict[str, bool] = field(default_factory=dict)


class Truth:
    """The cases as they are, which no rater sees without error.

    Parameters
    ----------
    seed
        Of the study.
    sites
        Each case's hospital, as a number from 0.
    protocol
        Gives the scale, the territories and the reasons.
    """

    def __init__(self, seed: int, sites: Sequence[int], protocol: ProtocolDocument) -> None:
        self.seed = seed
        self.protocol = protocol
        count = len(sites)
        effects = generator_of(seed, "sites").normal(0, SITE_SD, max(sites, default=0) + 1)
        random = generator_of(seed, "cases")
        self.quality: Values = random.normal(0, 1, count) + effects[list(sites)]
        self.hard_to_score = random.random(count) < HARD_TO_SCORE_SHARE
        self.likeliest_reason = random.integers(0, 2**16, count)
        shape = (count, len(protocol.territories))
        self.not_opacified = random.random(shape) < NOT_OPACIFIED_SHARE
        self.of_territory: Values = random.normal(0, TERRITORY_SD, shape)
        self._bounds = _bounds(protocol)

    def level(self, score: float) -> int:
        """Return the level of the scale at which a score stands."""
        return self.protocol.level_values[int(np.searchsorted(self._bounds, score))]

    def true_level(self, case: int) -> int:
        """Return the level that a rater without error would give."""
        return self.level(float(self.quality[case]))


def _bounds(protocol: ProtocolDocument) -> Values:
    """Scores between the levels: high quality is common, and the best level the most common."""
    low = protocol.level_values.index(protocol.high_from)
    high = len(protocol.levels) - low
    below = LOW_QUALITY_SHARE * _growing(low)
    above = (1 - LOW_QUALITY_SHARE) * _growing(high)
    shares = np.concatenate([below, above])
    return np.asarray(norm.ppf(np.cumsum(shares)[:-1]))


def _growing(count: int) -> Values:
    weights: Values = np.arange(1, count + 1, dtype=float)
    return weights / float(weights.sum())


class SimulatedRater:
    """One rater's way of seeing the cases.

    Parameters
    ----------
    truth
        The cases.
    number
        The rater's number in the study.
    """

    def __init__(self, truth: Truth, number: int) -> None:
        self._truth = truth
        self._number = number
        random = self.random()
        self._severity = random.normal(0, SEVERITY_SD)
        self._drift = random.normal(0, DRIFT_SD)
        self._own_view: Values = random.normal(0, OWN_VIEW_SD, len(truth.quality))

    def opinion(self, case: int, *, done: float, occasion: int) -> Opinion:
        """Return the rater's answers.

        Parameters
        ----------
        case
            Which case, from 0.
        done
            Share of the rater's list that is behind them.
        occasion
            How often the rater has seen the case before.
        """
        truth = self._truth
        random = self.random("opinion", case, occasion)
        unscorable = HARD_CALLED_UNSCORABLE if truth.hard_to_score[case] else ANY_CALLED_UNSCORABLE
        if truth.protocol.unscorable_reasons and random.random() < unscorable:
            return self._unscorable(case)
        score = float(
            truth.quality[case]
            + self._own_view[case]
            - self._severity
            - self._drift * done
            + random.normal(0, MOMENT_SD)
        )
        return self._scored(random, case, score, truth.level(score))

    def calibration_opinion(self, case: int, grade: int | None) -> Opinion:
        """Return answers around a grade that was decided already; None is unscorable."""
        if grade is None:
            return self._unscorable(case)
        random = self.random("calibration answers", case)
        return self._scored(random, case, float(self._truth.quality[case]), grade)

    def random(self, *what: int | str) -> np.random.Generator:
        """Return the random numbers of this rater for one purpose."""
        return generator_of(self._truth.seed, "rater", self._number, *what)

    def _unscorable(self, case: int) -> Opinion:
        reasons = self._truth.protocol.unscorable_reasons
        reason = reasons[int(self._truth.likeliest_reason[case]) % len(reasons)]
        return Opinion(None, unscorable_reason=reason.code)

    def _scored(self, random: np.random.Generator, case: int, score: float, grade: int) -> Opinion:
        protocol = self._truth.protocol
        return Opinion(
            grade,
            comment=_comment(random, high=grade >= protocol.high_from),
            territory_grades=self._territories(random, case, score),
            question_answers=_answers(random, protocol, score),
        )

    def _territories(
        self, random: np.random.Generator, case: int, score: float
    ) -> dict[str, int | str]:
        grades: dict[str, int | str] = {}
        for number, territory in enumerate(self._truth.protocol.territories):
            if not territory.required and random.random() > OPTIONAL_ANSWERED:
                continue
            if self._truth.not_opacified[case, number]:
                grades[territory.code] = NOT_OPACIFIED
                continue
            own = score + self._truth.of_territory[case, number] + random.normal(0, MOMENT_SD)
            grades[territory.code] = self._truth.level(float(own))
        return grades


def _answers(
    random: np.random.Generator, protocol: ProtocolDocument, score: float
) -> dict[str, bool]:
    yes = 1 / (1 + np.exp(-2 * (score + 1)))
    return {
        question.code: bool(random.random() < yes)
        for question in protocol.questions
        if question.required or random.random() < OPTIONAL_ANSWERED
    }


def _comment(random: np.random.Generator, *, high: bool) -> str:
    if random.random() > COMMENTED_SHARE:
        return ""
    return str(random.choice(COMMENTS_ON_HIGH if high else COMMENTS_ON_LOW))
