"""The list that people read is the list that is applied."""

from scripts.allow_list_table import DOCUMENT, with_table


def test_the_documented_allow_list_is_the_one_in_force():
    document = DOCUMENT.read_text(encoding="utf-8")
    assert document == with_table(document), (
        "docs/deidentification.md is out of date: run `python -m scripts.allow_list_table`"
    )
