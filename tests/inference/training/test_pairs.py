"""The table of pairs is read whole or refused with the place of the mistake."""

import pytest

from inference.case_tables import TableError
from inference.training.pairs import Pair, read_pairs

HEADER = "case,site,set,ncct,cta,mask"


@pytest.fixture
def table(tmp_path):
    def write(*lines, header=HEADER):
        for name in ("n1", "n2", "c1", "c2", "m1"):
            (tmp_path / f"{name}.nii.gz").write_bytes(b"")
        path = tmp_path / "pairs.csv"
        path.write_text("\n".join([header, *lines]))
        return path

    return write


def test_a_line_becomes_a_pair_with_paths_beside_the_table(table, tmp_path):
    path = table(
        "a1,North,training,n1.nii.gz,c1.nii.gz,m1.nii.gz",
        "",
        "a2,South,external-validation,n2.nii.gz,c2.nii.gz,",
    )
    assert read_pairs(path) == [
        Pair(
            "a1",
            "North",
            "training",
            tmp_path / "n1.nii.gz",
            tmp_path / "c1.nii.gz",
            tmp_path / "m1.nii.gz",
            "a1",
        ),
        Pair(
            "a2",
            "South",
            "external-validation",
            tmp_path / "n2.nii.gz",
            tmp_path / "c2.nii.gz",
            None,
            "a2",
        ),
    ]


def test_a_spreadsheets_byte_order_mark_is_no_part_of_the_first_column(table):
    path = table("a1,North,training,n1.nii.gz,,m1.nii.gz")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_pairs(path)[0].case == "a1"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("a/1,North,training,n1.nii.gz,c1.nii.gz,", "case"),
        ("a1,,training,n1.nii.gz,c1.nii.gz,", "site"),
        ("a1,North,test,n1.nii.gz,c1.nii.gz,", "set"),
        ("a1,North,training,,c1.nii.gz,", "ncct"),
        ("a1,North,training,elsewhere.nii.gz,c1.nii.gz,", "ncct"),
        ("a1,North,training,n1.nii.gz,,", "cta"),
        ("a1,North,training,n1.nii.gz,c1.nii.gz,elsewhere.nii.gz", "mask"),
    ],
)
def test_a_mistake_is_named_with_line_and_column(table, line, column):
    path = table("ok,North,training,n2.nii.gz,c2.nii.gz,", line)
    with pytest.raises(TableError, match=rf"line 3, column {column}:"):
        read_pairs(path)


def test_a_missing_column_is_named(table):
    path = table("a1,North,training,n1.nii.gz,c1.nii.gz", header="case,site,set,ncct,cta")
    with pytest.raises(TableError, match="line 1: the column 'mask' is missing"):
        read_pairs(path)


@pytest.mark.parametrize("line", ["a1,North", "a1,North,training,n1.nii.gz,c1.nii.gz,,more"])
def test_a_line_with_too_few_or_too_many_cells_is_named(table, line):
    with pytest.raises(TableError, match="line 2"):
        read_pairs(table(line))


def test_a_table_without_cases_is_refused(table):
    with pytest.raises(TableError, match="no cases"):
        read_pairs(table())


def test_a_case_that_stands_there_twice_is_refused(table):
    path = table("a1,North,training,n1.nii.gz,c1.nii.gz,", "A1,North,training,n2.nii.gz,c2.nii.gz,")
    with pytest.raises(TableError, match="line 3, column case: 'A1' stands in line 2"):
        read_pairs(path)


def test_the_same_file_twice_is_refused_even_in_another_column(table):
    path = table(
        "a1,North,training,n1.nii.gz,c1.nii.gz,", "a2,North,training,n2.nii.gz,./n1.nii.gz,"
    )
    with pytest.raises(TableError, match=r"line 3, column cta: .*line 2, ncct"):
        read_pairs(path)


def test_a_patient_in_two_sets_is_refused(table):
    path = table(
        "a1,North,training,n1.nii.gz,c1.nii.gz,,P7",
        "a2,North,internal-test,n2.nii.gz,c2.nii.gz,,P7",
        header=HEADER + ",patient",
    )
    with pytest.raises(TableError, match="line 3, column set: patient 'P7' is in training"):
        read_pairs(path)


def test_a_patient_may_have_several_cases_in_one_set(table):
    path = table(
        "a1,North,training,n1.nii.gz,c1.nii.gz,,P7",
        "a2,North,training,n2.nii.gz,c2.nii.gz,,P7",
        header=HEADER + ",patient",
    )
    assert [pair.patient for pair in read_pairs(path)] == ["P7", "P7"]
