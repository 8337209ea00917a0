"""``manage.py create_demo``: a new demo study takes the model that it is given."""

import pytest
from django.core.management import CommandError, call_command

from inference.demo.model import DEMO_MODEL_NAME
from reader_study.coordination.demo import create_demo_study
from reader_study.segmentation.models import StudyModel
from tests.inference.untrained_model import NAME, write_untrained_model

pytestmark = pytest.mark.django_db


def model_names() -> list[str]:
    return list(StudyModel.objects.values_list("model__name", flat=True))


def test_a_demo_study_has_the_shipped_model_unless_it_is_given_another():
    create_demo_study()
    assert model_names() == [DEMO_MODEL_NAME]


def test_a_new_demo_study_takes_the_model_of_a_directory(tmp_path):
    study = create_demo_study(model_directory=write_untrained_model(tmp_path))
    assert model_names() == [NAME]
    assert create_demo_study() == study
    assert model_names() == [NAME], "a study that exists keeps its model"


def test_a_directory_without_a_model_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match="is no model directory"):
        call_command("create_demo", model=tmp_path)
    assert model_names() == []
