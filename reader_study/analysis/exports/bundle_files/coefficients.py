"""Rates, kappa, AC1 and PABAK, from statsmodels and scikit-learn where they have them."""

import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint
from study import TOLERANCE, UNSCORABLE, Grades, Study, table_of


def rate(study: Study, grades: Grades, *, unscorable_is_low: bool = False) -> dict[str, Any]:
    """Return the rate of high quality of one rater with both intervals."""
    scored = grades != UNSCORABLE
    n = len(grades) if unscorable_is_low else int(scored.sum())
    high = int((grades[scored] >= study.high_from).sum())
    alpha = 1 - study.confidence
    limits = {
        name: [float(end) for end in proportion_confint(high, n, alpha, method)] if n else None
        for name, method in (("wilson", "wilson"), ("clopper_pearson", "beta"))
    }
    unscorable = 0 if unscorable_is_low else len(grades) - n
    return {"high": high, "n": n, "rate": high / n if n else None, **limits} | {
        "unscorable": unscorable
    }


def rates(study: Study, grades: Grades, *, unscorable_is_low: bool = False) -> list[dict[str, Any]]:
    """Return the rate of each rater."""
    return [rate(study, column, unscorable_is_low=unscorable_is_low) for column in grades.T]


def rates_by_occlusion(study: Study, report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the rates by side and segment in the order of print; older reports have none."""
    found = {}
    for part, key in (("sides", "side"), ("segments", "segment")):
        if part not in report:
            continue
        of_case = study.occlusions[key]
        printed = [group[key] for group in report[part]]
        others = sorted(set(of_case.tolist()) - set(printed)) if of_case.any() else []
        found[part] = [
            {"rates": rates(study, study.grades[of_case == name])} for name in (*printed, *others)
        ]
    return found


def kappa(study: Study, pairs: Grades, scheme: str) -> dict[str, float | None]:
    """Return kappa, its standard errors and its Wald interval; None where kappa is 0/0."""
    levels = study.levels
    if scheme == "dichotomised":
        pairs, levels, scheme = (pairs >= study.high_from).astype(np.int64), [0, 1], "none"
    undefined: dict[str, float | None] = {"estimate": None, "se": None, "se0": None}
    if not len(pairs) or (pairs == pairs[0, 0]).all():
        return undefined
    weights = None if scheme == "none" else scheme
    estimate = float(cohen_kappa_score(pairs[:, 0], pairs[:, 1], labels=levels, weights=weights))
    if math.isnan(estimate):
        return undefined
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # root of −1e-17 at perfect agreement
        errors = cohens_kappa(table_of(pairs, levels), wt=weights)
    return {
        "estimate": estimate,
        "se": float(np.nan_to_num(errors.std_kappa)),
        "se0": float(np.nan_to_num(errors.std_kappa0)),
    }


def wald(study: Study, estimate: float | None, se: float | None) -> list[float] | None:
    """Return the Wald interval, its upper end cut at 1; None without a standard error."""
    if estimate is None or se is None or se < TOLERANCE:
        return None
    return [estimate - study.z * se, min(1.0, estimate + study.z * se)]


def ac1(study: Study) -> dict[str, Any]:
    """Return Gwet's AC1 (2008) with its standard error, cases sampled and raters fixed."""
    table = table_of(study.paired, study.levels)
    n, size = table.sum(), len(study.levels)
    if not n:
        return {"estimate": None, "se": None, "ci": None}
    p = table / n
    share = (p.sum(0) + p.sum(1)) / 2
    observed, expected = np.trace(p), np.sum(share * (1 - share)) / (size - 1)
    estimate = (observed - expected) / (1 - expected)
    mean_share = (share[:, None] + share[None, :]) / 2
    terms = np.eye(size) - 2 * (1 - estimate) * (1 - mean_share) / (size - 1)
    variance = np.sum(p * terms**2) - (observed - 2 * (1 - estimate) * expected) ** 2
    se = math.sqrt(max(0.0, variance) / n) / (1 - expected)
    return {"estimate": float(estimate), "se": se, "ci": wald(study, float(estimate), se)}


def pabak(study: Study, cut: Grades) -> dict[str, Any]:
    """Return 2 po − 1 with Wilson's interval of po on the same line."""
    n, agreed = int(cut.sum()), int(np.trace(cut))
    if not n:
        return {"estimate": None, "se": None, "ci": None}
    share = agreed / n
    limits = proportion_confint(agreed, n, 1 - study.confidence, "wilson")
    return {
        "estimate": 2 * share - 1,
        "se": 2 * math.sqrt(share * (1 - share) / n),
        "ci": [2 * float(end) - 1 for end in limits],
    }


def cut_indices(cut: Grades) -> dict[str, Any]:
    """Return agreement, prevalence and bias at the cut-point."""
    (low, second_high), (first_high, high) = cut.tolist()
    n, apart = low + high + first_high + second_high, first_high + second_high
    return {
        "table": cut.tolist(),
        "percent_agreement": (low + high) / n if n else None,
        "positive_agreement": 2 * high / (2 * high + apart) if high + apart else None,
        "negative_agreement": 2 * low / (2 * low + apart) if low + apart else None,
        "prevalence_index": (high - low) / n if n else None,
        "bias_index": (first_high - second_high) / n if n else None,
    }


def sensitivity(study: Study) -> dict[str, Any] | None:
    """Return rates and agreement with unscorable counted as low."""
    if (study.grades != UNSCORABLE).all():
        return None
    low_too = replace(study, grades=(study.grades >= study.high_from).astype(np.int64))
    pairs = [_binary_agreement(study, pair.grades) for pair in low_too.pairs]
    shared = {"rates": rates(study, study.grades, unscorable_is_low=True)}
    if len(pairs) == 1:
        return {**shared, **pairs[0]}
    kappas = [pair["dichotomised_kappa"]["estimate"] for pair in pairs]
    mean = None if None in kappas else float(np.mean(kappas))
    return {
        **shared,
        "table": None,
        "percent_agreement": float(np.mean([pair["percent_agreement"] for pair in pairs])),
        "dichotomised_kappa": {"estimate": mean, "se": None, "ci": None},
    }


def _binary_agreement(study: Study, high: Grades) -> dict[str, Any]:
    table = table_of(high, [0, 1])
    found = kappa(replace(study, high_from=1), high, "dichotomised")
    estimate, se = found["estimate"], found["se"]
    return {
        "table": table.tolist(),
        "percent_agreement": float(np.trace(table) / table.sum()),
        "dichotomised_kappa": {"estimate": estimate, "se": se, "ci": wald(study, estimate, se)},
    }
