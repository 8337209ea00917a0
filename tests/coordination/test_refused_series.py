"""What of a case cannot be read is shown to its coordinators, and holds nothing up."""

import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from reader_study.cohorts.arrays import stored_array
from reader_study.cohorts.models import Case, SeriesKind
from reader_study.jobs.models import JobState
from reader_study.segmentation.media import store_sources
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Study
from tests.cast import browser_of, make_study
from tests.cohorts.test_every_series import as_other_object
from tests.cohorts.test_ingest import ingest, patient
from tests.coordination.image_requests import images, overrule, review, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(tmp_path, monkeypatch) -> Case:
    """A CT, a run whose pixels cannot be read, and a captured screen, as a browser sent them."""
    monkeypatch.setattr(
        "reader_study.imaging.supervised.READING_PROCESS", "tests.imaging.dying_reader"
    )
    folder = patient(tmp_path / "a", "TEST-1", runs=1)
    (folder / "xa0.dcm").rename(folder / "crashes-decoded.dcm")
    as_other_object(folder / "screen.dcm", SecondaryCaptureImageStorage)
    ingest(make_study(), folder)
    return Case.objects.get()


def prepare(case: Case) -> None:
    """Let the workers do all that follows from what was decided about the case."""
    ct = stored_array(case.series.get(kind=SeriesKind.NCCT))
    queue_missing_work(case.study)
    SegmentationJob.objects.update(state=JobState.DONE, mask_name="mask", volume_name=ct)
    queue_missing_work(case.study)
    pack = MediaPack.objects.get(state=JobState.QUEUED)
    MediaPack.objects.update(state=JobState.DONE, folder="pack", manifest={})
    store_sources(pack, [ct])


def overview(study: Study) -> dict[str, int]:
    counts: dict[str, int] = browser_of("carol").get(f"/api/studies/{study.id}").json()["counts"]
    return counts


def test_it_is_shown_as_refused_with_the_reason(case):
    verdicts = {row["kind"]: row["verdict"] for row in images(case)["series"]}
    assert verdicts == {"NCCT": "flagged", "DSA": "refused", "other": "refused"}
    (run,) = [row for row in images(case)["series"] if row["kind"] == "DSA"]
    assert "made the program that reads it crash" in run["gates"][-1]["sentence"]
    assert (run["preview_count"], run["picture_frames"]) == (0, [])


def test_it_waits_for_nobody_and_the_case_becomes_ready_without_it(case):
    assert waiting(case) == []
    prepare(case)
    (row,) = browser_of("carol").get(f"/api/studies/{case.study_id}/cases").json()
    assert (row["state"], row["dsa_waits"]) == ("ready", False)
    counts = overview(case.study)
    assert (counts["ready"], counts["review"], counts["without_dsa"]) == (1, 0, 1)


def test_a_coordinator_may_keep_it_out_or_set_it_aside_and_nothing_follows(case):
    prepare(case)
    run = case.series.get(kind=SeriesKind.DSA)
    assert review(run, "keep-out", note="Unreadable.").status_code == 200
    assert overrule(run, "other", "Not a run.").status_code == 200
    assert overview(case.study)["ready"] == 1
