"""What people do in the browser, in their own words; locators by role and label only."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, expect

from scripts.demo_study import STUDY_NAME, LogIn
from tests.e2e.before_reading import has_seen_the_tour, pass_display_check

SMALLEST_SCREEN = ViewportSize(width=1366, height=768)
STEP_MS = 20_000.0
SEGMENTATION_MS = 300_000.0
MEDIA_MS = 60_000.0


class Person:
    """One signed-in person in a browser of their own."""

    def __init__(self, browser: Browser, address: str, log_in: LogIn, screenshots: Path) -> None:
        self._context = browser.new_context(base_url=address, viewport=SMALLEST_SCREEN)
        self._context.set_default_timeout(STEP_MS)
        has_seen_the_tour(self._context, log_in.username)
        self.page: Page = self._context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        self._name = log_in.username
        self._password = log_in.password
        self._screenshots = screenshots
        self._sign_in(log_in)

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium logs every refused request; before the log-in one is expected.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def _sign_in(self, log_in: LogIn) -> None:
        self.page.goto("/")
        self.screenshot("log-in")
        self.page.get_by_label("User name").fill(log_in.username)
        self.page.get_by_label("Password", exact=True).fill(log_in.password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("heading", name="My studies")).to_be_visible()

    def screenshot(self, name: str) -> None:
        """Keep what the person sees."""
        self._screenshots.mkdir(exist_ok=True)
        self.page.screenshot(path=self._screenshots / f"{self._name}-{name}.png", full_page=True)

    def leave(self) -> None:
        """Close the browser."""
        self._context.close()

    def expect_no_problems(self) -> None:
        """Check that no script of the page failed."""
        assert self.problems == []

    def _study_card(self) -> Locator:
        heading = self.page.get_by_role("heading", name=STUDY_NAME)
        return self.page.get_by_role("listitem").filter(has=heading)

    # -- coordinator ---------------------------------------------------------------------

    def open_study_page(self) -> None:
        """Go from the list of studies to the demo study."""
        self.page.goto("/")
        self.page.get_by_role("link", name=f"Open {STUDY_NAME}").click()
        expect(self.page.get_by_role("heading", name=STUDY_NAME, level=1)).to_be_visible()

    def go_to(self, tab: str) -> None:
        """Choose a page of the study."""
        self.page.get_by_role("navigation", name="Study").get_by_role("link", name=tab).click()

    def upload(self, archives: Sequence[Path], *, site: str) -> None:
        """Send archives as one upload of a site and wait until it is read in."""
        panel = self.page.get_by_role("region", name="Add cases")
        panel.get_by_label("Files to upload").set_input_files(archives)
        panel.get_by_placeholder("Choose the site").click()
        self.page.get_by_role("option", name=re.compile(site)).click()
        panel.get_by_role("button", name=f"Send {len(archives)} files").click()
        outcome = self.page.get_by_role("region", name="Uploads")
        expect(outcome.get_by_text(f"{len(archives)} cases added")).to_be_visible(
            timeout=SEGMENTATION_MS
        )

    def release_every_run(self, cases: int) -> None:
        """Wait until all cases wait for a release, then release their runs as phantoms' are."""
        table = self.page.get_by_role("table", name="Cases")
        waiting = table.get_by_text("Waits for your release", exact=True)
        expect(waiting).to_have_count(cases, timeout=SEGMENTATION_MS)
        (study,) = re.findall(r"/studies/([0-9a-f-]+)", self.page.url)
        address = f"/api/studies/{study}"
        cookies = {cookie.get("name"): cookie.get("value") for cookie in self._context.cookies()}
        for series in self._context.request.get(f"{address}/review").json():
            answer = self._context.request.post(
                f"{address}/cases/{series['case_id']}/series/{series['id']}/review",
                data={"decision": "release", "phase": "after", "note": "A phantom."},
                headers={"X-CSRFToken": str(cookies["csrftoken"])},
            )
            assert answer.ok, answer.text()
        self.page.reload()

    def wait_until_ready(self, count: int) -> None:
        """Watch the table of cases until every case is ready to read."""
        table = self.page.get_by_role("table", name="Cases")
        expect(table.get_by_text("Ready", exact=True)).to_have_count(count, timeout=SEGMENTATION_MS)

    def open_for_reading(self) -> None:
        """Open the study for reading, with its confirmation."""
        self.go_to("Overview")
        self.page.get_by_role("button", name="Open for reading").click()
        dialog = self.page.get_by_role("dialog", name="Open for reading?")
        dialog.get_by_role("button", name="Open for reading").click()
        expect(self.page.get_by_role("heading", name="Reading is under way")).to_be_visible()

    def lock(self) -> None:
        """Lock the study by typing its name."""
        self.go_to("Overview")
        self.page.get_by_role("button", name="Lock study").click()
        dialog = self.page.get_by_role("dialog", name="Lock the study?")
        confirm = dialog.get_by_role("button", name="Lock study")
        expect(confirm).to_be_disabled()
        dialog.get_by_label("type the study’s name").fill(STUDY_NAME)
        expect(confirm).to_be_disabled()
        dialog.get_by_label("Your password", exact=True).fill(self._password)
        self.screenshot("lock-signed")
        confirm.click()

    def sign_for_files(self) -> None:
        """Sign for the files of the report, which nobody downloads before."""
        self.page.get_by_role("button", name="Sign and download").click()
        dialog = self.page.get_by_role("dialog", name="Sign for files of the results?")
        dialog.get_by_label("Your password", exact=True).fill(self._password)
        dialog.get_by_role("button", name="Sign", exact=True).click()
        expect(self.page.get_by_role("button", name="Download", exact=True)).to_be_visible()

    # -- rater ---------------------------------------------------------------------------

    def sign_readings(self, count: int) -> None:
        """Sign what was graded: a wrong password signs nothing, the right one does."""
        button = self.page.get_by_role("button", name=f"Sign {count} readings")
        for password in (f"not {self._password}", self._password):
            self.page.get_by_label("Your password", exact=True).fill(password)
            button.click()
            if password != self._password:
                expect(self.page.get_by_role("alert")).to_contain_text("password")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("graded and signed")

    def start_reading(self) -> None:
        """Enter the reading room from the list of studies, and begin with the first case."""
        self.page.goto("/")
        self._study_card().get_by_role("link", name=re.compile("reading")).click()
        pass_display_check(self.page)
        self.page.get_by_role("link", name="Start the study").click()

    def expect_case(self, position: int, total: int) -> None:
        """Wait for a case and for all its images."""
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(f"Case {position} of {total}", timeout=MEDIA_MS)
        loading = self.page.get_by_role("progressbar", name="Images loaded")
        expect(loading).to_have_count(0, timeout=MEDIA_MS)

    def look_at_every_run(self) -> None:
        """Page through each angiography run once."""
        for toolbar in self.page.get_by_role("toolbar", name=re.compile("cine$")).all():
            toolbar.get_by_role("button", name="Next frame").click()
        expect(self.page.get_by_title("Viewed", exact=True)).to_have_count(
            self.page.get_by_role("toolbar", name=re.compile("cine$")).count()
        )

    def play_and_pause_by_key(self) -> None:
        """Use the space bar, which must mean the cine even right after a click on a button."""
        self.page.keyboard.press(" ")
        pause = self.page.get_by_role("button", name="Pause")
        expect(pause.first).to_be_visible()
        self.page.keyboard.press(" ")
        expect(pause).to_have_count(0)

    def call_unscorable(self, reason: str) -> None:
        """Say by keys and menu that the case cannot be scored; the next Enter is to submit."""
        self.page.keyboard.press("u")
        self.page.get_by_role("menuitem", name=reason).click()
        expect(self.page.get_by_role("button", name=reason)).to_be_visible()

    def grade(self, level: int) -> None:
        """Give a grade by its number key."""
        self.page.keyboard.press(str(level))
        chosen = self.page.get_by_role("radio", checked=True)
        expect(chosen).to_contain_text(str(level))

    def submit(self) -> None:
        """Submit by the Enter key."""
        self.page.keyboard.press("Enter")
