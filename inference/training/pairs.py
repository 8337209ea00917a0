"""The table of pairs: which scans belong together, and which set each is in.

A CSV file, UTF-8, with one line a case:

==============  ==================================================================================
``case``        the case's own name; letters, digits, ``-`` and ``_``
``site``        hospital or scanner, as the figures shall name it
``set``         ``training``, ``internal-validation``, ``internal-test``, ``external-validation``
``ncct``        non-contrast CT: NIfTI file, DICOM folder or zip; relative to the table
``cta``         CT angiography of the same head; may be empty where there is a mask
``mask``        arteries, drawn on the CTA or on the NCCT; may be empty where there is a CTA
``patient``     optional; by default every case is another patient
==============  ==================================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from inference.case_tables import CASE_NAME, TableError, read_rows, table_error

SetName = Literal["training", "internal-validation", "internal-test", "external-validation"]
SETS: tuple[SetName, ...] = get_args(SetName)

_REQUIRED = ("case", "site", "set", "ncct", "cta", "mask")


@dataclass(frozen=True)
class Pair:
    """One line of the table.

    Attributes
    ----------
    case
        The case's name, unique in the table.
    site
        Where it was scanned.
    set
        The set that it is in.
    ncct
        Non-contrast CT.
    cta
        CT angiography of the same head, if there is one.
    mask
        Artery labels, drawn on the CTA's or the NCCT's grid, if there are any.
    patient
        The patient's name in the table; the case's where the table has no such column.
    """

    case: str
    site: str
    set: SetName
    ncct: Path
    cta: Path | None
    mask: Path | None
    patient: str


def read_pairs(path: Path) -> list[Pair]:
    """Read the table and check it as a whole.

    Raises
    ------
    TableError
        Naming the line and the column: a column or file is missing, a set is unknown, a case or
        file stands there twice, or a patient is in two sets.
    """

    def check_columns(columns: Sequence[str]) -> None:
        for name in _REQUIRED:
            if name not in columns:
                raise TableError(
                    f"{path}, line 1: the column {name!r} is missing; "
                    f"the columns are {', '.join(_REQUIRED)} and, optional, patient"
                )

    rows = read_rows(path, check_columns)
    pairs = [_pair(path, line, row) for line, row in rows]
    lines = [line for line, _ in rows]
    _refuse_repeated_cases(path, lines, pairs)
    _refuse_repeated_files(path, lines, pairs)
    _refuse_patients_in_two_sets(path, lines, pairs)
    return pairs


def _pair(path: Path, line: int, row: dict[str, str]) -> Pair:
    if not CASE_NAME.fullmatch(row["case"]):
        raise table_error(
            path, line, "case", f"{row['case']!r} is no name of letters, digits, '-' and '_'"
        )
    if not row["site"]:
        raise table_error(path, line, "site", "the site is missing")
    set_name = next((name for name in SETS if name == row["set"]), None)
    if set_name is None:
        raise table_error(path, line, "set", f"{row['set']!r} is none of {', '.join(SETS)}")
    ncct = _file(path, line, row, "ncct")
    if ncct is None:
        raise table_error(path, line, "ncct", "the non-contrast CT is missing")
    cta, mask = _file(path, line, row, "cta"), _file(path, line, row, "mask")
    if cta is None and mask is None:
        raise table_error(
            path, line, "cta", "a case without a mask needs a CTA, from which a label is drafted"
        )
    patient = row.get("patient") or row["case"]
    return Pair(row["case"], row["site"], set_name, ncct, cta, mask, patient)


def _file(path: Path, line: int, row: dict[str, str], column: str) -> Path | None:
    if not row[column]:
        return None
    found = (path.parent / row[column]).resolve()
    if not found.exists():
        raise table_error(path, line, column, f"there is no {found}")
    return found


def _refuse_repeated_cases(path: Path, lines: list[int], pairs: list[Pair]) -> None:
    seen: dict[str, int] = {}
    for line, pair in zip(lines, pairs, strict=True):
        # File systems that ignore case would put the second case over the first.
        before = seen.setdefault(pair.case.casefold(), line)
        if before != line:
            raise table_error(path, line, "case", f"{pair.case!r} stands in line {before} already")


def _refuse_repeated_files(path: Path, lines: list[int], pairs: list[Pair]) -> None:
    seen: dict[Path, tuple[int, str]] = {}
    for line, pair in zip(lines, pairs, strict=True):
        for column, file in (("ncct", pair.ncct), ("cta", pair.cta), ("mask", pair.mask)):
            if file is None:
                continue
            before = seen.setdefault(file, (line, column))
            if before != (line, column):
                raise table_error(
                    path, line, column, f"{file} stands in line {before[0]}, {before[1]}, already"
                )


def _refuse_patients_in_two_sets(path: Path, lines: list[int], pairs: list[Pair]) -> None:
    seen: dict[str, tuple[int, SetName]] = {}
    for line, pair in zip(lines, pairs, strict=True):
        before_line, before_set = seen.setdefault(pair.patient, (line, pair.set))
        if before_set != pair.set:
            raise table_error(
                path,
                line,
                "set",
                f"patient {pair.patient!r} is in {before_set} in line {before_line}; all cases of "
                "a patient belong to one set, or the figures are too good",
            )
