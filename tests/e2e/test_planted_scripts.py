"""An attacker's text stands everywhere, and somebody looks at every page: none of it runs."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

from reader_study.accounts.models import User
from reader_study.reading.services import open_study
from tests.cast import browser_of, ready_case
from tests.e2e.before_reading import has_seen_the_tour, pass_display_check
from tests.e2e.tiny_images import give_every_case_tiny_images
from tests.security.canary import Canary, running_canary
from tests.security.planted import Planted, planted_dicom

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

PIECES = (
    "<img src=x onerror=attacked()>",
    "<svg/onload=attacked()>",
    "<script>attacked()</script>",
    '"><img src=//{host}/a onerror=attacked()>',
    "'-attacked()-'",
    "javascript:attacked()",
    "</script></title></style></textarea><script>attacked()</script>",
    "{{{{constructor.constructor('attacked()')()}}}}",
    "<iframe srcdoc='<script>parent.attacked()</script>'></iframe>",
    "<a href=javascript:attacked()>a</a>",
    "<base href=//{host}/>",
    "<style>@import '//{host}/c'</style>",
    "url(//{host}/d)",
    "data:text/html,<script>attacked()</script>",
    "__proto__",
    "\u202e\u2066<b>",
)
WATCH = """
window.found = [];
window.attacked = () => { window.found.push('a script ran'); };
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => window.attacked();
document.addEventListener('securitypolicyviolation', (event) => {
  window.found.push(`policy: ${event.effectiveDirective} ${event.blockedURI}`);
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
def canary() -> Iterator[Canary]:
    with running_canary() as server:
        yield server


class Attack:
    """A text that is another of the pieces each time, so that all of them get everywhere."""

    def __init__(self, canary: Canary) -> None:
        self._pieces = [piece.format(host=canary.host) for piece in PIECES]
        self._asked = 0

    def __call__(self, most: int) -> str:
        self._asked += 1
        fitting = [piece for piece in self._pieces if len(piece) <= most] or [
            self._pieces[1][:most]
        ]
        return fitting[self._asked % len(fitting)]


class Watched:
    """A person's page and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        page.add_init_script(WATCH)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("request", self._request)

    def _dialog(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        local = ("http://localhost", "data:", "blob:")
        if not request.url.startswith(local):
            self.found.append(f"asked for {request.url}")

    def look_at(self, address: str) -> str:
        """Open an address; return the text that stands there."""
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        expect(self.page.get_by_role("heading").first).to_be_visible()
        self.note(address)
        return self.page.locator("body").inner_text()

    def note(self, where: str) -> None:
        """Take over what the page itself noticed."""
        self.found += [f"{where}: {one}" for one in self.page.evaluate("window.found")]
        self.page.evaluate("window.found = []")


@pytest.fixture
def watched(page_of: Callable[[str], Page]) -> Callable[[str], Watched]:
    def open_page(username: str) -> Watched:
        page = page_of(username)
        has_seen_the_tour(page.context, username)
        return Watched(page)

    return open_page


@pytest.fixture
def planted(transactional_db: None, canary: Canary, tmp_path: Path) -> Planted:
    """A study that is being read, with what an attacker could plant by upload and API."""
    attack = Attack(canary)
    planted = Planted(attack)
    planted.amend()
    files = planted_dicom(tmp_path, attack)
    for number in range(len(PIECES)):
        files[f"{attack(200)}{number}.dcm"] = b"no image"
    planted.upload(files)
    planted.look_through()
    return planted


def test_the_watch_sees_what_it_is_to_see(watched, live_server, transactional_db, canary) -> None:
    """The control: a page into which markup did get is found out, by policy or by the script."""
    User.objects.create(username="carol")
    one = watched("carol")
    one.look_at("/")
    one.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=1>')")
    one.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color:red\">')")
    one.page.wait_for_timeout(500)
    one.note("control")
    assert [found for found in one.found if "policy" in found]


def test_no_page_runs_what_stands_in_it_while_a_study_is_read(planted, watched, canary) -> None:
    """Coordinator, rater and statistician look at names, tags and reasons of the attacker's."""
    link = planted.invite()
    give_every_case_tiny_images()
    open_study(study=planted.study, actor=User.objects.get(username="carol"))
    study = f"/studies/{planted.study.pk}"
    uploaded = planted.study.cases.exclude(code__in=["C001", "C002", "C003"]).get()
    carol, shown = watched("carol"), ""
    for page in STUDY_PAGES:
        shown += carol.look_at(f"{study}{page}")
    for case in (planted.cases[0], uploaded):
        shown += carol.look_at(f"{study}/cases/{case.pk}")
        shown += carol.look_at(f"{study}/cases?case={case.pk}")
    shown += carol.look_at(f"{study}/review")
    assert sum(piece[:14] in shown for piece in PIECES) > 8  # they are shown, as text
    assert carol.look_at("/")
    stella, sid, adam = watched("stella"), watched("sid"), watched("adam")
    for person in (stella, sid):
        for page in STUDY_PAGES:
            person.look_at(f"{study}{page}")
    adam.look_at("/models")
    stranger = watched("stan")
    stranger.look_at(link)
    ruth = watched("ruth")
    ruth.page.goto(f"/read/{planted.study.pk}")
    pass_display_check(ruth.page)
    ruth.page.get_by_role("link", name="Start the study").click()
    expect(ruth.page.get_by_test_id("room")).to_be_visible()
    ruth.page.wait_for_load_state("networkidle")
    ruth.page.keyboard.press("u")
    ruth.page.wait_for_timeout(300)
    ruth.note("/read")
    found = [one.found for one in (carol, stella, sid, adam, stranger, ruth)]
    assert sum(found, []) == []  # noqa: RUF017
    assert canary.hits == []


def test_no_page_runs_what_stands_in_it_once_a_study_is_concluded(planted, watched, canary) -> None:
    """Comments and reasons of the attacker's stand in the report and beside each case."""
    planted.open_and_read()
    planted.lock_and_adjudicate()
    give_every_case_tiny_images()
    study = f"/studies/{planted.study.pk}"
    people = [watched("carol"), watched("stella")]
    for person in people:
        for page in (*STUDY_PAGES, f"/cases?case={planted.cases[0].pk}"):
            person.look_at(f"{study}{page}")
        shown = person.look_at(f"/unblinded/{planted.study.pk}/C001")
        assert "attacked()" in shown
    assert sum([one.found for one in people], []) == []  # noqa: RUF017
    assert canary.hits == []


HOSTILE_ADDRESSES = (
    "/login?next=javascript:attacked()",
    "/login#<img src=x onerror=attacked()>",
    "/<script>attacked()</script>",
    "/join/<img src=x onerror=attacked()>",
    "/join/..%2f..%2fapi%2fsession",
    "/studies/<svg onload=attacked()>",
    "/studies/%22%3E%3Cscript%3Eattacked()%3C/script%3E/cases",
    "/read/javascript:attacked()/x",
    "/unblinded/x/<script>attacked()</script>",
    "/nothing?a=</script><script>attacked()</script>",
)


def test_no_address_runs_what_stands_in_it(watched, planted) -> None:
    """Somebody signed in follows an attacker's link to these pages."""
    carol, ruth = watched("carol"), watched("ruth")
    for person in (carol, ruth):
        for address in HOSTILE_ADDRESSES:
            person.page.goto(address)
            person.page.wait_for_load_state("networkidle")
            person.note(address)
    for page in ("audit", "cases", "review"):
        names = ("words", "person", "action", "case", "sort", "filter", "series", "since")
        query = "&".join(f"{name}=<img src=x onerror=attacked()>" for name in names)
        carol.page.goto(f"/studies/{planted.study.pk}/{page}?{query}")
        carol.page.wait_for_load_state("networkidle")
        carol.note(page)
    assert carol.found + ruth.found == []


def test_no_answer_of_the_server_is_shown_as_a_page(watched, planted) -> None:
    """An attacker's link opens an answer of the API, an image or a file as if it were a page."""
    planted.open_and_read()
    planted.lock_and_adjudicate()
    ready_case(planted.study, "C009")
    carol = watched("carol")
    base = f"/api/studies/{planted.study.pk}"
    for path in ("", "/cases", "/people", "/uploads", "/protocol", "/audit", "/report", "/review"):
        carol.page.goto(f"{base}{path}")
        carol.note(path)
        kind = browser_of("carol").get(f"{base}{path}").headers["Content-Type"]
        assert kind.startswith("application/json")
    assert carol.found == []
