"""A session that ends over a case, and a study that wants a second factor, in a real browser."""

import os
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reader_study.accounts.models import BrowserSession, User
from reader_study.reading.models import Reading
from reader_study.reading.services import open_study
from reader_study.studies.models import Study
from tests.accounts.authenticating import PASSWORD, code_of, with_password
from tests.cast import make_study, ready_case
from tests.e2e.test_accessible_room import Axe, enter_room
from tests.e2e.tiny_images import give_every_case_tiny_images

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e


@pytest.fixture
def study(transactional_db: None) -> Study:
    study = make_study()
    ready_case(study, "C001")
    give_every_case_tiny_images()
    with_password("ruth")
    return open_study(study=study, actor=User.objects.get(username="carol"))


def end_every_session() -> None:
    BrowserSession.objects.update(expire_date=timezone.now())


def test_what_a_rater_entered_outlives_the_session(
    study: Study, page_of: Callable[[str], Page]
) -> None:
    page = page_of("ruth")
    page.goto(f"/read/{study.id}")
    enter_room(page)
    end_every_session()
    page.keyboard.press("3")
    dialog = page.get_by_role("dialog", name="Log in again")
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("radio", checked=True)).to_contain_text("3")
    for _ in range(100):
        if Reading.objects.filter(grade=3).exists():
            break
        page.wait_for_timeout(100)
    assert Reading.objects.get().grade == 3


def test_a_study_leads_to_the_second_factor_that_it_wants(
    study: Study, page_of: Callable[[str], Page]
) -> None:
    Study.objects.update(second_factor_required=True)
    page = page_of("ruth")
    page.goto(f"/read/{study.id}")
    expect(page.get_by_role("heading", name="A second factor is needed")).to_be_visible()
    page.get_by_role("link", name="Set up a second factor").click()
    page.get_by_role("button", name="Set up an app").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("QR code for the app")).to_be_visible()
    secret = (page.locator("code").first.text_content() or "").replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(code_of(secret))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="A second factor is needed")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/read/{study.id}"))


def test_axe_finds_nothing_on_the_page_account(
    study: Study, page_of: Callable[[str], Page]
) -> None:
    page = page_of("ruth")
    axe = Axe(page)
    page.goto("/account")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    axe.look_at("account")
    page.get_by_role("button", name="Make a token").click()
    axe.look_at("token")
    assert [found for found in axe.found if not found.endswith("must be scrolled")] == []
