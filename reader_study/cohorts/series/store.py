"""Keep the de-identified files and the pictures of a series, each series in one file.

Files are named by their content: storing the same again changes nothing, and what was stored for
a row that never came harms nobody.
"""

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import File
from django.core.files.storage import default_storage

from reader_study.cohorts.models import Series
from reader_study.files.durable_storage import STAGING, DurableFileSystemStorage
from reader_study.imaging.hashed_zip import HashedZip, WrittenZip

_THUMBNAIL = "thumbnail.png"
_PICTURE = re.compile(r"(\d{4,})\.png")


@dataclass(frozen=True)
class StoredDicom:
    """The de-identified files of a series, as they are stored.

    Attributes
    ----------
    sha256
        Of the one file that they are stored in.
    """

    name: str
    sha256: str
    size_bytes: int


class DamagedBlobError(Exception):
    """What is stored of a series is not what was stored once."""


@contextmanager
def staging_folder() -> Iterator[Path]:
    """Lend a folder for files that are to be stored: on the storage's own disk where it has one."""
    root = _local_path(STAGING)
    if root is not None:
        root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="series-", dir=root) as folder:
        yield Path(folder)


def keep_dicom(zip_file: Path, written: WrittenZip) -> StoredDicom:
    """Move a zip of de-identified files from the staging folder into the storage."""
    name = f"dicom/{written.sha256[:2]}/{written.sha256}.zip"
    _keep_once(zip_file, name)
    return StoredDicom(name, written.sha256, written.size_bytes)


def save_dicom(files: Sequence[Path]) -> StoredDicom:
    """Store de-identified DICOM files as one durable blob.

    Parameters
    ----------
    files
        In the order in which they are to come out again. They are left where they are.
    """
    with staging_folder() as folder:
        staged = folder / "dicom.zip"
        with HashedZip(staged) as blob:
            for number, file in enumerate(files):
                blob.add(f"{number:06d}.dcm", [file.read_bytes()])
        return keep_dicom(staged, blob.written)


def unpack_dicom(series: Series, folder: Path) -> list[Path]:
    """Write the stored files of a series into an existing folder, in their order.

    Raises
    ------
    ValueError
        If nothing is stored of the series.
    DamagedBlobError
        If the files are not those that were stored.
    """
    if not series.dicom_name:
        raise ValueError(f"{series} was stored without its files")
    paths = []
    try:
        with default_storage.open(series.dicom_name) as blob, zipfile.ZipFile(blob) as archive:
            for number, entry in enumerate(archive.infolist()):
                path = folder / f"{number:06d}.dcm"
                with archive.open(entry) as source, path.open("xb") as target:
                    shutil.copyfileobj(source, target, 2**20)
                paths.append(path)
    except zipfile.BadZipFile as error:
        raise DamagedBlobError(
            f"The stored files of {series} are damaged; restore {series.dicom_name} from a backup."
        ) from error
    return paths


def save_preview(pictures: Mapping[int, bytes], thumbnail: bytes) -> str:
    """Store a series' pictures (PNG) for coordinators; returns the name they are stored under.

    Parameters
    ----------
    pictures
        By the slice or frame that each shows.
    """
    with staging_folder() as folder:
        staged = folder / "preview.zip"
        with HashedZip(staged) as blob:
            blob.add(_THUMBNAIL, [thumbnail])
            for frame, picture in pictures.items():
                blob.add(_picture_entry(frame), [picture])
        sha256 = blob.written.sha256
        name = f"previews/{sha256[:2]}/{sha256}.zip"
        _keep_once(staged, name)
    return name


def load_picture(series: Series, number: int) -> bytes:
    """Return one picture of a series, counted from 0 whatever slice or frame it shows.

    Raises
    ------
    LookupError
        If the series has no such picture.
    """
    return _load(series, _picture_entry(picture_frames(series)[number]))


def load_thumbnail(series: Series) -> bytes:
    """Return the small picture that stands for a series.

    Raises
    ------
    LookupError
        If the series has none.
    """
    return _load(series, _THUMBNAIL)


def picture_frames(series: Series) -> list[int]:
    """Say which slice or frame each picture of a series shows, in order; empty without any."""
    if not series.preview_name:
        return []
    with default_storage.open(series.preview_name) as blob, zipfile.ZipFile(blob) as archive:
        found = (_PICTURE.fullmatch(name) for name in archive.namelist())
        return sorted(int(picture[1]) for picture in found if picture)


def _picture_entry(frame: int) -> str:
    return f"{frame:04d}.png"


def _load(series: Series, entry: str) -> bytes:
    if not series.preview_name:
        raise LookupError(f"{series} has no pictures")
    with default_storage.open(series.preview_name) as blob, zipfile.ZipFile(blob) as archive:
        return archive.read(entry)


def keep_file(staged: Path, name: str, *, replace: bool = False) -> str:
    """Move a durable file from the staging folder into the storage; returns its name there.

    Nobody's file is replaced unless the name stands for the content: a worker that was thought
    dead must not put its file in the place of its successor's.
    """
    if isinstance(default_storage, DurableFileSystemStorage):
        return default_storage.adopt(staged, name, replace=replace)
    with staged.open("rb") as file:
        return default_storage.save(name, File(file))


def _keep_once(staged: Path, name: str) -> None:
    """Keep a file under a name made of its content; one that is there already will do."""
    if not default_storage.exists(name):
        keep_file(staged, name, replace=True)


def _local_path(name: str) -> Path | None:
    """Where a stored file lies on this machine's disks; None if the storage is elsewhere."""
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        return None
