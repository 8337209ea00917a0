"""What raters see of the test pattern before they read, and what is kept of it."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.reading.display_check import HOLDS_FOR, findings_of
from reader_study.reading.models import DisplayCheck, Reading
from tests.cast import browser_of, open_with_cases

pytestmark = pytest.mark.django_db

SCREEN = {
    "screen_width": 1920,
    "screen_height": 1080,
    "window_width": 1900,
    "window_height": 960,
    "pixel_ratio": 1.25,
    "colour_depth": 24,
    "zoom_percent": 100,
}
EMPTY = [6, 13]
MARKED = [number for number in range(18) if number not in EMPTY]


@pytest.fixture
def study():
    return open_with_cases(1)


def post(browser, study, **changed):
    check = {
        "screen": SCREEN,
        "room_is_dim": True,
        "empty_patches": EMPTY,
        "seen_patches": MARKED,
        **changed,
    }
    address = f"/api/reading/{study.id}/display-checks"
    return browser.post(address, check, content_type="application/json")


def checked_screens(browser, study):
    return browser.get(f"/api/reading/{study.id}/worklist").json()["checked_screens"]


def member(study, username):
    people = browser_of("carol").get(f"/api/studies/{study.id}/people").json()["members"]
    (found,) = [one for one in people if one["username"] == username]
    return found


def test_a_display_passes_where_every_mark_is_seen_and_none_besides(study):
    answer = post(browser_of("ruth"), study)
    assert answer.status_code == 201
    assert answer.json() == {"verdict": "passed", "unseen": [], "imagined": []}


def test_marks_that_are_not_seen_fail_the_display_and_are_named(study):
    answer = post(browser_of("ruth"), study, seen_patches=MARKED[2:])
    assert answer.json() == {"verdict": "failed", "unseen": [0, 1], "imagined": []}


def test_who_sees_a_mark_everywhere_is_noticed(study):
    answer = post(browser_of("ruth"), study, seen_patches=list(range(18)))
    assert answer.json() == {"verdict": "failed", "unseen": [], "imagined": EMPTY}


def test_findings_are_of_what_was_shown():
    findings = findings_of(empty=[5], seen=[5, *range(7, 18)])
    assert (findings.unseen, findings.imagined) == ((0, 1, 2, 3, 4, 6), (5,))


def test_a_check_holds_for_its_screen_in_its_log_in_session(study):
    ruth = browser_of("ruth")
    assert checked_screens(ruth, study) == []
    post(ruth, study)
    assert checked_screens(ruth, study) == [
        {"screen_width": 1920, "screen_height": 1080, "pixel_ratio": 1.25}
    ]
    assert checked_screens(browser_of("ruth"), study) == []
    assert checked_screens(browser_of("rob"), study) == []


def test_a_check_of_yesterday_holds_no_more(study, monkeypatch):
    ruth = browser_of("ruth")
    post(ruth, study)
    later = timezone.now() + HOLDS_FOR + datetime.timedelta(minutes=1)
    monkeypatch.setattr("reader_study.reading.display_check.timezone.now", lambda: later)
    assert checked_screens(browser_of("ruth"), study) == []


def test_a_failed_display_is_checked_again_unless_the_rater_goes_on_all_the_same(study):
    ruth = browser_of("ruth")
    post(ruth, study, seen_patches=[])
    assert checked_screens(ruth, study) == []
    post(ruth, study, seen_patches=[], goes_on=True)
    assert len(checked_screens(ruth, study)) == 1
    kept = DisplayCheck.objects.values_list("verdict", "went_on")
    assert list(kept) == [("failed", False), ("failed", True)]


def test_what_was_checked_can_be_neither_changed_nor_deleted(study):
    post(browser_of("ruth"), study)
    with pytest.raises(DatabaseError), transaction.atomic():
        DisplayCheck.objects.update(verdict="failed")
    with pytest.raises(DatabaseError), transaction.atomic():
        DisplayCheck.objects.all().delete()


def test_a_check_is_in_the_audit_trail(study):
    post(browser_of("ruth"), study)
    event = Event.objects.get(action="display checked")
    assert event.detail["verdict"] == "passed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"seen_patches": [18]},
        {"empty_patches": [-1]},
        {"seen_patches": list(range(18)) * 2},
        {"screen": {**SCREEN, "screen_width": -5}},
        {"screen": {}},
        {"room_is_dim": None},
    ],
)
def test_what_no_page_sends_is_refused(wrong, study):
    assert post(browser_of("ruth"), study, **wrong).status_code == 400
    assert not DisplayCheck.objects.exists()


def test_coordinators_see_the_check_that_each_rater_last_read_after(study):
    assert member(study, "ruth")["display_check"] is None
    ruth = browser_of("ruth")
    post(ruth, study)
    post(ruth, study, seen_patches=[], goes_on=True)
    post(ruth, study, seen_patches=MARKED[1:])
    told = member(study, "ruth")["display_check"]
    assert (told["verdict"], told["screen_width"]) == ("failed", 1920)
    assert member(study, "rob")["display_check"] is None


def test_a_case_that_is_asked_for_with_the_screen_waits_until_that_screen_was_checked(study):
    ruth = browser_of("ruth")
    case = ruth.get(f"/api/reading/{study.id}/worklist").json()["next"]
    told = ("screen_width", "screen_height", "pixel_ratio")
    this_screen = {name: str(SCREEN[name]) for name in told}

    def asked(screen):
        return ruth.get(f"/api/reading/cases/{case}", screen)

    assert asked(this_screen).status_code == 204
    assert not Reading.objects.exists()

    post(ruth, study)
    assert asked(this_screen | {"pixel_ratio": "2"}).status_code == 204
    assert asked(this_screen | {"screen_width": "wide"}).status_code == 400
    assert asked(this_screen | {"screen_hight": 1080}).status_code == 400
    assert not Reading.objects.exists()
    assert asked(this_screen).json()["code"] == case
    # Another log-in checks its own display.
    assert browser_of("ruth").get(f"/api/reading/cases/{case}", this_screen).status_code == 204
