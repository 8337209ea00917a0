"""From the text of a CSV file to lines under the names of their columns."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

SYNONYMS = {
    "case": "case",
    "case code": "case",
    "code": "case",
    "site": "site",
    "site code": "site",
    "hospital": "site",
    "side": "side",
    "occlusion side": "side",
    "segment": "segment",
    "occlusion segment": "segment",
    "file": "file",
    "folder": "file",
    "path": "file",
    "file or folder": "file",
}
REQUIRED = ("case", "site", "file")
COLUMNS = (*REQUIRED, "side", "segment")
_COLUMNS_IN_WORDS = "case, site, side, segment and file"
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class ManifestProblem:
    """One thing to correct: the line, the column as the list names it, and what to do.

    ``column`` is empty where no single column is meant.
    """

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Record:
    """One line of the file that is not blank; of a cell with line breaks, its first line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """Where each column stands and how the list itself calls it."""

    places: dict[str, int]
    titles: dict[str, str]

    @property
    def is_complete(self) -> bool:
        """Whether every column that a row needs is there."""
        return all(column in self.places for column in REQUIRED)

    def cell(self, record: Record, column: str) -> str:
        """Return a text without the blanks around it; empty where there is none."""
        place = self.places.get(column)
        if place is None or place >= len(record.cells):
            return ""
        return record.cells[place].strip()

    def width_problems(self, record: Record) -> list[ManifestProblem]:
        """Say which texts stand under no column's name."""
        return [
            ManifestProblem(
                record.line,
                "",
                f"“{cell.strip()}” stands in column {place}, which has no name; delete it, or put "
                "quotation marks around a text that has the separator in it.",
            )
            for place, cell in enumerate(record.cells, start=1)
            if cell.strip() and place - 1 not in self.places.values()
        ]


def records(text: str) -> tuple[list[Record], list[ManifestProblem]]:
    """Split a CSV text into its lines; a quotation mark out of place ends them with a problem."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    found = []
    before = 0
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                found.append(Record(before + 1, tuple(cells)))
            before = rows.line_num
    except csv.Error:
        message = (
            "The quotation marks of this line do not match, so nothing below it could be read; "
            "write a quotation mark inside a text twice."
        )
        return found, [ManifestProblem(before + 1, "", message)]
    return found, []


def _delimiter(text: str) -> str:
    """Return what the first line that is not blank is divided by; Europe's Excel writes ";"."""
    first = next((line for line in text.splitlines() if line.strip(_DELIMITERS + " ")), "")
    return max(_DELIMITERS, key=first.count)


def read_header(record: Record) -> tuple[Header, list[ManifestProblem]]:
    """Find the columns, and say which are unknown, double or missing."""
    header = Header({}, {})
    problems = []
    for place, cell in enumerate(record.cells):
        title = cell.strip()
        if not title:
            continue
        column = SYNONYMS.get(re.sub(r"[\s_-]+", " ", title).casefold())
        if column is None:
            message = f"This column is not known; the columns are {_COLUMNS_IN_WORDS}. Delete it."
        elif column in header.places:
            message = f"This column says the same as “{header.titles[column]}” before it; keep one."
        else:
            header.places[column] = place
            header.titles[column] = title
            continue
        problems.append(ManifestProblem(record.line, title, message))
    problems += _missing(record.line, header)
    return header, problems


def _missing(line: int, header: Header) -> Sequence[ManifestProblem]:
    return [
        ManifestProblem(
            line, column, f"There is no column “{column}”; the columns are {_COLUMNS_IN_WORDS}."
        )
        for column in REQUIRED
        if column not in header.places
    ]
