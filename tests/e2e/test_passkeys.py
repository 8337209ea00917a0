"""A rater whose second factor is a passkey sets it up and signs with it, in a real browser."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reader_study.accounts.models import User
from reader_study.signatures.models import Signature
from tests.e2e.tiny_images import give_every_case_tiny_images
from tests.signatures.signing import PASSWORD, Signer, signed_study

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e


def give_a_fingerprint_reader(page: Page) -> None:
    """Let the browser have a device that keeps passkeys, and a finger on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_a_passkey(page: Page) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Name").fill("This laptop")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("button", name="I have kept them").click()


def test_readings_are_signed_with_password_and_passkey(
    transactional_db: None, page_of: Callable[[str], Page]
) -> None:
    study = signed_study(2)
    give_every_case_tiny_images()
    Signer(study).read_all()
    page = page_of("ruth")
    give_a_fingerprint_reader(page)
    add_a_passkey(page)
    page.goto(f"/read/{study.id}")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign 2 readings").click()
    expect(page.get_by_role("textbox", name="Code")).to_be_visible()
    page.get_by_role("button", name="Show a passkey instead of a code").click()
    expect(page.get_by_text("Your passkey was shown.")).to_be_visible()
    page.get_by_role("button", name="Sign 2 readings").click()
    expect(page.get_by_text("2 cases graded and signed, thank you.")).to_be_visible()
    signature = Signature.objects.get()
    assert signature.signer == User.objects.get(username="ruth")
    assert signature.reauthenticated_by == "password-and-passkey"
