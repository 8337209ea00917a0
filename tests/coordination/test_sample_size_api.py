"""The sample-size panel: numbers of cases, and what to mind about them."""

from typing import Any

import pytest

from reader_study.agreement.sample_size import (
    cases_for_test,
    cases_for_width,
    planned_binary_table,
)
from tests.cast import browser_of, make_study

pytestmark = pytest.mark.django_db

PLAN = {
    "high_rate_1": 0.7,
    "high_rate_2": 0.65,
    "kappa": 0.7,
    "width": 0.2,
    "kappa0": 0.5,
    "power": 0.8,
    "alpha": 0.05,
}


def ask(**changes: Any):
    make_study()
    return browser_of("stan").post(
        "/api/sample-size", {**PLAN, **changes}, content_type="application/json"
    )


def test_the_numbers_are_those_of_the_published_formulas():
    answer = ask()
    assert answer.json() == {
        "cases_for_width": cases_for_width(planned_binary_table(0.7, (0.7, 0.65)), 0.2),
        "cases_for_test": cases_for_test(0.7, 0.5, (0.7, 0.65)),
        "warnings": [],
    }


def test_nearly_every_case_high_is_warned_of():
    answer = ask(high_rate_1=0.989, high_rate_2=0.983, kappa=0.74, width=0.33, kappa0=0.4)
    assert "check the plan by simulation" in " ".join(answer.json()["warnings"])


def test_nearly_every_case_low_is_warned_of_too():
    warnings = ask(high_rate_1=0.05, high_rate_2=0.05).json()["warnings"]
    assert "high. With so few" in warnings[0]


def test_an_interval_that_would_reach_above_one_is_warned_of():
    warnings = ask(kappa=0.9, width=0.4, high_rate_2=0.7).json()["warnings"]
    assert any("reach above 1" in warning for warning in warnings)
    assert any("below 30 cases" in warning for warning in warnings)


def test_a_test_against_more_than_is_expected_is_warned_of():
    assert "is worse than that" in ask(kappa0=0.8).json()["warnings"][0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"high_rate_1": 0.9, "high_rate_2": 0.5, "kappa": 0.8}, "reach κ = 0.20 at most:"),
        ({"kappa0": 0.95}, "reach κ = 0.89 at most"),
        ({"kappa0": 0.7}, "no number of cases tells them apart"),
        ({"kappa": 1}, "kappa: "),
        ({"width": 0}, "width: "),
        ({"high_rate_1": 98.9}, "high_rate_1: "),
        ({"power": "much"}, "power: "),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(changes, words):
    answer = ask(**changes)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
