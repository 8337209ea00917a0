"""What coordinators are told of a segmented tree."""

import pytest

from reader_study.jobs.models import JobState
from reader_study.segmentation.models import SegmentationJob
from tests.cast import MEASURES, add_every_role, browser_of, open_with_cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    study = open_with_cases(2)
    add_every_role(study)
    return study


def findings(study, who="carol", code="C001"):
    case = study.cases.get(code=code)
    return browser_of(who).get(f"/api/studies/{study.id}/cases/{case.id}/findings")


def test_the_tree_is_told_in_figures_with_its_hints(study):
    told = findings(study).json()
    assert (told["is_segmented"], told["problem"]) == (True, "")
    assert told["measures"]["length_mm"] == MEASURES["length_mm"]
    assert told["measures"]["sides"] == MEASURES["sides"]
    assert told["measures"]["hints"] == MEASURES["hints"]
    assert [artery["parts"] for artery in told["measures"]["arteries"]] == [7]


def test_a_tree_that_could_not_be_measured_says_why(study):
    SegmentationJob.objects.update(measures={"problem": "Not measured: no memory"})
    told = findings(study).json()
    assert told == {"is_segmented": True, "problem": "Not measured: no memory", "measures": None}


def test_a_segmentation_from_before_there_were_measures_has_none(study):
    SegmentationJob.objects.update(measures={})
    assert findings(study).json() == {"is_segmented": True, "problem": "", "measures": None}


def test_of_a_case_that_is_segmented_anew_nothing_is_told(study):
    SegmentationJob.objects.update(state=JobState.QUEUED)
    assert findings(study).json() == {"is_segmented": False, "problem": "", "measures": None}


def test_a_site_coordinator_is_told_of_their_own_cases_alone(study):
    assert findings(study, "sid", "C001").status_code == 200
    assert findings(study, "sid", "C002").status_code == 404
