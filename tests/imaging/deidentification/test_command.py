"""``manage.py deidentify`` writes a new folder and leaves the old one as it was."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pydicom import dcmread

from tests.imaging.deidentification import raw_dicom
from tests.imaging.deidentification.raw_dicom import elements, image, part10


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of two patients, a zip, a text and a link."""
    folder = tmp_path / "SMITH^JOHN"
    (folder / "inside").mkdir(parents=True)
    second = elements({"SOPInstanceUID": "1.2.9", "PatientID": "OTHER", "SeriesInstanceUID": "1.8"})
    (folder / "SMITH.dcm").write_bytes(part10(image()))
    (folder / "inside" / "copy.dcm").write_bytes(part10(image()))
    (folder / "inside" / "run").write_bytes(part10(image(raw_dicom.XA, frames=2) | second))
    (folder / "notes.txt").write_text("a note about Smith")
    (folder / ".DS_Store").write_bytes(b"x")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        third = elements({"SOPInstanceUID": "1.2.10", "PatientID": "OTHER"})
        archive.writestr("../../evil.dcm", part10(image() | third))
    (folder / "link.dcm").symlink_to(folder / "SMITH.dcm")
    return folder


def run(*arguments: object) -> str:
    printed = io.StringIO()
    call_command("deidentify", *map(str, arguments), stdout=printed, no_color=True)
    return printed.getvalue()


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_is_written_under_opaque_names_with_a_summary(tmp_path, source):
    before = tree(source)
    printed = run(source, "--out", tmp_path / "new")
    assert tree(source) == before
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "000001.dcm",
        "000002.dcm",
        "000003.dcm",
    ]
    new = [dcmread(path) for path in sorted((tmp_path / "new").iterdir())]
    assert [dataset.PatientID for dataset in new] == ["CASE-001", "CASE-002", "CASE-002"]
    assert "notes.txt: a text file, not DICOM; export the series as DICOM." in printed
    assert "link.dcm: a link, not a file; copy the file." in printed
    assert "inside/copy.dcm: a second copy of an image that was written; left out." in printed
    assert "Written: 2 CT, 1 XA. Not written: 4." in printed
    assert "No key file: another run gives other UIDs and dates." in printed
    assert "Pixels not examined" in printed


def test_a_key_file_makes_runs_repeatable(tmp_path, source):
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    for name in ("one", "two"):
        run(source, "--out", tmp_path / name, "--key-file", key)
    run(source, "--out", tmp_path / "other")
    one, two, other = (tree(tmp_path / name) for name in ("one", "two", "other"))
    assert [file for _, file in one.values()] == [file for _, file in two.values()]
    assert [file for _, file in one.values()] != [file for _, file in other.values()]


def test_one_case_code_for_several_patients_is_remarked(tmp_path, source):
    printed = run(source, "--out", tmp_path / "new", "--case-code", "C042")
    assert {dcmread(p).PatientID for p in (tmp_path / "new").iterdir()} == {"C042"}
    assert "2 different patient IDs were given the one case code." in printed


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("SMITH^JOHN/new", "is inside of what is to be de-identified"),
        ("SMITH^JOHN", "is inside of what is to be de-identified"),
        (".", "is inside of what is to be de-identified or holds it"),
        ("full", "is not an empty folder"),
    ],
)
def test_the_new_folder_must_be_new_and_elsewhere(tmp_path, source, out, words):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    before = tree(tmp_path)
    with pytest.raises(CommandError, match=words):
        run(source, "--out", tmp_path / out)
    assert tree(tmp_path) == before


def test_wrong_arguments_are_named(tmp_path, source):
    (tmp_path / "short").write_bytes(b"1234")
    for arguments, words in [
        (["--key-file", tmp_path / "short"], "4 bytes; use at least 16"),
        (["--key-file", tmp_path / "absent"], "cannot be read: No such file"),
        (["--case-code", "A^B"], "A case code has"),
    ]:
        with pytest.raises(CommandError, match=words):
            run(source, "--out", tmp_path / "new", *arguments)
    with pytest.raises(CommandError, match="does not exist"):
        run(tmp_path / "nothing", "--out", tmp_path / "new")


def test_nothing_written_is_an_error(tmp_path):
    (tmp_path / "note.txt").write_text("no image")
    (tmp_path / "empty.dcm").write_bytes(b"")
    with pytest.raises(CommandError, match="Nothing was written"):
        run(tmp_path / "note.txt", "--out", tmp_path / "new")
    with pytest.raises(CommandError, match="Nothing was written"):
        run(tmp_path / "empty.dcm", "--out", tmp_path / "new")


def test_a_file_that_kills_its_reader_costs_that_file_alone(tmp_path, source, monkeypatch):
    monkeypatch.setattr(
        "reader_study.imaging.supervised.READING_PROCESS", "tests.imaging.dying_reader"
    )
    (source / "SMITH.dcm").rename(source / "crashes.dcm")
    printed = run(source, "--out", tmp_path / "new")
    assert "/crashes.dcm: made the program that reads it crash: it is damaged" in printed
    assert "Written: 2 CT, 1 XA." in printed
    assert len(list((tmp_path / "new").iterdir())) == 3
