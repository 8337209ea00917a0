"""What docs/api.md tells script writers is there."""

import re

import pytest

from reader_study.api import idempotency, preconditions
from scripts.application import REPOSITORY

TEXT = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
SCHEMA = (REPOSITORY / "frontend" / "openapi.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "address", sorted(set(re.findall(r"https://study\.example(/api/[^\s\"']+)", TEXT)))
)
def test_each_address_of_an_example_is_in_the_schema(address):
    route = address.partition("?")[0].replace("$STUDY", "{study_id}").replace("$CASE", "{case_id}")
    assert f'"{route}"' in SCHEMA


def test_each_kind_of_problem_is_listed():
    for module in (idempotency, preconditions):
        kinds = {getattr(one, "kind", "") for one in vars(module).values() if isinstance(one, type)}
        for kind in kinds - {""}:
            assert f"| `{kind}` |" in TEXT


def test_each_linked_page_is_there():
    later = {"access.md"}
    for page in set(re.findall(r"\]\(([a-z-]+\.md)\)", TEXT)) - later:
        assert (REPOSITORY / "docs" / page).is_file()
