"""Every file of an upload ends in a series, in a run or in one clear message."""

import gzip
import struct
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, MediaStorageDirectoryStorage

from reader_study.imaging import ImagingError, Scan, build_ct_volume, scan

from .synthetic_dicom import write_ct_series, write_xa_run


def zipped(target: Path, files: dict[str, Path]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.write(path, name)
    return target


def jpeg(path: Path) -> Path:
    Image.new("L", (16, 16), 90).save(path, "JPEG")
    return path


def messages(result: Scan) -> list[str]:
    return [refusal.message for refusal in result.refused]


def test_a_folder_gives_its_ct_series_and_its_run(tmp_path, scan_paths):
    write_ct_series(tmp_path / "case" / "CT")
    write_xa_run(tmp_path / "case" / "XA1.dcm")
    result = scan_paths(tmp_path / "case")
    (series,), (run,) = result.ct_series, result.xa_runs
    assert len(series.slices) == 20
    assert series.patient_id == run.patient_id == "TEST-1"
    assert series.acquired_at is not None
    assert series.acquired_at.isoformat() == "2026-01-02T03:04:05"
    assert series.geometry_in_words == "20 slices of 64 × 64, 3.20 mm pixels, 7 mm thick"
    assert run.geometry_in_words == "6 frames of 64 × 64, LAO 30°, cranial 20°"
    assert run.source_names == ("case/XA1.dcm",)
    assert (result.refused, result.left_out) == ((), ())


def test_a_zip_gives_the_same_as_the_folder_it_holds(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "CT")
    archive = zipped(tmp_path / "case.zip", {f"a/{path.name}": path for path in slices})
    result = scan_paths(archive)
    assert len(result.ct_series[0].slices) == 20
    assert result.ct_series[0].source_names[0] == "case.zip/a/0001.dcm"


def test_entries_of_one_name_are_all_read_and_told_apart(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "CT", slices=3)
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in slices:
            opened.write(path, "I10")
    names = scan_paths(archive).ct_series[0].source_names
    assert names == ("twice.zip/I10", "twice.zip/I10 (2)", "twice.zip/I10 (3)")


def test_a_picture_is_refused_by_name_and_the_rest_is_read(tmp_path, scan_paths):
    write_ct_series(tmp_path / "case")
    jpeg(tmp_path / "case" / "scout.jpg")
    result = scan_paths(tmp_path / "case")
    assert messages(result) == [
        "case/scout.jpg: a JPEG picture, not DICOM; export the series as DICOM."
    ]
    assert len(result.ct_series[0].slices) == 20


@pytest.mark.parametrize("kept_share", [0.2, 0.6, 0.97])
def test_a_truncated_file_is_refused_by_name_and_the_rest_is_read(tmp_path, scan_paths, kept_share):
    victim = write_ct_series(tmp_path / "case")[4]
    content = victim.read_bytes()
    victim.write_bytes(content[: int(len(content) * kept_share)])
    result = scan_paths(tmp_path / "case")
    (message,) = messages(result)
    assert message.startswith("case/0005.dcm: a DICOM")
    assert "cut short" in message
    assert len(result.ct_series[0].slices) == 19


def test_a_truncated_compressed_run_is_refused(tmp_path, scan_paths):
    path = write_xa_run(tmp_path / "xa.dcm")
    dataset = pydicom.dcmread(path)
    dataset.compress(pydicom.uid.RLELossless)
    dataset.save_as(path)
    assert len(scan_paths(path).xa_runs) == 1
    path.write_bytes(path.read_bytes()[:-200])
    assert "cut short" in messages(scan_paths(path))[0]


def test_an_empty_folder_gives_one_message(tmp_path, scan_paths):
    (tmp_path / "nothing").mkdir()
    assert messages(scan_paths(tmp_path / "nothing")) == [
        "nothing: empty; choose the folder or zip with the DICOM files."
    ]


def test_a_zip_without_dicom_gives_one_message_by_kind(tmp_path, scan_paths):
    picture = jpeg(tmp_path / "p.jpg")
    note = tmp_path / "note.txt"
    note.write_text("hello")
    files = {f"{number}.jpg": picture for number in range(40)} | {"note.txt": note}
    (message,) = messages(scan_paths(zipped(tmp_path / "holiday.zip", files)))
    assert message.startswith("holiday.zip: no DICOM file inside, only 40 × JPEG picture, 1 × text")
    assert "holiday.zip/0.jpg" in message


def test_an_empty_zip_gives_one_message(tmp_path, scan_paths):
    assert len(messages(scan_paths(zipped(tmp_path / "empty.zip", {})))) == 1


def test_thousands_of_pictures_beside_a_series_give_one_message_with_all_names(
    tmp_path, scan_paths
):
    write_ct_series(tmp_path / "case", slices=3)
    content = jpeg(tmp_path / "p.jpg").read_bytes()
    for number in range(2000):
        (tmp_path / "case" / f"{number:04d}.jpg").write_bytes(content)
    (refusal,) = scan_paths(tmp_path / "case").refused
    assert refusal.name == "case/0000.jpg, case/0001.jpg, case/0002.jpg and 1,997 more"
    assert len(refusal.names) == 2000


def test_files_without_preamble_and_file_meta_are_read(tmp_path, scan_paths):
    for path in write_ct_series(tmp_path / "case", slices=4):
        dataset = pydicom.dcmread(path)
        dataset.file_meta, dataset.preamble = FileMetaDataset(), None
        dataset.save_as(path, implicit_vr=True, little_endian=True)
        assert path.read_bytes()[128:132] != b"DICM"
    result = scan_paths(tmp_path / "case")
    assert result.refused == ()
    assert build_ct_volume(result.ct_series[0]).hu.shape == (4, 64, 64)


def test_a_dicomdir_and_system_files_are_left_out(tmp_path, scan_paths):
    first = write_ct_series(tmp_path / "case", slices=3)[0]
    dataset = pydicom.dcmread(first)
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    del dataset.PixelData
    dataset.save_as(tmp_path / "case" / "DICOMDIR")
    (tmp_path / "case" / ".DS_Store").write_bytes(b"\0\1")
    result = scan_paths(tmp_path / "case")
    assert result.refused == ()
    assert [out.name for out in result.left_out] == ["case/DICOMDIR"]


def test_a_second_copy_is_counted_once(tmp_path, scan_paths):
    write_ct_series(tmp_path / "case", slices=3)
    copy = tmp_path / "copy.dcm"
    copy.write_bytes((tmp_path / "case" / "0002.dcm").read_bytes())
    result = scan_paths(tmp_path / "case", copy)
    assert len(result.ct_series[0].slices) == 3
    assert result.left_out[0].message.startswith("copy.dcm: a second copy")


def test_uploads_stored_under_other_names_keep_theirs_in_messages(tmp_path):
    stored = jpeg(tmp_path / "000017")
    result = scan([stored], tmp_path, names={stored: "DCIM/holiday.jpg"})
    assert messages(result)[0].startswith("DCIM/holiday.jpg: a JPEG picture")


def test_noise_is_not_dicom(tmp_path, scan_paths):
    (tmp_path / "noise").write_bytes(np.random.default_rng(3).bytes(5000))
    assert messages(scan_paths(tmp_path / "noise")) == [
        "noise: not a DICOM file; export the series as DICOM."
    ]


def test_deep_nesting_is_refused_by_name(tmp_path, scan_paths):
    path = write_ct_series(tmp_path / "case", slices=4)[0]
    content = path.read_bytes()
    sequence = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    ends = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    depth = 2000
    meta_end = content.index(struct.pack("<HH", 0x0008, 0x0008))
    nested = (sequence + item) * depth + ends * depth
    path.write_bytes(content[:meta_end] + nested + content[meta_end:])
    result = scan_paths(tmp_path / "case")
    assert messages(result) == [
        "case/0001.dcm: a DICOM header nested too deeply to be genuine; refused."
    ]
    assert len(result.ct_series[0].slices) == 3


def test_a_deflated_bomb_is_refused_before_it_is_inflated(tmp_path, scan_paths, monkeypatch):
    path = write_xa_run(tmp_path / "bomb.dcm", np.zeros((60, 128, 128), np.uint16))
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path)
    assert len(scan_paths(path).xa_runs) == 1
    monkeypatch.setattr("reader_study.imaging.deflated.MAX_INFLATED_BYTES", 1_000_000)
    assert "deflated DICOM file of more than" in messages(scan_paths(path))[0]


def test_a_header_of_countless_elements_is_refused(tmp_path, scan_paths, monkeypatch):
    path = write_xa_run(tmp_path / "long.dcm")
    monkeypatch.setattr("reader_study.imaging.structure.MAX_ELEMENTS", 10)
    assert "more than 10 elements" in messages(scan_paths(path))[0]


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_ends_in_a_message_or_in_a_volume(tmp_path, scan_paths, seed):
    random = np.random.default_rng(seed)
    victim = write_ct_series(tmp_path / "case", slices=4, size=16)[1]
    content = bytearray(victim.read_bytes())
    for position in random.integers(128, 1400, 6):
        content[position] = random.choice([0, 255, ord("S"), ord("Q"), int(random.integers(256))])
    victim.write_bytes(content)
    result = scan_paths(tmp_path / "case")
    for series in result.ct_series:
        with suppress(ImagingError):
            build_ct_volume(series)
    listed = [name for out in (*result.refused, *result.left_out) for name in out.names]
    listed += [name for series in result.ct_series for name in series.source_names]
    assert len(listed) == 4


def test_a_folder_of_zips_alone_is_not_empty(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "CT", slices=3)
    (tmp_path / "case").mkdir()
    zipped(tmp_path / "case" / "ct.zip", {path.name: path for path in slices})
    result = scan_paths(tmp_path / "case")
    assert len(result.ct_series[0].slices) == 3
    assert result.refused == ()


def test_a_nifti_volume_is_named_as_such(tmp_path, scan_paths):
    header = bytearray(400)
    header[344:348] = b"n+1\0"
    (tmp_path / "brain.nii").write_bytes(header)
    (tmp_path / "brain.nii.gz").write_bytes(gzip.compress(bytes(header)))
    for name in ("brain.nii", "brain.nii.gz"):
        assert messages(scan_paths(tmp_path / name))[0].startswith(f"{name}: a NIfTI volume")


def test_a_data_set_whose_beginning_is_lost_is_told_from_a_foreign_file(tmp_path, scan_paths):
    path = write_ct_series(tmp_path / "case", slices=1)[0]
    content = path.read_bytes()
    path.write_bytes(b" " + content[content.index(struct.pack("<HH", 0x0008, 0x0008)) :])
    assert "whose beginning is lost" in messages(scan_paths(path))[0]


def test_series_that_are_not_read_are_kept_apart_with_their_reasons(tmp_path, scan_paths):
    agent = {"ContrastBolusAgent": "Iomeprol"}
    write_ct_series(tmp_path / "case" / "cta", slices=5, elements=agent)
    write_ct_series(tmp_path / "case" / "short", slices=2)
    others = scan_paths(tmp_path / "case").others
    by_kind = {other.kind: other for other in others}
    assert len(others) == 2
    assert by_kind["other"].reason.startswith("a CT with contrast agent")
    assert len(by_kind["other"].candidate.slices) == len(by_kind["other"].names) == 5
    assert by_kind["NCCT"].reason.startswith("a CT series of 2 slices")
