"""Territories, questions and the list of differing cases."""

import numpy as np
import pytest

from reader_study.agreement import CaseGrades
from reader_study.agreement.disagreements import disagreements
from reader_study.agreement.gradings import MISSING
from reader_study.agreement.item_report import ItemAnswers, item_report
from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.resampling import BootstrapPlan
from tests.agreement.tables import scale_of

PLAN = BootstrapPlan(1, "percentile", 2000)
TWO = ("Rater 1", "Rater 2")


def item(positions, apart=None, *, weights="none", raters=TWO):
    positions = np.array(positions)
    apart = np.zeros(positions.shape, dtype=bool) if apart is None else np.array(apart)
    return item_report(ItemAnswers(positions, apart), raters, scale_of(4, 3), weights, PLAN)


def test_an_item_has_its_own_denominators_and_not_opacified_is_no_grade():
    positions = [[3, 3], [2, 1], [MISSING, 3], [MISSING, MISSING], [3, 3]]
    apart = [[False, False]] * 2 + [[True, False], [True, True], [False, False]]

    found = item(positions, apart)

    first, second = found["rates"]
    assert (first["high"], first["n"], first["not_opacified"], first["unanswered"]) == (3, 3, 2, 0)
    assert (second["high"], second["n"], second["not_opacified"]) == (3, 4, 1)
    assert found["n_paired"] == 3
    assert found["percent_agreement"] == pytest.approx(2 / 3)
    assert found["answers"]["n_paired"] == 5
    assert found["answers"]["percent_agreement"] == pytest.approx(3 / 5)


def test_kappa_of_all_answers_takes_not_opacified_as_a_category():
    generator = np.random.default_rng(4)
    answers = generator.integers(5, size=(80, 2))
    answers[:40, 1] = answers[:40, 0]
    positions = np.where(answers == 4, MISSING, answers)
    table = np.zeros((5, 5), dtype=int)
    np.add.at(table, tuple(answers.T), 1)

    found = item(positions, answers == 4, weights="linear")["answers"]["kappa"]

    assert found["weights"] == "none"
    assert found["estimate"] == pytest.approx(cohen_kappa(table).estimate, abs=1e-12)
    assert found["ci"][0] < found["estimate"] < found["ci"][1]


def test_an_item_that_nobody_answered_has_no_number_and_says_why():
    found = item([[MISSING, MISSING]] * 3)

    assert (found["n_paired"], found["percent_agreement"]) == (0, None)
    assert found["kappa"]["estimate"] is None
    assert found["kappa"]["refused"]
    assert found["rates"][0]["rate"] is None


def test_of_more_raters_an_item_has_the_mean_over_pairs():
    generator = np.random.default_rng(6)
    truth = generator.integers(4, size=60)
    raters = np.stack(
        [np.where(generator.random(60) < 0.3, generator.integers(4, size=60), truth)] * 2 + [truth],
        axis=1,
    )
    pairs = [item(raters[:, [a, b]])["kappa"]["estimate"] for a, b in ((0, 1), (0, 2), (1, 2))]

    found = item(raters, raters=("A", "B", "C"))

    assert found["kappa"]["estimate"] == pytest.approx(np.mean(pairs), abs=1e-12)


def test_differing_cases_come_widest_first_and_unscorable_against_graded_is_a_difference():
    found = disagreements(
        [
            CaseGrades("C-1", "North", (4, 4)),
            CaseGrades("C-2", "North", (3, 4)),
            CaseGrades("C-3", "South", (2, 3)),
            CaseGrades("C-4", "South", (4, 1)),
            CaseGrades("C-5", "North", (None, 4)),
            CaseGrades("C-6", "North", (None, None)),
        ],
        scale_of(4, 3),
    )

    assert [one["case"] for one in found] == ["C-4", "C-3", "C-2", "C-5"]
    assert [one["levels_apart"] for one in found] == [3, 1, 1, None]
    assert [one["across_cut"] for one in found] == [True, True, False, False]
    assert found[3] == {
        "case": "C-5",
        "site": "North",
        "grades": [None, 4],
        "levels_apart": None,
        "across_cut": False,
        "partly_unscorable": True,
    }


def test_of_more_raters_the_two_farthest_count():
    [found] = disagreements([CaseGrades("C-1", "North", (4, 2, None, 3))], scale_of(4, 3))

    assert (found["levels_apart"], found["across_cut"]) == (2, True)
    assert found["partly_unscorable"]
