"""The table of cases to evaluate.

A CSV file, UTF-8, with one line a case:

=============  ==================================================================================
``case``       the case's own name, a pseudonym; letters, digits, ``-`` and ``_``
``site``       hospital or scanner, as the figures shall name it
``set``        for example ``internal-test`` or ``external-validation``; figures are per set
``ncct``       non-contrast CT to segment; may be empty where there is a predicted mask
``mask``       the true arteries, NIfTI, on the CT's grid
``predicted``  optional: a mask predicted before, NIfTI, on the same grid
=============  ==================================================================================

File names are relative to the table. Other columns, as a table of pairs has, are left alone.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from inference.errors import InferenceError

_REQUIRED = ("case", "site", "set", "mask")
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class CaseTableError(InferenceError):
    """The table of cases cannot be used; the message names line and column."""


@dataclass(frozen=True)
class CaseFiles:
    """One line of the table.

    Attributes
    ----------
    case, site, set
        Name of the case, where it was scanned, the set that it counts in.
    ncct
        Non-contrast CT, if there is one.
    mask
        The true arteries.
    predicted
        The mask to evaluate, if it is not to be predicted now.
    """

    case: str
    site: str
    set: str
    ncct: Path | None
    mask: Path
    predicted: Path | None


def read_case_table(path: Path, *, predicting: bool) -> list[CaseFiles]:
    """Read the table.

    Whether the files can be read is seen case by case later, so that one does not stop the others.

    Parameters
    ----------
    path
        The CSV file.
    predicting
        The masks are predicted now, so every case needs its CT; else its predicted mask.

    Raises
    ------
    CaseTableError
        Naming the line and the column.
    """
    needed = "ncct" if predicting else "predicted"
    files = []
    lines_by_case: dict[str, int] = {}
    for line, row in _rows(path, needed):
        case = row["case"]
        if not _CASE.fullmatch(case):
            raise _error(path, line, "case", f"{case!r} is no name of letters, digits, '-' and '_'")
        # File systems that ignore case would put the second case's mask over the first's.
        if (before := lines_by_case.setdefault(case.casefold(), line)) != line:
            raise _error(path, line, "case", f"{case!r} stands in line {before} already")
        for column in ("site", "set", "mask", needed):
            if not row[column]:
                raise _error(path, line, column, f"is empty for the case {case!r}")
        ncct, predicted = (
            path.parent / row[column] if row.get(column) else None
            for column in ("ncct", "predicted")
        )
        mask = path.parent / row["mask"]
        files.append(CaseFiles(case, row["site"], row["set"], ncct, mask, predicted))
    return files


def _rows(path: Path, needed: str) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseTableError(f"{path} cannot be read as a UTF-8 table: {error}") from error
    reader = csv.DictReader(text.splitlines())
    reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    for column in (*_REQUIRED, needed):
        if column not in reader.fieldnames:
            why = {
                "ncct": "; without --model it is not needed",
                "predicted": "; give it, or --model to predict the masks now",
            }.get(column, "")
            raise _error(path, 1, column, f"the column is missing{why}")
    rows = []
    for row in reader:
        if None in row or None in row.values():
            raise CaseTableError(
                f"{path}, line {reader.line_num}: more or fewer cells than the "
                f"{len(reader.fieldnames)} columns"
            )
        cells = {name: cell.strip() for name, cell in row.items()}
        if any(cells.values()):
            rows.append((reader.line_num, cells))
    if not rows:
        raise CaseTableError(f"{path}, line 2: the table has no cases")
    return rows


def _error(path: Path, line: int, column: str, problem: str) -> CaseTableError:
    return CaseTableError(f"{path}, line {line}, column {column}: {problem}")
