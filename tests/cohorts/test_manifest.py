"""The list of cases: what Excel writes is read, and every mistake is named with its place."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_study.cohorts.manifests.manifest import (
    MAX_ROWS,
    MOST_PROBLEMS,
    ManifestError,
    ManifestRow,
    read_manifest,
    row_for,
    stored_rows,
)
from reader_study.cohorts.models import OcclusionSegment, OcclusionSide

SITES = ["north", "south"]
HEADER = "case,site,side,segment,file"
A = "A1,north,left,M1,CASE 01"
B = "B2,south,,,CASE 02.zip"


def rows_of(*lines: str) -> list[ManifestRow]:
    return list(read_manifest("\n".join([HEADER, *lines]), SITES).rows)


def problems_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ManifestError) as refused:
        read_manifest(text, SITES)
    return [(one.line, one.column, one.message) for one in refused.value.problems]


def test_a_list_says_of_each_case_where_it_comes_from_and_what_was_occluded():
    assert rows_of(A, B) == [
        ManifestRow(2, "A1", "north", "left", "M1", "CASE 01"),
        ManifestRow(3, "B2", "south", "", "", "CASE 02.zip"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffcase,site,side,segment,file\r\nA1,north,left,M1,CASE 01\r\n",
        "case;site;side;segment;file\nA1;north;left;M1;CASE 01\n",
        "case\tsite\tside\tsegment\tfile\rA1\tnorth\tleft\tM1\tCASE 01\r",
        '"case","site","side","segment","file"\n"A1","north","left","M1","CASE 01"',
        "\n,,,,\ncase,site,side,segment,file\n\n ,\nA1,north,left,M1,CASE 01\n\n",
        "file,segment,side,site,case\nCASE 01,M1,left,north,A1",
        "Case code, SITE ,Occlusion side,occlusion_segment,File or folder\n"
        " A1 ,North, L ,m1, CASE 01 ",
        "case,site,side,segment,file,,\nA1,north,LEFT,M1,CASE 01,,",
        "case,site,side,segment,file\nA1,north,left,M1,CASE 01,,,",
    ],
)
def test_whatever_excel_makes_of_it_the_list_reads_the_same(text):
    (row,) = read_manifest(text, SITES).rows
    assert (row.case_code, row.site, row.side, row.segment, row.path) == (
        "A1",
        "north",
        "left",
        "M1",
        "CASE 01",
    )


def test_a_list_without_side_and_segment_is_a_list():
    (row,) = read_manifest("case,site,file\nA1,north,CASE 01", SITES).rows
    assert (row.side, row.segment) == ("", "")


@pytest.mark.parametrize("side", [*OcclusionSide.values, "L", "r", "Left", "RIGHT", "bilateral"])
def test_sides_are_understood_in_capitals_and_short(side):
    (row,) = rows_of(f"A1,north,{side},,x")
    assert row.side in OcclusionSide.values
    assert row.side[0] == side[0].lower()


@pytest.mark.parametrize("segment", OcclusionSegment.values)
def test_every_segment_is_understood_in_small_letters(segment):
    assert rows_of(f"A1,north,,{segment.lower()},x")[0].segment == segment


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (",north,,,x", "case", "The case code is missing"),
        ("A" * 21 + ",north,,,x", "case", "has 21 characters; a case code has at most 20"),
        ("=A1,north,,,x", "case", "is not a case code"),
        ("+1,north,,,x", "case", "is not a case code"),
        ("A1-,north,,,x", "case", "is not a case code"),
        ("Müller,north,,,x", "case", "is not a case code"),
        ("M\ufffdller,north,,,x", "case", "save the list as “CSV UTF-8”"),
        ('"A\n1",north,,,x', "case", "a line break or an invisible character"),
        ("A1,north,,,\u202eexe.x", "file", "a line break or an invisible character"),
        ("A1,east,,,x", "site", "You do not upload for a site “east”; write one of: north, south"),
        ("A1,,,,x", "site", "The site is missing; write one of: north, south"),
        ("A1,north,port,,x", "side", "write left, right, both, midline, or leave it empty"),
        ("A1,north,,M9,x", "segment", "write one of ICA, ICA-T, M1"),
        ("A1,north,,,", "file", "The file is missing"),
        ("A1,north,,,/data/x", "file", "begin at the folder that you upload"),
        ("A1,north,,,\\\\server\\x", "file", "begin at the folder that you upload"),
        ("A1,north,,,C:\\x", "file", "begin at the folder that you upload"),
        ("A1,north,,,../x", "file", "goes up with “..”"),
        ("A1,north,,,x\\..\\y", "file", "goes up with “..”"),
        ("A1,north,,,./", "file", "names no file or folder"),
        ("A1,north,,," + "x" * 501, "file", "has 501 characters; at most 500"),
        ("A1,north,,,x,y", "", "stands in column 6, which has no name"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(line, column, says):
    ((at_line, at_column, message),) = problems_of("\n".join([HEADER, "C3,north,,,z", line]))
    assert (at_line, at_column) == (3, column)
    assert says in message


@pytest.mark.parametrize(
    ("lines", "column", "says"),
    [
        (["A1,north,,,x", "a1,north,,,y"], "case", "Line 2 is case a1 already"),
        (["A1,north,,,x", "A2,north,,,X/"], "file", "Line 2 names “X/” already"),
        (["A1,north,,,x\\y", "A2,north,,,x/y"], "file", "Line 2 names “x/y” already"),
        (["A1,north,,,x", "A2,north,,,x/y/z"], "file", "lies in the folder of line 2"),
    ],
)
def test_two_rows_that_say_the_same_are_refused_at_the_second(lines, column, says):
    ((at_line, at_column, message),) = problems_of("\n".join([HEADER, *lines]))
    assert (at_line, at_column) == (3, column)
    assert says in message


def test_a_folder_named_after_one_that_lies_in_it_is_refused_too():
    ((line, column, message),) = problems_of(f"{HEADER}\nA1,north,,,x/y\nA2,north,,,x")
    assert (line, column) == (2, "file")
    assert "the folder of line 3" in message


@pytest.mark.parametrize(
    ("header", "line", "column", "says"),
    [
        ("case,site,sied,file", "A1,north,,x", "sied", "This column is not known"),
        ("case,site", "A1,north", "file", "There is no column “file”"),
        ("case,site,file,Case code", "A1,north,x,A1", "Case code", "the same as “case” before it"),
    ],
)
def test_columns_that_are_unknown_missing_or_double_are_named(header, line, column, says):
    problems = problems_of(f"\n{header}\n{line}")
    assert [(2, column)] == [place[:2] for place in problems if says in place[2]]


def test_all_mistakes_are_named_at_once_under_the_names_that_the_list_uses():
    text = "Code;Hospital;Side;Folder\n;east;up;/x\nA1;north;L;a\nA1;north;;a"
    assert [problem[:2] for problem in problems_of(text)] == [
        (2, "Code"),
        (2, "Hospital"),
        (2, "Side"),
        (2, "Folder"),
        (4, "Code"),
        (4, "Folder"),
    ]


def test_lines_are_counted_as_an_editor_counts_them():
    text = f'{HEADER}\n\n"A\n1",north,,,x\n\nA2,east,,,y'
    assert [problem[0] for problem in problems_of(text)] == [3, 6]


def test_a_quotation_mark_out_of_place_is_named_and_what_stands_above_is_still_checked():
    problems = problems_of(f'{HEADER}\nA1,east,,,x\nA2,north,,,"y\nA3,north,,,z\n')
    assert [problem[0] for problem in problems] == [2, 3]
    assert "quotation marks" in problems[1][2]


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", HEADER, " , ,\n"])
def test_an_empty_list_says_how_to_begin(text):
    ((line, column, message),) = problems_of(text)
    assert (line, column) == (1, "")
    assert "for each case" in message


def test_a_workbook_or_another_encoding_is_told_from_a_csv():
    utf16 = f"{HEADER}\n{A}".encode("utf-16").decode(errors="replace")
    for text in (utf16, "PK\x03\x04\x14\0\x06\0"):
        ((line, column, message),) = problems_of(text)
        assert (line, column) == (1, "")
        assert "save the list as “CSV UTF-8”" in message


def test_of_very_many_mistakes_the_first_are_named_and_the_rest_counted():
    lines = [f"A{n},east,up,,{n}" for n in range(400)]
    problems = problems_of("\n".join([HEADER, *lines]))
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1] == (
        252,
        "",
        "From here on there are 300 more mistakes; correct those above first.",
    )


def test_a_list_beyond_the_limits_is_refused_in_one_sentence():
    many = "\n".join([HEADER, *(f"A{n},north,,,{n}" for n in range(MAX_ROWS + 1))])
    ((line, _, message),) = problems_of(many)
    assert line == MAX_ROWS + 2
    assert "more than 20,000 cases" in message
    ((_, _, message),) = problems_of(f"{HEADER}\n" + "é" * 2_500_000)
    assert "larger than 5 MB" in message


def test_the_longest_list_is_read_and_its_files_are_found():
    lines = [f"A{n},north,,M1,cohort/{n % 7}/case {n}" for n in range(MAX_ROWS)]
    rows = rows_of(*lines)
    assert len(rows) == MAX_ROWS
    found = row_for(rows, "cohort/0/case 7/IM1")
    assert found is not None
    assert found.case_code == "A7"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("CASE 01/IM0001.dcm", "A1"),
        ("CASE 01/ct/deep/IM0001.dcm", "A1"),
        ("cohort/CASE 01/IM0001.dcm", "A1"),
        ("cohort.zip/CASE 01/IM0001.dcm", "A1"),
        ("cohort.zip/inner.zip/CASE 01/IM0001.dcm", "A1"),
        ("cohort\\CASE 01\\IM0001.dcm", "A1"),
        ("cohort.zip/CASE 01\\IM0001.dcm", "A1"),
        ("case 01/IM0001.dcm", "A1"),
        ("CASE 02.zip", "B2"),
        ("CASE 02.zip/IM0001.dcm", "B2"),
        ("uploads/CASE 02.zip/a/IM0001.dcm", "B2"),
        ("runs/run3.dcm", "C3"),
        ("Cafe\u0301/IM1", "D4"),
        ("CASE 01/CASE 02.zip/IM1", "A1"),
        ("CASE 010/IM0001.dcm", None),
        ("CASE 02/IM0001.dcm", None),
        ("run3.dcm", None),
        ("", None),
    ],
)
def test_a_sent_file_belongs_to_the_row_of_itself_or_of_a_folder_or_zip_around_it(sent, code):
    rows = rows_of(A, B, "C3,north,,,./runs/run3.dcm", "D4,north,,,Caf\u00e9/")
    found = row_for(rows, sent)
    assert (found and found.case_code) == code


parts = st.text(
    st.characters(exclude_categories=["C"], exclude_characters="/\\:\ufffd"), min_size=1, max_size=8
).filter(lambda part: part.strip() == part and part.strip("."))


@given(
    codes=st.lists(
        st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9 ._-]{0,18}[A-Za-z0-9])?", fullmatch=True),
        unique_by=str.casefold,
        min_size=1,
        max_size=8,
    ),
    data=st.data(),
    delimiter=st.sampled_from(",;\t"),
)
def test_what_is_written_as_csv_is_read_back(codes, data, delimiter):
    rows = [
        ManifestRow(
            number,
            code,
            data.draw(st.sampled_from(SITES)),
            data.draw(st.sampled_from(["", *OcclusionSide.values])),
            data.draw(st.sampled_from(["", *OcclusionSegment.values])),
            # The number keeps the folders apart.
            f"{number}-{'/'.join(data.draw(st.lists(parts, min_size=1, max_size=4)))}",
        )
        for number, code in enumerate(codes, start=2)
    ]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(HEADER.split(","))
    writer.writerows([r.case_code, r.site, r.side, r.segment, r.path] for r in rows)
    read = read_manifest(file.getvalue(), SITES)
    assert list(read.rows) == rows
    assert stored_rows(read.as_json()) == rows
    for row in rows:
        assert row_for(rows, f"cohort/{row.path}/IM1") == row


@given(st.text())
def test_no_text_breaks_the_reading(text):
    with pytest.raises(ManifestError) as refused:
        read_manifest(text, SITES)
    assert all(problem.message for problem in refused.value.problems)
