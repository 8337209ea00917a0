"""A study's model: named once, changed while nobody reads, and then for ever the same."""

import pytest
from django.conf import settings

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.jobs.models import JobState
from reader_study.reading.selectors import ready_packs
from reader_study.segmentation.models import SegmentationJob, StudyModel, VesselModel
from reader_study.segmentation.services import ModelIsFixedError, choose_model, queue_missing_work
from tests.cast import make_study, open_with_cases, ready_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> VesselModel:
    return VesselModel.objects.create(
        sha256="6" * 64,
        name="other-model",
        notice="other notice",
        directory=str(settings.MODELS / "other"),
        labels={"background": 0, "artery": 1},
        card={},
    )


def carol() -> User:
    return User.objects.get(username="carol")


def test_another_model_segments_every_case_anew_and_the_former_masks_are_shown_to_nobody(other):
    study = make_study()
    for code in ("C001", "C002"):
        ready_case(study, code)
    assert ready_packs(study).count() == 2
    choose_model(study=study, model=other, actor=carol())
    assert ready_packs(study).count() == 0
    assert queue_missing_work(study) == 2
    queued = SegmentationJob.objects.filter(state=JobState.QUEUED)
    assert {(job.case.code, job.model.name) for job in queued} == {
        ("C001", "other-model"),
        ("C002", "other-model"),
    }


def test_what_waits_for_the_former_model_is_taken_out_of_the_queue(other):
    study = make_study()
    case = ready_case(study, "C001")
    case.segmentations.all()[0].media_pack.delete()
    SegmentationJob.objects.update(state=JobState.QUEUED, mask_name="")
    choose_model(study=study, model=other, actor=carol())
    queue_missing_work(study)
    assert [job.model.name for job in SegmentationJob.objects.all()] == ["other-model"]


def test_the_change_is_in_the_audit_trail_with_both_models(other):
    study = make_study()
    choose_model(study=study, model=other, actor=carol())
    entry = Event.objects.get(action="model changed")
    assert (entry.subject, entry.detail["former"]) == ("6" * 64, "5" * 64)


def test_the_notice_above_the_pages_follows_the_model_unless_it_is_the_datas_own(other):
    study = make_study()
    choose_model(study=study, model=other, actor=carol())
    study.refresh_from_db()
    assert study.data_notice == ""
    former = VesselModel.objects.get(sha256="5" * 64)
    study.data_notice = other.notice
    study.save()
    choose_model(study=study, model=former, actor=carol())
    study.refresh_from_db()
    assert study.data_notice == former.notice


def test_once_lists_are_drawn_the_model_stays(other):
    study = open_with_cases(2)
    with pytest.raises(ModelIsFixedError, match="Another model needs another study"):
        choose_model(study=study, model=other, actor=carol())
    assert StudyModel.objects.get(study=study).model.sha256 == "5" * 64
    assert not Event.objects.filter(action="model changed").exists()


def test_naming_the_same_model_again_changes_nothing():
    study = open_with_cases(2)
    same = VesselModel.objects.get(sha256="5" * 64)
    assert choose_model(study=study, model=same, actor=carol()).model == same
