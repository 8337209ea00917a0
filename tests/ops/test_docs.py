"""What the guides point to is there."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def anchors(guide: Path) -> set[str]:
    """The addresses of a guide's headings, as GitHub and others make them."""
    headings = re.findall(r"^#+ (.*)$", guide.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(guide: Path) -> None:
    text = re.sub(r"```.*?```", "", guide.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (guide.parent / name).resolve() if name else guide
        assert place.exists(), target
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), target


def test_every_test_that_the_threats_name_is_there() -> None:
    named = re.findall(
        r"`(tests/[\w/.]+?)(?:::(\w+))?`", (REPOSITORY / "docs/threats.md").read_text()
    )
    assert len(named) > 20
    for path, test in named:
        assert (REPOSITORY / path).exists(), path
        assert not test or f"def {test}(" in (REPOSITORY / path).read_text(), test


def test_every_threat_names_what_stands_against_it_and_a_test() -> None:
    threats = (REPOSITORY / "docs/threats.md").read_text().split("## What stands")[1]
    rows = re.findall(r"^\| (?!asset|---)(.*) \|$", threats.split("\n## ")[0], re.MULTILINE)
    assert len(rows) > 15
    for row in rows:
        cells = [cell.strip() for cell in row.split(" | ")]
        assert len(cells) == 5, row
        assert all(cells), row
        assert "`tests/" in cells[4], row
