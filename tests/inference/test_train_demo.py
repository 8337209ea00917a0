"""The whole chain in small: pairs, registration, training, evaluation, beyond the occlusion."""

import dataclasses
import json
import os

import numpy as np
import pytest

from inference.demo.command import summary_line
from inference.demo.figures import PHANTOMS_ONLY
from inference.demo.model import DEMO_MODEL_NOTICE
from inference.demo.occlusion import SHARES, evaluate_occlusions, measure_beyond_occlusion
from inference.demo.train import train_demo
from inference.evaluation.measures import dice, recall
from inference.phantom import make_phantom, scan_cta, scan_phantom
from inference.phantom.labels import labels_beyond_m1
from inference.prediction.model import load_model
from tests.inference.demo_nano import NANO_DESIGN, NANO_NORTH
from tests.inference.untrained_model import write_untrained_model


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output = tmp_path_factory.mktemp("trained")
    lines: list[str] = []
    return output, train_demo(NANO_DESIGN, output, lines.append), lines


def test_a_trained_network_is_far_better_than_an_untrained_one(trained, tmp_path):
    _, card, _ = trained
    untrained, _ = evaluate_occlusions(
        load_model(write_untrained_model(tmp_path)),
        NANO_DESIGN.occluded_seeds[:1],
        NANO_NORTH,
        lambda _: None,
    )
    assert untrained[0].dice < 0.1
    assert card["evaluation"]["sets"]["internal-test"]["measures"]["dice"]["mean"] > 0.2
    assert card["occlusion"]["measures"]["dice"]["mean"] > 0.2


def test_every_set_but_the_training_is_evaluated(trained):
    _, card, _ = trained
    sets = card["evaluation"]["sets"]
    assert {name: one["n"] for name, one in sets.items()} == {
        "internal-test": 1,
        "external-validation": 1,
    }
    described = card["training"]["sets"]
    assert described["training"]["seeds"] == list(NANO_DESIGN.sets[0].seeds)
    assert described["external-validation"]["hospital"] == "south"


def test_registration_found_how_the_heads_had_moved(trained):
    _, card, _ = trained
    registration = card["training"]["registration"]
    assert [case["set"] for case in registration["cases"]] == ["training"] * 2
    assert registration["error_mm_largest"] < 1.0
    assert registration["moved_mask_dice_min"] > 0.5


def test_the_card_holds_the_figures_of_the_stored_model(trained):
    output, card, _ = trained
    model = load_model(output / "model")
    assert model.notice == DEMO_MODEL_NOTICE
    seed = NANO_DESIGN.occluded_seeds[0]
    phantom = scan_phantom(seed, NANO_NORTH.ncct)
    mask = model.predict(phantom.hu, phantom.spacing_zyx_mm).mask
    written = card["occlusion"]["cases"][0]
    assert written["seed"] == seed
    assert dice(mask, phantom.labels) == pytest.approx(written["dice"])
    assert json.loads((output / "result.json").read_text()) == model.card
    text = (output / "model" / "MODEL_CARD.md").read_text()
    assert DEMO_MODEL_NOTICE in text
    assert model.sha256 in text
    assert f"{written['dice']:.3f}" in text
    assert "Phantoms say nothing of patients" in text


def test_the_last_line_says_what_was_found(trained):
    _, card, _ = trained
    line = summary_line(card, 1.234)
    assert set(line["dice"]) == {"internal-test", "external-validation"}
    mean = np.mean([case["recall_beyond_occlusion"] for case in card["occlusion"]["cases"]])
    assert line["recall_beyond_occlusion"] == pytest.approx(mean, abs=1e-3)
    assert 0 <= line["centre_line_recall_beyond_occlusion"] <= 1
    assert line["minutes"] == 1.2


def test_figures_are_written_and_the_scans_are_not_kept(trained):
    output, _, _ = trained
    assert {path.name for path in (output / "figures").iterdir()} == {
        "beyond-the-occlusion.png",
        "tree-beyond-the-occlusion.png",
    }
    assert {path.name for path in output.iterdir()} == {"model", "figures", "result.json"}
    assert "Says nothing about patients" in PHANTOMS_ONLY


def test_training_says_how_far_it_is(trained):
    _, _, lines = trained
    assert sum(line.startswith("pair ") for line in lines) == 4
    assert sum(line.startswith("registered ") for line in lines) == 2
    assert any(line.startswith("training 40/40") for line in lines)
    assert any(line.startswith("occlusion 2/2") for line in lines)


@pytest.mark.usefixtures("trained")
def test_training_leaves_the_environment_as_it_was():
    assert "nnUNet_results" not in os.environ
    assert "nnUNet_preprocessed" not in os.environ


@pytest.fixture(scope="module")
def occluded():
    seed = NANO_DESIGN.occluded_seeds[0]
    return scan_phantom(seed, NANO_NORTH.ncct), scan_cta(seed, NANO_NORTH.cta)


def test_who_finds_everything_finds_what_lies_beyond_but_the_cta_does_not(occluded):
    phantom, cta = occluded
    case = measure_beyond_occlusion(phantom, cta, (phantom.labels > 0).astype(np.uint8))
    assert case.dice == case.recall_beyond_occlusion == 1.0
    assert case.centre_line_recall_beyond_occlusion == pytest.approx(1.0, abs=0.01)
    assert case.cta_centre_line_recall_beyond_occlusion < 0.02
    assert case.cta_centre_line_recall_other_side > 0.3


def test_who_draws_what_the_cta_shows_finds_nothing_beyond(occluded):
    phantom, cta = occluded
    assert phantom.occluded_side is not None
    beyond = np.isin(phantom.labels, sorted(labels_beyond_m1(phantom.occluded_side)))
    case = measure_beyond_occlusion(phantom, cta, ((phantom.labels > 0) & ~beyond).astype(np.uint8))
    assert case.recall_beyond_occlusion == 0.0
    assert case.centre_line_recall_beyond_occlusion < 0.02, "where M2 leaves M1"
    assert case.recall_other_side == 1.0


def test_half_of_the_voxels_beyond_are_half_of_the_recall(occluded):
    phantom, cta = occluded
    assert phantom.occluded_side is not None
    beyond = np.isin(phantom.labels, sorted(labels_beyond_m1(phantom.occluded_side)))
    half = np.zeros(beyond.shape, dtype=np.uint8)
    half.reshape(-1)[np.flatnonzero(beyond)[::2]] = 1
    case = measure_beyond_occlusion(phantom, cta, half)
    assert case.recall_beyond_occlusion == pytest.approx(recall(half, beyond))
    assert case.recall_beyond_occlusion == pytest.approx(0.5, abs=0.01)
    assert case.recall_other_side == 0.0


def test_lengths_beyond_the_occlusion_are_the_trees(occluded):
    phantom, cta = occluded
    assert phantom.occluded_side is not None
    case = measure_beyond_occlusion(phantom, cta, np.zeros(phantom.labels.shape, np.uint8))
    whole = phantom.tree.length_mm(labels_beyond_m1(phantom.occluded_side))
    assert 0.5 * whole < case.centre_line_mm_beyond_occlusion < whole, "the scan cuts some off"
    values = dataclasses.asdict(case)
    assert all(values[share] == 0.0 for share in SHARES if not share.startswith("cta"))


def test_a_phantom_without_an_occlusion_has_no_beyond(occluded):
    _, cta = occluded
    phantom = make_phantom(1, occlusion="none", shape_zyx=(9, 9, 9))
    with pytest.raises(ValueError, match="no occlusion"):
        measure_beyond_occlusion(phantom, cta, np.zeros((9, 9, 9), np.uint8))
