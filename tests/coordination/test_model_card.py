"""A study's model on its coordinators' page: card, figures, choice; raters are told nothing."""

from typing import Any

import pytest

from reader_study.accounts.models import User
from reader_study.segmentation.models import VesselModel
from tests.cast import add_every_role, browser_of, make_study, open_with_cases

pytestmark = pytest.mark.django_db

EVALUATION: dict[str, Any] = {
    "format": 1,
    "measures": {"dice": {"title": "DSC", "unit": "", "best": 1, "decimals": 3}},
    "sets": {
        "internal-test": {
            "n": 12,
            "measures": {
                "hd95_mm": {"n": 11, "mean": 2.5, "sd": None, "median": 2.0, "ci": None},
                "dice": {"n": 12, "mean": 0.81, "sd": 0.04, "median": 0.82, "ci": [0.79, 0.83]},
            },
        }
    },
    "cases": [{"case": "secret-case"}],
    "paper": {
        "source": "Liu et al.",
        "note": "other data",
        "measure": "dice",
        "sets": {"internal-test": {"mean": 0.79, "sd": 0.04}},
    },
}

ANY_STATE = {"If-Match": "*"}


def with_card(card: dict) -> dict:
    """Give the study's model a card and return what carol's page is told of it."""
    study = make_study()
    VesselModel.objects.update(card=card)
    return browser_of("carol").get(f"/api/studies/{study.id}/model").json()["model"]


def test_the_card_shows_each_sets_figures_and_the_papers_row():
    evaluation = with_card({"evaluation": EVALUATION})["evaluation"]
    (internal,) = evaluation["sets"]
    assert (internal["name"], internal["n"]) == ("internal-test", 12)
    assert internal["published"] == {"mean": 0.79, "sd": 0.04}
    assert {one["measure"]: one["ci"] for one in internal["measures"]} == {
        "dice": [0.79, 0.83],
        "hd95_mm": None,
    }
    assert [(one["measure"], one["title"]) for one in evaluation["measures"]] == [
        ("dice", "DSC"),
        ("hd95_mm", "hd95 mm"),
    ]
    assert evaluation["paper"]["source"] == "Liu et al."


def test_sets_and_measures_stand_in_the_order_of_the_work_however_the_database_keeps_them():
    one = EVALUATION["sets"]["internal-test"]
    names = ["zoo", "external-validation", "internal-test", "another", "training"]
    evaluation = with_card({"evaluation": {"sets": dict.fromkeys(names, one)}})["evaluation"]
    assert [one["name"] for one in evaluation["sets"]] == [
        "training",
        "internal-test",
        "external-validation",
        "another",
        "zoo",
    ]
    assert [one["measure"] for one in evaluation["measures"]] == ["dice", "hd95_mm"]


@pytest.mark.parametrize(
    "entry",
    [None, {}, [], "good", {"sets": {}}, {"phantoms": [{"dice": 0.7}], "dice_mean": 0.7}],
)
def test_a_card_without_figures_or_with_others_is_shown_as_not_evaluated(entry):
    assert with_card({"evaluation": entry})["evaluation"] is None


def test_what_is_known_of_the_training_is_shown_by_its_place_in_the_card():
    training = {"recipe": {"iterations": 1400, "seeds": list(range(9))}, "empty": None}
    assert with_card({"training": training})["training"] == [
        {"name": "recipe, iterations", "value": "1400"},
        {"name": "recipe, seeds", "value": "9 values"},
    ]


def test_how_a_model_predicts_is_said_in_words():
    prediction = {
        "configuration": "3d_fullres",
        "tile_step": 0.5,
        "mirroring_axes": [0, 2],
        "precision": "float32",
        "folds": ["0", "1"],
        "smallest_component_mm3": 12.5,
    }
    said = {
        fact["name"]: fact["value"] for fact in with_card({"prediction": prediction})["settings"]
    }
    assert said["Also predicted mirrored"] == "head to foot, side to side"
    assert said["Parts removed"] == "smaller than 12.5 mm³"
    assert said["Step between tiles"] == "0.5 of a tile"


def test_the_cases_of_the_evaluation_stay_on_the_server():
    assert "secret-case" not in str(with_card({"evaluation": EVALUATION}))


def test_a_coordinator_names_another_model_while_the_study_is_set_up():
    study = make_study()
    other = VesselModel.objects.create(sha256="6" * 64, name="other", labels={}, card={})
    address = f"/api/studies/{study.id}/model"
    page = browser_of("carol").get(address).json()
    assert ([choice["name"] for choice in page["choices"]], page["fixed"]) == (["other"], "")
    page = (
        browser_of("carol")
        .post(address, {"sha256": other.sha256}, "application/json", headers=ANY_STATE)
        .json()
    )
    assert page["model"]["name"] == "other"
    assert [choice["name"] for choice in page["choices"]] == ["secret-model-name"]
    unknown = browser_of("carol").post(
        address, {"sha256": "7" * 64}, "application/json", headers=ANY_STATE
    )
    assert unknown.status_code == 400


def test_once_the_study_is_read_the_choice_is_refused_with_a_sentence():
    study = open_with_cases(1)
    VesselModel.objects.create(sha256="6" * 64, name="other", labels={}, card={})
    address = f"/api/studies/{study.id}/model"
    page = browser_of("carol").get(address).json()
    assert page["choices"] == []
    assert "Another model needs another study" in page["fixed"]
    refused = browser_of("carol").post(
        address, {"sha256": "6" * 64}, "application/json", headers=ANY_STATE
    )
    assert refused.status_code == 409
    assert refused.json()["detail"] == page["fixed"]


@pytest.mark.parametrize("username", ["ruth", "rob", "ada", "sid", "stella", "eve", "stan"])
def test_nobody_but_coordinators_is_shown_the_card(username):
    study = make_study()
    add_every_role(study)
    VesselModel.objects.update(card={"evaluation": EVALUATION})
    assert User.objects.filter(username=username).exists()
    answer = browser_of(username).get(f"/api/studies/{study.id}/model")
    assert answer.status_code == 404
    assert "0.81" not in answer.content.decode()
