"""κ of all pairs of raters from shared resamples, of cases and of patients."""

from itertools import combinations
from unittest import mock

import numpy as np
import pytest

from reader_study.agreement import multinomial
from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.constructed_tables import TABLE_A
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.gradings import MISSING, Gradings
from reader_study.agreement.joint_bootstrap import bootstrap_rater_pairs
from reader_study.agreement.kappa import agreement_weights, cohen_kappa
from reader_study.agreement.resampling import BootstrapPlan
from tests.agreement import tables

NONE = agreement_weights(4, "none")
LINEAR = agreement_weights(4, "linear")


def six_raters(n: int = 120, missing: float = 0.0) -> Gradings:
    """Return gradings of six raters who see the same truth with errors of their own."""
    rng = np.random.default_rng(11)
    truth = rng.choice(4, size=n, p=[0.1, 0.2, 0.3, 0.4])
    slips = rng.integers(-1, 2, size=(n, 6)) * (rng.random((n, 6)) < 0.5)
    grades = np.clip(truth[:, None] + slips, 0, 3)
    grades[rng.random((n, 6)) < missing] = MISSING
    return grades


def plan(**settings) -> BootstrapPlan:
    return BootstrapPlan(**{"seed": 5, "resamples": 4_000, **settings})


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_two_complete_raters_have_the_digits_of_their_table(method):
    grades = np.stack(tables.gradings(TABLE_A), axis=1)

    joint = bootstrap_rater_pairs(grades, 4, [NONE, LINEAR], plan(method=method))
    alone = bootstrap_kappas(TABLE_A, [NONE, LINEAR], seed=5, resamples=4_000, method=method)

    for ours, theirs in zip(joint.pairs[0, 1], alone, strict=True):
        assert ours.ci == pytest.approx(theirs.ci, abs=1e-12)
        assert np.allclose(ours.values, theirs.values, atol=1e-12)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_every_pair_of_six_raters_gets_the_interval_it_would_have_alone(method):
    grades = six_raters()
    joint = bootstrap_rater_pairs(grades, 4, [NONE], plan(method=method, resamples=20_000))

    assert set(joint.pairs) == set(combinations(range(6), 2))
    for (first, second), (result,) in joint.pairs.items():
        table = pair_table(grades[:, first], grades[:, second], 4)
        alone = bootstrap_kappas(table, [NONE], seed=8, resamples=20_000, method=method)[0]
        tolerance = 5 * 2.7 * alone.values.std() / np.sqrt(20_000)
        assert result.ci == pytest.approx(alone.ci, abs=tolerance)


def test_lights_kappa_varies_less_than_that_of_a_pair():
    joint = bootstrap_rater_pairs(six_raters(), 4, [NONE], plan())

    mean = joint.light[0].values
    assert mean.std() < min(result.values.std() for (result,) in joint.pairs.values())
    assert joint.light[0].ci is not None


def test_pairs_share_their_resamples():
    # rater 3 copies rater 1, so both have the same κ with rater 2 in every resample
    grades = six_raters()[:, [0, 1, 0]]

    joint = bootstrap_rater_pairs(grades, 4, [NONE], plan())

    assert np.array_equal(joint.pairs[0, 1][0].values, joint.pairs[1, 2][0].values)


def test_missing_grades_leave_a_pair_the_cases_it_shares():
    grades = six_raters(missing=0.2)
    joint = bootstrap_rater_pairs(grades, 4, [NONE], plan(resamples=20_000))

    table = pair_table(grades[:, 0], grades[:, 1], 4)
    kappa = cohen_kappa(table)
    assert table.sum() < 100
    assert kappa.estimate is not None
    assert kappa.se is not None
    values = joint.pairs[0, 1][0].values
    assert values.mean() == pytest.approx(kappa.estimate, abs=0.02)
    assert values.std() == pytest.approx(kappa.se, rel=0.1)


def test_a_pair_without_a_common_case_is_refused_and_the_others_are_not():
    grades = six_raters(40)[:, :3]
    grades[:20, 0] = MISSING
    grades[20:, 1] = MISSING

    joint = bootstrap_rater_pairs(grades, 4, [NONE], plan())

    assert joint.pairs[0, 1][0].undefined_share == 1
    assert joint.pairs[0, 1][0].refused
    assert joint.light[0].refused
    assert joint.pairs[0, 2][0].ci is not None


def test_every_case_its_own_cluster_is_the_case_bootstrap():
    grades = six_raters()[:, :2]

    by_case = bootstrap_rater_pairs(grades, 4, [NONE], plan())
    by_cluster = bootstrap_rater_pairs(
        grades, 4, [NONE], plan(), clusters=[f"P{case}" for case in range(len(grades))]
    )

    assert by_case.pairs[0, 1][0].ci == by_cluster.pairs[0, 1][0].ci


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_copies_within_a_patient_add_no_information(method):
    grades = six_raters()[:, :2]
    patients = list(range(len(grades)))

    once = bootstrap_rater_pairs(grades, 4, [NONE], plan(method=method))
    copied = bootstrap_rater_pairs(
        np.repeat(grades, 4, axis=0),
        4,
        [NONE],
        plan(method=method),
        clusters=np.repeat(patients, 4).tolist(),
    )
    ignored = bootstrap_rater_pairs(np.repeat(grades, 4, axis=0), 4, [NONE], plan(method=method))

    assert copied.units == len(grades)
    assert copied.pairs[0, 1][0].ci == pytest.approx(once.pairs[0, 1][0].ci, abs=1e-9)
    narrow, wide = ignored.pairs[0, 1][0].values.std(), copied.pairs[0, 1][0].values.std()
    assert narrow == pytest.approx(wide / 2, rel=0.1)


def test_a_loop_over_patients_draws_from_the_same_distribution():
    grades = six_raters(60)[:, :2]
    patients = np.repeat(np.arange(20), 3)
    rng = np.random.default_rng(2)
    loop = []
    for _ in range(2_000):
        drawn = rng.integers(20, size=20)
        cases = np.concatenate([np.flatnonzero(patients == patient) for patient in drawn])
        loop.append(cohen_kappa(pair_table(grades[cases, 0], grades[cases, 1], 4)).estimate)

    result = bootstrap_rater_pairs(
        grades, 4, [NONE], plan(resamples=20_000), clusters=list(patients)
    ).pairs[0, 1][0]

    spread = np.std(np.array(loop, dtype=float))
    assert result.values.std() == pytest.approx(spread, rel=0.07)
    assert result.values.mean() == pytest.approx(
        np.mean(np.array(loop, dtype=float)), abs=5 * spread / np.sqrt(2_000)
    )


def test_a_single_patient_and_no_case_at_all_are_refused():
    grades = six_raters(10)[:, :2]

    single = bootstrap_rater_pairs(grades, 4, [NONE], plan(method="bca"), clusters=["P1"] * 10)
    empty = bootstrap_rater_pairs(grades[:0], 4, [NONE], plan())

    assert single.pairs[0, 1][0].refused
    assert empty.pairs[0, 1][0].refused
    assert empty.light[0].refused


def test_the_digits_of_single_draws_do_not_depend_on_how_many_are_held_at_once():
    grades = six_raters()
    whole = bootstrap_rater_pairs(grades, 4, [NONE], plan())
    with mock.patch.object(multinomial, "_HELD", 700):
        pieces = bootstrap_rater_pairs(grades, 4, [NONE], plan())

    assert np.allclose(whole.light[0].values, pieces.light[0].values, atol=1e-12)


def test_clusters_must_match_the_cases():
    with pytest.raises(ValueError, match="clusters"):
        bootstrap_rater_pairs(six_raters(10), 4, [NONE], plan(), clusters=["P1"])
