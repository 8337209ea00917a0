"""What the browser draws: the tree and its outline lie on the arteries of the DSA."""

import base64
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from scipy import ndimage

from inference.phantom.dicom import PhantomDicom, write_phantom_dicom
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
from tests.e2e.before_reading import pass_display_check

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

SEED = 7
DETECTOR_PX = 1024
SCREEN_FINENESS = 3
"""Pixels of the screen to a CSS pixel."""

TOLERANCE_PX = 2
DARKER_THAN_GROUND = 40
"""Grey levels, of 255, below the even ground of a subtracted frame."""


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PhantomDicom]:
    folder = tmp_path_factory.mktemp("phantom")
    return folder, write_phantom_dicom(SEED, folder, patient_id="P7", patient_name="PHANTOM^SEVEN")


@pytest.fixture
def code(transactional_db, phantom) -> str:
    """The rater's code of a phantom whose tree is the truth, not a prediction."""
    study = make_study()
    folder, written = phantom
    upload = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="phantom",
        size_bytes=1,
        state=JobState.DONE,
    )
    ingest_paths(upload, [folder])
    case = Case.objects.get()
    truth = (written.phantom.labels > 0).astype(np.uint8)
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


@contextmanager
def room_in(browser: Browser, address: str, code: str) -> Iterator[Page]:
    """The reading room of the case, on a screen fine enough to measure on."""
    study_id = Case.objects.get().study_id
    context = browser.new_context(
        viewport={"width": 1366, "height": 768},
        device_scale_factor=SCREEN_FINENESS,
        base_url=address,
    )
    session = browser_of("ruth").cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": address}])
    page = context.new_page()
    page.goto(f"/read/{study_id}/{code}")
    pass_display_check(page)
    page.locator('[data-ready="true"]').wait_for(timeout=60_000)
    yield page
    context.close()


@pytest.fixture
def room(browser, live_server, code):
    with room_in(browser, live_server.url, code) as page:
        yield page


@pytest.fixture
def room_without_webgl(browser, browser_path, live_server, code):
    """The same in a browser that has no WebGL, as on many remote desktops."""
    kind = browser.browser_type
    flags = ["--disable-gpu", "--disable-3d-apis"]
    bare = kind.launch(executable_path=browser_path, args=flags)
    with room_in(bare, live_server.url, code) as page:
        assert page.evaluate("document.createElement('canvas').getContext('webgl2')") is None
        yield page
    bare.close()


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


def outline_image(canvas: Locator) -> np.ndarray:
    """Opacity of the outline, on the detector's pixels, 0–255."""
    rect = canvas.get_attribute("data-view-rect")
    assert rect is not None
    x, y, width, height = (float(value) for value in rect.split(","))
    data_url: str = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    png = base64.b64decode(data_url.partition(",")[2])
    drawn = Image.open(io.BytesIO(png)).getchannel("A")
    field = drawn.resize(
        (DETECTOR_PX, DETECTOR_PX),
        Image.Resampling.BILINEAR,
        box=(x, y, x + width, y + height),
    )
    return np.asarray(field).astype(int)


def settled(canvas: Locator, *, unlike: np.ndarray | None = None) -> np.ndarray:
    """Return the outline once it is drawn and rests, and is another one than `unlike`."""
    before = outline_image(canvas)
    for _ in range(60):
        canvas.page.wait_for_timeout(300)
        now = outline_image(canvas)
        changed = unlike is None or not np.array_equal(now, unlike)
        if now.any() and changed and np.array_equal(now, before):
            return now
        before = now
    raise AssertionError("the outline does not come to rest")


def inside_of(outline: np.ndarray) -> np.ndarray:
    """What the outline surrounds: all but the ground around it, and but the line itself."""
    line = outline > 60
    labels, _ = ndimage.label(~line)
    return ~line & (labels != labels[0, 0])


def test_the_outline_surrounds_the_arteries_of_both_runs_and_hides_none(room):
    angiograms = [detector_image(room.get_by_test_id(f"dsa-{run}")) for run in (1, 2)]
    room.keyboard.press("g")
    canvases = [room.get_by_test_id(f"tree-over-dsa-{run}") for run in (1, 2)]
    for angiogram, canvas in zip(angiograms, canvases, strict=True):
        canvas.wait_for()
        assert_surrounded(angiogram.mean(axis=2), settled(canvas))
    room.keyboard.press("g")
    canvases[0].wait_for(state="detached")


def assert_surrounded(angiogram: np.ndarray, outline: np.ndarray) -> None:
    """The arteries lie within the outline, at most the tolerance off; a mirrored one fails."""
    opacified = angiogram < np.median(angiogram) - DARKER_THAN_GROUND
    near_inside = ndimage.distance_transform_edt(~inside_of(outline)) <= TOLERANCE_PX
    assert np.mean(near_inside[opacified]) >= 0.95
    # The line lies outside of what it surrounds: at the middle of no artery is there any.
    middle = ndimage.distance_transform_edt(opacified) > 3
    assert np.mean(outline[middle] > 60) < 0.02
    for wrong in (outline[:, ::-1], outline[::-1]):
        astray = ndimage.distance_transform_edt(~inside_of(wrong)) <= TOLERANCE_PX
        assert np.mean(astray[opacified]) < 0.95


def test_the_outline_follows_the_head_and_goes_back(room):
    room.keyboard.press("g")
    canvas = room.get_by_test_id("tree-over-dsa-1")
    canvas.wait_for()
    recorded = settled(canvas)
    for _ in range(5):
        room.keyboard.press("Control+ArrowRight")
    room.get_by_text("Head turned L 5°").wait_for()
    turned = settled(canvas, unlike=recorded)
    assert np.mean((turned > 60) != (recorded > 60)) > 0.02
    room.keyboard.press("h")
    # A canvas that is read often is drawn by other means, with slightly other edges.
    put_back = settled(canvas, unlike=turned)
    assert np.mean((put_back > 60) != (recorded > 60)) < 0.005
    handle = room.get_by_label("Move the outline over Run 1: drag, or press arrows")
    box = handle.bounding_box()
    frame = room.get_by_test_id("dsa-1").bounding_box()
    per_css_px = DETECTOR_PX / min(frame["width"], frame["height"])
    room.mouse.move(box["x"] + 8, box["y"] + 8)
    room.mouse.down()
    room.mouse.move(box["x"] + 28, box["y"] - 2, steps=4)
    room.mouse.up()
    moved = settled(canvas, unlike=put_back)
    right, up = round(20 * per_css_px), round(10 * per_css_px)
    expected = np.roll(recorded, (-up, right), axis=(0, 1)) > 60
    # The tree is as deep as the head: it does not move as one, but nearly so.
    near = ndimage.distance_transform_edt(~expected) <= 4
    assert np.mean(near[moved > 60]) > 0.95


def test_a_browser_without_webgl_shows_everything(room_without_webgl):
    page = room_without_webgl
    for name in ("axial", "coronal", "sagittal", "dsa-1", "dsa-2", "tree"):
        assert np.ptp(detector_image(page.get_by_test_id(name))) > 60, name
    run = page.get_by_test_id("dsa-1")
    before = run.get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    gone = "label => !document.querySelector(`[aria-label='${label}']`)"
    page.wait_for_function(gone, arg=before)


def test_a_click_on_an_artery_takes_the_planes_there(room):
    tree = room.get_by_test_id("tree")
    room.keyboard.press("Shift+V")
    room.get_by_text("PA", exact=True).first.wait_for()
    room.wait_for_timeout(300)
    x, y, width, height = (float(v) for v in tree.get_attribute("data-view-rect").split(","))
    image = detector_image(tree)
    drawn = image[..., 0] - image[..., 2] > 30
    depth = ndimage.distance_transform_edt(drawn)
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    box = tree.bounding_box()
    room.mouse.click(
        box["x"] + (x + (column + 0.5) * width / DETECTOR_PX) / SCREEN_FINENESS,
        box["y"] + (y + (row + 0.5) * height / DETECTOR_PX) / SCREEN_FINENESS,
    )
    room.wait_for_timeout(300)
    # Under the crosshair of the axial slice lies the artery, in the colour of the overlay.
    canvas = room.get_by_test_id("axial")
    data_url: str = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    png = base64.b64decode(data_url.partition(",")[2])
    slice_ = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    lines = room.locator('[data-pane="axial"] svg line')
    (column_px,) = {float(lines.nth(i).get_attribute("x1")) for i in (2, 3)}
    (row_px,) = {float(lines.nth(i).get_attribute("y1")) for i in (0, 1)}
    red, _, blue = slice_[round(row_px * SCREEN_FINENESS), round(column_px * SCREEN_FINENESS)]
    assert red - blue > 30
