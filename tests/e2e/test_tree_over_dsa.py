"""What the browser draws: the 3D tree at the C-arm's angles lies on the arteries of the DSA."""

import base64
import io
import os

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator
from scipy import ndimage

from inference.phantom.dicom import write_phantom_dicom
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
from tests.cast import browser_of, make_study, next_code

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

SEED = 7
DETECTOR_PX = 1024
TOLERANCE_PX = 2
DARKER_THAN_GROUND = 40
"""Grey levels, of 255, below the even ground of a subtracted frame."""


@pytest.fixture
def code(transactional_db, tmp_path) -> str:
    """The rater's code of a phantom whose tree is the truth, not a prediction."""
    study = make_study()
    phantom = write_phantom_dicom(SEED, tmp_path, patient_id="P7", patient_name="PHANTOM^SEVEN")
    upload = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="phantom",
        size_bytes=1,
        state=JobState.DONE,
    )
    ingest_paths(upload, [tmp_path])
    case = Case.objects.get()
    truth = (phantom.phantom.labels > 0).astype(np.uint8)
    stored = stored_array(case.series.get(kind=SeriesKind.NCCT))
    assert load_ct_volume(stored).hu.shape == truth.shape
    carol = User.objects.get(username="carol")
    for run in case.series.filter(kind=SeriesKind.DSA):
        release(series=run, phase=Phase.AFTER, blackouts=[], reason="A phantom.", actor=carol)
    job = SegmentationJob.objects.create(
        case=case,
        volume_name=stored,
        model=study.model_choice.model,
        state=JobState.DONE,
        mask_name=save_arrays("truth.npz", mask=truth),
    )
    pack = MediaPack.objects.create(segmentation=job)
    perform(MediaPack, str(pack.pk), prepare_media)
    open_study(study=study, actor=carol)
    return next_code(study, "ruth")


@pytest.fixture
def room(browser, live_server, code):
    """The reading room of that case, on a screen fine enough to measure on."""
    study_id = Case.objects.get().study_id
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, device_scale_factor=3, base_url=live_server.url
    )
    session = browser_of("ruth").cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/read/{study_id}/{code}")
    page.locator('[data-ready="true"]').wait_for(timeout=60_000)
    yield page
    context.close()


def detector_image(canvas: Locator) -> np.ndarray:
    """What a canvas shows of the detector's field: [row, column, RGB], on the detector's pixels."""
    rect = canvas.get_attribute("data-view-rect")
    assert rect is not None
    x, y, width, height = (float(value) for value in rect.split(","))
    data_url: str = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    png = base64.b64decode(data_url.partition(",")[2])
    field = (
        Image.open(io.BytesIO(png))
        .convert("RGB")
        .resize(
            (DETECTOR_PX, DETECTOR_PX),
            Image.Resampling.BILINEAR,
            box=(x, y, x + width, y + height),
        )
    )
    return np.asarray(field).astype(int)


def share_on_tree(run: np.ndarray, tree: np.ndarray) -> float:
    """Share of the dark pixels of a subtracted frame that have the tree within the tolerance."""
    grey = run.mean(axis=2)
    opacified = grey < np.median(grey) - DARKER_THAN_GROUND
    assert np.count_nonzero(opacified) > 5000
    drawn = tree[..., 0] - tree[..., 2] > 30
    distance = ndimage.distance_transform_edt(~drawn)
    return float(np.mean(distance[opacified] <= TOLERANCE_PX))


@pytest.mark.parametrize("run", [1, 2], ids=["frontal", "lateral"])
def test_the_tree_on_screen_lies_on_the_arteries_of_the_run(room, run):
    pane = room.get_by_test_id(f"dsa-{run}")
    pane.click()
    room.wait_for_timeout(500)
    tree = detector_image(room.get_by_test_id("tree"))
    angiogram = detector_image(pane)
    assert share_on_tree(angiogram, tree) >= 0.9
    assert share_on_tree(angiogram, tree[:, ::-1]) < 0.9
    assert share_on_tree(angiogram, tree[::-1]) < 0.9
