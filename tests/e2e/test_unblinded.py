"""After the lock, a coordinator opens the cases on which the raters differ."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.audit.models import Event
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from tests.cast import grade, make_study, ready_case
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e


@pytest.fixture
def study(transactional_db: None) -> Study:
    """A locked study: the raters are three levels apart on C001, one on C002, agree on C003."""
    study = make_study()
    for number in (1, 2, 3):
        ready_case(study, f"C{number:03d}", runs=1)
    give_every_case_tiny_images()
    carol = User.objects.get(username="carol")
    open_study(study=study, actor=carol)
    grade(study, "ruth", {"C001": 4, "C002": 2, "C003": 3})
    grade(study, "rob", {"C001": 1, "C002": 3, "C003": 3})
    lock_study(study=study, actor=carol)
    return study


def test_the_cases_on_which_raters_differ_open_one_after_the_other_with_images_and_ratings(
    study: Study, page_of: Callable[[str], Page]
) -> None:
    page = page_of("carol")
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"/studies/{study.id}/report")
    differing = page.get_by_role("table", name="Cases on which raters differ")
    differing.get_by_role("link", name="C001").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Case C001 north, unblinded")
    expect(page.get_by_role("progressbar", name="Images loaded")).to_have_count(0)
    ratings = page.get_by_role("table", name="Ratings of this case")
    expect(ratings.get_by_role("row", name=re.compile("Rater 1 4"))).to_be_visible()
    expect(ratings.get_by_role("row", name=re.compile("Rater 2 1"))).to_be_visible()

    page.keyboard.press("s")
    frames = page.get_by_test_id("dsa-1")
    expect(frames).to_have_attribute("aria-label", re.compile("frame 2 of 3"))
    page.keyboard.press("ArrowRight")
    expect(frames).to_have_attribute("aria-label", re.compile("frame 3 of 3"))
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Case C001 north, unblinded")

    page.get_by_role("button", name="Next case on which raters differ").click()
    expect(heading).to_have_text("Case C002 north, unblinded")
    expect(ratings.get_by_role("row", name=re.compile("Rater 1 2"))).to_be_visible()
    expect(page.get_by_role("button", name="Next case on which raters differ")).to_be_disabled()
    page.get_by_role("button", name="Back to the report").click()
    expect(differing).to_be_visible()
    looked_at = Event.objects.filter(action="case seen unblinded").order_by("pk")
    assert list(looked_at.values_list("subject", flat=True)) == ["C001", "C002"]
    assert problems == []


def test_a_rater_is_not_let_in(study: Study, page_of: Callable[[str], Page]) -> None:
    page = page_of("ruth")
    page.goto(f"/unblinded/{study.id}/C001")
    refusal = page.get_by_role("heading", level=1)
    expect(refusal).to_have_text("This does not exist, or your account has no access to it.")
    expect(page.get_by_role("table", name="Ratings of this case")).to_have_count(0)
    expect(page.get_by_test_id("dsa-1")).to_have_count(0)
