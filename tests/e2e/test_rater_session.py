"""A rater's whole way through a study in a real browser, with what goes wrong on such a way."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from reader_study.accounts.models import User
from reader_study.cohorts.models import CasePurpose
from reader_study.reading.models import Assignment, Reading, ReadingState, Stage
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from reader_study.studies.protocol import Calibration, HiddenRepeats, ProtocolDocument
from tests import cast
from tests.e2e.before_reading import answer_display_check, has_seen_the_tour, pass_display_check
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

REFERENCE = "3"
CALIBRATION_CASES = 2
STUDY_CASES = 10


@pytest.fixture
def study(transactional_db: None) -> Study:
    """A study with a calibration and hidden repeats that need no washout, open for reading."""
    protocol = ProtocolDocument.model_validate(
        {
            **cast.QUICK_PROTOCOL.model_dump(),
            "calibration": Calibration(cases=CALIBRATION_CASES, pass_mark=1.0),
            "repeats": HiddenRepeats(share=0.1, minimum=1, washout_days=0),
        }
    )
    study = cast.make_study(protocol=protocol)
    for number in range(CALIBRATION_CASES + STUDY_CASES):
        case = cast.ready_case(study, f"C{number:03d}")
        if number < CALIBRATION_CASES:
            case.purpose = CasePurpose.CALIBRATION
            case.reference_grade = int(REFERENCE)
            case.save(update_fields=["purpose", "reference_grade"])
    give_every_case_tiny_images()
    return open_study(study=study, actor=User.objects.get(username="carol"))


def signed_in(browser: Browser, address: str) -> BrowserContext:
    """A browser, with nothing shared with any other, in which ruth is signed in."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=address)
    session = cast.browser_of("ruth").cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": address}])
    context.set_default_timeout(30_000)
    has_seen_the_tour(context, "ruth")
    return context


@pytest.fixture
def context(browser: Browser, live_server, study: Study) -> Iterator[BrowserContext]:
    context = signed_in(browser, live_server.url)
    yield context
    context.close()


@pytest.fixture
def another_context(browser: Browser, live_server, study: Study) -> Iterator[BrowserContext]:
    context = signed_in(browser, live_server.url)
    yield context
    context.close()


def enter(page: Page, study: Study) -> None:
    page.goto(f"/read/{study.id}")
    pass_display_check(page)


def wait_for(page: Page, heading: str) -> None:
    """Wait for a case, and until all of it is drawn."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=30_000)
    page.locator('[data-ready="true"]').wait_for()


def code_of(page: Page) -> str:
    return page.url.rpartition("/")[2]


def look_and_grade(page: Page, grade: str) -> None:
    """Page through the run and give a grade, by keys."""
    page.keyboard.press("ArrowRight")
    page.keyboard.press(grade)


def read_calibration(page: Page, grade: str) -> None:
    for position in range(1, CALIBRATION_CASES + 1):
        wait_for(page, f"Calibration case {position} of {CALIBRATION_CASES}")
        look_and_grade(page, grade)
        page.keyboard.press("Enter")


def pass_calibration(page: Page, study: Study) -> None:
    enter(page, study)
    page.get_by_role("link", name="Start the calibration").click()
    read_calibration(page, REFERENCE)
    page.get_by_role("link", name="Start the study").click()


def active_ms(code: str) -> int:
    return Reading.objects.get(assignment__code=code).active_ms


def take_a_break(page: Page) -> None:
    """Pause by key; the images are covered, the clock stands, no key grades."""
    page.keyboard.press("b")
    cover = page.get_by_role("dialog", name="Paused")
    expect(cover).to_be_visible()
    page.wait_for_timeout(500)
    before = active_ms(code_of(page))
    page.keyboard.press("1")
    page.wait_for_timeout(2500)
    page.keyboard.press("b")
    expect(cover).to_have_count(0)
    page.wait_for_timeout(500)
    assert active_ms(code_of(page)) - before < 1000
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def grade_without_connection(page: Page, grade: str) -> None:
    """The connection is cut in the middle of the case; what was said goes out when it is back."""
    page.keyboard.press("ArrowRight")
    page.context.set_offline(True)
    page.keyboard.press(grade)
    page.get_by_label("Comment").fill("said while offline")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Offline: kept in this window, saved when back")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()
    page.reload()
    page.locator('[data-ready="true"]').wait_for()
    expect(page.get_by_label("Comment")).to_have_value("said while offline")


def test_a_rater_goes_all_the_way(context: BrowserContext, study: Study) -> None:
    page = context.new_page()
    enter(page, study)
    page.get_by_role("link", name="Start the calibration").click()
    read_calibration(page, "1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("0 of 2 cases agreed")
    page.get_by_role("link", name="Try again").click()
    read_calibration(page, REFERENCE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Passed: 2 of 2 agreed")
    page.get_by_role("link", name="Start the study").click()

    total = STUDY_CASES + 1
    codes = []
    for position in range(1, total + 1):
        wait_for(page, f"Case {position} of {total}")
        codes.append(code_of(page))
        if position == 2:
            take_a_break(page)
        if position == 3:
            grade_without_connection(page, "2")
        elif position == 4:
            page.get_by_role("button", name="Leave the reading room").click()
            page.get_by_role("link", name=f"Continue reading 4 of {total}").click()
            wait_for(page, f"Case 4 of {total}")
            assert code_of(page) == codes[-1]
            look_and_grade(page, "2")
        else:
            look_and_grade(page, "2")
        page.keyboard.press("Enter")
    expect(page.get_by_text(f"All {total} cases submitted, thank you.")).to_be_visible()

    assert len(set(codes)) == total
    repeat = Assignment.objects.get(rater__username="ruth", repeat_of__isnull=False)
    first_time = repeat.repeat_of
    assert first_time is not None
    assert codes.index(repeat.code) > codes.index(first_time.code)
    submitted = Reading.objects.filter(
        assignment__rater__username="ruth", state=ReadingState.SUBMITTED
    )
    assert submitted.filter(assignment__stage=Stage.MAIN).count() == total
    assert submitted.filter(assignment__stage=Stage.CALIBRATION).count() == 4
    assert all(ms > 0 for ms in submitted.values_list("active_ms", flat=True))
    assert submitted.get(assignment__code=codes[2]).comment == "said while offline"


def test_a_submission_whose_answer_is_lost_counts_once(
    context: BrowserContext, study: Study
) -> None:
    page = context.new_page()
    pass_calibration(page, study)
    wait_for(page, "Case 1 of 11")
    code = code_of(page)
    look_and_grade(page, "2")
    keys = []

    def lose_the_first_answer(route: Route) -> None:
        sent = route.request.post_data_json
        assert sent is not None
        keys.append(sent["submission_key"])
        if len(keys) > 1:
            route.continue_()
        else:
            route.fetch()
            route.abort()

    page.route("**/submit", lose_the_first_answer)
    page.keyboard.press("Enter")
    expect(page.get_by_text("submitted as soon as it is back")).to_be_visible()
    wait_for(page, "Case 2 of 11")
    assert keys == [keys[0]] * 2
    assert str(Reading.objects.get(assignment__code=code).submission_key) == keys[0]


def test_of_two_browsers_that_submit_the_same_case_one_succeeds_and_the_other_is_told(
    context: BrowserContext, another_context: BrowserContext, study: Study
) -> None:
    page = context.new_page()
    pass_calibration(page, study)
    wait_for(page, "Case 1 of 11")
    code = code_of(page)
    other = another_context.new_page()
    other.goto(page.url)
    answer_display_check(other)
    wait_for(other, "Case 1 of 11")
    look_and_grade(page, "1")
    page.keyboard.press("Enter")
    wait_for(page, "Case 2 of 11")
    look_and_grade(other, "4")
    other.keyboard.press("Enter")
    told = other.get_by_role("alert")
    expect(told).to_contain_text("This case was submitted in another window")
    expect(told).to_contain_text("This window said")
    assert Reading.objects.get(assignment__code=code).grade == 1
    other.get_by_role("button", name="Next case").click()
    wait_for(other, "Case 2 of 11")
