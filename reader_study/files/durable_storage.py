"""Store files so that each is there whole or not at all, whatever dies in between.

Content is written to a staging folder of the same disk, made durable, and moved to its name at
last. A disk that is full, a process that is killed or a power cut leaves nothing under the name.
"""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

STAGING = "staging"
# Longer than any upload, ingest or import works on a file.
LEFTOVER_SECONDS = 24 * 3600


class DurableFileSystemStorage(FileSystemStorage):
    """Django's storage on a disk, durable.

    Parameters
    ----------
    staged_beside
        Whether content is written in the folder that it is for: who destroys the folder then also
        destroys what a killed process left half-written.
    """

    def __init__(self, *, staged_beside: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._staged_beside = staged_beside

    def _save(self, name: str, content: "File[Any]") -> str:
        with self._staged(name) as staged:
            with staged.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            return self.adopt(staged, name)

    def adopt(self, staged: Path, name: str, *, replace: bool = False) -> str:
        """Move a durable file of the same disk to a name; returns the name it has.

        Parameters
        ----------
        replace
            Whether a file of that name may be replaced, because the name stands for its content.
            Otherwise the file gets another name, and nobody's is ever touched.
        """
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        while not replace and not _taken(target):
            name = self.get_available_name(name)
            target = Path(self.path(name))
        staged.replace(target)
        root = Path(self.location)
        for level in (target.parent, *target.parent.parents):
            make_entries_durable(level)
            if level == root:
                break
        return target.relative_to(root).as_posix()

    @contextmanager
    def _staged(self, name: str) -> Iterator[Path]:
        folder = Path(self.path(name)).parent if self._staged_beside else Path(self.path(STAGING))
        folder.mkdir(parents=True, exist_ok=True)
        staged = folder / uuid.uuid4().hex
        try:
            yield staged
        finally:
            staged.unlink(missing_ok=True)

    def sweep_staging(self) -> None:
        """Delete what processes that were killed left in the staging folder, a day later."""
        long_ago = time.time() - LEFTOVER_SECONDS
        for path in Path(self.path(STAGING)).glob("*"):
            try:
                if path.is_file() and path.stat().st_mtime < long_ago:
                    path.unlink()
            except FileNotFoundError:
                continue  # it was not left behind after all


def _taken(target: Path) -> bool:
    """Take a name that nobody has, with an empty file; returns whether that went well."""
    try:
        target.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def make_entries_durable(folder: Path) -> None:
    """A file outlasts a loss of power once its folder's list of names does."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_tree_durable(folder: Path) -> None:
    """Wait until the disk has every file of a folder and the folders' entries for them."""
    for parent, _, files in os.walk(folder):
        for file in files:
            with (Path(parent) / file).open("rb") as opened:
                os.fsync(opened.fileno())
        make_entries_durable(Path(parent))
    make_entries_durable(folder.parent)
