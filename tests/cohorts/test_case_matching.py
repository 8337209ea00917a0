"""What the list of cases says of each patient, and what it must not be believed in."""

import pytest

from reader_study.cohorts.manifests.case_matching import Matching, match_cases
from reader_study.cohorts.manifests.manifest import ManifestRow

ONE = ManifestRow(2, "A1", "north", "left", "M1", "CASE 01")
TWO = ManifestRow(3, "A2", "south", "", "", "CASE 02.zip")
FIRST = ["CASE 01/ct/1", "CASE 01/xa/1"]
SECOND = ["CASE 02.zip/1"]


def test_each_patient_is_given_the_row_that_names_their_files():
    matching = match_cases([ONE, TWO], {"p": FIRST, "q": SECOND})
    assert matching.rows == {"p": ONE, "q": TWO}
    assert not matching.refused
    assert not matching.warnings


def test_without_a_list_there_is_nothing_to_say():
    matching = match_cases([], {"p": FIRST})
    assert matching == Matching()


def test_a_patient_whom_no_line_names_goes_without_a_row_and_the_files_are_named():
    matching = match_cases([ONE], {"p": FIRST, "q": ["else/1", "else/2", "else/3", "else/4"]})
    assert matching.rows == {"p": ONE}
    assert not matching.refused
    (warning,) = matching.warnings
    assert warning.name == "else/1, else/2, else/3 and 1 more"
    assert "no line of the list of cases names these files" in warning.text


def test_two_patients_in_one_folder_are_both_refused_and_the_others_are_not():
    matching = match_cases([ONE, TWO], {"p": FIRST, "r": ["CASE 01/somebody else"], "q": SECOND})
    assert matching.rows == {"q": TWO}
    assert set(matching.refused) == {"p", "r"}
    for refused in matching.refused.values():
        assert "line 2 calls “CASE 01” case A1" in refused.text
        assert "2 patients" in refused.text


def test_one_patient_under_two_codes_is_refused():
    matching = match_cases([ONE, TWO], {"p": [*FIRST, *SECOND]})
    assert not matching.rows
    text = matching.refused["p"].text
    assert "of one patient, but line 2 calls it A1 and line 3 calls it A2" in text
    assert not matching.warnings


def test_who_shares_a_folder_with_a_patient_of_two_codes_is_refused_with_them():
    matching = match_cases([ONE, TWO], {"p": [*FIRST, *SECOND], "q": ["CASE 01/other"]})
    assert set(matching.refused) == {"p", "q"}


def test_files_beside_the_folder_join_their_patient_and_are_named():
    matching = match_cases([ONE], {"p": [*FIRST, "stray/1"]})
    assert matching.rows == {"p": ONE}
    (warning,) = matching.warnings
    assert warning.name == "stray/1"
    assert "the patient of A1 (line 2)" in warning.text


@pytest.mark.parametrize("patients", [{}, {"p": FIRST}])
def test_a_row_without_an_image_is_named(patients):
    warnings = match_cases([ONE, TWO], patients).warnings
    assert warnings[-1].name == "Line 3, case A2"
    assert "no usable image lies at “CASE 02.zip”" in warnings[-1].text
