"""A name in the pixels of a run: a coordinator paints it over before any rater is shown the run."""

import base64
import io
import os
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from reader_study.accounts.models import User
from reader_study.cohorts.arrays import load_ct_volume, save_arrays, stored_array
from reader_study.cohorts.models import Case, Review, Series, SeriesBuild, SeriesKind
from reader_study.cohorts.tasks import build_series_task
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform
from reader_study.reading.services import open_study
from reader_study.segmentation.media import prepare_media
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.segmentation.services import queue_missing_work
from tests.cast import make_study, next_code
from tests.e2e.before_reading import pass_display_check
from tests.stored_series import add_ct, add_run, frames_with_name, new_case

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

FRAMES = 6
NAME = (slice(4, 10), slice(5, 25))
"""Rows and columns of `frames_with_name` where the name stands."""


@pytest.fixture
def case(transactional_db, tmp_path) -> Case:
    """A segmented case whose only run shows a name in its corner."""
    study = make_study()
    case = new_case(study)
    ct = add_ct(case, tmp_path)
    add_run(case, tmp_path, frames_with_name(FRAMES))
    mask = np.ones(load_ct_volume(stored_array(ct)).hu.shape, np.uint8)
    SegmentationJob.objects.create(
        case=case,
        model=study.model_choice.model,
        state=JobState.DONE,
        mask_name=save_arrays("mask.npz", mask=mask),
        volume_name=stored_array(ct),
    )
    return case


def do_waiting_work(case: Case) -> None:
    """What workers would do by now."""
    for build in SeriesBuild.objects.filter(series__case=case, state=JobState.QUEUED):
        build_series_task(str(build.pk))
    queue_missing_work(case.study)
    for pack in MediaPack.objects.filter(segmentation__case=case, state=JobState.QUEUED):
        perform(MediaPack, str(pack.pk), prepare_media)


def draw_over_the_name(page: Page) -> None:
    """Drag a rectangle around the name, with the mouse, on the picture of 64 × 64 pixels."""
    page.keyboard.press("b")
    box = page.get_by_test_id("picture").bounding_box()
    assert box is not None
    pixel = box["width"] / 64
    page.mouse.move(box["x"] + 3 * pixel, box["y"] + 2 * pixel)
    page.mouse.down()
    page.mouse.move(box["x"] + 28 * pixel, box["y"] + 12 * pixel, steps=4)
    page.mouse.up()


def shown(canvas: Locator) -> NDArray[np.uint8]:
    """What a rater's canvas shows of a run of 64 × 64 pixels, in grey."""
    rect = canvas.get_attribute("data-view-rect")
    assert rect is not None
    x, y, width, height = (float(value) for value in rect.split(","))
    data_url: str = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    png = base64.b64decode(data_url.partition(",")[2])
    picture = Image.open(io.BytesIO(png)).convert("L")
    return np.asarray(
        picture.resize((64, 64), Image.Resampling.NEAREST, box=(x, y, x + width, y + height))
    )


def test_a_name_is_blacked_out_and_the_run_released_before_a_rater_sees_it(case, page_of):
    coordinator = page_of("carol")
    coordinator.goto(f"/studies/{case.study_id}/cases/{case.pk}")
    run = coordinator.get_by_role("article", name="Run 1")
    expect(run.get_by_text("Waits for your release")).to_be_visible()
    run.get_by_role("link", name="Look through it").click()

    expect(coordinator.get_by_text("1 of 6 seen")).to_be_visible()
    expect(coordinator.get_by_role("button", name=re.compile("^Release"))).to_be_disabled()
    coordinator.keyboard.press(" ")
    expect(coordinator.get_by_text("all seen")).to_be_visible()
    coordinator.keyboard.press(" ")
    draw_over_the_name(coordinator)
    coordinator.keyboard.press("2")
    coordinator.get_by_role("button", name="Black out 1 and release").click()
    expect(coordinator.get_by_role("heading", name="Nothing waits")).to_be_visible()
    expect(coordinator.get_by_text("1 run is being blacked out")).to_be_visible()
    assert not Series.objects.get(kind=SeriesKind.DSA).used

    do_waiting_work(case)
    released = Series.objects.get(kind=SeriesKind.DSA)
    assert released.review == Review.RELEASED
    assert released.used
    coordinator.goto(f"/studies/{case.study_id}/cases/{case.pk}")
    expect(coordinator.get_by_text("Ready", exact=True)).to_be_visible()
    decided = run.get_by_text(re.compile("Released by carol.* 1 rectangle blacked out"))
    expect(decided).to_be_visible()

    open_study(study=case.study, actor=User.objects.get(username="carol"))
    rater = page_of("ruth")
    rater.goto(f"/read/{case.study_id}/{next_code(case.study, 'ruth')}")
    pass_display_check(rater)
    rater.locator('[data-ready="true"]').wait_for(timeout=60_000)
    rater.keyboard.press("s")
    rater.get_by_role("button", name="Next frame").click()
    canvas = rater.get_by_test_id("dsa-1")
    expect(canvas).to_have_attribute("aria-label", re.compile("frame"))
    picture = shown(canvas)
    assert picture[NAME].max() == 0
    assert picture[30:50, 40:60].min() > 0
