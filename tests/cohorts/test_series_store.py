"""What is stored of a series: one file, named by its content, whole or not there."""

import hashlib
import os
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage, storages

from reader_study.cohorts.models import Case, Series
from reader_study.cohorts.series import store
from reader_study.cohorts.series.store import (
    DamagedBlobError,
    load_picture,
    load_thumbnail,
    picture_frames,
    save_dicom,
    save_preview,
    unpack_dicom,
)


def of_case(**fields: str) -> Series:
    return Series(case=Case(code="C001"), kind="DSA", position=1, **fields)


class ObjectStore(Storage):
    """A storage without files on this machine."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def exists(self, name: str) -> bool:
        return name in self.objects

    def _save(self, name: str, content: File) -> str:
        self.objects[name] = content.read()
        return name

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile(self.objects[name])


def some_files(folder: Path, *contents: bytes) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"JONES-{number}.dcm" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def stored_names() -> list[str]:
    root = Path(storages["default"].path(""))
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_files_come_back_as_they_were_and_in_their_order(tmp_path):
    files = some_files(tmp_path / "in", b"second", b"", b"first" * 1000)
    stored = save_dicom(files)
    (tmp_path / "out").mkdir()
    out = unpack_dicom(of_case(dicom_name=stored.name), tmp_path / "out")
    assert [path.read_bytes() for path in out] == [path.read_bytes() for path in files]


def test_the_blob_is_an_uncompressed_zip_named_by_its_hash_alone(tmp_path):
    stored = save_dicom(some_files(tmp_path / "in", bytes(5000)))
    assert stored.name == f"dicom/{stored.sha256[:2]}/{stored.sha256}.zip"
    with default_storage.open(stored.name) as blob:
        content = blob.read()
    assert hashlib.sha256(content).hexdigest() == stored.sha256
    assert len(content) == stored.size_bytes > 5000
    assert b"JONES" not in content
    with zipfile.ZipFile(default_storage.path(stored.name)) as archive:
        assert archive.testzip() is None
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_files_are_stored_once(tmp_path):
    first = save_dicom(some_files(tmp_path / "in", b"a", b"b"))
    assert save_dicom(some_files(tmp_path / "again", b"a", b"b")) == first
    assert stored_names() == [first.name]


def test_the_blob_reaches_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(file: int) -> None:
        order.append("fsync")
        fsync(file)

    def noted_replace(path: Path, to: Path) -> Path:
        order.append("name")
        return replace(path, to)

    monkeypatch.setattr("os.fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    save_dicom(some_files(tmp_path / "in", b"a"))
    assert order[:2] == ["fsync", "name"]
    assert set(order[2:]) == {"fsync"}


def test_nothing_is_left_of_files_that_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError):
        save_dicom([tmp_path / "absent.dcm"])
    assert stored_names() == []


def test_a_damaged_blob_is_noticed(tmp_path):
    stored = save_dicom(some_files(tmp_path / "in", bytes(5000)))
    path = Path(default_storage.path(stored.name))
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)
    (tmp_path / "out").mkdir()
    with pytest.raises(DamagedBlobError, match="restore dicom/"):
        unpack_dicom(of_case(dicom_name=stored.name), tmp_path / "out")


def test_a_storage_without_a_folder_of_its_own_will_do(tmp_path, monkeypatch):
    elsewhere = ObjectStore()
    monkeypatch.setattr(store, "default_storage", elsewhere)
    stored = save_dicom(some_files(tmp_path / "in", b"a", b"b"))
    assert elsewhere.exists(stored.name)
    (tmp_path / "out").mkdir()
    out = unpack_dicom(of_case(dicom_name=stored.name), tmp_path / "out")
    assert [path.read_bytes() for path in out] == [b"a", b"b"]


def test_pictures_come_back_by_number():
    series = of_case(preview_name=save_preview({0: b"one", 12: b"two"}, b"small"))
    assert picture_frames(series) == [0, 12]
    assert load_thumbnail(series) == b"small"
    assert [load_picture(series, number) for number in (0, 1)] == [b"one", b"two"]
    with pytest.raises(LookupError):
        load_picture(series, 2)


def test_a_series_without_pictures_has_none():
    assert picture_frames(of_case()) == []
    with pytest.raises(LookupError):
        load_thumbnail(of_case())


def test_a_series_of_old_has_no_files(tmp_path):
    with pytest.raises(ValueError, match="C001 DSA 1 was stored without its files"):
        unpack_dicom(of_case(), tmp_path)
