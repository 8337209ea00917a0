"""De-identify files, folders and zips into a new folder of opaque names."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from reader_study.imaging.errors import ImagingError
from reader_study.imaging.file_kinds import is_bookkeeping, is_zip
from reader_study.imaging.supervised import ReaderDiedError, SupervisedReader
from reader_study.imaging.zip_reading import ZipBudget, readable_name, unpack_zip

from .engine import SOP_INSTANCE, kind_of
from .file import open_file
from .pseudonym import Pseudonym
from .report import FileReport

KEY_BYTES = 32


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes
    ----------
    name
        Of the source, for people.
    written_as
        Name of the new file; empty where there is none.
    refusal
        Why there is none.
    """

    name: str
    written_as: str = ""
    report: FileReport | None = None
    refusal: str = ""


@dataclass
class CaseCodes:
    """Gives each patient a pseudonym.

    Attributes
    ----------
    key
        Secret of the study.
    only_code
        The code of every file; left out, patients are numbered as they come.
    """

    key: bytes
    only_code: str | None = None
    _codes: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def new_key() -> bytes:
        """Return a key that nobody has."""
        return secrets.token_bytes(KEY_BYTES)

    def of(self, patient: str) -> Pseudonym:
        """Return the pseudonym of a patient."""
        code = self._codes.setdefault(patient, f"CASE-{len(self._codes) + 1:03d}")
        return Pseudonym(self.key, self.only_code or code)

    @property
    def patients(self) -> int:
        """How many patients there were so far."""
        return len(self._codes)


def deidentify_path(path: Path, out: Path, codes: CaseCodes) -> Iterator[Outcome]:
    """De-identify a file, a folder or a zip, one file at a time.

    Parameters
    ----------
    out
        A folder, new or empty, that is neither in `path` nor holds it.

    Raises
    ------
    ImagingError
        If `out` will not do.
    """
    _refuse_folder(path, out)
    out.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    with SupervisedReader() as reader:
        for name, file, problem in _files(path):
            if file is None:
                yield Outcome(name, refusal=problem)
                continue
            written_as = f"{len(seen) + 1:06d}.dcm"
            try:
                report = _deidentify_file(file, out / written_as, codes, seen, reader)
            except ReaderDiedError as error:
                yield Outcome(name, refusal=error.reason)
            except ImagingError as error:
                yield Outcome(name, refusal=str(error))
            else:
                yield Outcome(name, written_as, report)


def _refuse_folder(path: Path, out: Path) -> None:
    source, target = path.resolve(), out.resolve()
    if target == source or source in target.parents or target in source.parents:
        raise ImagingError(f"{out} is inside of what is to be de-identified or holds it")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ImagingError(f"{out} is not an empty folder; name a new one")


def _deidentify_file(
    file: Path, target: Path, codes: CaseCodes, seen: set[str], reader: SupervisedReader
) -> FileReport:
    source = open_file(file)
    kind_of(source)  # a patient of whom nothing is written gets no code
    sop_instance_uid = source.text(SOP_INSTANCE)
    if sop_instance_uid in seen:
        raise ImagingError("a second copy of an image that was written; left out")
    report = reader.deidentify_file(file, target, codes.of(source.patient))
    seen.add(sop_instance_uid)
    return report


def _files(path: Path) -> Iterator[tuple[str, Path | None, str]]:
    """Yield each file with its name for people; without a path where it cannot be read."""
    single = [path] if not path.is_dir() else sorted(p for p in path.rglob("*") if not p.is_dir())
    for file in single:
        name = readable_name(file.relative_to(path.parent).as_posix())
        if file.is_symlink():
            yield name, None, "a link, not a file; copy the file"
        elif is_bookkeeping(name):
            yield name, None, "a system file, not DICOM; it is not needed"
        elif is_zip(_first_bytes(file)):
            yield from _files_of_zip(file, name)
        else:
            yield name, file, ""


def _files_of_zip(archive: Path, name: str) -> Iterator[tuple[str, Path | None, str]]:
    with TemporaryDirectory(prefix="reader-study-deidentify-") as work:
        try:
            for entry in unpack_zip(archive, name, Path(work), ZipBudget.for_archive(archive)):
                if entry.path is not None and is_zip(_first_bytes(entry.path)):
                    yield entry.name, None, "a zip inside a zip; unpack it first"
                else:
                    yield entry.name, entry.path, entry.problem
                if entry.path is not None:
                    entry.path.unlink(missing_ok=True)
        except ImagingError as error:
            yield name, None, str(error)


def _first_bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(8)
