"""AC1, PABAK, specific agreement and the indices of prevalence and bias."""

import pytest

from reader_study.agreement.chance_corrected import (
    bias_index,
    gwet_ac,
    pabak,
    percent_agreement,
    prevalence_index,
    specific_agreement,
)
from reader_study.agreement.kappa import cohen_kappa
from tests.agreement import tables


@pytest.mark.parametrize(
    ("table", "ac1"),
    [
        (tables.GWET_ABSTRACTORS, 0.84933),
        (tables.BALANCED_2X2, 0.70075),
        (tables.PREVALENT_2X2, 0.80800),
    ],
)
def test_ac1_matches_the_published_values(table, ac1):
    assert gwet_ac(table).estimate == pytest.approx(ac1, abs=5e-6)


def test_ac1_of_the_abstractors_has_the_published_standard_error():
    assert gwet_ac(tables.GWET_ABSTRACTORS).se == pytest.approx(0.04322, abs=5e-6)


def test_pabak_stays_where_kappa_falls_with_prevalence():
    balanced, prevalent = pabak(tables.BALANCED_2X2), pabak(tables.PREVALENT_2X2)

    assert (balanced.estimate, prevalent.estimate) == pytest.approx((0.70, 0.70))
    assert balanced.se == pytest.approx(0.071414284285, abs=1e-11)


def test_perfect_agreement_leaves_pabak_an_interval_and_ac1_none():
    table = [[0, 0], [0, 40]]

    assert pabak(table).ci == pytest.approx((0.824753, 1.0), abs=1e-5)
    assert (gwet_ac(table).estimate, gwet_ac(table).ci) == (1.0, None)


@pytest.mark.parametrize("table", [tables.BALANCED_2X2, tables.PREVALENT_2X2, tables.LARGE_2X2])
def test_kappa_follows_from_pabak_and_the_indices(table):
    adjusted, prevalence, bias = pabak(table).estimate, prevalence_index(table), bias_index(table)

    assert adjusted is not None
    assert prevalence is not None
    assert bias is not None
    identity = (adjusted - prevalence**2 + bias**2) / (1 - prevalence**2 + bias**2)

    assert cohen_kappa(table).estimate == pytest.approx(identity)


def test_indices_are_signed_towards_high_and_towards_rater_1():
    table = [[5, 1], [4, 90]]  # low first: 4 cases high for rater 1 only

    assert prevalence_index(table) == pytest.approx(0.85)
    assert bias_index(table) == pytest.approx(0.03)


def test_specific_agreement_of_high_and_low():
    positive, negative = specific_agreement([[5, 1], [4, 90]])

    assert positive == pytest.approx(180 / 185)
    assert negative == pytest.approx(10 / 15)


def test_specific_agreement_on_a_level_that_nobody_used_is_none():
    assert specific_agreement([[0, 0], [0, 9]]) == (1.0, None)


def test_percent_agreement_is_a_share():
    assert percent_agreement(tables.GWET_ABSTRACTORS) == pytest.approx(0.89)


def test_an_empty_table_has_no_coefficient_but_a_reason():
    empty = [[0, 0], [0, 0]]

    assert percent_agreement(empty) is prevalence_index(empty) is bias_index(empty) is None
    assert specific_agreement(empty) == (None, None)
    for coefficient in (gwet_ac(empty), pabak(empty)):
        assert coefficient.estimate is None
        assert coefficient.undefined


def test_indices_of_a_cut_refuse_a_longer_scale():
    with pytest.raises(ValueError, match="2 × 2"):
        pabak(tables.THREE_BY_THREE)
