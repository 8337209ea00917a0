"""Cases are measured whole and per artery, and summarised per set without a silent gap."""

import json

import jsonschema
import numpy as np
import pytest
from scipy import stats

from inference.evaluation.cases import EvaluatedCase, FailedCase, measure_case
from inference.evaluation.catalogue import MEASURES
from inference.evaluation.evaluate import evaluate_cases
from inference.evaluation.figures import draw_figures
from inference.evaluation.measures import dice, surface_distances
from inference.evaluation.summary import summarise
from tests.inference.evaluation.tubes import SEEDS, tube_pair

SPACING = (1.0, 0.45, 0.6)
LABELS = {"background": 0, "R-M1": 1, "L-M1": 2, "BA": 3}


def _truth():
    truth = np.zeros((12, 30, 30), np.uint8)
    truth[4:8, 5:8, 3:13] = 1
    truth[4:8, 5:8, 13:26] = 2
    truth[:, 20:24, 20:24] = 3
    return truth


def _case(predicted, truth, name="case-1", set_name="internal-test", **named):
    return EvaluatedCase(name, "A", set_name, predicted, truth, SPACING, **named)


def _tube_cases(seeds, set_name):
    for seed in seeds:
        pair = tube_pair(seed)
        yield EvaluatedCase(
            f"tubes-{seed}", "A", set_name, pair.predicted, pair.truth, pair.spacing_zyx_mm
        )


def test_the_whole_tree_is_measured_by_every_measure():
    pair = tube_pair(3)
    measured = measure_case(next(_tube_cases([3], "internal-test"))).tree
    assert list(measured.values) == list(MEASURES)
    assert measured.values["dice"] == dice(pair.predicted, pair.truth)
    distances = surface_distances(pair.predicted, pair.truth, pair.spacing_zyx_mm)
    assert measured.values["hd95_mm"] == pytest.approx(distances.hausdorff(95))
    assert not measured.undefined


def test_an_artery_that_both_name_is_compared_by_every_measure():
    truth = _truth()
    predicted = truth.copy()
    predicted[:, :, 13:26][predicted[:, :, 13:26] == 2] = 1  # left taken for right
    arteries = measure_case(
        _case(predicted, truth, labels=LABELS, predicted_labels=LABELS)
    ).arteries
    assert list(arteries) == ["R-M1", "L-M1", "BA"]
    assert set(arteries["BA"].values) == set(MEASURES)
    assert arteries["BA"].values["dice"] == 1
    assert arteries["R-M1"].values["precision"] == pytest.approx(10 / 23)
    assert arteries["L-M1"].values["dice"] == 0
    assert arteries["L-M1"].values["hd95_mm"] is None
    assert arteries["L-M1"].undefined["hd95_mm"] == "the predicted mask is empty"


def test_labels_are_matched_by_their_names_not_their_numbers():
    truth = _truth()
    predicted = np.choose(truth, [0, 3, 1, 2]).astype(np.uint8)
    other = {"R-M1": 3, "L-M1": 1, "BA": 2}
    measured = measure_case(_case(predicted, truth, labels=LABELS, predicted_labels=other))
    assert all(artery.values["dice"] == 1 for artery in measured.arteries.values())


def test_of_an_artery_that_only_the_truth_names_the_found_share_is_said():
    truth = _truth()
    predicted = truth > 0
    predicted[:, :, 18:26] &= truth[:, :, 18:26] == 3
    arteries = measure_case(_case(predicted, truth, labels=LABELS)).arteries
    assert arteries["R-M1"].values == {"recall": 1, "centre_line_recall": 1}
    assert arteries["L-M1"].values["recall"] == pytest.approx(5 / 13)
    assert arteries["L-M1"].values["centre_line_recall"] == pytest.approx(5 / 13, abs=0.1)


def test_an_artery_absent_from_both_masks_is_undefined_with_a_reason():
    truth = _truth()
    truth[truth == 3] = 0
    measured = measure_case(_case(truth, truth, labels=LABELS, predicted_labels=LABELS))
    assert measured.arteries["BA"].values["dice"] is None
    assert measured.arteries["BA"].undefined["dice"] == "both masks are empty"


def test_every_value_is_a_number_or_has_a_reason_for_empty_full_and_random_masks():
    empty, full = np.zeros((6, 7, 8), np.bool_), np.ones((6, 7, 8), np.bool_)
    cases = [_case(a, b) for a in (empty, full) for b in (empty, full)]
    for case in [*cases, *_tube_cases(SEEDS[::10], "internal-test")]:
        tree = measure_case(case).tree
        for name, value in tree.values.items():
            assert (value is None) == (name in tree.undefined)
            assert value is None or np.isfinite(value)


def test_sets_are_summarised_apart_the_usual_ones_first():
    evaluation = evaluate_cases(
        [
            *_tube_cases(range(8), "occluded"),
            *_tube_cases(range(8, 20), "external-validation"),
            FailedCase("broken", "B", "external-validation", "no such file"),
        ]
    )
    assert list(evaluation.sets) == ["external-validation", "occluded"]
    external = evaluation.sets["external-validation"]
    assert (external.n, external.failed) == (12, 1)
    values = np.array([case.tree.values["dice"] for case in evaluation.cases[8:]], float)
    summary = external.measures["dice"]
    assert summary.mean == pytest.approx(np.mean(values))
    assert summary.sd == pytest.approx(np.std(values, ddof=1))
    assert summary.median == pytest.approx(np.median(values))


def test_undefined_values_are_counted_with_their_reasons_and_in_no_mean():
    truth = _truth()
    empty = np.zeros_like(truth)
    evaluation = evaluate_cases(
        [_case(truth, truth, "good"), _case(empty, truth, "missed"), _case(empty, empty, "none")]
    )
    hd95 = evaluation.sets["internal-test"].measures["hd95_mm"]
    assert (hd95.n, hd95.mean) == (1, 0)
    assert hd95.undefined == {"the predicted mask is empty": 1, "both masks are empty": 1}
    dices = evaluation.sets["internal-test"].measures["dice"]
    assert (dices.n, dices.mean) == (2, 0.5)


def test_the_interval_is_scipy_s_bca_and_the_same_every_time():
    values = np.random.default_rng(4).beta(8, 2, 40)
    ci = summarise(values.tolist()).ci
    assert ci == summarise(values.tolist()).ci
    t = stats.t.interval(0.95, 39, loc=values.mean(), scale=stats.sem(values))
    assert ci == pytest.approx(t, abs=0.01)  # near the interval of normal theory at n = 40
    expected = stats.bootstrap((values,), np.mean, rng=np.random.default_rng(1)).confidence_interval
    assert ci == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([], "no case has a value"),
        ([0.5] * 4, "fewer than 5"),
        ([0.8] * 30, "same value"),
        ([0.1, 0.4, 0.5, 0.7, 0.9, 0.91], "only 6 cases"),
    ],
)
def test_few_or_equal_cases_are_said_to_have_no_good_interval(values, note):
    summary = summarise(values)
    assert note in str(summary.ci_note)
    assert (summary.ci is None) == ("only" not in note)


def test_figures_are_drawn_of_sets_without_a_value_and_of_perfect_ones(tmp_path):
    truth = _truth()
    empty = np.zeros_like(truth)
    cases = [_case(truth, truth, f"good-{n}") for n in range(6)]
    cases += [_case(empty, truth, f"missed-{n}", "external-validation") for n in range(6)]
    cases += [_case(empty, empty, "nothing", "other")]
    failed = FailedCase("broken", "B", "internal-validation", "no such file")
    drawn = draw_figures(evaluate_cases([*cases, failed]).as_json(), tmp_path, notice="Made up.")
    assert {path.stem for path in drawn} == {"dice", "hd95_mm", "cl_dice"}
    assert all(path.stat().st_size > 5000 for path in drawn)


SUMMARY = {
    "type": "object",
    "required": ["n", "mean", "sd", "median", "ci", "ci_note", "undefined"],
    "additionalProperties": False,
    "properties": {
        "n": {"type": "integer"},
        **{name: {"type": ["number", "null"]} for name in ("mean", "sd", "median")},
        "ci": {"type": ["array", "null"], "items": {"type": "number"}},
        "ci_note": {"type": ["string", "null"]},
        "undefined": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}


def test_the_json_has_the_documented_shape_and_no_nan():
    truth = _truth()
    cases = [_case(truth, truth, f"c{i}", labels=LABELS) for i in range(3)]
    failed = FailedCase("broken", "B", "internal-test", "no such file")
    entry = evaluate_cases([*cases, failed]).as_json()
    assert json.loads(json.dumps(entry, allow_nan=False)) == entry
    assert set(entry) == {
        "format",
        "measures",
        "interval",
        "sets",
        "cases",
        "failed",
        "paper",
    }
    one = entry["sets"]["internal-test"]
    assert (one["n"], one["failed"]) == (3, 1)
    for summary in [*one["measures"].values(), *one["arteries"]["BA"].values()]:
        jsonschema.validate(summary, SUMMARY)
    assert entry["cases"][0]["measures"].keys() == entry["measures"].keys()
    assert entry["failed"][0]["reason"] == "no such file"
    assert entry["paper"]["sets"]["internal-test"] == {"mean": 0.79, "sd": 0.04}
    assert "orientation only" in entry["paper"]["note"]
