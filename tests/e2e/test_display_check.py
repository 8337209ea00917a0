"""The display check and the tour in a real browser, by keys alone."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reader_study.accounts.models import User
from reader_study.reading.models import DisplayCheck, Reading
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from tests import cast
from tests.e2e.before_reading import answer_display_check
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e


@pytest.fixture
def study(transactional_db: None) -> Study:
    study = cast.make_study(protocol=cast.QUICK_PROTOCOL)
    cast.ready_case(study, "C000")
    give_every_case_tiny_images()
    return open_study(study=study, actor=User.objects.get(username="carol"))


@pytest.fixture
def context(browser: Browser, live_server, study: Study) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768},
        screen={"width": 1920, "height": 1080},
        base_url=live_server.url,
    )
    session = cast.browser_of("ruth").cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
    yield context
    context.close()


def enter(context: BrowserContext, study: Study) -> Page:
    page = context.new_page()
    page.goto(f"/read/{study.id}")
    return page


def test_the_pattern_on_screen_has_the_greys_that_it_should(context, study):
    page = enter(context, study)
    patches = page.locator("[data-patch]")
    expect(patches).to_have_count(18)
    greys = patches.evaluate_all(
        "patches => patches.map(one => getComputedStyle(one).backgroundColor)"
    )
    assert greys == [f"rgb({15 * n}, {15 * n}, {15 * n})" for n in range(18)]


def test_a_cases_own_address_asks_for_the_check_too_before_its_reading_begins(context, study):
    code = cast.next_code(study, "ruth")
    page = context.new_page()
    page.goto(f"/read/{study.id}/{code}")
    expect(page.get_by_test_id("display-check")).to_be_visible()
    assert not Reading.objects.exists()
    answer_display_check(page)
    expect(page.get_by_test_id("room")).to_be_visible()
    assert Reading.objects.get().assignment.code == code


def test_a_display_that_passes_is_kept_and_not_asked_again_in_this_session(context, study):
    page = enter(context, study)
    answer_display_check(page)
    expect(page.get_by_role("link", name="Start the study")).to_be_focused()
    check = DisplayCheck.objects.get()
    assert (check.verdict, check.went_on, check.room_is_dim) == ("passed", True, True)
    assert (check.screen_width, check.screen_height) == (1920, 1080)
    page.reload()
    expect(page.get_by_role("link", name="Start the study")).to_be_visible()


def test_a_display_that_fails_says_what_to_do_and_can_be_read_on_all_the_same(context, study):
    page = enter(context, study)
    answer_display_check(page, overlooked=2, room_is_dim=False)
    expect(page.get_by_text("Dark greys run together (patches 1, 2).")).to_be_visible()
    expect(page.get_by_text(re.compile("Dim the room"))).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Start the study")).to_be_visible()
    kept = DisplayCheck.objects.values_list("verdict", "went_on", "room_is_dim")
    assert list(kept) == [("failed", False, False), ("failed", True, False)]


def test_a_display_that_was_put_right_passes_the_second_time(context, study):
    page = enter(context, study)
    answer_display_check(page, overlooked=1)
    expect(page.get_by_role("button", name="Check again")).to_be_focused()
    page.keyboard.press("Enter")
    answer_display_check(page)
    expect(page.get_by_role("link", name="Start the study")).to_be_visible()
    assert [check.verdict for check in DisplayCheck.objects.all()] == ["failed", "passed"]


def test_the_tour_is_shown_once_stops_the_clock_and_comes_again_from_the_keys(context, study):
    page = enter(context, study)
    answer_display_check(page)
    page.get_by_role("link", name="Start the study").click()
    tour = page.get_by_role("dialog", name="Tour of the room")
    expect(tour).to_contain_text("1 of 6")
    for number in range(2, 7):
        page.keyboard.press("ArrowRight")
        expect(tour).to_contain_text(f"{number} of 6")
    expect(tour.get_by_role("button", name="Begin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tour).to_have_count(0)
    page.keyboard.press("?")
    page.get_by_role("button", name="Show the tour of the room").click()
    expect(tour).to_contain_text("1 of 6")
    page.keyboard.press("2")  # a grade, were the room awake
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.goto(f"/read/{study.id}")
    page.get_by_role("link", name="Start the study").click()
    page.locator('[data-ready="true"]').wait_for()
    expect(tour).to_have_count(0)
