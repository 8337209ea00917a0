"""Write the allow-list of de-identification into its documentation."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from reader_study.imaging.deidentification.allow_list import KINDS
from reader_study.imaging.deidentification.report import tag_in_words
from reader_study.imaging.deidentification.rule_building import description, tag
from reader_study.imaging.deidentification.rules import Codes, Items, Rule
from scripts.application import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "deidentification.md"
BEGIN, END = "<!-- allow-list: begin -->\n", "<!-- allow-list: end -->\n"
_COLUMNS = {
    "CT": "CT",
    "Enhanced CT": "enhanced CT",
    "XA": "XA",
    "Enhanced XA": "enhanced XA",
    "XRF": "XRF",
    "Secondary Capture": "SC",
}
_SAME_AS_PER_FRAME = tag("SharedFunctionalGroupsSequence")


def table() -> str:
    """Return the allow-list as a table in Markdown."""
    kinds_of: dict[tuple[str, str, str], list[str]] = {}
    for kind in KINDS.values():
        if kind.name in _COLUMNS:
            for row in _rows(kind.allowed, ""):
                kinds_of.setdefault(row, []).append(kind.name)
    lines = [
        f"| element | tag | what becomes of it | {' | '.join(_COLUMNS.values())} |",
        f"|---|---|---|{'|'.join([':-:'] * len(_COLUMNS))}|",
    ]
    for (name, number, meaning), kinds in sorted(kinds_of.items(), key=lambda row: _order(row[0])):
        marks = " | ".join("×" if column in kinds else "" for column in _COLUMNS)
        lines.append(f"| {name} | {number} | {meaning} | {marks} |")
    return "\n".join(lines) + "\n"


def with_table(document: str) -> str:
    """Put the table between its marks in a document."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table() + END + after


def _rows(rules: Mapping[int, Rule], path: str) -> Iterator[tuple[str, str, str]]:
    for number, rule in sorted(rules.items()):
        if number == _SAME_AS_PER_FRAME:
            continue
        name = f"{path}{description(number)}"
        yield name, tag_in_words(number), rule.meaning
        if isinstance(rule, Items | Codes):
            yield from _rows(rule.rules, f"{name} › ")


def _order(row: tuple[str, str, str]) -> tuple[int, str, str]:
    """By tag, and what is inside a sequence after it."""
    name, number, _ = row
    return name.count("›"), name.rpartition(" › ")[0], number


def write(document: Path) -> None:
    """Bring a document up to date."""
    document.write_text(with_table(document.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write(DOCUMENT)
