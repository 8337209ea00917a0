"""McNemar, Tango, Bowker and Stuart–Maxwell against published values and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from reader_study.agreement.paired_tests import (
    NO_DISAGREEMENT,
    bowker,
    mcnemar,
    stuart_maxwell,
    tango_interval,
)
from tests.agreement import tables
from tests.agreement.test_peers import random_table
from tests.agreement.test_r_packages import expected, paradox_tables

PRIME_MINISTER = ((794, 150), (86, 570))  # Agresti, Categorical Data Analysis


def test_mcnemar_of_the_prime_ministers_approval():
    result = mcnemar(PRIME_MINISTER)

    assert result.asymptotic.statistic == pytest.approx(17.3559, abs=5e-5)
    assert result.asymptotic.p == pytest.approx(3.099e-5, abs=5e-9)
    assert result.corrected.statistic == pytest.approx(16.8178, abs=5e-5)
    assert result.exact_p == pytest.approx(3.716e-5, abs=5e-9)
    assert result.difference == pytest.approx((86 - 150) / 1600)


@pytest.mark.parametrize("table", [PRIME_MINISTER, tables.LARGE_2X2, tables.SMALL_2X2])
def test_statsmodels_gives_the_same_mcnemar(table):
    result = mcnemar(table)

    for ours, correction in ((result.asymptotic, False), (result.corrected, True)):
        peer = statsmodels_mcnemar(table, exact=False, correction=correction)
        assert (ours.statistic, ours.p) == pytest.approx((peer.statistic, peer.pvalue), abs=1e-12)
    assert result.exact_p == pytest.approx(statsmodels_mcnemar(table).pvalue, abs=1e-12)


def test_r_gives_the_same_mcnemar_of_a_paradox_table():
    table = paradox_tables()["FC1_balanced"]
    peer = expected("kappa_paradox_2x2")["FC1_balanced"]["mcnemar_or_bowker"]

    for test in (mcnemar(table).asymptotic, bowker(table), stuart_maxwell(table)):
        assert test.statistic == pytest.approx(peer["stat"], abs=1e-9)
        assert test.df == peer["df"]
        assert test.p == pytest.approx(peer["p"], abs=1e-9)


def test_tangos_interval_of_propcis():
    # R: PropCIs::scoreci.mp(25, 28, 618, 0.90) is of (28 - 25) / 618
    assert tango_interval(28, 25, 618, confidence=0.9) == pytest.approx((-0.0148, 0.0247), abs=5e-5)


def test_tangos_interval_without_disagreement_is_wilsons_reach():
    z2 = 1.959963984540054**2

    assert tango_interval(0, 0, 50) == pytest.approx((-z2 / (50 + z2), z2 / (50 + z2)), abs=1e-12)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 200))
def test_tangos_interval_holds_the_difference_and_mirrors(b, c, rest):
    n = b + c + rest
    low, high = tango_interval(b, c, n)

    assert -1 <= low <= (b - c) / n <= high <= 1
    assert tango_interval(c, b, n) == pytest.approx((-high, -low), abs=1e-9)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 60))
def test_tangos_interval_excludes_zero_when_mcnemar_rejects(b, c, agreed):
    if b + c == 0:
        return
    n = b + c + agreed
    low, high = tango_interval(b, c, n)
    statistic = (b - c) ** 2 / (b + c)

    if abs(statistic - 3.841458820694124) > 1e-6:
        assert (statistic > 3.841458820694124) == (low > 1e-12 or high < -1e-12)


@pytest.mark.parametrize(("b", "c", "n"), [(5, 0, 5), (0, 5, 5)])
def test_tangos_interval_reaches_one_where_the_raters_are_opposite(b, c, n):
    assert 1.0 in [abs(limit) for limit in tango_interval(b, c, n)]


@pytest.mark.parametrize(("b", "c", "n"), [(0, 0, 0), (3, 3, 5), (-1, 0, 4)])
def test_impossible_discordant_counts_are_refused(b, c, n):
    with pytest.raises(ValueError, match="case"):
        tango_interval(b, c, n)


@pytest.mark.parametrize("seed", range(12))
def test_statsmodels_gives_the_same_symmetry_and_homogeneity(seed):
    table = random_table(seed) + 1
    peer = SquareTable(table, shift_zeros=False)

    for ours, theirs in (
        (bowker(table), peer.symmetry()),
        (stuart_maxwell(table), peer.homogeneity(method="stuart_maxwell")),
    ):
        assert ours.statistic == pytest.approx(theirs.statistic, abs=1e-9)
        assert ours.df == theirs.df
        assert ours.p == pytest.approx(theirs.pvalue, abs=1e-9)


def test_levels_without_disagreement_take_no_degree_of_freedom():
    table = np.array(tables.GWET_ABSTRACTORS)

    for test in (bowker(table), stuart_maxwell(table)):
        assert test.statistic == pytest.approx((7 - 4) ** 2 / 11)
        assert test.df == 1


@pytest.mark.parametrize("test", [bowker, stuart_maxwell])
def test_raters_who_never_differ_get_a_sentence(test):
    assert test(np.diag([4, 5, 6])).undefined == NO_DISAGREEMENT
    assert test(np.zeros((3, 3), int)).undefined


def test_mcnemar_without_disagreement_or_cases_gets_a_sentence():
    agreed, empty = mcnemar([[3, 0], [0, 40]]), mcnemar([[0, 0], [0, 0]])

    assert (agreed.exact_p, agreed.difference) == (1.0, 0.0)
    assert agreed.asymptotic.undefined == NO_DISAGREEMENT
    assert empty.asymptotic.undefined
    assert (empty.exact_p, empty.ci) == (None, None)
