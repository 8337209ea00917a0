"""κ between subgroups and within a rater."""

import numpy as np
import pytest

from reader_study.agreement.comparison import intra_rater_kappas, kappa_difference
from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.scale import Level, Scale
from tests.agreement import tables

SCALE = Scale.declare([Level(1, "Poor"), Level(2, "Fair"), Level(3, "Good")], 3)


def test_the_difference_of_two_sites_has_both_errors():
    north, south = cohen_kappa(tables.BALANCED_2X2), cohen_kappa(tables.PREVALENT_2X2)

    result = kappa_difference(north, south)

    assert result.estimate == pytest.approx(0.699519 - 0.318182, abs=1e-6)
    assert north.se is not None
    assert south.se is not None
    assert result.se == pytest.approx(np.sqrt(north.se**2 + south.se**2))
    assert result.se is not None
    assert result.z == pytest.approx(0.381337 / result.se, abs=1e-4)
    assert result.ci is not None
    assert result.p is not None
    assert (result.p < 0.05) == (result.ci[0] > 0)


def test_exchanging_the_sites_changes_the_sign_only():
    north, south = cohen_kappa(tables.BALANCED_2X2), cohen_kappa(tables.PREVALENT_2X2)

    one, other = kappa_difference(north, south), kappa_difference(south, north)

    assert one.estimate is not None
    assert (other.estimate, other.p) == pytest.approx((-one.estimate, one.p))


def test_a_difference_that_cannot_be_judged_says_why():
    ordinary, perfect = cohen_kappa(tables.BALANCED_2X2), cohen_kappa([[5, 0], [0, 9]])
    undefined = cohen_kappa([[0, 0], [0, 9]])

    assert kappa_difference(ordinary, perfect).p is None
    assert "perfect agreement" in str(kappa_difference(ordinary, perfect).undefined)
    assert kappa_difference(ordinary, undefined).estimate is None
    assert "no value" in str(kappa_difference(ordinary, undefined).undefined)


def test_each_rater_is_compared_with_himself():
    repeats: dict[str, list[tuple[int | None, int | None]]] = {
        "Rater 1": [(1, 1), (2, 2), (3, 3), (3, 2), (None, 3)],
        "Rater 2": [(3, 3), (3, 3)],
    }

    kappas = intra_rater_kappas(repeats, SCALE)

    assert kappas["Rater 1"].estimate == pytest.approx((0.75 - 5 / 16) / (1 - 5 / 16))
    assert kappas["Rater 2"].estimate is None
    assert kappas["Rater 2"].undefined
