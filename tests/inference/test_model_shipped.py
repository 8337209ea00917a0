"""The shipped demo model is what its card says, and segments phantoms that it has not seen."""

import pytest

from inference.demo.design import HELD_OUT_SEEDS
from inference.demo.model import DEMO_MODEL_DIRECTORY, DEMO_MODEL_NAME, DEMO_MODEL_NOTICE
from inference.evaluation.measures import dice
from inference.phantom import make_phantom
from inference.prediction.model import load_model

SEED_OF_NO_OTHER_USE = 3_000_000


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
    assert sum(file.stat().st_size for file in files) < 5_000_000
    assert {file.name for file in files} == {
        "fold-all.safetensors",
        "plans.json",
        "dataset.json",
        "model-card.json",
        "MODEL_CARD.md",
    }


def test_its_card_scores_phantoms_that_were_not_trained_on(model):
    evaluation = model.card["evaluation"]
    scored = [score["seed"] for score in evaluation["phantoms"]]
    assert scored == list(HELD_OUT_SEEDS)
    assert not set(scored) & set(model.card["training"]["recipe"]["training_seeds"])
    dices = [score["dice"] for score in evaluation["phantoms"]]
    assert evaluation["dice_min"] == min(dices)
    assert evaluation["dice_mean"] == pytest.approx(sum(dices) / len(dices))


def test_it_segments_the_middle_of_an_unseen_phantom(model):
    phantom = make_phantom(SEED_OF_NO_OTHER_USE, shape_zyx=(48, 224, 224))
    mask = model.predict(phantom.hu, phantom.spacing_zyx_mm).mask
    assert dice(mask, phantom.labels) > 0.6
