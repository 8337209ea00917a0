"""A whole two-rater study through the browser, on real phantoms and the real demo model."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.people import Person

pytestmark = pytest.mark.e2e

FIRST_RATER_GRADES = (4, 3)
SECOND_RATER_GRADES = (4, 2)


def read(rater: Person, grades: tuple[int, ...]) -> None:
    rater.start_reading()
    for position, level in enumerate(grades, start=1):
        rater.expect_case(position, len(grades))
        if position == 1:
            rater.call_unscorable("Motion")
            rater.submit()
            expect(rater.page.get_by_role("alert")).to_contain_text("Not submitted")
        rater.look_at_every_run()
        rater.play_and_pause_by_key()
        rater.grade(level)
        rater.screenshot(f"case-{position}")
        rater.submit()
    expect(rater.page.get_by_role("heading", level=1)).not_to_contain_text("Case")
    rater.screenshot("list-done")
    rater.sign_readings(len(grades))
    rater.screenshot("list-signed")


def test_a_cohort_is_uploaded_segmented_read_by_two_raters_locked_and_reported(
    coordinator: Person, raters: tuple[Person, Person], phantoms: list[Path]
) -> None:
    page = coordinator.page
    coordinator.open_study_page()
    coordinator.go_to("Cases")
    coordinator.upload(phantoms, site="north")
    coordinator.screenshot("cases-in-work")
    coordinator.release_every_run(len(phantoms))
    coordinator.wait_until_ready(len(phantoms))
    coordinator.screenshot("cases-ready")

    coordinator.go_to("Report")
    expect(page.get_by_text("There is no report before the lock")).to_be_visible()
    coordinator.open_for_reading()
    coordinator.screenshot("reading-under-way")
    expect(page.get_by_role("button", name="Lock study")).to_be_disabled()

    read(raters[0], FIRST_RATER_GRADES)
    read(raters[1], SECOND_RATER_GRADES)

    coordinator.open_study_page()
    coordinator.lock()
    grades = page.get_by_role("table", name="Grades: rows Rater 1, columns Rater 2")
    expect(grades.get_by_role("row").last).to_contain_text(str(len(phantoms)))
    rates = page.get_by_role("table", name="Rates of high quality")
    expect(rates).to_contain_text("2/2")
    expect(rates).to_contain_text("1/2")
    agreement = page.get_by_role("table", name="Coefficients of agreement")
    expect(agreement.get_by_role("row", name="primary")).to_be_visible()
    signatures = page.get_by_role("region", name="Signatures")
    expect(signatures.get_by_role("listitem")).to_have_count(3)
    coordinator.sign_for_files()
    expect(signatures.get_by_role("listitem")).to_have_count(4)
    coordinator.screenshot("report")

    for person in (coordinator, *raters):
        person.expect_no_problems()
