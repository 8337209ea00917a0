"""The shipped demo model is what its card says, and segments phantoms that it has not seen."""

import json

import numpy as np
import pytest

from inference.demo.design import DEMO_DESIGN, HELD_OUT_SEEDS
from inference.demo.model import DEMO_MODEL_DIRECTORY, DEMO_MODEL_NAME, DEMO_MODEL_NOTICE
from inference.demo.occlusion import SHARES, measure_beyond_occlusion
from inference.evaluation.measures import dice
from inference.phantom import make_phantom, scan_cta, scan_phantom
from inference.prediction.model import load_model

SEED_OF_NO_OTHER_USE = 3_000_000
LARGEST_BYTES = 1_000_000
CARD = json.loads((DEMO_MODEL_DIRECTORY / "model-card.json").read_text())


@pytest.fixture(scope="module")
def model():
    return load_model(DEMO_MODEL_DIRECTORY)


def test_it_is_verified_and_says_on_every_side_that_it_is_a_demo(model):
    assert model.name == DEMO_MODEL_NAME == "demo-model-phantoms-only"
    assert model.notice == DEMO_MODEL_NOTICE
    assert "phantoms only" in DEMO_MODEL_NOTICE
    assert "Not for clinical use" in DEMO_MODEL_NOTICE
    text = (DEMO_MODEL_DIRECTORY / "MODEL_CARD.md").read_text()
    assert DEMO_MODEL_NOTICE in text
    assert model.sha256 in text
    assert model.labels == {"background": 0, "artery": 1}


def test_it_is_small_enough_for_the_repository():
    files = list(DEMO_MODEL_DIRECTORY.iterdir())
    assert sum(file.stat().st_size for file in files) < LARGEST_BYTES
    assert {file.name for file in files} == {
        "fold-all.safetensors",
        "plans.json",
        "dataset.json",
        "model-card.json",
        "MODEL_CARD.md",
    }


def test_its_card_is_of_the_design_that_make_demo_train_follows(model):
    described = model.card["training"]["sets"]
    hospitals = model.card["training"]["hospitals"]
    assert {name: one["seeds"] for name, one in described.items()} == {
        one.name: list(one.seeds) for one in DEMO_DESIGN.sets
    }
    for one in DEMO_DESIGN.sets:
        hospital = hospitals[described[one.name]["hospital"]]
        assert hospital["ncct"]["noise_hu"] == one.hospital.ncct.noise_hu
        assert hospital["cta"]["noise_hu"] == one.hospital.cta.noise_hu


def test_its_sets_have_the_papers_proportions_and_share_no_phantom(model):
    seeds = {name: one["seeds"] for name, one in model.card["training"]["sets"].items()}
    external = seeds.pop("external-validation")
    dataset_1 = [seed for own in seeds.values() for seed in own]
    assert len(dataset_1) == 280 / 40 * len(external)
    occluded = [case["seed"] for case in model.card["occlusion"]["cases"]]
    assert occluded == list(HELD_OUT_SEEDS)
    used = [*dataset_1, *external, *occluded]
    assert len(used) == len(set(used))


def test_every_figure_of_the_card_is_one_of_its_cases(model):
    evaluation, occlusion = model.card["evaluation"], model.card["occlusion"]
    for name, one in evaluation["sets"].items():
        own = [c["measures"]["dice"] for c in evaluation["cases"] if c["set"] == name]
        assert one["n"] == len(own)
        assert one["measures"]["dice"]["mean"] == pytest.approx(np.mean(own), abs=1e-5)
    for share in SHARES:
        own = [case[share] for case in occlusion["cases"]]
        assert occlusion["measures"][share]["mean"] == pytest.approx(np.mean(own), abs=1e-5)
    text = (DEMO_MODEL_DIRECTORY / "MODEL_CARD.md").read_text()
    assert f"{occlusion['measures']['centre_line_recall_beyond_occlusion']['mean']:.3f}" in text


def test_it_finds_beyond_an_occlusion_what_its_card_says(model):
    seed = HELD_OUT_SEEDS[0]
    hospital = DEMO_DESIGN.occluded_hospital
    phantom = scan_phantom(seed, hospital.ncct)
    mask = model.predict(phantom.hu, phantom.spacing_zyx_mm).mask
    case = measure_beyond_occlusion(phantom, scan_cta(seed, hospital.cta), mask)
    stated = CARD["occlusion"]["cases"][0]
    assert stated["seed"] == seed
    assert stated["side"] == case.side
    for share in SHARES:
        assert getattr(case, share) == pytest.approx(stated[share], abs=0.005), share


def test_it_segments_the_middle_of_an_unseen_phantom(model):
    phantom = make_phantom(SEED_OF_NO_OTHER_USE, shape_zyx=(48, 224, 224))
    mask = model.predict(phantom.hu, phantom.spacing_zyx_mm).mask
    assert dice(mask, phantom.labels) > 0.6
