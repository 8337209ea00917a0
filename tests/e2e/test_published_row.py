"""The constructed tables print the paper's row: on the report's page, in its files, by command."""

import os
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from reader_study.agreement.constructed_tables import CONSTRUCTED_NOTICE
from reader_study.coordination.constructed_studies import (
    STUDY_OF_TABLE_A,
    STUDY_OF_TABLE_B,
    ConstructedStudy,
)
from reader_study.coordination.demo import load_constructed_study

# Playwright runs an event loop in this thread, for which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = pytest.mark.e2e

ROW = ("98.9 %", "98.3 %", "κ = 0.74 (95 % CI 0.56–0.89")


def downloaded(page: Page, file: str, folder: Path) -> Path:
    """Choose a file of the report's menu."""
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=file).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.parametrize(
    ("constructed", "rates", "weights", "scale"),
    [
        pytest.param(
            STUDY_OF_TABLE_A,
            ("176/178 98.9", "175/178 98.3"),
            "none",
            ("--levels", "1,2,3,4", "--high", "3"),
            id="table A",
        ),
        pytest.param(
            STUDY_OF_TABLE_B,
            ("282/285 98.9", "285/290 98.3"),
            "linear",
            ("--levels", "1,2,3", "--high", "2"),
            id="table B",
        ),
    ],
)
def test_the_page_the_files_and_the_command_print_the_published_row(
    transactional_db: None,
    page_of: Callable[[str], Page],
    tmp_path: Path,
    constructed: ConstructedStudy,
    rates: tuple[str, str],
    weights: str,
    scale: tuple[str, ...],
) -> None:
    study = load_constructed_study(constructed)
    page = page_of("coordinator")
    page.goto(f"/studies/{study.id}/report")

    for words in ROW:
        expect(page.get_by_text(words).first).to_be_visible()
    shown = page.get_by_role("table", name="Rates of high quality")
    for rate in rates:
        expect(shown.get_by_role("row", name=f"{rate} %")).to_be_visible()
    coefficients = page.get_by_role("table", name="Coefficients of agreement")
    expect(coefficients.get_by_role("row", name="primary 0.74 0.56–0.89")).to_be_visible()
    expect(page.get_by_text(CONSTRUCTED_NOTICE).first).to_be_visible()

    paper = PdfReader(downloaded(page, "PDF report", tmp_path))
    printed = " ".join(" ".join(sheet.extract_text().split()) for sheet in paper.pages)
    assert all(words in printed for words in ROW), printed

    ratings = downloaded(page, "CSV Ratings", tmp_path)
    output = StringIO()
    call_command("agreement", str(ratings), *scale, "--weights", weights, stdout=output)
    command = " ".join(output.getvalue().split())
    for rate in rates:
        assert rate in command
    assert re.search(rf"{weights} \* 0\.74 0\.\d+ 0\.56–0\.89 ", command), command
