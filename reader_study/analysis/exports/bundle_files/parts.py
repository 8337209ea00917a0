"""The parts of the report beside the grade: items, time and drift, differing cases, reasons.

Theil and Sen's slope comes from scipy; Kendall's tau over the order is counted pair by pair, and
its jackknife leaves out one case after the other.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from agreement import Drawn, of_many, of_pair
from coefficients import rates
from scipy.special import ndtri
from scipy.stats import theilslopes
from study import UNSCORABLE, Floats, Study, grade_of, read_study

MOST_RESAMPLES = 10_000
LEAST_CASES = 10
NOT_OPACIFIED = "not-opacified"
Rows = list[dict[str, str]]


def disagreements(rows: Rows, protocol: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cases that raters graded differently, the widest apart first."""
    by_case: dict[str, list[int]] = {}
    for row in rows:
        by_case.setdefault(row["case"], []).append(grade_of(row, protocol))
    values = [int(level["value"]) for level in protocol["levels"]]
    high = values.index(protocol["high_from"]) + 1
    found = []
    for case, grades in by_case.items():
        graded = [grade for grade in grades if grade != UNSCORABLE]
        if len(set(grades)) == 1:
            continue
        apart = max(graded) - min(graded) if len(graded) > 1 else None
        crossing = len({grade >= high for grade in graded}) > 1
        told = [None if grade == UNSCORABLE else values[grade - 1] for grade in grades]
        key = (1 if apart is None else -apart, not crossing, case.lstrip("'"))
        found.append((key, {"grades": told, "levels_apart": apart}))
    return [numbers for _, numbers in sorted(found, key=lambda one: one[0])]


def unscorable(rows: Rows, protocol: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how often each rater gave each reason."""
    given = Counter((row["unscorable_reason"], row["rater"]) for row in rows)
    raters = list(dict.fromkeys(row["rater"] for row in rows))
    return [
        {"counts": [given[reason["code"], rater] for rater in raters]}
        for reason in protocol["unscorable_reasons"]
    ]


def territories(
    rows: Rows, protocol: dict[str, Any], resamples: int | None
) -> list[dict[str, Any]]:
    """Return rates and agreement on each territory, and with "not opacified" as an answer."""
    plain = read_study(protocol)
    place = {level["value"]: number for number, level in enumerate(protocol["levels"], start=1)}
    items = []
    for territory in protocol.get("territories", ()):
        column = f"territory_{territory['code'].replace('-', '_')}"
        given = _given(rows, plain, column)
        grades = np.array(
            [
                [place[int(a)] if a.lstrip("-").isdigit() else UNSCORABLE for a in row]
                for row in given
            ]
        ).reshape(plain.grades.shape)
        apart = np.array([[a == NOT_OPACIFIED for a in row] for row in given]).reshape(grades.shape)
        item = _item(replace(plain, grades=grades), apart, protocol, resamples)
        extra = [*plain.levels, len(plain.levels) + 1]
        answers = replace(
            plain,
            grades=np.where(apart, extra[-1], grades),
            levels=extra,
        )
        unweighted = {**protocol, "weights": "none"}
        items.append(
            {**item, "answers": _agreement(answers, unweighted, resamples) if apart.any() else None}
        )
    return items


def questions(rows: Rows, protocol: dict[str, Any], resamples: int | None) -> list[dict[str, Any]]:
    """Return rates of yes and unweighted agreement on each question."""
    plain = read_study(protocol)
    yes_or_no = {**protocol, "weights": "none"}
    items = []
    for question in protocol.get("questions", ()):
        given = _given(rows, plain, f"question_{question['code'].replace('-', '_')}")
        grades = np.array(
            [[int(a) + 1 if a in ("0", "1") else UNSCORABLE for a in row] for row in given]
        ).reshape(plain.grades.shape)
        study = replace(plain, grades=grades, levels=[1, 2], high_from=2)
        item = _item(study, np.zeros(grades.shape, dtype=bool), yes_or_no, resamples)
        items.append({**item, "answers": None})
    return items


def _given(rows: Rows, study: Study, column: str) -> list[list[str]]:
    by_case: dict[str, list[str]] = {}
    for row in rows:
        by_case.setdefault(row["case"], []).append(row[column])
    return list(by_case.values())


def _item(
    study: Study, apart: Any, protocol: dict[str, Any], resamples: int | None
) -> dict[str, Any]:
    found = rates(study, study.grades)
    for number, rate in enumerate(found):
        rate.pop("unscorable", None)
        rate["not_opacified"] = int(apart[:, number].sum())
        rate["unanswered"] = len(study.grades) - rate["n"] - rate["not_opacified"]
    return {"rates": found, **_agreement(study, protocol, resamples, with_ac1=True)}


def _agreement(
    study: Study, protocol: dict[str, Any], resamples: int | None, *, with_ac1: bool = False
) -> dict[str, Any]:
    few = {**protocol, "resamples": min(protocol["resamples"], MOST_RESAMPLES)}
    drawn = Drawn(study, few, resamples)
    bars: dict[str, Any] = {"histogram": {"edges": []}}
    pairs = study.grades.shape[1] * (study.grades.shape[1] - 1) // 2
    found = (
        of_pair(drawn, 0, bars) if pairs == 1 else of_many(drawn, {**bars, "pairs": [bars] * pairs})
    )
    kappa = {key: found["kappa"][key] for key in KAPPA_KEYS}
    same = {"n_paired": found["n_paired"], "percent_agreement": found["percent_agreement"]}
    return {**same, "kappa": kappa, **({"ac1": found["ac1"]} if with_ac1 else {})}


KAPPA_KEYS = ("estimate", "se", "se0", "ci", "resamples", "undefined")


def courses(rows: Rows, protocol: dict[str, Any]) -> list[dict[str, Any]]:
    """Return times and trends of each rater whose order of reading is known."""
    found = []
    for rater in dict.fromkeys(row["rater"] for row in rows):
        own = [
            row
            for row in rows
            if row["rater"] == rater and row["position"] and row["attempt"] == "1"
        ]
        if own:
            ordered = sorted(own, key=lambda row: int(row["position"]))
            found.append(_course(ordered, protocol["confidence"]))
    return found


def _course(rows: Rows, confidence: float) -> dict[str, Any]:
    timed = [(int(r["position"]), float(r["active_seconds"])) for r in rows if r["active_seconds"]]
    graded = [(int(r["position"]), int(r["grade"])) for r in rows if r["grade"]]
    return {
        "n": len(rows),
        "seconds": _seconds(np.array(timed), confidence) if timed else None,
        "grade": _tau(np.array(graded).reshape(-1, 2), confidence),
        "points": [
            [
                int(row["position"]),
                float(row["active_seconds"]) if row["active_seconds"] else None,
                int(row["grade"]) if row["grade"] else None,
            ]
            for row in rows
        ],
    }


def _seconds(timed: Floats, confidence: float) -> dict[str, Any]:
    low, median, high = np.quantile(timed[:, 1], (0.25, 0.5, 0.75))
    slope = None
    if len(timed) >= LEAST_CASES:
        line = theilslopes(timed[:, 1], timed[:, 0], alpha=confidence)
        ends = [100 * line.low_slope, 100 * line.high_slope]
        slope = {"per_100": 100 * line.slope, "ci": ends, "intercept": line.intercept}
    return {
        "n": len(timed),
        "median": median,
        "quartiles": [low, high],
        "slope": slope,
    }


def _tau(graded: Any, confidence: float) -> dict[str, Any]:
    none = {"estimate": None, "se": None, "ci": None}
    if len(graded) < LEAST_CASES or len(set(graded[:, 1].tolist())) == 1:
        return none
    estimate = _concordance(graded)
    left_out = [_concordance(np.delete(graded, place, axis=0)) for place in range(len(graded))]
    se = float(np.sqrt((len(graded) - 1) * np.var(left_out)))
    if se == 0 or abs(estimate) == 1:
        return {**none, "estimate": estimate, "se": se}
    reach = ndtri((1 + confidence) / 2) * se / (1 - estimate**2)
    ends = [float(np.tanh(np.arctanh(estimate) + sign * reach)) for sign in (-1, 1)]
    return {"estimate": estimate, "se": se, "ci": ends}


def _concordance(graded: Any) -> float:
    first, second = np.triu_indices(len(graded), 1)
    signs = np.sign(graded[second, 0] - graded[first, 0]) * np.sign(
        graded[second, 1] - graded[first, 1]
    )
    return float(signs.mean())
