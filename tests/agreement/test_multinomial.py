"""Units drawn with replacement: the three ways have one distribution, and each its digits."""

from itertools import product
from typing import Any
from unittest import mock

import numpy as np
import pytest
from scipy import stats

from reader_study.agreement import multinomial
from reader_study.agreement.multinomial import Integers, drawn_units

WAYS: dict[str, dict[str, Any]] = {
    "by kind": {"_two_stages_are_quickest": lambda *_: False, "_KIND_IN_SINGLE_DRAWS": 0},
    "one by one": {"_two_stages_are_quickest": lambda *_: False, "_KIND_IN_SINGLE_DRAWS": 10**6},
    "in two stages": {"_two_stages_are_quickest": lambda *_: True},
}
EVERY_WAY = pytest.mark.parametrize("way", WAYS)

FEW = np.array([3, 2, 1])
FULL_5X5 = np.array([40, 35, 30, 28, 26, *range(20, 0, -1)])  # 25 kinds of 369 units


def drawn(multiplicity: Integers, rows: int, way: str, seed: int = 1) -> Integers:
    generator = np.random.default_rng(seed)
    with mock.patch.multiple(multinomial, **WAYS[way]):
        return np.concatenate(list(drawn_units(generator, multiplicity, rows)))


@EVERY_WAY
def test_every_count_comes_as_often_as_the_multinomial_says(way):
    rows = 200_000
    possible = [
        counts for counts in product(range(FEW.sum() + 1), repeat=len(FEW)) if sum(counts) == 6
    ]
    expected = rows * stats.multinomial.pmf(possible, 6, FEW / 6)

    found, times = np.unique(drawn(FEW, rows, way), axis=0, return_counts=True)

    seen = dict(zip(map(tuple, found.tolist()), times, strict=True))
    assert set(seen) <= set(possible)
    observed = [seen.get(counts, 0) for counts in possible]
    assert stats.chisquare(observed, expected).pvalue > 1e-3


@EVERY_WAY
def test_means_and_covariances_of_many_kinds_are_the_multinomials(way):
    rows, units = 100_000, int(FULL_5X5.sum())
    share = FULL_5X5 / units
    covariance = units * (np.diag(share) - np.outer(share, share))
    spread = np.sqrt(np.diag(covariance))

    counts = drawn(FULL_5X5, rows, way)

    assert np.abs((counts.mean(axis=0) - FULL_5X5) / spread).max() < 4.5 / np.sqrt(rows)
    off = (np.cov(counts, rowvar=False) - covariance) / np.outer(spread, spread)
    assert np.abs(off).max() < 4.5 * np.sqrt(2 / rows)


@EVERY_WAY
@pytest.mark.parametrize("multiplicity", [FEW, FULL_5X5, np.array([5]), np.ones(40, int)])
@pytest.mark.parametrize("rows", [1, 7, 6_001])
def test_every_row_holds_as_many_units_as_there_are(multiplicity, rows, way):
    with mock.patch.multiple(multinomial, _HELD=5_000, _ROWS_AT_ONCE=1_000):
        counts = drawn(multiplicity, rows, way)

    assert counts.shape == (rows, len(multiplicity))
    assert counts.min() >= 0
    assert np.all(counts.sum(axis=1) == multiplicity.sum())


@pytest.mark.parametrize("mean", [0.01, 0.8, 1, 3.3, 11.9, 57, 1_000, 40_000])
def test_a_table_holds_the_poisson_distribution(mean):
    table = multinomial._poisson_table(mean)

    columns = np.arange(len(table.kept))
    probabilities = table.kept.copy()
    np.add.at(probabilities, table.alias, 1 - table.kept)
    counts = table.lowest + columns
    expected = stats.poisson.pmf(counts, mean)
    assert probabilities / len(columns) == pytest.approx(expected, abs=1e-12)
    assert expected.sum() == pytest.approx(1, abs=1e-9)  # as exactly as scipy's


def test_the_two_stages_serve_full_tables_and_no_others():
    two_stages = multinomial._two_stages_are_quickest

    assert two_stages(kinds=16, units=290)
    assert two_stages(kinds=25, units=290)
    assert not two_stages(kinds=13, units=290)
    assert not two_stages(kinds=25, units=100_000)
    assert not two_stages(kinds=200, units=290)
    assert not two_stages(kinds=1, units=1)


def test_the_digits_of_a_seed_are_those_of_earlier_releases():
    first = drawn(FULL_5X5, 3, "in two stages", seed=20260101)

    # A change here means that the random numbers or what is made of them changed.
    assert first[:, :6].tolist() == [
        [34, 25, 37, 32, 24, 18],
        [42, 35, 29, 25, 24, 20],
        [36, 39, 31, 26, 27, 20],
    ]
