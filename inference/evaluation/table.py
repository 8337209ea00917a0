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

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.case_tables import CASE_NAME, read_rows, table_error

_REQUIRED = ("case", "site", "set", "mask")


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
    TableError
        Naming the line and the column.
    """
    needed = "ncct" if predicting else "predicted"

    def check_columns(columns: Sequence[str]) -> None:
        for column in (*_REQUIRED, needed):
            if column not in columns:
                why = {
                    "ncct": "; without --model it is not needed",
                    "predicted": "; give it, or --model to predict the masks now",
                }.get(column, "")
                raise table_error(path, 1, column, f"the column is missing{why}")

    files = []
    lines_by_case: dict[str, int] = {}
    for line, row in read_rows(path, check_columns):
        case = row["case"]
        if not CASE_NAME.fullmatch(case):
            raise table_error(
                path, line, "case", f"{case!r} is no name of letters, digits, '-' and '_'"
            )
        # File systems that ignore case would put the second case's mask over the first's.
        if (before := lines_by_case.setdefault(case.casefold(), line)) != line:
            raise table_error(path, line, "case", f"{case!r} stands in line {before} already")
        for column in ("site", "set", "mask", needed):
            if not row[column]:
                raise table_error(path, line, column, f"is empty for the case {case!r}")
        ncct, predicted = (
            path.parent / row[column] if row.get(column) else None
            for column in ("ncct", "predicted")
        )
        mask = path.parent / row["mask"]
        files.append(CaseFiles(case, row["site"], row["set"], ncct, mask, predicted))
    return files
