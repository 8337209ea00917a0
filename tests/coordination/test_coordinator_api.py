"""What a coordinator sees and does: cohort in, study opened, locked, exported."""

import csv
import io
import json

import pytest
from sklearn.metrics import cohen_kappa_score

from reader_study.analysis.exports import EXPORT_FILES
from reader_study.audit.models import Event
from reader_study.cohorts.models import Case, Upload
from reader_study.coordination.constructed_studies import STUDY_OF_TABLE_A, STUDY_OF_TABLE_B
from reader_study.coordination.demo import load_constructed_study
from reader_study.jobs.models import JobState
from reader_study.segmentation.models import SegmentationJob
from reader_study.studies.models import StudyState
from tests.cast import browser_of, grade, make_study, open_with_cases, ready_case

pytestmark = pytest.mark.django_db

EXPORTS = [f"export.{kind}" for kind in EXPORT_FILES]
RUTH = {"C001": 4, "C002": 3, "C003": 1, "C004": 4, "C005": None, "C006": 2}
ROB = {"C001": 4, "C002": 3, "C003": 2, "C004": 4, "C005": 4, "C006": 2}


def post(study, what: str, body: dict | None = None):
    return browser_of("carol").post(
        f"/api/studies/{study.id}/{what}", body or {}, content_type="application/json"
    )


def test_an_empty_study_says_what_blocks_its_opening():
    study = make_study()
    overview = browser_of("carol").get(f"/api/studies/{study.id}").json()
    assert overview["blockers"]["open"] == ["There are no cases yet: upload the cohort."]
    answer = post(study, "open")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "There are no cases yet: upload the cohort."


def test_a_case_that_failed_blocks_the_opening_and_can_be_retried():
    study = make_study()
    case = ready_case(study, "C001")
    SegmentationJob.objects.update(state=JobState.FAILED, error="The volume has one slice.")
    carol = browser_of("carol")
    row = carol.get(f"/api/studies/{study.id}/cases").json()[0]
    assert (row["state"], row["message"]) == ("failed", "The volume has one slice.")
    answer = post(study, f"cases/{case.id}/retry")
    assert answer.json()["state"] == "waiting"


def test_a_case_whose_ct_is_still_on_its_way_waits_and_has_not_failed():
    study = make_study()
    site = study.sites.get(code="north")
    Case.objects.create(study=study, site=site, code="C001", patient_key="key")
    on_its_way = Upload.objects.create(study=study, site=site, filename="a.zip", size_bytes=1)

    def state() -> str:
        return browser_of("carol").get(f"/api/studies/{study.id}/cases").json()[0]["state"]

    assert state() == "waiting"
    Upload.objects.filter(pk=on_its_way.pk).update(state=JobState.DONE)
    assert state() == "failed"


def test_the_constructed_study_shows_its_cases_as_what_they_are():
    study = load_constructed_study(STUDY_OF_TABLE_A)
    coordinator = browser_of("coordinator")
    counts = coordinator.get(f"/api/studies/{study.id}").json()["counts"]
    assert (counts["cases"], counts["ready"], counts["failed"]) == (178, 178, 0)
    row = coordinator.get(f"/api/studies/{study.id}/cases").json()[0]
    assert row["message"] == "Ratings without images."
    report = coordinator.get(f"/api/studies/{study.id}/report").json()
    assert "176 of 178 segmentations high quality (98.9 %" in report["sentence"]
    assert "175 of 178 (98.3 %" in report["sentence"]
    assert "κ = 0.74 (95 % CI 0.56–0.89" in report["sentence"]
    assert "not the authors' data" in report["data_notice"]


def test_the_second_constructed_study_has_unscorable_cases_and_two_sites():
    study = load_constructed_study(STUDY_OF_TABLE_B)
    report = browser_of("coordinator").get(f"/api/studies/{study.id}/report").json()
    assert "282 of 285 segmentations high quality (98.9 %" in report["sentence"]
    assert "285 of 290 (98.3 %" in report["sentence"]
    assert "κ = 0.74 (95 % CI 0.56–0.89" in report["sentence"]
    assert [rate["unscorable"] for rate in report["rates"]] == [5, 0]
    assert "not the authors' data" in report["data_notice"]


def test_opening_lists_the_cases_for_each_rater():
    study = open_with_cases(2)
    overview = browser_of("carol").get(f"/api/studies/{study.id}").json()
    assert overview["state"] == "reading"
    assert [(row["submitted"], row["total"]) for row in overview["raters"]] == [(0, 2), (0, 2)]
    assert overview["blockers"]["lock"] == ["Ruth has 2 cases to read.", "Rob has 2 cases to read."]


def test_the_study_cannot_be_locked_before_all_is_read_nor_without_its_name():
    study = open_with_cases(2)
    early = post(study, "lock", {"confirm_name": study.name})
    assert early.status_code == 409
    assert early.json()["detail"] == "Ruth has 2 cases to read. Rob has 2 cases to read."
    assert post(study, "lock", {"confirm_name": "something else"}).status_code == 409


@pytest.mark.parametrize("page", ["report", *EXPORTS])
def test_no_agreement_is_shown_before_the_lock(page):
    study = open_with_cases(2)
    grade(study, "ruth", {"C001": 4, "C002": 1})
    grade(study, "rob", {"C001": 4, "C002": 1})
    answer = browser_of("carol").get(f"/api/studies/{study.id}/{page}")
    assert answer.status_code == 409
    assert "shown to nobody before" in answer.json()["detail"]


@pytest.fixture
def locked():
    study = open_with_cases(6)
    grade(study, "ruth", RUTH)
    grade(study, "rob", ROB)
    answer = post(study, "lock", {"confirm_name": study.name})
    assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == StudyState.LOCKED
    return study


def test_the_report_counts_what_was_read(locked):
    report = browser_of("carol").get(f"/api/studies/{locked.id}/report").json()
    assert report["n_paired"] == 5
    assert report["table"] == [[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 2]]
    assert [(row["high"], row["n"], row["unscorable"]) for row in report["rates"]] == [
        (3, 5, 1),
        (4, 6, 0),
    ]
    expected = cohen_kappa_score([4, 3, 1, 4, 2], [4, 3, 2, 4, 2], labels=[1, 2, 3, 4])
    assert report["kappa"]["estimate"] == pytest.approx(expected)
    assert report["protocol_sha256"] == locked.protocols.get().sha256


def test_the_exports_carry_every_rating_and_the_hash(locked):
    carol = browser_of("carol")
    table = carol.get(f"/api/studies/{locked.id}/export.csv")
    assert table["Content-Type"].startswith("text/csv")
    assert "attachment" in table["Content-Disposition"]
    lines = [line for line in table.content.decode().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    graded = {(row["case"], row["rater"]): row["grade"] for row in rows}
    assert graded["C003", "Rater 1"] == "1"
    assert graded["C003", "Rater 2"] == "2"
    assert len(rows) == 12
    whole = json.loads(carol.get(f"/api/studies/{locked.id}/export.json").content)
    assert locked.snapshot.sha256 in json.dumps(whole)
    assert locked.snapshot.sha256 in table.content.decode()
    assert Event.objects.filter(action="exported").count() == 2


@pytest.mark.parametrize("kind", EXPORT_FILES)
def test_each_export_is_a_named_file_and_is_recorded(locked, kind):
    answer = browser_of("carol").get(f"/api/studies/{locked.id}/export.{kind}")

    assert answer.status_code == 200
    assert answer["Content-Type"] == EXPORT_FILES[kind].content_type
    name = f"{locked.slug}-{locked.snapshot.sha256[:12]}.{kind}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content
    event = Event.objects.get(action="exported")
    assert event.subject == locked.snapshot.sha256
    assert event.detail["kind"] == kind


def test_an_unknown_kind_of_export_does_not_exist(locked):
    assert browser_of("carol").get(f"/api/studies/{locked.id}/export.exe").status_code == 404
    assert not Event.objects.filter(action="exported").exists()


@pytest.mark.parametrize("page", ["report", *EXPORTS])
@pytest.mark.parametrize("person", ["ruth", "stan"])
def test_the_results_of_a_locked_study_exist_for_its_coordinators_alone(locked, person, page):
    assert browser_of(person).get(f"/api/studies/{locked.id}/{page}").status_code == 404
    assert not Event.objects.filter(action="exported").exists()


@pytest.mark.parametrize("person", ["ruth", "stan"])
def test_only_coordinators_change_a_study(person):
    study = open_with_cases(1)
    other = browser_of(person)
    for what in ("open", "lock", "uploads"):
        assert other.post(f"/api/studies/{study.id}/{what}").status_code == 404


def test_polling_an_unchanged_page_costs_no_body():
    study = open_with_cases(1)
    carol = browser_of("carol")
    first = carol.get(f"/api/studies/{study.id}/cases")
    again = carol.get(f"/api/studies/{study.id}/cases", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
