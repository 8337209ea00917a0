"""The recipe really trains: on phantoms in seconds, to far above an untrained network."""

import os

import pytest
from inference.demo.scores import score_on_phantoms

from inference.demo.model import DEMO_MODEL_NOTICE
from inference.demo.recipe import Recipe
from inference.demo.train import train_demo
from inference.evaluation.measures import dice
from inference.phantom import make_phantom
from inference.prediction.model import load_model
from tests.inference.untrained_model import write_untrained_model

NANO_RECIPE = Recipe(
    shape_zyx=(40, 160, 160),
    spacing_zyx_mm=(1.2, 0.45, 0.45),
    training_seeds=range(100, 104),
    window_hu=(0.0, 100.0),
    grid_spacing_zyx_mm=(1.2, 0.45, 0.45),
    patch_zyx=(16, 48, 48),
    features=(8, 16),
    convolutions=1,
    batch_size=2,
    iterations=280,
    learning_rate=1e-2,
    foreground_share=0.5,
    tile_step=0.75,
    bfloat16=False,
    seed=1,
)
HELD_OUT = (200, 201)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    directory = tmp_path_factory.mktemp("trained")
    lines: list[str] = []
    scores = train_demo(NANO_RECIPE, HELD_OUT, directory, lines.append)
    return directory, scores, lines


def test_a_trained_network_is_far_better_than_an_untrained_one(trained, tmp_path):
    _, scores, _ = trained
    untrained = score_on_phantoms(
        load_model(write_untrained_model(tmp_path)),
        HELD_OUT,
        NANO_RECIPE.shape_zyx,
        NANO_RECIPE.spacing_zyx_mm,
        lambda _: None,
    )
    assert max(score.dice for score in untrained) < 0.1
    assert min(score.dice for score in scores) > 0.3


def test_the_card_holds_the_figures_of_the_stored_model(trained):
    directory, scores, _ = trained
    model = load_model(directory)
    assert model.notice == DEMO_MODEL_NOTICE
    evaluation = model.card["evaluation"]
    assert [score["seed"] for score in evaluation["phantoms"]] == list(HELD_OUT)
    phantom = make_phantom(
        HELD_OUT[0], shape_zyx=NANO_RECIPE.shape_zyx, spacing_zyx_mm=NANO_RECIPE.spacing_zyx_mm
    )
    mask = model.predict(phantom.hu, phantom.spacing_zyx_mm).mask
    assert dice(mask, phantom.labels) == pytest.approx(scores[0].dice)
    text = (directory / "MODEL_CARD.md").read_text()
    assert DEMO_MODEL_NOTICE in text
    assert model.sha256 in text
    assert f"{scores[0].dice:.3f}" in text


def test_training_says_how_far_it_is(trained):
    _, _, lines = trained
    assert sum(line.startswith("training phantom") for line in lines) == 4
    assert any(line.startswith("training 40/40") for line in lines)


@pytest.mark.usefixtures("trained")
def test_training_leaves_the_environment_as_it_was():
    assert "nnUNet_results" not in os.environ
    assert "nnUNet_preprocessed" not in os.environ
