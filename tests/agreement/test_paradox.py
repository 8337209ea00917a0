"""What is said of κ at extreme prevalence."""

import numpy as np

from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.paradox import paradox_words


def test_table_a_is_decided_by_three_cases_and_one_more_would_change_much():
    words = paradox_words(np.array([[2, 0], [1, 175]]))

    assert "agree in 97.2 % of cases; these agree in 99.4 %" in words
    assert "decided by 3 of 178 cases: 2 that both called low, 1 on which they differ" in words
    again = cohen_kappa([[2, 0], [2, 174]]).estimate
    assert f"would be {again:.2f} instead of 0.80" in words


def test_where_both_answers_are_common_kappa_is_read_as_it_stands():
    assert "as it stands" in paradox_words(np.array([[40, 9], [6, 45]]))


def test_one_sided_and_empty_tables_say_so():
    assert "κ is 0/0" in paradox_words(np.array([[0, 0], [0, 30]]))
    assert "nothing to compare" in paradox_words(np.zeros((2, 2), dtype=int))
