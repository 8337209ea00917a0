"""The REDCap data dictionary."""

import csv
import io
import re

import pytest

from reader_study.analysis.exports.columns import ratings_columns
from reader_study.analysis.exports.redcap import REDCAP_COLUMNS, redcap_dictionary_csv
from tests.analysis.snapshots import constructed_b, hostile


def fields(snapshot):
    text = redcap_dictionary_csv(snapshot)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    return {row["Variable / Field Name"]: row for row in rows}


def test_there_is_a_field_for_the_record_and_for_every_column():
    found = fields(constructed_b())

    assert list(found) == ["record_id", *ratings_columns(constructed_b())]
    assert all(tuple(row) == REDCAP_COLUMNS for row in found.values())
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in found)
    assert {row["Form Name"] for row in found.values()} == {"rating"}


def test_grades_and_reasons_carry_the_codes_of_the_protocol():
    found = fields(constructed_b())
    choices = "Choices, Calculations, OR Slider Labels"

    assert found["grade"]["Field Type"] == "radio"
    assert found["grade"][choices] == "1, Poor | 2, Usable | 3, Good"
    assert found["unscorable_reason"][choices] == "no_dsa, No DSA"


def test_it_carries_the_hash_as_a_default():
    snapshot = constructed_b()

    annotation = fields(snapshot)["snapshot_sha256"]["Field Annotation"]
    assert f"@DEFAULT='{snapshot['snapshot_sha256']}'" in annotation


@pytest.mark.parametrize("text", ["a | 9, b", "a\n9, b"])
def test_a_label_cannot_add_a_choice(text):
    choices = fields(hostile(text))["grade"]["Choices, Calculations, OR Slider Labels"]

    assert len(choices.split("|")) == 2
    assert "\n" not in choices


def test_no_cell_begins_a_formula():
    for row in fields(hostile("=1+1")).values():
        assert not any(re.match(r"\s*[=+\-@]", cell) for cell in row.values())
