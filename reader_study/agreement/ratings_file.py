"""Ratings from a CSV file with the columns case, rater and grade, one row for each reading."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reader_study.agreement.scale import Scale

COLUMNS = ("case", "rater", "grade")


class RatingsFileError(ValueError):
    """The file cannot be read as ratings; the message says where and why."""


@dataclass(frozen=True)
class Ratings:
    """Grades of any number of raters, cases and raters in order of appearance.

    Attributes
    ----------
    raters
        Names, as in the file.
    grades
        For each case one entry for each rater; None where there is no grade.
    clusters
        For each case its cluster (patient); None where cases are independent.
    """

    raters: tuple[str, ...]
    grades: tuple[tuple[int | None, ...], ...]
    clusters: tuple[str, ...] | None


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        return self.cells[column].strip()


def read_ratings(path: Path, scale: Scale, *, cluster_column: str | None = None) -> Ratings:
    """Read a CSV file of ratings.

    Parameters
    ----------
    path
        UTF-8, separated by commas, first line a header with at least ``case, rater, grade``. A
        blank grade means that the rater could not score the case.
    scale
        The declared scale.
    cluster_column
        Column that names the patient of each case.

    Raises
    ------
    RatingsFileError
        Naming the line and column: for a missing column, a blank case or rater, a grade that is
        not on the scale, a reading that occurs twice, a case in two clusters, or fewer than two
        raters.
    """
    grades: dict[tuple[str, str], int | None] = {}
    clusters: dict[str, str] = {}
    for row in _rows(path, (*COLUMNS, *([cluster_column] if cluster_column else []))):
        reading = (_named(path, row, "case"), _named(path, row, "rater"))
        if reading in grades:
            raise _error(path, row.line, "rater", f"{reading[1]} has read {reading[0]} before")
        grades[reading] = _grade(path, row, scale)
        if cluster_column:
            cluster = _named(path, row, cluster_column)
            if clusters.setdefault(reading[0], cluster) != cluster:
                problem = f"case {reading[0]} was in {clusters[reading[0]]} before"
                raise _error(path, row.line, cluster_column, problem)
    cases = tuple(dict.fromkeys(case for case, _ in grades))
    raters = tuple(dict.fromkeys(rater for _, rater in grades))
    if len(raters) < 2:
        found = f"only {raters[0]}" if raters else "no reading at all"
        raise RatingsFileError(f"{path}: agreement needs two raters; the file holds {found}.")
    return Ratings(
        raters,
        tuple(tuple(grades.get((case, rater)) for rater in raters) for case in cases),
        tuple(clusters[case] for case in cases) if cluster_column else None,
    )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header, columns)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    raise RatingsFileError(
                        f"{path}, line {reader.line_num}: {len(cells)} columns where the header "
                        f"has {len(header)}."
                    )
                yield _Row(reader.line_num, dict(zip(header, cells, strict=True)))
    except OSError as error:
        raise RatingsFileError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RatingsFileError(f"{path} is not UTF-8 text; save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise RatingsFileError(f"{path}, line {reader.line_num}: {error}.") from error


def _check_header(path: Path, header: list[str], columns: tuple[str, ...]) -> None:
    for column in columns:
        if header.count(column) != 1:
            found = ", ".join(header) or "nothing"
            how_often = "no column" if column not in header else "more than one column"
            hint = " Separate columns by commas." if len(header) == 1 and header[0] else ""
            raise RatingsFileError(
                f"{path}, line 1: {how_often} “{column}”; the header holds {found}.{hint}"
            )


def _named(path: Path, row: _Row, column: str) -> str:
    if not row.text(column):
        raise _error(path, row.line, column, "is blank")
    return row.text(column)


def _grade(path: Path, row: _Row, scale: Scale) -> int | None:
    text = row.text("grade")
    if not text:
        return None
    levels = {str(value): value for value in scale.values}
    if text not in levels:
        problem = f"“{text}” is not a declared level ({', '.join(levels)})"
        raise _error(path, row.line, "grade", problem)
    return levels[text]


def _error(path: Path, line: int, column: str, problem: str) -> RatingsFileError:
    return RatingsFileError(f"{path}, line {line}, column {column}: {problem}.")
