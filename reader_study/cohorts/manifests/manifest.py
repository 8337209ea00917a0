"""Read the list of cases that a coordinator sends along with the files of a cohort.

The list is a CSV text as Excel writes it: one case a line, with its code, its site, the side and
segment of its occlusion where they are known, and the file or folder that holds its images.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from reader_study.cohorts.manifests.cells import (
    case_code_problem,
    file_problem,
    known_segment,
    known_side,
    segment_problem,
    side_problem,
    text_problem,
)
from reader_study.cohorts.manifests.sent_paths import PathFinder, path_parts
from reader_study.cohorts.manifests.table import (
    COLUMNS,
    Header,
    ManifestProblem,
    Record,
    read_header,
    records,
)

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MOST_PROBLEMS = 500


@dataclass(frozen=True)
class ManifestRow:
    """What the list says of one case.

    Attributes
    ----------
    line
        Where it stands in the list; the header is line 1.
    side, segment
        Values of ``OcclusionSide`` and ``OcclusionSegment``; empty where not given.
    path
        The case's file or folder, as the list names it.
    """

    line: int
    case_code: str
    site: str
    side: str
    segment: str
    path: str


@dataclass(frozen=True)
class Manifest:
    """A list of cases in which every row is sound."""

    rows: tuple[ManifestRow, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rows as an upload stores them."""
        return [asdict(row) for row in self.rows]


class ManifestError(Exception):
    """The list cannot be used; ``problems`` names all that is to be corrected."""

    def __init__(self, problems: Sequence[ManifestProblem]) -> None:
        first = problems[0]
        where = f"line {first.line}" + (f", column “{first.column}”" if first.column else "")
        others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"The list of cases, {where}: {first.message}{others}")
        self.problems = tuple(problems)


def read_manifest(text: str, sites: Collection[str]) -> Manifest:
    """Read a list of cases.

    Parameters
    ----------
    text
        CSV with a header; divided by commas, semicolons or tabs.
    sites
        Codes of the sites that the person may upload for.

    Raises
    ------
    ManifestError
        With every problem of the list; of very many, the first ``MOST_PROBLEMS``.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise _refused(1, "The list is larger than 5 MB; send fewer cases at a time.")
    if "\0" in text:
        raise _refused(1, "This is not a CSV text; in Excel save the list as “CSV UTF-8”.")
    lines, problems = records(text.removeprefix("\ufeff"))
    if len(lines) - 1 > MAX_ROWS:
        raise _refused(
            lines[MAX_ROWS + 1].line,
            f"The list has more than {MAX_ROWS:,} cases; send fewer at a time.",
        )
    if len(lines) < 2 and not problems:
        raise _refused(
            1, "The list is empty; write the columns’ names first, then a line for each case."
        )
    reading = _Reading(sites)
    if lines:
        header, header_problems = read_header(lines[0])
        problems += header_problems
        for record in lines[1:]:
            problems += reading.take(record, header)
        problems += reading.overlaps(header)
    if problems:
        raise ManifestError(_the_first(sorted(problems, key=lambda problem: problem.line)))
    return Manifest(tuple(reading.rows))


def _the_first(problems: Sequence[ManifestProblem]) -> Sequence[ManifestProblem]:
    left_out = problems[MOST_PROBLEMS:]
    if not left_out:
        return problems
    message = f"From here on there are {len(left_out):,} more mistakes; correct those above first."
    return [*problems[:MOST_PROBLEMS], ManifestProblem(left_out[0].line, "", message)]


def stored_rows(stored: Sequence[Mapping[str, Any]]) -> list[ManifestRow]:
    """Return the rows of a list that an upload stores."""
    names = [field.name for field in fields(ManifestRow)]
    return [ManifestRow(**{name: row[name] for name in names}) for row in stored]


def finder_of(rows: Sequence[ManifestRow]) -> PathFinder[ManifestRow]:
    """Return what finds the rows of many files."""
    return PathFinder((row.path, row) for row in rows)


def row_for(rows: Sequence[ManifestRow], sent_name: str) -> ManifestRow | None:
    """Return the row that names a sent file, or a folder or zip that it lies in."""
    return finder_of(rows).find(sent_name)


def _refused(line: int, message: str) -> ManifestError:
    return ManifestError([ManifestProblem(line, "", message)])


class _Reading:
    """The rows read so far, and where each code and file was seen first."""

    def __init__(self, sites: Collection[str]) -> None:
        self.rows: list[ManifestRow] = []
        self._sites = {site.casefold(): site for site in sites}
        self._line_of_code: dict[str, int] = {}
        self._line_of_path: dict[tuple[str, ...], int] = {}

    def take(self, record: Record, header: Header) -> list[ManifestProblem]:
        """Keep a line as a row; return what is wrong with it."""
        texts = {column: header.cell(record, column) for column in COLUMNS}
        problems = header.width_problems(record)
        for column in header.places:
            message = text_problem(texts[column]) or self._problem(column, texts, record.line)
            if message:
                problems.append(ManifestProblem(record.line, header.titles[column], message))
        if not problems and header.is_complete:
            self.rows.append(self._row(texts, record.line))
        return problems

    def _row(self, texts: Mapping[str, str], line: int) -> ManifestRow:
        return ManifestRow(
            line=line,
            case_code=texts["case"],
            site=self._sites[texts["site"].casefold()],
            side=known_side(texts["side"]) or "",
            segment=known_segment(texts["segment"]) or "",
            path=texts["file"],
        )

    def _problem(self, column: str, texts: Mapping[str, str], line: int) -> str:
        text = texts[column]
        match column:
            case "case":
                return case_code_problem(text) or self._second_code(text, line)
            case "site":
                return self._site_problem(text)
            case "side":
                return side_problem(text)
            case "segment":
                return segment_problem(text)
        return file_problem(text) or self._second_path(text, line)

    def _site_problem(self, site: str) -> str:
        if site.casefold() in self._sites:
            return ""
        said = f"You do not upload for a site “{site}”" if site else "The site is missing"
        return f"{said}; write one of: {', '.join(sorted(self._sites.values()))}."

    def _second_code(self, code: str, line: int) -> str:
        first = self._line_of_code.setdefault(code.casefold(), line)
        if first == line:
            return ""
        return f"Line {first} is case {code} already; put a case's files into one folder or zip."

    def _second_path(self, path: str, line: int) -> str:
        first = self._line_of_path.setdefault(path_parts(path), line)
        if first == line:
            return ""
        return f"Line {first} names “{path}” already; each case has files of its own."

    def overlaps(self, header: Header) -> list[ManifestProblem]:
        """Return a problem for each path that lies in the folder of another row."""
        found = []
        for parts, line in self._line_of_path.items():
            around = (self._line_of_path.get(parts[:depth]) for depth in range(1, len(parts)))
            for other in filter(None, around):
                message = (
                    f"This lies in the folder of line {other}, so that its images would belong to "
                    "two cases; name folders that lie apart."
                )
                found.append(ManifestProblem(line, header.titles["file"], message))
        return found
