"""The order of reading: drawn from a seed, the same everywhere, unrelated between studies."""

import uuid

import numpy as np
import pytest
from scipy.stats import spearmanr

from reader_study.accounts.models import User
from reader_study.reading.models import Assignment
from reader_study.reading.order import generator_of, shuffled
from tests.cast import open_with_cases

STUDY = uuid.UUID("00000000-0000-4000-8000-000000000007")
CASES = [f"C{number:03d}" for number in range(1, 13)]


def codes(seed: int = 1, study: uuid.UUID = STUDY, rater_number: int = 1) -> list[str]:
    return shuffled(CASES, generator_of(seed, study, rater_number))


def test_the_order_of_a_seed_is_pinned():
    pinned = "C007 C008 C009 C002 C001 C004 C003 C012 C010 C006 C011 C005"
    assert " ".join(codes()) == pinned


def test_the_order_does_not_depend_on_how_the_database_lists_the_cases():
    assert shuffled(CASES[::-1], generator_of(1, STUDY, 1)) == codes()


def test_raters_and_studies_have_unrelated_orders():
    others = [uuid.UUID(int=number) for number in range(400)]
    between_studies = [spearmanr(codes(), codes(study=other)).statistic for other in others]
    between_raters = [
        spearmanr(codes(study=other), codes(study=other, rater_number=2)).statistic
        for other in others
    ]
    # The standard deviation of a rank correlation of 12 items is 1 / sqrt(11).
    standard_error = 1 / np.sqrt(11 * len(others))
    assert abs(np.mean(between_studies)) < 4 * standard_error
    assert abs(np.mean(between_raters)) < 4 * standard_error


@pytest.mark.django_db
def test_taking_a_row_away_changes_nobodys_remaining_order():
    study = open_with_cases(6)
    rater = User.objects.get(username="ruth")
    rows = Assignment.objects.filter(study=study, rater=rater).order_by("position")
    before = list(rows.values_list("code", "case__code"))
    rows[2].delete()
    assert list(rows.values_list("code", "case__code")) == before[:2] + before[3:]
