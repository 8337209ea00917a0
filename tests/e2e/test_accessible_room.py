"""The reading room for everybody: axe finds nothing, and the keyboard reaches everything."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from reader_study.accounts.models import User
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from scripts.application import REPOSITORY
from tests import cast
from tests.e2e.before_reading import answer_display_check
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"small": (1366, 768), "large": (1920, 1080)}
MORE_THAN_ANY_ROOM_HAS = 200

CONTROLS = """() => [...document.querySelectorAll(
  'button, a[href], input, textarea, select, [tabindex="0"]')]
  .filter(one => !one.disabled && !one.closest('[inert]') && one.checkVisibility())
  .filter(one => one.tabIndex >= 0)"""
NAME = """one => one.tagName + ' ' + (one.getAttribute('aria-label') || one.title ||
  one.textContent.trim() || one.placeholder || one.name)"""


@pytest.fixture
def study(transactional_db: None) -> Study:
    """One case to read, with territories and questions."""
    protocol = cast.protocol_with(
        territories=[{"code": "m1", "label": "M1"}, {"code": "a1", "label": "A1"}],
        questions=[{"code": "sure", "label": "Are you sure?"}],
    )
    study = cast.make_study(protocol=protocol)
    cast.ready_case(study, "C000")
    give_every_case_tiny_images()
    return open_study(study=study, actor=User.objects.get(username="carol"))


@pytest.fixture(params=SIZES.values(), ids=list(SIZES))
def page(browser: Browser, live_server, study: Study, request) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=live_server.url
    )
    session = cast.browser_of("ruth").cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/read/{study.id}")
    yield page
    context.close()


class Axe:
    """Looks at one state of a page after the other, and remembers what it found."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.looked_at: list[str] = []
        self.found: list[str] = []

    def look_at(self, state: str) -> None:
        """Note what axe has against the page as it is, and whether it has to be scrolled."""
        self._page.wait_for_timeout(400)  # what fades in is not judged half faded
        self._page.evaluate(f"() => {{ {AXE.read_text()} }}")
        result: dict[str, Any] = self._page.evaluate("() => axe.run(document)")
        assert len(result["passes"]) > 10
        self.found += [
            f"{state}: {violation['id']} at {node['target']}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        if self._page.evaluate(
            "() => document.documentElement.scrollHeight > innerHeight"
            " || document.documentElement.scrollWidth > innerWidth"
        ):
            self.found.append(f"{state}: must be scrolled")
        self.looked_at.append(state)


def enter_room(page: Page) -> None:
    """Go from the display check to the first case, past the tour."""
    answer_display_check(page)
    page.get_by_role("link", name="Start the study").click()
    expect(page.get_by_role("dialog", name="Tour of the room")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator('[data-ready="true"]').wait_for()


def test_axe_finds_nothing_in_any_state_of_the_room(page: Page) -> None:
    axe = Axe(page)
    expect(page.locator("[data-patch]").first).to_be_focused()
    axe.look_at("display check")
    answer_display_check(page, overlooked=1)
    expect(page.get_by_role("button", name="Check again")).to_be_focused()
    axe.look_at("display that failed")
    page.keyboard.press("Enter")
    answer_display_check(page)
    expect(page.get_by_role("link", name="Start the study")).to_be_focused()
    axe.look_at("start page")
    page.keyboard.press("Enter")
    tour = page.get_by_role("dialog", name="Tour of the room")
    for number in range(1, 7):
        expect(tour).to_contain_text(f"{number} of 6")
        axe.look_at(f"tour, step {number}")
        page.keyboard.press("Enter")
    page.locator('[data-ready="true"]').wait_for()
    axe.look_at("room")

    page.keyboard.press("t")
    expect(page.get_by_label("Territories and questions")).to_be_visible()
    axe.look_at("items panel")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_be_visible()
    axe.look_at("anchors")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    axe.look_at("keys")
    assert sheet.evaluate("one => one.scrollHeight <= one.clientHeight + 1"), "the sheet scrolls"
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_role("menu")).to_be_visible()
    axe.look_at("reasons")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.get_by_role("dialog", name="Paused")).to_be_visible()
    axe.look_at("pause")
    page.keyboard.press("b")

    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(page.get_by_text(re.compile("^Offline"))).to_be_visible()
    axe.look_at("offline")
    page.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_text(re.compile("^Saved"))).to_be_visible(timeout=30_000)
    page.keyboard.press("Enter")
    items = page.get_by_label("Territories and questions")
    expect(items).to_be_visible()
    axe.look_at("something is missing")
    for answer in ("3", "3", "y"):
        page.keyboard.press(answer)
    page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("thank you"))).to_be_visible()
    axe.look_at("wait page")
    assert axe.found == [], f"{len(axe.found)} found in {axe.looked_at}"


def test_tab_reaches_every_control_of_the_room_shows_where_it_is_and_is_never_trapped(
    page: Page,
) -> None:
    enter_room(page)
    assert page.evaluate(f"() => ({CONTROLS})().length") > 15
    unseen: list[str] = []
    for _ in range(MORE_THAN_ANY_ROOM_HAS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            continue  # the browser's own controls come next, then the room again
        if page.evaluate("() => 'reached' in document.activeElement.dataset"):
            break
        if not page.evaluate(FOCUS_IS_SEEN):
            unseen.append(page.evaluate(f"() => ({NAME})(document.activeElement)"))
        page.evaluate("() => { document.activeElement.dataset.reached = 'yes' }")
    else:
        pytest.fail("Tab never comes round")
    assert missed_by_tab(page) == []
    assert unseen == []


def missed_by_tab(page: Page) -> list[str]:
    """Name the controls that Tab has not led to; of radios it leads to one, arrows to the rest."""
    missed: list[str] = page.evaluate(
        f"""() => ({CONTROLS})().filter(one => !('reached' in one.dataset))
        .filter(one => one.type !== 'radio' && one.getAttribute('role') !== 'radio')
        .map({NAME})"""
    )
    return missed


FOCUS_IS_SEEN = """() => {
  const look = one => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } =
      getComputedStyle(one)
    const outline = outlineStyle === 'none' ? '' : outlineWidth + outlineColor
    return [outline, boxShadow, borderColor].join()
  }
  const one = document.activeElement
  if (!one.matches(':focus-visible')) return false
  const parts = [one, one.parentElement, ...one.parentElement.children]
  const focused = parts.map(look)
  one.blur()
  const blurred = parts.map(look)
  one.focus({ focusVisible: true })
  return focused.join('|') !== blurred.join('|')
}"""
