"""Tables with one line a case, as people write them: CSV, UTF-8, a line of names first."""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from inference.errors import InferenceError

CASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class TableError(InferenceError):
    """A table of cases cannot be used; the message names line and column."""


def read_rows(
    path: Path, check_columns: Callable[[Sequence[str]], None]
) -> list[tuple[int, dict[str, str]]]:
    """Read the lines that are not empty, each with its number; cells without outer spaces.

    Parameters
    ----------
    path
        The CSV file.
    check_columns
        Called with the columns' names before any line is read; refuses them by an error.

    Raises
    ------
    TableError
        If the file cannot be read, a line has more or fewer cells than columns, or none is left.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path} cannot be read as a UTF-8 table: {error}") from error
    reader = csv.DictReader(text.splitlines())
    columns = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = columns
    check_columns(columns)
    rows = []
    for row in reader:
        if None in row or None in row.values():
            raise TableError(
                f"{path}, line {reader.line_num}: this line has more or fewer cells than the "
                f"{len(columns)} columns"
            )
        cells = {name: cell.strip() for name, cell in row.items()}
        if any(cells.values()):
            rows.append((reader.line_num, cells))
    if not rows:
        raise TableError(f"{path}, line 2: the table has no cases")
    return rows


def table_error(path: Path, line: int, column: str, problem: str) -> TableError:
    """Return an error that names its place."""
    return TableError(f"{path}, line {line}, column {column}: {problem}")
