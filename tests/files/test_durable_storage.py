"""A stored file is there whole or not at all, and nobody's is replaced."""

import errno
import os
import time
from pathlib import Path
from unittest import mock

import pytest
from django.core.files.base import ContentFile

from reader_study.files.durable_storage import LEFTOVER_SECONDS, STAGING, DurableFileSystemStorage


@pytest.fixture
def storage(tmp_path: Path) -> DurableFileSystemStorage:
    return DurableFileSystemStorage(location=tmp_path / "media")


def files_below(storage: DurableFileSystemStorage) -> list[Path]:
    return [path for path in Path(storage.location).rglob("*") if path.is_file()]


def test_what_is_stored_comes_back(storage):
    name = storage.save("packs/1/run1/0.bin", ContentFile(b"frame"))
    assert name == "packs/1/run1/0.bin"
    assert storage.open(name).read() == b"frame"
    assert files_below(storage) == [Path(storage.path(name))]


def test_a_name_that_is_taken_is_given_to_nobody_else(storage):
    first = storage.save("cases/1/ct.npz", ContentFile(b"one"))
    second = storage.save("cases/1/ct.npz", ContentFile(b"two"))
    assert first != second
    assert (storage.open(first).read(), storage.open(second).read()) == (b"one", b"two")


def test_two_who_find_the_same_name_free_at_once_both_keep_their_files(storage, monkeypatch):
    """Of two workers with one job, the one that was thought dead must not replace a file."""
    names = iter(["ct.npz", "ct-2.npz"])
    storage.save("ct.npz", ContentFile(b"the successor's"))
    monkeypatch.setattr(storage, "get_available_name", lambda *_, **__: next(names))
    late = storage.save("ct.npz", ContentFile(b"late"))
    assert late == "ct-2.npz"
    assert storage.open("ct.npz").read() == b"the successor's"


@pytest.mark.parametrize("failing", ["write", "fsync"])
def test_a_full_disk_leaves_nothing_half_written(storage, failing):
    class Endless(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"begun"
            if failing == "write":
                raise OSError(errno.ENOSPC, "No space left on device")

    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with (
        mock.patch("os.fsync", no_room if failing == "fsync" else os.fsync),
        pytest.raises(OSError, match="No space left"),
    ):
        storage.save("cases/1/mask.npz", Endless(b""))
    assert files_below(storage) == []


def test_a_file_is_on_the_disk_before_it_has_its_name_and_then_its_folders_are(storage):
    happened: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        happened.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        happened.append("named")
        return real_replace(self, target)

    with mock.patch("os.fsync", fsync), mock.patch.object(Path, "replace", replace):
        storage.save("cases/1/mask.npz", ContentFile(b"mask"))
    staged, *rest = happened
    assert len(staged) == 32
    assert rest == ["named", "1", "cases", "media"]


def test_what_killed_processes_left_is_swept_a_day_later(storage):
    storage.save("a.bin", ContentFile(b"a"))
    staging = Path(storage.path(STAGING))
    old, new = staging / "old", staging / "new"
    old.write_bytes(b"half")
    new.write_bytes(b"being written")
    long_ago = time.time() - LEFTOVER_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    storage.sweep_staging()
    assert not old.exists()
    assert new.exists()
