"""A head with a mark on its left, from DICOM to the screen: it stands on the side marked L.

The mark is a dense block in the left half of the head, high up and in the middle from front to
back. Slices are written as scanners write them: head first, feet first, prone, and askew. The
angiogram is drawn by hand: with the detector in front of the face, the patient's left is on the
right of the picture.
"""

import base64
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page

from reader_study.accounts.models import User
from reader_study.cohorts.arrays import load_ct_volume, save_arrays, stored_array
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import Case, Phase, SeriesKind, Upload
from reader_study.cohorts.series.reviews import release
from reader_study.imaging import CTVolume
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform
from reader_study.reading.services import open_study
from reader_study.segmentation.media import prepare_media
from reader_study.segmentation.models import MediaPack, SegmentationJob
from tests.cast import make_study, next_code
from tests.e2e.before_reading import pass_display_check
from tests.imaging.synthetic_dicom import set_pixels, write_ct_series, write_xa_run

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

Floats = NDArray[np.float64]

SLICES, SIZE, PIXEL_MM, STEP_MM = 40, 64, 3.2, 4.0
BRAIN_HU, BLOCK_HU = 30.0, 75.0
BLOCK_CENTRE = np.array([37.0, 0.0, 20.0])
BLOCK_HALF = np.array([13.0, 12.0, 14.0])
# Towards which the pixels of a row, and of a column, go in the patient (LPS).
ORIENTATIONS = {
    "head first": ("HFS", (1, 0, 0), (0, 1, 0)),
    "feet first": ("FFS", (-1, 0, 0), (0, 1, 0)),
    "prone": ("HFP", (-1, 0, 0), (0, -1, 0)),
    "askew": ("HFS", (0.94, 0.34, 0), (-0.34, 0.94, 0.2)),
}
BRIGHT, DARK = 200, 60


def marked_head(points: Floats) -> Floats:
    """HU at LPS points, mm."""
    head = ((points / [75, 90, 80]) ** 2).sum(axis=-1) < 1
    block = (np.abs(points - BLOCK_CENTRE) < BLOCK_HALF).all(axis=-1)
    return np.where(block, BLOCK_HU, np.where(head, BRAIN_HU, -1000.0))


def write_head(folder: Path, position: str, along_row: tuple, along_column: tuple) -> None:
    """Write the head in slices of a given orientation."""
    row = np.array(along_row) / np.linalg.norm(along_row)
    column = np.array(along_column) - row * np.dot(row, along_column)
    column /= np.linalg.norm(column)
    towards_next = np.cross(row, column) * STEP_MM
    index = np.arange(SIZE) * PIXEL_MM

    def edit(number: int, dataset) -> None:
        middle = towards_next * (number - (SLICES - 1) / 2)
        corner = middle - index[-1] / 2 * (row + column)
        hu = marked_head(corner + index[None, :, None] * row + index[:, None, None] * column)
        dataset.PatientPosition = position
        dataset.ImagePositionPatient = [f"{value:.6f}" for value in corner]
        dataset.ImageOrientationPatient = [f"{value:.8f}" for value in (*row, *column)]
        set_pixels(dataset, np.rint(hu + 1024).astype(np.uint16), bits=12)

    write_ct_series(folder, slices=SLICES, size=SIZE, steps_mm=STEP_MM, edit=edit)


def write_angiogram(path: Path) -> None:
    """Write a run from in front of the face, in which contrast fills the block."""
    frames = np.full((4, SIZE, SIZE), 3000, np.uint16)
    frames[1:, 27:37, 38:47] = 1200
    detector = {"ImagerPixelSpacing": [5.0, 5.0]}
    write_xa_run(path, frames, angles=(0.0, 0.0), elements=detector)


def block_and_counterweight(volume: CTVolume) -> NDArray[np.uint8]:
    """The block, and a small piece on the right: the view is centred between both."""
    z, y, x = (
        volume.origin_lps_mm[2 - axis] + volume.spacing_zyx_mm[axis] * np.arange(size)
        for axis, size in enumerate(volume.hu.shape)
    )
    points = np.stack(np.broadcast_arrays(x, y[:, None], z[:, None, None]), axis=-1)
    mirrored = BLOCK_CENTRE * [-1, 1, 1]
    small = np.linalg.norm(points - mirrored, axis=-1) < 2 * STEP_MM
    block = volume.hu > (BRAIN_HU + BLOCK_HU) / 2
    return (block | small).astype(np.uint8)


@pytest.fixture(params=ORIENTATIONS)
def room(request, transactional_db: None, tmp_path: Path, page_of: Callable[[str], Page]) -> Page:
    """The reading room of that head, with the block as its predicted artery."""
    write_head(tmp_path / "ct", *ORIENTATIONS[request.param])
    write_angiogram(tmp_path / "run.dcm")
    study = make_study()
    upload = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="head",
        size_bytes=1,
        state=JobState.DONE,
    )
    ingest_paths(upload, [tmp_path])
    case = Case.objects.get()
    carol = User.objects.get(username="carol")
    for run in case.series.filter(kind=SeriesKind.DSA):
        release(series=run, phase=Phase.AFTER, blackouts=[], reason="A phantom.", actor=carol)
    stored = stored_array(case.series.get(kind=SeriesKind.NCCT))
    mask = block_and_counterweight(load_ct_volume(stored))
    job = SegmentationJob.objects.create(
        case=case,
        volume_name=stored,
        model=study.model_choice.model,
        state=JobState.DONE,
        mask_name=save_arrays("block.npz", mask=mask),
    )
    pack = MediaPack.objects.create(segmentation=job)
    perform(MediaPack, str(pack.pk), prepare_media)
    open_study(study=study, actor=carol)
    page = page_of("ruth")
    page.goto(f"/read/{study.pk}/{next_code(study, 'ruth')}")
    pass_display_check(page)
    page.locator('[data-ready="true"]').wait_for(timeout=60_000)
    return page


def picture(canvas: Locator) -> NDArray[np.int64]:
    """What a canvas shows of its image, [row, column, RGB]: nothing of the ground round it."""
    x, y, width, height = (
        float(value) for value in (canvas.get_attribute("data-view-rect") or "").split(",")
    )
    data_url: str = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    png = base64.b64decode(data_url.partition(",")[2])
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return np.asarray(image.crop((x, y, x + width, y + height))).astype(int)


def centre_of(shown: NDArray[np.bool_]) -> tuple[float, float]:
    """Middle of what is shown: share of the width from the left, of the height from the top."""
    assert np.count_nonzero(shown) > 30
    row, column = np.argwhere(shown).mean(axis=0)
    return column / shown.shape[1], row / shown.shape[0]


def side_marked(room: Page, plane: str, letter: str) -> str:
    """The edge of a pane that bears a letter."""
    marks = room.locator(f'[data-pane="{plane}"] [data-edge]')
    by_letter = dict(
        zip(
            marks.all_inner_texts(),
            marks.evaluate_all("all => all.map(one => one.dataset.edge)"),
            strict=True,
        )
    )
    return by_letter[letter]


def go_to_the_block(room: Page) -> None:
    """Bring all planes to the middle of the block, without the overlay."""
    room.keyboard.press("o")
    box = room.get_by_test_id("coronal").bounding_box()
    assert box is not None
    room.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    across, down = centre_of(picture(room.get_by_test_id("coronal"))[..., 0] > BRIGHT)
    rect = room.get_by_test_id("coronal").get_attribute("data-view-rect") or ""
    ratio = room.evaluate("() => devicePixelRatio")
    x, y, width, height = (float(value) / ratio for value in rect.split(","))
    room.mouse.click(box["x"] + x + across * width, box["y"] + y + down * height)
    room.wait_for_timeout(300)


def test_the_mark_on_the_patients_left_stands_on_the_side_marked_l_everywhere(room: Page) -> None:
    go_to_the_block(room)
    for plane in ("axial", "coronal"):
        across, down = centre_of(picture(room.get_by_test_id(plane))[..., 0] > BRIGHT)
        assert side_marked(room, plane, "L") == "right"
        assert 0.55 < across < 0.95, plane
        if plane == "coronal":
            assert side_marked(room, plane, "H") == "top"
            assert down < 0.48

    run = room.get_by_test_id("dsa-1")
    run.click()
    room.wait_for_timeout(500)
    across, _ = centre_of(picture(run).mean(axis=2) < DARK)
    assert across > 0.6
    aimed = room.get_by_role("button", name="As the C-arm of the run sees it")
    assert aimed.get_attribute("aria-pressed") == "true"
    tree = picture(room.get_by_test_id("tree"))
    across, _ = centre_of(tree[..., 0] - tree[..., 2] > 30)
    assert across > 0.55
