"""The case bootstrap of κ: exact values, scipy's bootstrap, refusals, reproducible digits."""

import time
from typing import Any
from unittest import mock

import numpy as np
import pytest
from scipy import stats

from reader_study.agreement import multinomial
from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.constructed_tables import TABLE_A, TABLE_B
from reader_study.agreement.kappa import (
    Weights,
    WeightScheme,
    agreement_weights,
    cohen_kappa,
    dichotomising_weights,
)
from reader_study.agreement.resampling import KappaBootstrap
from tests.agreement import tables

MODERATE = ((20, 4, 1), (5, 30, 6), (1, 7, 16))


def kappa_interval(table: Any, scheme: WeightScheme = "none", **settings: Any) -> KappaBootstrap:
    weights = agreement_weights(len(table), scheme)
    return bootstrap_kappas(table, [weights], **{"seed": 1, **settings})[0]


def test_the_exact_distribution_of_a_small_table():
    result = kappa_interval(tables.SMALL_2X2, resamples=1_000_000)

    assert result.ci == pytest.approx((0.230769, 1.0), abs=1e-6)
    assert result.values.mean() == pytest.approx(0.643809, abs=4 * 0.19 / 1000)
    assert result.values.std() == pytest.approx(0.189181, abs=6e-4)
    assert 15 <= result.undefined <= 61  # Poisson of mean 36.6, four standard deviations


@pytest.mark.parametrize("seed", range(5))
def test_table_a_prints_the_published_interval_with_any_seed(seed):
    result = kappa_interval(TABLE_A, seed=seed)

    assert result.ci is not None
    assert tuple(round(end, 2) for end in result.ci) == (0.56, 0.89)


@pytest.mark.parametrize("seed", range(5))
def test_table_b_prints_the_published_interval_with_any_seed(seed):
    result = kappa_interval(TABLE_B, "linear", seed=seed)

    assert result.ci is not None
    assert tuple(round(end, 2) for end in result.ci) == (0.56, 0.89)


def test_table_a_at_a_million_resamples():
    percentile = kappa_interval(TABLE_A, resamples=1_000_000)
    bca = kappa_interval(TABLE_A, resamples=1_000_000, method="bca")

    assert percentile.ci == pytest.approx((0.5601, 0.8915), abs=1.5e-3)
    assert bca.ci == pytest.approx((0.549, 0.884), abs=3e-3)


def vectorised_kappa(weights: Weights) -> Any:
    """Return κ of case-level gradings along an axis, as scipy's bootstrap asks for it."""
    levels = len(weights)
    disagreement = 1 - weights

    def statistic(first, second, axis=-1):
        observed = disagreement[first, second].mean(axis=axis)
        shares_1 = np.stack([(first == level).mean(axis=axis) for level in range(levels)], axis=-1)
        shares_2 = np.stack([(second == level).mean(axis=axis) for level in range(levels)], axis=-1)
        return 1 - observed / np.einsum("...i,ij,...j->...", shares_1, disagreement, shares_2)

    return statistic


@pytest.mark.parametrize(("ours", "scipys"), [("percentile", "percentile"), ("bca", "BCa")])
@pytest.mark.parametrize("scheme", ["none", "linear", "quadratic"])
def test_scipys_bootstrap_over_cases_agrees_within_monte_carlo_error(ours, scipys, scheme):
    peer = stats.bootstrap(
        tables.gradings(MODERATE),
        vectorised_kappa(agreement_weights(3, scheme)),
        paired=True,
        vectorized=True,
        n_resamples=20_000,
        batch=5_000,
        method=scipys,
        rng=np.random.default_rng(3),
    )

    result = kappa_interval(MODERATE, scheme, method=ours)

    # one standard error of a 2.5 % quantile is about 2.7 SD / √B
    tolerance = 4 * 2.7 * float(peer.standard_error) / np.sqrt(20_000)
    assert result.ci == pytest.approx(tuple(peer.confidence_interval), abs=tolerance)
    assert result.values.std() == pytest.approx(float(peer.standard_error), rel=0.02)


def test_scipys_bca_agrees_on_average_over_forty_seeds():
    statistic = vectorised_kappa(agreement_weights(3, "linear"))
    first, second = tables.gradings(MODERATE)
    ours, theirs = [], []
    for seed in range(40):
        result = kappa_interval(MODERATE, "linear", method="bca", resamples=4_000, seed=seed)
        assert result.ci is not None
        ours.append(result.ci)
        peer = stats.bootstrap(
            (first, second),
            statistic,
            paired=True,
            vectorized=True,
            n_resamples=4_000,
            batch=2_000,
            method="BCa",
            rng=np.random.default_rng(seed),
        )
        theirs.append(tuple(peer.confidence_interval))

    error = np.sqrt((np.var(ours, axis=0) + np.var(theirs, axis=0)) / 40)
    assert np.all(np.abs(np.mean(ours, axis=0) - np.mean(theirs, axis=0)) < 4 * error)
    assert np.std(ours, axis=0) == pytest.approx(np.std(theirs, axis=0), rel=0.5)


def test_a_loop_over_cases_draws_from_the_same_distribution():
    first, second = tables.gradings(tables.SMALL_2X2)
    rng = np.random.default_rng(5)
    loop = []
    for _ in range(3_000):
        drawn = rng.integers(len(first), size=len(first))
        counts = np.zeros((2, 2), int)
        np.add.at(counts, (first[drawn], second[drawn]), 1)
        loop.append(cohen_kappa(counts).estimate)
    defined = [kappa for kappa in loop if kappa is not None]

    result = kappa_interval(tables.SMALL_2X2, resamples=30_000)

    # rounded, because κ takes few values and ties must not differ in their last bit
    assert stats.ks_2samp(np.round(defined, 9), np.round(result.values, 9)).pvalue > 0.01


def test_the_same_seed_gives_the_same_digits_and_another_seed_others():
    again, once = kappa_interval(MODERATE, seed=7), kappa_interval(MODERATE, seed=7)
    other = kappa_interval(MODERATE, seed=8)

    assert np.array_equal(once.values, again.values)
    assert not np.array_equal(once.values, other.values)


def test_the_digits_of_a_seed_are_those_of_earlier_releases():
    result = kappa_interval(TABLE_A, seed=20260101)

    # A change here means that numpy's stream changed: printed intervals move in the third decimal.
    assert result.ci == pytest.approx((0.5600273522226628, 0.8904278239458295), abs=1e-12)


def test_the_digits_do_not_depend_on_how_many_resamples_are_held_at_once():
    whole = kappa_interval(MODERATE, resamples=10_000)
    with mock.patch.object(multinomial, "_HELD", 77):
        pieces = kappa_interval(MODERATE, resamples=10_000)

    assert np.array_equal(whole.values, pieces.values)


def test_several_kappas_come_from_the_same_resamples():
    schemes = [agreement_weights(3, scheme) for scheme in ("none", "linear")]

    together = bootstrap_kappas(MODERATE, schemes, seed=4, resamples=5_000)

    for weights, result in zip(schemes, together, strict=True):
        alone = bootstrap_kappas(MODERATE, [weights], seed=4, resamples=5_000)[0]
        assert result.ci == alone.ci
        assert np.array_equal(result.values, alone.values)


def test_undefined_resamples_are_dropped_and_counted():
    table = [[4, 0], [1, 175]]  # all high in about (175 / 180)^180 of the resamples

    result = kappa_interval(table, resamples=50_000)

    assert result.undefined_share == pytest.approx((175 / 180) ** 180, abs=5e-4)
    assert len(result.values) == 50_000 - result.undefined
    assert np.all(np.isfinite(result.values))
    assert result.ci is not None


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_more_than_a_fifth_undefined_refuses_the_interval(method):
    result = kappa_interval([[1, 0], [0, 99]], method=method)

    assert result.undefined_share == pytest.approx(0.99**100, abs=0.01)
    assert result.ci is None
    assert result.refused is not None
    assert "36." in result.refused
    assert "20 %" in result.refused


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("table", [np.diag([20, 30, 40]), [[0, 0, 0], [0, 0, 0], [9, 9, 9]]])
def test_an_interval_without_width_is_refused(table, method):
    result = kappa_interval(table, method=method)

    assert result.ci is None
    assert result.refused is not None
    assert "same κ" in result.refused


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("table", [np.zeros((3, 3), int), [[0, 0], [0, 12]], [[0, 1], [0, 0]]])
def test_tables_without_information_get_a_reason(table, method):
    result = kappa_interval(table, method=method, resamples=500)

    assert result.ci is None
    assert result.refused


def test_bca_is_refused_where_leaving_out_a_case_never_changes_kappa():
    result = kappa_interval([[0, 1], [1, 0]], method="bca")

    assert result.ci is None
    assert result.refused is not None


@pytest.mark.parametrize("seed", range(10))
def test_bca_of_a_handful_of_resamples_is_finite_or_refused(seed):
    result = kappa_interval(MODERATE, method="bca", resamples=3, seed=seed)

    assert (result.ci is None) == (result.refused is not None)
    assert result.ci is None or np.all(np.isfinite(result.ci))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"method": "basic"}, "percentile or bca"),
        ({"resamples": 0}, "at least one resample"),
        ({"seed": -1}, "seed"),
        ({"confidence": 1.0}, "between 0 and 1"),
    ],
)
def test_impossible_settings_are_refused(plan, message):
    with pytest.raises(ValueError, match=message):
        kappa_interval(MODERATE, **plan)


def test_the_default_is_quick_on_a_full_table_of_four_levels():
    full = np.random.default_rng(0).integers(5, 60, (4, 4))
    weights = [agreement_weights(4, "none"), dichotomising_weights(4, 2)]

    def seconds() -> float:
        start = time.process_time()
        bootstrap_kappas(full, weights, seed=1)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.6  # CPU seconds; 0.16 measured
