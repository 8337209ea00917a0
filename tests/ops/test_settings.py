"""Every setting is documented, and nothing else is documented as one."""

import re
from pathlib import Path

from reader_study.environment import Environment

DOCS = Path(__file__).resolve().parents[2] / "docs"
OF_COMPOSE = [
    *("IMAGE", "PORT", "HOST", "CERTIFICATES", "ACME", "CPU_PROCESSES", "GPU"),
    *("PRIVATE_ADDRESS", "NFS_HOST", "NFS_PATH"),
]
SETTINGS = {
    str(field.validation_alias or f"READER_STUDY_{name.upper()}"): field
    for name, field in Environment.model_fields.items()
}


def documented() -> dict[str, str]:
    """The default and the meaning of each variable in the operators' table."""
    table = (DOCS / "operators.md").read_text().split("| variable |")[1]
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", table, re.MULTILINE)
    assert len({name for name, *_ in rows}) == len(rows)
    return {name: default for name, default, meaning in rows if meaning.strip()}


def test_the_table_of_settings_is_that_of_the_program() -> None:
    assert set(documented()) == set(SETTINGS)


def test_numbers_and_switches_stand_in_it_as_they_are() -> None:
    for name, default in documented().items():
        given = SETTINGS[name].default
        if isinstance(given, bool):
            assert default == f"`{str(given).lower()}`", name
        elif isinstance(given, int | float):
            number, unit = default.split()[:2] if " " in default else (default, "")
            assert float(number.strip("`")) * {"GB": 10**9, "MB": 10**6}.get(unit, 1) == given, name


def test_what_the_program_does_not_know_is_named_nowhere() -> None:
    only_for_people = {
        "READER_STUDY_CHROMIUM",
        "READER_STUDY_NGINX",
        *(f"READER_STUDY_{name}" for name in OF_COMPOSE),
        "READER_STUDY_SHARED_DATA",
        "READER_STUDY_TEST_SERVICES",
    }
    for document in DOCS.rglob("*.md"):
        named = set(re.findall(r"READER_STUDY_[A-Z]+(?:_[A-Z]+)*", document.read_text()))
        assert named <= set(SETTINGS) | only_for_people, document
