"""The same numbers from the packages that statisticians already trust."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from reader_study.agreement.contingency import Table
from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.rates import clopper_pearson_interval, wilson_interval
from tests.agreement import tables

SEEDS = range(20)
SCIKIT_NAMES = {"none": None, "linear": "linear", "quadratic": "quadratic"}


def random_table(seed: int) -> Table:
    rng = np.random.default_rng(seed)
    levels = 2 + seed % 4
    return rng.integers(0, 30, (levels, levels)) + 40 * np.eye(levels, dtype=np.int64)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scheme", SCIKIT_NAMES)
def test_scikit_learn_gives_the_same_kappa(seed, scheme):
    table = random_table(seed)
    first, second = tables.gradings(table)

    peer = cohen_kappa_score(
        first, second, weights=SCIKIT_NAMES[scheme], labels=list(range(len(table)))
    )

    assert cohen_kappa(table, scheme).estimate == pytest.approx(peer, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scheme", SCIKIT_NAMES)
def test_statsmodels_gives_the_same_kappa_and_standard_errors(seed, scheme):
    table = random_table(seed)
    settings = {} if scheme == "none" else {"wt": scheme}

    peer = cohens_kappa(table, **settings)
    result = cohen_kappa(table, scheme)

    assert result.estimate == pytest.approx(peer.kappa, abs=1e-12)
    assert result.se == pytest.approx(peer.std_kappa, abs=1e-12)
    assert result.se0 == pytest.approx(peer.std_kappa0, abs=1e-12)


@pytest.mark.parametrize(("successes", "n"), [(0, 9), (1, 9), (176, 178), (178, 178), (50, 101)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_scipy_gives_the_same_intervals_of_rates(successes, n, confidence):
    peer = stats.binomtest(successes, n)
    settings = {"confidence_level": confidence}

    assert wilson_interval(successes, n, confidence=confidence) == pytest.approx(
        tuple(peer.proportion_ci(method="wilson", **settings)), abs=1e-12
    )
    assert clopper_pearson_interval(successes, n, confidence=confidence) == pytest.approx(
        tuple(peer.proportion_ci(method="exact", **settings)), abs=1e-12
    )
