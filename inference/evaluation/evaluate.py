"""Evaluate a model's segmentations: every case, and every set of cases."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from inference.evaluation.cases import (
    EvaluatedCase,
    FailedCase,
    Measured,
    MeasuredCase,
    measure_case,
)
from inference.evaluation.catalogue import MEASURES
from inference.evaluation.paper import PAPER
from inference.evaluation.summary import LEVEL, RESAMPLES, SEED, Summary, summarise

FORMAT = 1
USUAL_SETS = ("training", "internal-validation", "internal-test", "external-validation")


@dataclass(frozen=True)
class SetSummary:
    """The summaries of one set of cases.

    Attributes
    ----------
    n
        Cases evaluated.
    failed
        Cases that could not be evaluated and that no figure covers.
    measures
        The whole tree, by measure.
    arteries
        The same for each artery that the truths name.
    """

    n: int
    failed: int
    measures: dict[str, Summary]
    arteries: dict[str, dict[str, Summary]]


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    Attributes
    ----------
    cases
        The cases measured, in the order given.
    failed
        The cases that could not be.
    sets
        By name: the usual four first, then others as they came.
    """

    cases: tuple[MeasuredCase, ...]
    failed: tuple[FailedCase, ...]
    sets: dict[str, SetSummary]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, as a model's card keeps them; see docs/evaluation.md.

        Arteries are there as summaries of the sets only, so that a card of hundreds of cases stays
        small.
        """
        return {
            "format": FORMAT,
            "measures": {
                name: {
                    "title": measure.title,
                    "unit": measure.unit,
                    "best": measure.best,
                    "decimals": measure.decimals,
                }
                for name, measure in MEASURES.items()
            },
            "interval": {
                "of": "mean",
                "level": LEVEL,
                "method": "BCa bootstrap over cases",
                "resamples": RESAMPLES,
                "seed": SEED,
            },
            "sets": {name: _set_json(summary) for name, summary in self.sets.items()},
            "cases": [_case_json(case) for case in self.cases],
            "failed": [
                {"case": case.case, "site": case.site, "set": case.set, "reason": case.reason}
                for case in self.failed
            ],
            "paper": PAPER,
        }


def evaluate_cases(
    cases: Iterable[EvaluatedCase | FailedCase],
    *,
    report: Callable[[MeasuredCase | FailedCase], None] = lambda _: None,
) -> Evaluation:
    """Measure cases one after another and summarise each set.

    Parameters
    ----------
    cases
        The cases; only one is held in memory at a time if this makes them as they are asked for.
    report
        Called with each case as soon as it is measured or has failed.
    """
    measured: list[MeasuredCase] = []
    failed: list[FailedCase] = []
    for case in cases:
        if isinstance(case, FailedCase):
            failed.append(case)
            report(case)
        else:
            measured.append(measure_case(case))
            report(measured[-1])
    return Evaluation(tuple(measured), tuple(failed), _summarise_sets(measured, failed))


def _summarise_sets(
    measured: list[MeasuredCase], failed: list[FailedCase]
) -> dict[str, SetSummary]:
    both: list[MeasuredCase | FailedCase] = [*measured, *failed]
    present = dict.fromkeys(case.set for case in both)
    names = [name for name in USUAL_SETS if name in present]
    names += [name for name in present if name not in USUAL_SETS]
    return {
        name: _summarise_set(
            [case for case in measured if case.set == name],
            failed=sum(case.set == name for case in failed),
        )
        for name in names
    }


def _summarise_set(cases: list[MeasuredCase], failed: int) -> SetSummary:
    arteries = dict.fromkeys(artery for case in cases for artery in case.arteries)
    return SetSummary(
        n=len(cases),
        failed=failed,
        measures=_summarise_measures([case.tree for case in cases]),
        arteries={
            artery: _summarise_measures(
                [case.arteries[artery] for case in cases if artery in case.arteries]
            )
            for artery in arteries
        },
    )


def _summarise_measures(measured: list[Measured]) -> dict[str, Summary]:
    names = [name for name in MEASURES if any(name in one.values for one in measured)]
    summaries = {}
    for name in names:
        values = [one.values.get(name) for one in measured]
        summaries[name] = summarise(
            [value for value in values if value is not None],
            [one.undefined[name] for one in measured if name in one.undefined],
        )
    return summaries


def _set_json(summary: SetSummary) -> dict[str, Any]:
    return {
        "n": summary.n,
        "failed": summary.failed,
        "measures": {name: one.as_json() for name, one in summary.measures.items()},
        "arteries": {
            artery: {name: one.as_json() for name, one in measures.items()}
            for artery, measures in summary.arteries.items()
        },
    }


def _case_json(case: MeasuredCase) -> dict[str, Any]:
    return {
        "case": case.case,
        "site": case.site,
        "set": case.set,
        "measures": {
            name: None if value is None else round(value, 6)
            for name, value in case.tree.values.items()
        },
        "undefined": case.tree.undefined,
    }
