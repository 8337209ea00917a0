"""The declared scale and contingency tables on it."""

import numpy as np
import pytest

from reader_study.agreement.contingency import checked_table, contingency_table, dichotomised
from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.scale import Level, Scale

SCALE = Scale((Level(1, "Poor"), Level(2, "Fair"), Level(3, "Good"), Level(5, "Excellent")), 3)

ANXIETY_2_3 = (
    "32 61 44 64 23 42 21 46 31 31 21 32 33 33 21 21 13 33 32 42"  # irr::anxiety, raters 2 and 3
)


def test_every_declared_level_keeps_its_row_and_column():
    table = contingency_table([(3, 3), (3, 5), (3, 5)], SCALE)

    assert table.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 2], [0, 0, 0, 0]]


def test_a_grade_off_the_scale_is_refused_by_name():
    with pytest.raises(ValueError, match=r"Grade 4 is not on the declared scale \[1, 2, 3, 5\]"):
        contingency_table([(3, 4)], SCALE)


def test_unused_levels_change_weighted_kappa_so_the_declared_scale_is_used():
    pairs = [(int(pair[0]), int(pair[1])) for pair in ANXIETY_2_3.split()]
    declared = Scale.declare([Level(value, str(value)) for value in range(1, 7)], 4)
    observed = contingency_table(pairs, declared)[np.ix_([0, 1, 2, 3, 5], [0, 1, 2, 3, 5])]

    table = contingency_table(pairs, declared)

    assert cohen_kappa(table, "linear").estimate == pytest.approx(0.1262, abs=5e-5)
    assert cohen_kappa(table, "quadratic").estimate == pytest.approx(0.2298, abs=5e-5)
    assert cohen_kappa(observed, "linear").estimate == pytest.approx(0.1459, abs=5e-5)
    assert cohen_kappa(observed, "quadratic").estimate == pytest.approx(0.2520, abs=5e-5)


@pytest.mark.parametrize(
    ("levels", "high_from", "message"),
    [
        ([(1, "Only")], 1, "at least two levels"),
        ([(2, "High"), (1, "Low")], 2, "must increase"),
        ([(1, "Low"), (1, "Low again")], 1, "must increase"),
        ([(1, "Low"), (2, "High")], 1, r"choose one of \[2\]"),
        ([(1, "Low"), (3, "High")], 2, r"choose one of \[3\]"),
    ],
)
def test_a_scale_without_meaning_is_refused(levels, high_from, message):
    with pytest.raises(ValueError, match=message):
        Scale.declare([Level(*level) for level in levels], high_from)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 2, 3], [4, 5, 6]], "square"),
        ([1, 2], "square"),
        ([[3]], "two levels"),
        ([[1, -1], [0, 2]], "whole numbers"),
        ([[1.5, 0], [0, 2]], "whole numbers"),
        ([[np.nan, 0], [0, 2]], "whole numbers"),
        ([["1", "0"], ["0", "2"]], "counts"),
    ],
)
def test_a_malformed_table_is_refused_with_what_is_wrong(table, message):
    with pytest.raises(ValueError, match=message):
        checked_table(table)


def test_the_cut_keeps_rows_with_rater_1_and_low_first():
    table = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]

    assert dichotomised(table, 2).tolist() == [[14, 22], [46, 54]]
    assert dichotomised(table, 3).tolist() == [[54, 24], [42, 16]]


@pytest.mark.parametrize("cut", [0, 4])
def test_a_cut_outside_the_scale_is_refused(cut):
    with pytest.raises(ValueError, match="cut-point"):
        dichotomised(np.eye(4, dtype=int), cut)
