"""Images of real machines in the reading room: a tilted human head and runs of a vessel phantom.

Head and runs are not of one patient, and the artery is drawn by hand: this is about display alone.
"""

import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Page, expect

from reader_study.accounts.models import User
from reader_study.cohorts.arrays import load_ct_volume, save_arrays, stored_array
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import Case, Phase, SeriesKind, Upload
from reader_study.cohorts.series.reviews import release
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform
from reader_study.reading.services import open_study
from reader_study.segmentation.media import prepare_media
from reader_study.segmentation.models import MediaPack, SegmentationJob
from scripts.application import REPOSITORY
from tests.cast import make_study, next_code
from tests.e2e.before_reading import pass_display_check
from tests.shared_data import shared_file

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

HEAD = "head-ct/ge_human_ncct_tilt18.5_variable_spacing_28.zip"
RUNS = ["xa/phantom_IM2.dcm", "xa/phantom_IM3.dcm"]
SCREENSHOTS = REPOSITORY / "test-results"


def one_patient_of(folder: Path) -> Path:
    """The head and the runs as files of one patient; a case takes no others."""
    with zipfile.ZipFile(shared_file(HEAD)) as archive:
        archive.extractall(folder)
    for name in RUNS:
        shutil.copy(shared_file(name), folder)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        dataset = pydicom.dcmread(path)
        dataset.PatientID, dataset.PatientBirthDate = "REAL-1", ""
        dataset.save_as(path)
    return folder


@pytest.fixture
def address(transactional_db: None, tmp_path: Path) -> str:
    """The room of a case of real images."""
    study = make_study()
    carol = User.objects.get(username="carol")
    upload = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="real",
        size_bytes=1,
        state=JobState.DONE,
    )
    ingest_paths(upload, [one_patient_of(tmp_path / "patient")])
    case = Case.objects.get()
    for run in case.series.filter(kind=SeriesKind.DSA):
        release(series=run, phase=Phase.AFTER, blackouts=[], reason="A phantom.", actor=carol)
    stored = stored_array(case.series.get(kind=SeriesKind.NCCT))
    shape = load_ct_volume(stored).hu.shape
    artery = np.zeros(shape, np.uint8)
    middle = [size // 2 for size in shape]
    artery[middle[0] - 2 : middle[0] + 3, middle[1] - 4 : middle[1] + 5, middle[2] - 90 :][
        ..., :180
    ] = 1
    job = SegmentationJob.objects.create(
        case=case,
        volume_name=stored,
        model=study.model_choice.model,
        state=JobState.DONE,
        mask_name=save_arrays("artery.npz", mask=artery),
    )
    pack = MediaPack.objects.create(segmentation=job)
    perform(MediaPack, str(pack.pk), prepare_media)
    open_study(study=study, actor=carol)
    return f"/read/{study.pk}/{next_code(study, 'ruth')}"


def test_a_real_head_and_real_runs_are_shown_and_worked_with_without_any_error(
    address: str, page_of: Callable[[str], Page]
) -> None:
    page = page_of("ruth")
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    page.goto(address)
    pass_display_check(page)
    page.locator('[data-ready="true"]').wait_for(timeout=60_000)
    SCREENSHOTS.mkdir(exist_ok=True)
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        page.screenshot(path=SCREENSHOTS / f"real-images-{width}.png")
    expect(page.get_by_text("Gantry tilt of 18.5° corrected by resampling")).to_be_visible()
    for run in (1, 2):
        label = re.compile(r"frame \d+ of 12$")
        expect(page.get_by_test_id(f"dsa-{run}")).to_have_attribute("aria-label", label)
    for plane in ("axial", "coronal", "sagittal"):
        greys = page.get_by_test_id(plane).evaluate(
            """canvas => new Set(canvas.getContext('2d')
            .getImageData(0, 0, canvas.width, canvas.height).data).size"""
        )
        assert greys > 50, plane
    for key in ("w", "w", "ArrowUp", "PageDown", "o", "s", "i", "ArrowRight", " ", " ", "v", "r"):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert problems == []
