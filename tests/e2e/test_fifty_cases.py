"""A long session: fifty cases by keyboard, every key pressed, the network lost on the way.

What the page holds at the fiftieth case is what it held at the fifth.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, expect

from reader_study.accounts.models import User
from reader_study.reading.models import Assignment, ReadingState
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from tests import cast
from tests.e2e.test_rater_session import code_of, enter, signed_in, wait_for
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

CASES = 50
SETTLED, OFFLINE_CASE = 5, 25
UNSCORABLE_CASES = {7, 31}
KEYS_A_CASE = 4
MOST_GROWTH_MB = 3.0
"""Of the heap after a collection, over 45 cases; the room of one case alone takes about 1 MB."""

MOST_GROWTH_SHARE = 0.10
"""Of nodes and listeners, which depend a little on what is open at the moment."""

KEYS = {
    "−": "-",
    "↑": "ArrowUp",
    "↓": "ArrowDown",
    "←": "ArrowLeft",
    "→": "ArrowRight",
    "Page ↑": "PageUp",
    "Page ↓": "PageDown",
    "Esc": "Escape",
    "Space": "Space",
    "Enter": "Enter",
    "Backspace": "Backspace",
}
MODIFIERS = {"Ctrl": "Control", "Shift": "Shift", "⇧": "Shift"}

COUNT_CONTEXTS = """
(() => {
  const made = [];
  const original = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = original.call(this, kind, ...rest);
    if (context && kind.startsWith('webgl') && !made.some((one) => one.deref() === context))
      made.push(new WeakRef(context));
    return context;
  };
  window.__webglContexts = () =>
    made.filter((one) => one.deref() && !one.deref().isContextLost()).length;
})();
"""


@dataclass(frozen=True)
class Held:
    """What the page holds."""

    heap_mb: float
    nodes: int
    listeners: int
    canvases: int
    webgl_contexts: int


@pytest.fixture
def study(transactional_db: None) -> Study:
    study = cast.make_study()
    for number in range(CASES):
        cast.ready_case(study, f"C{number:03d}")
    give_every_case_tiny_images()
    return open_study(study=study, actor=User.objects.get(username="carol"))


@pytest.fixture
def page(browser: Browser, live_server, study: Study) -> Iterator[Page]:
    context = signed_in(browser, live_server.url)
    context.add_init_script(COUNT_CONTEXTS)
    yield context.new_page()
    context.close()


def problems_of(page: Page) -> list[str]:
    """Return a list that fills with what goes wrong in the page, but for the lost network."""
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "ERR_INTERNET_DISCONNECTED" not in message.text:
            problems.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return problems


def key_of(shown: str) -> str:
    """Return a key of the sheet as the browser names it."""
    held = []
    while " " in shown and shown.split(" ", 1)[0] in MODIFIERS:
        modifier, shown = shown.split(" ", 1)
        held.append(MODIFIERS[modifier])
    key = KEYS.get(shown, shown.lower() if shown.isalpha() and not held else shown)
    assert (len(key) == 1 and key.isascii()) or key in KEYS.values(), f"what key is “{shown}”?"
    return "+".join([*held, key])


def keys_of_the_sheet(page: Page) -> list[str]:
    """Open the sheet behind "?" and return every key on it."""
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    groups = sheet.locator("section").filter(has_not=page.get_by_role("heading", name="Mouse"))
    shown = groups.locator("kbd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    return [key_of(text) for text in shown]


def press(page: Page, key: str) -> None:
    """Press a key, and leave again what it opened."""
    page.keyboard.press(key)
    if key in {"u", "c", "t", "a", "?", "k"}:
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    elif key == "b":
        expect(page.get_by_role("dialog", name="Paused")).to_be_visible()
        page.keyboard.press("b")
        expect(page.get_by_role("dialog", name="Paused")).to_have_count(0)


def held_by(page: Page, inspector: CDPSession) -> Held:
    for _ in range(2):
        inspector.send("HeapProfiler.collectGarbage")
    told = inspector.send("Performance.getMetrics")["metrics"]
    metrics = {metric["name"]: metric["value"] for metric in told}
    return Held(
        heap_mb=metrics["JSHeapUsedSize"] / 1e6,
        nodes=int(metrics["Nodes"]),
        listeners=int(metrics["JSEventListeners"]),
        canvases=page.locator("canvas").count(),
        webgl_contexts=page.evaluate("window.__webglContexts()"),
    )


def grade_of(position: int) -> int | None:
    return None if position in UNSCORABLE_CASES else 1 + position % 4


def comment_of(position: int) -> str:
    return f"comment on {position}" if position % 10 == 0 else ""


def answer(page: Page, position: int) -> None:
    """Page through the run, grade or say why not, and now and then write a comment, by keys."""
    page.keyboard.press("ArrowRight")
    grade = grade_of(position)
    if grade is None:
        page.keyboard.press("u")
        page.keyboard.press("1")
        expect(page.get_by_text("Why can it not be scored?")).to_have_count(0)
    else:
        page.keyboard.press(str(grade))
    if comment_of(position):
        page.keyboard.press("c")
        page.keyboard.type(comment_of(position))
        page.keyboard.press("Escape")


def take_back(page: Page, position: int) -> None:
    """Go back to the case that was just submitted, and submit it again."""
    page.keyboard.press("Backspace")
    wait_for(page, f"Case {position - 1} of {CASES}")
    answer(page, position - 1)
    page.keyboard.press("Enter")
    wait_for(page, f"Case {position} of {CASES}")


def test_fifty_cases_in_a_row(page: Page, study: Study) -> None:
    problems = problems_of(page)
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable")
    enter(page, study)
    page.get_by_role("link", name="Start the study").click()
    codes: list[str] = []
    held: dict[int, Held] = {}
    waiting: list[str] = []
    pressed: set[str] = set()
    every_key: list[str] = []
    for position in range(1, CASES + 1):
        wait_for(page, f"Case {position} of {CASES}")
        if position == 1:
            every_key = keys_of_the_sheet(page)
            grades = {str(grade) for grade in range(1, 5)}
            waiting = [key for key in every_key if key not in grades | {"Enter", "Backspace"}]
            pressed = {"Enter"} | grades
        if position == 2 and "Backspace" in every_key:
            take_back(page, position)
            pressed.add("Backspace")
        codes.append(code_of(page))
        if position in (SETTLED, CASES):
            held[position] = held_by(page, inspector)
        for key in waiting[:KEYS_A_CASE]:
            press(page, key)
            pressed.add(key)
        waiting = waiting[KEYS_A_CASE:]
        if position == OFFLINE_CASE:
            page.context.set_offline(True)
            answer(page, position)
            page.keyboard.press("Enter")
            expect(page.get_by_text("submitted as soon as it is back")).to_be_visible()
            page.context.set_offline(False)
        else:
            answer(page, position)
            page.keyboard.press("Enter")
    expect(page.get_by_text(f"All {CASES} cases submitted, thank you.")).to_be_visible()

    assert pressed == set(every_key)
    assert problems == []
    for position, code in enumerate(codes, start=1):
        reading = Assignment.objects.get(code=code).current_reading
        assert reading is not None
        assert reading.state == ReadingState.SUBMITTED
        assert (reading.grade, reading.comment) == (grade_of(position), comment_of(position))
        assert bool(reading.unscorable_reason) == (position in UNSCORABLE_CASES)
        assert reading.opened_runs == [0]
    before, after = held[SETTLED], held[CASES]
    print(f"\nat case {SETTLED}: {before}\nat case {CASES}: {after}")
    assert after.heap_mb <= before.heap_mb + MOST_GROWTH_MB
    assert after.nodes <= before.nodes * (1 + MOST_GROWTH_SHARE)
    assert after.listeners <= before.listeners * (1 + MOST_GROWTH_SHARE)
    assert after.canvases == before.canvases
    assert after.webgl_contexts == before.webgl_contexts == 0
