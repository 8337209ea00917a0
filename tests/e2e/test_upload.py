"""A cohort comes in through the browser: dropped, cut off, gone on with, and complete."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from inference.phantom.dicom import SMALL, write_phantom_dicom
from reader_study.cohorts.models import Upload
from reader_study.cohorts.tasks import ingest_upload
from reader_study.jobs.models import JobState
from reader_study.studies.models import Study
from tests.cast import browser_of, make_study
from tests.cohorts.sending import stored_sha256

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

SENT_BEFORE_THE_CUT = 9


@pytest.fixture
def study(transactional_db: None) -> Study:
    return make_study()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A patient's folder, with the list of cases and what an operating system puts beside it."""
    folder = tmp_path / "Cohort"
    patient = folder / "Patient 1"
    patient.mkdir(parents=True)
    write_phantom_dicom(7, patient, patient_id="P7", patient_name="PHANTOM^SEVEN", size=SMALL)
    (folder / ".DS_Store").write_bytes(b"no image")
    return folder


@pytest.fixture
def page(browser: Browser, live_server, study: Study) -> Iterator[Page]:
    """The cases of the study, before carol."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=live_server.url)
    session = browser_of("carol").cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.on("dialog", Dialog.accept)
    page.goto(f"/studies/{study.id}/cases")
    yield page
    context.close()


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Add cases")


def drop(page: Page, *paths: Path) -> None:
    """Drag files and folders onto the page and let go."""
    expect(panel(page)).to_be_visible()
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": event, "x": 600, "y": 600, "data": data})


def sha256_below(folder: Path) -> dict[str, str]:
    """The SHA-256 of each image below a folder, by the name under which it is sent."""
    return {
        file.relative_to(folder.parent).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*.dcm")
    }


def cut_off_after(page: Page, requests: int) -> None:
    """Let so many files through, then lose the connection."""
    left = [requests]

    def answer(route: Route) -> None:
        left[0] -= 1
        if left[0] >= 0:
            route.continue_()
        else:
            route.abort("connectionfailed")

    page.route("**/uploads/*/files", answer)


def test_a_dropped_folder_goes_on_after_a_reload_and_becomes_a_case(
    page: Page, study: Study, folder: Path, tmp_path: Path
) -> None:
    list_of_cases = tmp_path / "cases.csv"
    list_of_cases.write_text("case,site,side,segment,file\nS001,north,left,M1,Patient 1\n")
    images = sha256_below(folder)

    drop(page, folder, list_of_cases)
    expect(panel(page)).to_contain_text("cases.csv: 1 case at 1 site")
    expect(panel(page)).to_contain_text("Every file belongs to a case of the list.")
    expect(panel(page)).to_contain_text("Left out: 1 hidden system file.")

    cut_off_after(page, SENT_BEFORE_THE_CUT)
    panel(page).get_by_role("button", name="Send ").click()
    expect(panel(page).get_by_role("alert")).to_contain_text("Sending goes on by itself")
    page.unroute_all()
    page.reload()

    unfinished = page.get_by_role("region", name="Unfinished uploads")
    unfinished.get_by_role("button", name="Go on").click()
    drop(page, folder / "Patient 1" / "XA1.dcm")
    expect(panel(page).get_by_role("alert")).to_contain_text("not the files of the first time")
    panel(page).get_by_role("button", name="Choose again").click()
    drop(page, folder)
    panel(page).get_by_role("button", name="Send the rest").click()
    expect(page.get_by_text("All files of Cohort have arrived")).to_be_visible(timeout=60_000)

    upload = Upload.objects.get()
    assert upload.state == JobState.QUEUED
    copies = tmp_path / "copies"
    copies.mkdir()
    assert stored_sha256(upload, copies) == images
    ingest_upload(str(upload.pk))
    expect(page.get_by_role("table", name="Cases")).to_contain_text("S001", timeout=60_000)


def test_a_paused_upload_is_discarded(page: Page, folder: Path) -> None:
    drop(page, folder)
    panel(page).get_by_placeholder("Choose the site").click()
    page.get_by_role("option", name="north").click()
    cut_off_after(page, SENT_BEFORE_THE_CUT)
    panel(page).get_by_role("button", name="Send ").click()
    expect(panel(page).get_by_role("alert")).to_be_visible()
    panel(page).get_by_role("button", name="Pause").click()
    expect(panel(page)).to_contain_text("Cohort is paused")
    panel(page).get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(panel(page).get_by_role("heading", name="Add cases")).to_be_visible()
    assert not Upload.objects.exists()
