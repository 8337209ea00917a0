"""Sort an upload: files, folders and zips into CT series, angiography runs and messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from pydicom.uid import MediaStorageDirectoryStorage

from .begin import Begin, Progress, read_all, untold
from .classify import classify
from .dicomdir import missing_files, referenced_files
from .errors import ImagingError
from .file_kinds import describe_foreign_file, is_bookkeeping, is_zip
from .headers import NotDicomError, read_header
from .instance import Instance
from .remarks import Remark, remarks_on_container, some_names, summarise
from .series import Scan
from .zip_reading import ZipBudget, readable_name, unpack_zip

_FIRST_BYTES = 512
_TOO_MUCH_MEMORY = "needs more memory to read than any sound file; refused"


@dataclass
class _Contents:
    """All that one folder, zip or single file held.

    `names` are those of all its files, `indexes` what each DICOMDIR names; zips in it have
    contents of their own.
    """

    name: str
    is_container: bool
    holds_zips: bool = False
    instances: list[Instance] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    indexes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Work:
    """What all of one scan shares."""

    directory: Path
    begin: Begin


def scan(
    paths: Sequence[Path],
    work_directory: Path,
    *,
    names: Mapping[Path, str] | None = None,
    begin: Begin = read_all,
    progress: Progress = untold,
) -> Scan:
    """Read the headers of everything in an upload and sort it.

    Pixel data is not decoded here. No fault of a single file stops the rest.

    Parameters
    ----------
    paths
        Files, folders (searched to any depth) and zips, which may hold zips once more.
    work_directory
        An existing folder; zips are unpacked below it and must stay there as long as the
        returned series and runs are used.
    names
        Names for people of given paths, where an upload is stored under others.
    begin
        Called with the name of each file before it is unpacked or read.
    progress
        Called after each path with the share of them that is done.

    Returns
    -------
    Scan
        Every file of the upload is in a series, in a run or named in a message.
    """
    names = names or {}
    work = _Work(work_directory, begin)
    contents: list[_Contents] = []
    for number, path in enumerate(paths):
        name = readable_name(names.get(path, path.name))
        contents.extend(_read_path(path, name, work))
        progress((number + 1) / len(paths))
    instances: list[Instance] = []
    remarks: list[Remark] = []
    for content in contents:
        instances.extend(content.instances)
        remarks.extend(_remarks_of(content))
    instances, copies = _without_copies(instances)
    sorted_out = classify(instances)
    remarks += copies
    remarks += [Remark(out.name, out.reason, harmless=True) for out in sorted_out.left_out]
    return Scan(
        ct_series=sorted_out.ct_series,
        xa_runs=sorted_out.xa_runs,
        others=sorted_out.others,
        refused=summarise(remark for remark in remarks if not remark.harmless),
        left_out=summarise(remark for remark in remarks if remark.harmless),
    )


def _read_path(path: Path, name: str, work: _Work) -> Iterator[_Contents]:
    if path.is_dir():
        inside = _Contents(name, is_container=True)
        for file in sorted(file for file in path.rglob("*") if not file.is_dir()):
            file_name = readable_name(f"{name}/{file.relative_to(path).as_posix()}")
            if file.is_symlink():
                inside.remarks.append(Remark(file_name, "a link, not a file; copy the file"))
            elif not file.is_file():
                inside.remarks.append(Remark(file_name, "not a plain file; leave it out"))
            else:
                yield from _read_one(file, file_name, inside, work)
        yield inside
    else:
        single = _Contents(name, is_container=False)
        yield from _read_one(path, name, single, work)
        yield single


def _read_one(path: Path, name: str, contents: _Contents, work: _Work) -> Iterator[_Contents]:
    """Read a file into `contents`; a zip gives contents of its own."""
    refusal = work.begin(name)
    if refusal:
        contents.names.append(name)
        contents.remarks.append(Remark(name, refusal))
    elif is_zip(_first_bytes(path)):
        contents.holds_zips = True
        yield from _read_zip(path, name, work, ZipBudget.for_archive(path))
    else:
        _read_file(path, name, contents)


def _read_zip(
    archive: Path, name: str, work: _Work, budget: ZipBudget, *, inside_a_zip: bool = False
) -> Iterator[_Contents]:
    contents = _Contents(name, is_container=True)
    directory = Path(mkdtemp(prefix="zip-", dir=work.directory))
    try:
        for entry in unpack_zip(archive, name, directory, budget, work.begin):
            if entry.path is None:
                contents.remarks.append(Remark(entry.name, entry.problem))
            elif not is_zip(_first_bytes(entry.path)):
                _read_file(entry.path, entry.name, contents)
            elif inside_a_zip:
                reason = "a zip inside a zip inside a zip; unpack it and upload its files"
                contents.remarks.append(Remark(entry.name, reason))
            else:
                contents.holds_zips = True
                yield from _read_zip(entry.path, entry.name, work, budget, inside_a_zip=True)
                entry.path.unlink()
    except ImagingError as error:
        contents.remarks.append(Remark(name, str(error)))
    yield contents


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_FIRST_BYTES)
    except OSError:
        return b""


def _read_file(path: Path, name: str, contents: _Contents) -> None:
    """Read one file's header into `contents.instances`, or say in `remarks` why not."""
    contents.names.append(name)
    if is_bookkeeping(name):
        contents.remarks.append(Remark(name, "", kind="a system file", harmless=True))
        return
    foreign = describe_foreign_file(_first_bytes(path))
    if foreign:
        kind, advice = foreign
        contents.remarks.append(Remark(name, f"{kind}, not DICOM; {advice}", kind=kind))
        return
    try:
        header = read_header(path)
    except NotDicomError as error:
        contents.remarks.append(Remark(name, str(error), kind="a file of unknown kind"))
    except ImagingError as error:
        contents.remarks.append(Remark(name, str(error)))
    except MemoryError:
        contents.remarks.append(Remark(name, _TOO_MUCH_MEMORY))
    else:
        if header.dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
            contents.indexes[name] = referenced_files(header.dataset)
            reason = "an index of a CD (DICOMDIR), not an image; it is not needed"
            contents.remarks.append(Remark(name, reason, harmless=True))
        else:
            contents.instances.append(Instance(path, name, header))


def _remarks_of(contents: _Contents) -> list[Remark]:
    remarks = contents.remarks + _gaps_in_indexes(contents)
    if contents.is_container and not contents.instances and not contents.holds_zips:
        return remarks_on_container(contents.name, remarks)
    return [remark for remark in remarks if remark.reason]


def _gaps_in_indexes(contents: _Contents) -> list[Remark]:
    """The files are the truth; an index only tells which of them did not come along."""
    remarks = []
    for index, referenced in contents.indexes.items():
        missing = missing_files(index, referenced, contents.names)
        if missing:
            reason = (
                f"this index of a CD names files that are not here: {some_names(missing)}; "
                "copy the whole CD"
            )
            remarks.append(Remark(index, reason))
    return remarks


def _without_copies(instances: list[Instance]) -> tuple[list[Instance], list[Remark]]:
    first_of: dict[str, Instance] = {}
    copies = []
    for instance in instances:
        uid = str(instance.header.dataset.SOPInstanceUID)
        if uid in first_of:
            reason = "a second copy of an image of this upload; counted once"
            copies.append(Remark(instance.name, reason, harmless=True))
        else:
            first_of[uid] = instance
    return list(first_of.values()), copies
