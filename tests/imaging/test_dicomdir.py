"""The files of a CD are the truth; its index tells which of them did not come along."""

from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from .synthetic_dicom import write_ct_series


def write_index(folder: Path, files: list[list[str]]) -> None:
    dataset = pydicom.dcmread(next(folder.rglob("*.dcm")))
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    del dataset.PixelData
    records = []
    for file in files:
        record = Dataset()
        record.ReferencedFileID = file
        records.append(record)
    dataset.DirectoryRecordSequence = records
    dataset.save_as(folder / "DICOMDIR")


def test_a_file_that_the_index_does_not_know_is_read_all_the_same(tmp_path, scan_paths):
    write_ct_series(tmp_path / "cd" / "CT", slices=4)
    write_index(tmp_path / "cd", [["CT", "0001"], ["CT", "0002"]])
    result = scan_paths(tmp_path / "cd")
    assert len(result.ct_series[0].slices) == 4
    assert result.refused == ()


def test_files_that_the_index_names_and_that_are_not_there_are_named(tmp_path, scan_paths):
    write_ct_series(tmp_path / "cd" / "CT", slices=4)
    write_index(tmp_path / "cd", [["CT", "0001"], ["CT", "0005"], ["CT", "0006"]])
    (refused,) = scan_paths(tmp_path / "cd").refused
    assert refused.message == (
        "cd/DICOMDIR: this index of a CD names files that are not here: CT/0005, CT/0006; "
        "copy the whole CD."
    )


def test_files_whose_folders_were_lost_are_not_missed(tmp_path, scan_paths):
    write_ct_series(tmp_path / "cd", slices=4)
    write_index(tmp_path / "cd", [["PAT1", "SER2", "0001"], ["PAT1", "SER2", "0002"]])
    assert scan_paths(tmp_path / "cd").refused == ()
