"""The pages' policy allows what the pages do: no page breaks it, from log-in to reading room."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from reader_study.accounts.models import User
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from tests.cast import make_study, ready_case
from tests.e2e.before_reading import answer_display_check
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

WATCH = """
window.stopped = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.stopped.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
STUDY_PAGES = (
    "",
    "/cases",
    "/people",
    "/model",
    "/protocol",
    "/protocol/edit",
    "/report",
    "/audit",
)


@pytest.fixture
def study(transactional_db: None) -> Study:
    study = make_study()
    ready_case(study, "C001")
    give_every_case_tiny_images()
    return open_study(study=study, actor=User.objects.get(username="carol"))


@pytest.fixture
def watched(page_of: Callable[[str], Page]) -> Callable[[str], Page]:
    """A signed-in page that notes what its policy stops."""

    def open_page(username: str) -> Page:
        page = page_of(username)
        page.add_init_script(WATCH)
        return page

    return open_page


def look_at(page: Page, address: str) -> list[str]:
    """Open an address; return what the policy stopped there."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading").first).to_be_visible()
    return [f"{address}: {one}" for one in page.evaluate("window.stopped")]


@pytest.fixture
def stranger(browser: Browser, live_server) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.add_init_script(WATCH)
    yield page
    context.close()


def test_a_style_and_a_script_in_the_page_itself_are_stopped(stranger: Page, study: Study) -> None:
    stranger.goto("/login")
    stranger.evaluate(
        """() => {
          document.head.append(Object.assign(document.createElement('script'), {text: 'evil = 1'}))
          document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))
        }"""
    )
    assert stranger.evaluate("'evil' in window") is False
    stopped = [one.split()[0] for one in stranger.evaluate("window.stopped")]
    assert sorted(stopped) == ["script-src-elem", "style-src-elem"]


def test_logging_in_breaks_no_rule(stranger: Page, study: Study) -> None:
    person = User.objects.get(username="carol")
    person.set_password("read-the-arteries")
    person.save()
    assert look_at(stranger, "/login") == []
    stranger.get_by_label("User name").fill("carol")
    stranger.get_by_label("Password").first.fill("read-the-arteries")
    stranger.get_by_role("button", name="Log in").click()
    expect(stranger.get_by_role("heading", name="My studies")).to_be_visible()
    assert stranger.evaluate("window.stopped") == []
    margin = "getComputedStyle(document.querySelector('h1')).fontFamily"
    assert "Inter Variable" in stranger.evaluate(margin)


def test_no_page_of_a_coordinator_breaks_a_rule(
    watched: Callable[[str], Page], study: Study
) -> None:
    page = watched("carol")
    case = study.cases.get()
    stopped = look_at(page, "/")
    for name in (*STUDY_PAGES, f"/cases/{case.id}", "/review"):
        stopped += look_at(page, f"/studies/{study.id}{name}")
    assert stopped == []


def test_a_dialog_locks_the_page_behind_it_under_the_policy(
    watched: Callable[[str], Page], study: Study
) -> None:
    page = watched("carol")
    look_at(page, f"/studies/{study.id}/people")
    page.get_by_role("button", name="Invite").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).overflow") == "hidden"
    assert page.evaluate("window.stopped") == []


def test_the_reading_room_breaks_no_rule(watched: Callable[[str], Page], study: Study) -> None:
    page = watched("ruth")
    stopped = look_at(page, f"/read/{study.id}")
    answer_display_check(page)
    page.get_by_role("link", name="Start the study").click()
    page.keyboard.press("Escape")
    page.locator('[data-ready="true"]').wait_for()
    for key in ("s", "t", "?", "Escape", "u", "Escape", "4"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert stopped + page.evaluate("window.stopped") == []
