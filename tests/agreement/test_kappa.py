"""Cohen's κ and its standard errors against published and recomputed values."""

import numpy as np
import pytest

from reader_study.agreement.kappa import agreement_weights, cohen_kappa, dichotomising_weights
from tests.agreement import tables

# table, weights, κ, SE, SE under κ = 0 (None where no value is at hand)
ORACLES = [
    (tables.THREE_BY_THREE, "none", 0.484163, 0.138014, 0.148398),
    (tables.THREE_BY_THREE, "linear", 0.470120, 0.145746, None),
    (tables.THREE_BY_THREE, "quadratic", 0.450161, 0.192233, None),
    (tables.FLEISS_COHEN_EVERITT_1969, "none", 0.428571, 0.053711, 0.055512),
    (tables.FLEISS_COHEN_EVERITT_1969, "linear", 0.492308, 0.050719, None),
    (tables.FLEISS_COHEN_EVERITT_1969, "quadratic", 0.566667, 0.055666, None),
    (tables.COHEN_1968, "none", 0.491525, 0.051002, None),
    (tables.COHEN_1968, "linear", 0.473684, 0.054432, None),
    (tables.COHEN_1968, "quadratic", 0.454545, 0.066454, None),
    (tables.GWET_ABSTRACTORS, "none", 0.796409, 0.058911, None),
    (tables.GWET_ABSTRACTORS, "linear", 0.842902, 0.047872, None),
    (tables.GWET_ABSTRACTORS, "quadratic", 0.892157, 0.035352, None),
    (tables.LARGE_2X2, "none", 0.3411969207847029, 0.0262913719660408, 0.0220367175735475),
    (tables.BALANCED_2X2, "none", 0.699519, None, None),
    (tables.PREVALENT_2X2, "none", 0.318182, None, None),
]


@pytest.mark.parametrize(("table", "weights", "kappa", "se", "se0"), ORACLES)
def test_kappa_and_its_standard_errors_match_the_oracles(table, weights, kappa, se, se0):
    result = cohen_kappa(table, weights)

    assert result.estimate == pytest.approx(kappa, abs=1e-6)
    if se is not None:
        assert result.se == pytest.approx(se, abs=1e-5)
    if se0 is not None:
        assert result.se0 == pytest.approx(se0, abs=1e-5)


def test_the_large_table_matches_to_the_last_digit():
    result = cohen_kappa(tables.LARGE_2X2)

    assert result.estimate == pytest.approx(0.3411969207847029, abs=1e-14)
    assert result.se == pytest.approx(0.0262913719660408, abs=1e-14)
    assert result.se0 == pytest.approx(0.0220367175735475, abs=1e-14)


def test_custom_weights_of_fleiss_cohen_and_everitt():
    weights = [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]]

    result = cohen_kappa(tables.FLEISS_COHEN_EVERITT_1969, weights)

    assert result.estimate == pytest.approx(0.507070, abs=1e-6)
    assert result.se == pytest.approx(0.056994, abs=1e-5)


def test_the_wald_interval_uses_se_and_is_cut_at_one():
    usual = cohen_kappa(tables.LARGE_2X2)
    near_one = cohen_kappa([[10, 0], [1, 10]])

    assert usual.ci == pytest.approx(
        (0.3411969 - 1.959964 * 0.02629137, 0.3411969 + 1.959964 * 0.02629137), abs=1e-6
    )
    assert near_one.ci is not None
    assert near_one.ci[1] == 1.0


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@pytest.mark.parametrize(
    "table", [[[0, 0, 0], [0, 0, 0], [0, 0, 7]], [[1, 0], [0, 0]], np.zeros((4, 4), int)]
)
def test_kappa_that_does_not_exist_is_none_with_a_reason(table, weights):
    result = cohen_kappa(table, weights)

    assert (result.estimate, result.se, result.se0, result.ci) == (None, None, None, None)
    assert result.undefined


def test_perfect_agreement_has_no_interval_of_width_zero():
    result = cohen_kappa(np.diag([1, 3, 7, 90]))

    assert (result.estimate, result.se, result.ci) == (1.0, 0.0, None)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_one_constant_rater_gives_zero(weights):
    assert cohen_kappa([[0, 0, 0], [0, 0, 0], [1, 2, 30]], weights).estimate == pytest.approx(0)


@pytest.mark.parametrize(("scheme", "power"), [("linear", 1), ("quadratic", 2)])
def test_weights_fall_with_the_distance_on_the_scale(scheme, power):
    weights = agreement_weights(4, scheme)

    assert weights[0] == pytest.approx([1 - (step / 3) ** power for step in range(4)])
    assert np.array_equal(weights, weights.T)


def test_dichotomising_weights_give_kappa_of_the_cut_table():
    table = [[3, 1, 0, 2], [1, 4, 2, 0], [0, 1, 9, 3], [0, 2, 4, 30]]
    cut = [[9, 4], [3, 46]]

    on_full, on_cut = cohen_kappa(table, dichotomising_weights(4, 2)), cohen_kappa(cut)

    assert on_full.estimate == pytest.approx(on_cut.estimate)
    assert on_full.se == pytest.approx(on_cut.se)
    assert on_full.se0 == pytest.approx(on_cut.se0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("cubic", "none, linear or quadratic"),
        ([[1, 0], [0, 1]], "3 × 3"),
        ([[1, 0, 0], [0.5, 1, 0], [0, 0, 1]], "symmetric"),
        ([[0.9, 0, 0], [0, 1, 0], [0, 0, 1]], "1 on the diagonal"),
        ([[1, 2, 0], [2, 1, 0], [0, 0, 1]], "between 0"),
        ([[1, np.nan, 0], [np.nan, 1, 0], [0, 0, 1]], "between 0"),
    ],
)
def test_malformed_weights_are_refused_with_a_message(weights, message):
    with pytest.raises(ValueError, match=message):
        cohen_kappa(tables.THREE_BY_THREE, weights)
