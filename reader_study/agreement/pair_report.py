"""What a report says of two raters: their table, every κ, and what stands beside κ."""

from collections.abc import Sequence

import numpy as np

from reader_study.agreement.as_json import (
    Json,
    bootstrapped_kappa_values,
    coefficient_values,
    interval_values,
)
from reader_study.agreement.chance_corrected import (
    bias_index,
    gwet_ac,
    pabak,
    percent_agreement,
    prevalence_index,
    specific_agreement,
)
from reader_study.agreement.contingency import Table, dichotomised
from reader_study.agreement.further_numbers import habit_tests
from reader_study.agreement.kappa import (
    Kappa,
    Weights,
    WeightScheme,
    agreement_weights,
    cohen_kappa,
    dichotomising_weights,
)
from reader_study.agreement.paradox import paradox_words
from reader_study.agreement.resampling import BootstrapPlan, KappaBootstrap
from reader_study.agreement.scale import Scale

WEIGHT_SCHEMES: tuple[WeightScheme, ...] = ("none", "linear", "quadratic")


def reported_weights(scale: Scale) -> list[Weights]:
    """Return the weights of every κ of a report: WEIGHT_SCHEMES, then cut at the cut-point."""
    size = len(scale.levels)
    schemes = [agreement_weights(size, scheme) for scheme in WEIGHT_SCHEMES]
    return [*schemes, dichotomising_weights(size, scale.high_index)]


def pair_values(
    table: Table,
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
    bootstraps: Sequence[KappaBootstrap],
) -> Json:
    """Return every number of two raters.

    Parameters
    ----------
    table
        (K, K) counts of the cases that both graded; rows the first rater.
    scale, weights, plan
        The declared scale, the weights of the primary κ, and how κ was bootstrapped.
    bootstraps
        In the order of :func:`reported_weights`, all from the same resamples.
    """
    cut = dichotomised(table, scale.high_index)
    estimates = [
        cohen_kappa(table, matrix, confidence=plan.confidence) for matrix in reported_weights(scale)
    ]
    return {
        "n_paired": int(table.sum()),
        "table": table.tolist(),
        **kappa_entries(estimates, bootstraps, weights, plan),
        "dichotomised": _dichotomised_indices(cut),
        "ac1": coefficient_values(gwet_ac(table, confidence=plan.confidence)),
        "pabak": coefficient_values(pabak(cut, confidence=plan.confidence)),
        "percent_agreement": percent_agreement(table),
        "paradox": paradox_words(cut),
        **habit_tests(table, scale, plan.confidence),
    }


def kappa_entries(
    estimates: Sequence[Kappa],
    bootstraps: Sequence[KappaBootstrap],
    primary: WeightScheme,
    plan: BootstrapPlan,
) -> Json:
    """Return ``kappa, kappas, dichotomised_kappa, histogram`` from the κ of reported_weights."""
    names = (*WEIGHT_SCHEMES, "dichotomised")
    entries = [
        {
            "weights": name,
            **bootstrapped_kappa_values(kappa, bootstrap, plan),
            "wald": interval_values(kappa.ci),
            "seed": plan.seed,
            "primary": name == primary,
        }
        for name, kappa, bootstrap in zip(names, estimates, bootstraps, strict=True)
    ]
    place = WEIGHT_SCHEMES.index(primary)
    return {
        "kappa": entries[place],
        "kappas": entries[:-1],
        "dichotomised_kappa": entries[-1],
        "histogram": _histogram(bootstraps[place]),
    }


def _dichotomised_indices(table: Table) -> Json:
    positive, negative = specific_agreement(table)
    return {
        "table": table.tolist(),
        "percent_agreement": percent_agreement(table),
        "positive_agreement": positive,
        "negative_agreement": negative,
        "prevalence_index": prevalence_index(table),
        "bias_index": bias_index(table),
    }


def _histogram(bootstrap: KappaBootstrap) -> Json:
    """Count the defined resamples in bins of a round width, about 20 to 50 of them."""
    values = bootstrap.values
    if not len(values):
        return {"edges": [], "counts": []}
    spread = float(values[-1] - values[0])
    bins_per_unit = next(
        (per_unit for per_unit in (200, 100, 50, 20) if spread * per_unit <= 50), 20
    )
    first = int(np.floor(values[0] * bins_per_unit))
    last = max(int(np.ceil(values[-1] * bins_per_unit)), first + 1)
    edges = np.arange(first, last + 1) / bins_per_unit
    return {"edges": edges.tolist(), "counts": np.histogram(values, edges)[0].tolist()}
