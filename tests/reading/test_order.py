"""The order of reading: drawn from a seed, the same everywhere, unrelated between studies."""

import uuid
from collections import Counter

import numpy as np
import pytest
from scipy.stats import spearmanr

from reader_study.accounts.models import User
from reader_study.reading.models import Assignment
from reader_study.reading.order import (
    Listed,
    generator_of,
    repeat_count,
    shuffled,
    with_repeats,
)
from reader_study.studies.protocol import HiddenRepeats
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


def with_hidden_repeats(seed: int, cases: int = 12, count: int = 3) -> list[Listed]:
    order = [f"C{number:03d}" for number in range(1, cases + 1)]
    return with_repeats(order, count, generator_of(seed))


def test_repeats_of_a_seed_are_pinned():
    words = [place.case + "*" * place.is_repeat for place in with_hidden_repeats(1)]
    pinned = "C001 C002 C003 C004 C005 C006 C007 C004* C008 C009 C010 C011 C006* C001* C012"
    assert " ".join(words) == pinned


@pytest.mark.parametrize(
    ("cases", "share", "minimum", "count"),
    [
        (300, 0.1, 30, 30),
        (400, 0.1, 30, 40),
        (290, 0.1, 30, 30),
        (301, 0.1, 30, 31),
        (100, 0.07, 1, 7),
        (100, 0.29, 1, 29),
        (12, 0.1, 30, 12),
        (1, 0.1, 1, 1),
        (20, 1.0, 1, 20),
    ],
)
def test_so_many_cases_are_repeated(cases, share, minimum, count):
    assert repeat_count(cases, HiddenRepeats(share=share, minimum=minimum)) == count


@pytest.mark.parametrize(("cases", "count"), [(12, 3), (12, 12), (3, 3), (2, 1), (2, 2), (40, 4)])
def test_a_repeat_stands_behind_its_original_and_never_right_behind_it(cases, count):
    for seed in range(200):
        places = with_hidden_repeats(seed, cases, count)
        first = {place.case: at for at, place in enumerate(places) if not place.is_repeat}
        again = {place.case: at for at, place in enumerate(places) if place.is_repeat}
        assert (len(first), len(again), len(places)) == (cases, count, cases + count)
        assert all(at > first[case] + 1 for case, at in again.items()), places


def test_repeats_stand_anywhere_in_the_later_part():
    stand = {
        at
        for seed in range(300)
        for at, place in enumerate(with_hidden_repeats(seed))
        if place.is_repeat
    }
    assert stand == set(range(6, 15))


def test_every_case_of_the_first_half_is_repeated_about_as_often():
    repeated = Counter(
        place.case for seed in range(600) for place in with_hidden_repeats(seed) if place.is_repeat
    )
    expected = 600 * 3 / 6
    assert len(repeated) == 6
    assert all(abs(count - expected) < 5 * expected**0.5 for count in repeated.values())


def test_repeats_of_two_raters_are_unrelated():
    def repeated(rater_number: int) -> set[str]:
        return {
            place.case
            for place in with_repeats(
                codes(rater_number=rater_number), 3, generator_of("repeats", rater_number)
            )
            if place.is_repeat
        }

    assert len({frozenset(repeated(number)) for number in range(1, 30)}) > 20


@pytest.mark.django_db
def test_taking_a_row_away_changes_nobodys_remaining_order():
    study = open_with_cases(6)
    rater = User.objects.get(username="ruth")
    rows = Assignment.objects.filter(study=study, rater=rater).order_by("position")
    before = list(rows.values_list("code", "case__code"))
    rows[2].delete()
    assert list(rows.values_list("code", "case__code")) == before[:2] + before[3:]
