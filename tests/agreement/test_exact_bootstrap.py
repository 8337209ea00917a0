"""The exact bootstrap of a 2×2 table, and what resampling makes of the same table."""

import numpy as np
import pytest

from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.exact_bootstrap import exact_bootstrap_kappa
from reader_study.agreement.kappa import agreement_weights
from tests.agreement import tables


def test_the_distribution_of_a_small_table():
    result = exact_bootstrap_kappa(tables.SMALL_2X2)

    assert result.undefined_probability == pytest.approx(3.656e-5, abs=5e-9)
    assert result.ci == pytest.approx((0.230769, 1.0), abs=1e-6)
    assert (result.mean, result.sd) == pytest.approx((0.643809, 0.189181), abs=1e-6)


@pytest.mark.parametrize(
    "table", [tables.BALANCED_2X2, tables.PREVALENT_2X2, [[130, 8], [12, 140]], [[4, 0], [1, 175]]]
)
def test_resampling_comes_close(table):
    exact = exact_bootstrap_kappa(table)
    resampled = bootstrap_kappas(table, [agreement_weights(2, "none")], seed=3)[0]

    assert exact.sd is not None
    assert resampled.ci == pytest.approx(exact.ci, abs=4 * 2.7 * exact.sd / np.sqrt(100_000) + 1e-3)
    assert resampled.values.mean() == pytest.approx(exact.mean, abs=4 * exact.sd / np.sqrt(80_000))
    assert resampled.undefined_share == pytest.approx(exact.undefined_probability, abs=4e-3)


@pytest.mark.parametrize("table", [[[3, 1], [2, 4]], tables.BALANCED_2X2])
def test_exchanging_raters_or_levels_changes_nothing(table):
    counts, exact = np.array(table), exact_bootstrap_kappa(table)

    for other in (counts.T, counts[::-1, ::-1]):
        again = exact_bootstrap_kappa(other)
        assert again.ci == pytest.approx(exact.ci)
        assert (again.mean, again.sd) == pytest.approx((exact.mean, exact.sd))


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[0, 0], [0, 0]], "no case"),
        ([[0, 0], [0, 9]], "0/0"),
        ([[1, 0], [0, 99]], "probability 0.366"),
        ([[20, 0], [0, 30]], "same κ"),
    ],
)
def test_an_interval_that_would_mislead_is_refused(table, reason):
    result = exact_bootstrap_kappa(table)

    assert result.ci is None
    assert reason in str(result.refused)


def test_a_cohort_too_large_to_enumerate_is_sent_to_resampling():
    with pytest.raises(ValueError, match="resample"):
        exact_bootstrap_kappa([[2500, 2500], [2500, 2500]])
