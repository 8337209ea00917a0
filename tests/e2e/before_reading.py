"""What stands between a rater and the first case: the display check, and the tour of the room."""

import json
import re

from playwright.sync_api import BrowserContext, Page, expect


def has_seen_the_tour(context: BrowserContext, username: str) -> None:
    """Let the tour of the room not begin by itself."""
    seen = json.dumps(json.dumps([username]))
    context.add_init_script(f"localStorage.setItem('reader-study.tour-seen', {seen})")


def answer_display_check(page: Page, *, overlooked: int = 0, room_is_dim: bool = True) -> None:
    """Answer by keys: every mark is seen but some of the darkest."""
    patches = page.locator("[data-patch]")
    expect(patches.first).to_be_focused()
    page.keyboard.press("a")
    for number in range(patches.count()):
        has_mark = patches.nth(number).locator("span").count() == 1
        if number < overlooked or not has_mark:
            page.keyboard.press(" ")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("y" if room_is_dim else "n")
    page.keyboard.press("Enter")


def pass_display_check(page: Page) -> None:
    """Pass the display check, where it is asked."""
    asked = page.get_by_test_id("display-check")
    room = page.get_by_test_id("room")
    start = page.get_by_role("link", name=re.compile("^(Start the|Try again)"))
    somewhere = asked.or_(room).or_(start)
    expect(somewhere.first).to_be_visible(timeout=30_000)
    if asked.count():
        answer_display_check(page)
        expect(asked).to_have_count(0)
