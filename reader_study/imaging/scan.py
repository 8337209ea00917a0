"""Sort an upload: files, folders and zips into CT series, angiography runs and messages."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from pydicom.uid import MediaStorageDirectoryStorage

from .classify import Instance, classify
from .errors import ImagingError
from .file_kinds import describe_foreign_file, is_bookkeeping, is_zip
from .headers import NotDicomError, read_header
from .series import Refusal, Scan
from .zip_reading import readable_name, unpack_zip

_FIRST_BYTES = 512
_NAMES_IN_ONE_MESSAGE = 3
_SEPARATE_MESSAGES = 5


@dataclass(frozen=True)
class _Remark:
    """What there is to say about one file.

    `kind` is set for files that are not DICOM ("a JPEG picture"), `harmless` for files that
    nobody misses.
    """

    name: str
    reason: str
    kind: str = ""
    harmless: bool = False


@dataclass(frozen=True)
class _Contents:
    """All that one folder, zip or single file held."""

    name: str
    is_container: bool
    instances: list[Instance]
    remarks: list[_Remark]


def scan(
    paths: Sequence[Path], work_directory: Path, *, names: Mapping[Path, str] | None = None
) -> Scan:
    """Read the headers of everything in an upload and sort it.

    Pixel data is not decoded here. No fault of a single file stops the rest.

    Parameters
    ----------
    paths
        Files, folders (searched to any depth) and zips.
    work_directory
        An existing folder; zips are unpacked below it and must stay there as long as the
        returned series and runs are used.
    names
        Names for people of given paths, where an upload is stored under others.

    Returns
    -------
    Scan
        Every file of the upload is in a series, in a run or named in a message.
    """
    names = names or {}
    contents: list[_Contents] = []
    for path in paths:
        name = readable_name(names.get(path, path.name))
        contents.extend(_read_path(path, name, work_directory))
    instances: list[Instance] = []
    remarks: list[_Remark] = []
    for content in contents:
        instances.extend(content.instances)
        remarks.extend(_remarks_of(content))
    instances, copies = _without_copies(instances)
    sorted_out = classify(instances)
    remarks += copies
    remarks += [_Remark(out.name, out.reason, harmless=True) for out in sorted_out.left_out]
    return Scan(
        ct_series=sorted_out.ct_series,
        xa_runs=sorted_out.xa_runs,
        refused=_summarise(remark for remark in remarks if not remark.harmless),
        left_out=_summarise(remark for remark in remarks if remark.harmless),
    )


def _read_path(path: Path, name: str, work_directory: Path) -> Iterator[_Contents]:
    if path.is_dir():
        inside = _Contents(name, is_container=True, instances=[], remarks=[])
        for file in sorted(file for file in path.rglob("*") if not file.is_dir()):
            file_name = readable_name(f"{name}/{file.relative_to(path).as_posix()}")
            if file.is_symlink():
                inside.remarks.append(_Remark(file_name, "a link, not a file; copy the file"))
            elif is_zip(_first_bytes(file)):
                yield _read_zip(file, file_name, work_directory)
            else:
                _read_file(file, file_name, inside)
        yield inside
    elif is_zip(_first_bytes(path)):
        yield _read_zip(path, name, work_directory)
    else:
        single = _Contents(name, is_container=False, instances=[], remarks=[])
        _read_file(path, name, single)
        yield single


def _read_zip(archive: Path, name: str, work_directory: Path) -> _Contents:
    contents = _Contents(name, is_container=True, instances=[], remarks=[])
    directory = Path(mkdtemp(prefix="zip-", dir=work_directory))
    try:
        for entry in unpack_zip(archive, name, directory):
            if entry.path is None:
                contents.remarks.append(_Remark(entry.name, entry.problem))
            elif is_zip(_first_bytes(entry.path)):
                contents.remarks.append(
                    _Remark(entry.name, "a zip inside a zip; unpack it and upload its files")
                )
            else:
                _read_file(entry.path, entry.name, contents)
    except ImagingError as error:
        contents.remarks.append(_Remark(name, str(error)))
    return contents


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_FIRST_BYTES)
    except OSError:
        return b""


def _read_file(path: Path, name: str, contents: _Contents) -> None:
    """Read one file's header into `contents.instances`, or say in `remarks` why not."""
    if is_bookkeeping(name):
        contents.remarks.append(_Remark(name, "", kind="a system file", harmless=True))
        return
    foreign = describe_foreign_file(_first_bytes(path))
    if foreign:
        kind, advice = foreign
        contents.remarks.append(_Remark(name, f"{kind}, not DICOM; {advice}", kind=kind))
        return
    try:
        header = read_header(path)
    except NotDicomError as error:
        contents.remarks.append(_Remark(name, str(error), kind="a file of unknown kind"))
        return
    except ImagingError as error:
        contents.remarks.append(_Remark(name, str(error)))
        return
    if header.dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
        reason = "an index of a CD (DICOMDIR), not an image; it is not needed"
        contents.remarks.append(_Remark(name, reason, harmless=True))
    else:
        contents.instances.append(Instance(path, name, header))


def _remarks_of(contents: _Contents) -> list[_Remark]:
    """One message for a folder or zip that holds nothing DICOM, else what each file said."""
    if not contents.is_container or contents.instances:
        return [remark for remark in contents.remarks if remark.reason]
    if not contents.remarks:
        return [_Remark(contents.name, "empty; choose the folder or zip with the DICOM files")]
    if all(remark.kind for remark in contents.remarks):
        kinds = Counter(remark.kind for remark in contents.remarks)
        listed = ", ".join(
            f"{count:,} × {kind.split(' ', 1)[1]}" for kind, count in kinds.most_common()
        )
        names = _some_names([remark.name for remark in contents.remarks])
        reason = f"no DICOM file inside, only {listed} ({names}); export the series as DICOM"
        return [_Remark(contents.name, reason)]
    return [remark for remark in contents.remarks if remark.reason]


def _without_copies(instances: list[Instance]) -> tuple[list[Instance], list[_Remark]]:
    first_of: dict[str, Instance] = {}
    copies = []
    for instance in instances:
        uid = str(instance.header.dataset.SOPInstanceUID)
        if uid in first_of:
            reason = "a second copy of an image of this upload; counted once"
            copies.append(_Remark(instance.name, reason, harmless=True))
        else:
            first_of[uid] = instance
    return list(first_of.values()), copies


def _summarise(remarks: Iterator[_Remark]) -> tuple[Refusal, ...]:
    """Give one message per file, but one for all where many files share a fault."""
    names_of: dict[str, list[str]] = {}
    for remark in remarks:
        names_of.setdefault(remark.reason, []).append(remark.name)
    messages: list[Refusal] = []
    for reason, names in names_of.items():
        if len(names) > _SEPARATE_MESSAGES:
            messages.append(Refusal(_some_names(names), reason, tuple(names)))
        else:
            messages.extend(Refusal(name, reason, (name,)) for name in names)
    return tuple(messages)


def _some_names(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_IN_ONE_MESSAGE])
    more = len(names) - _NAMES_IN_ONE_MESSAGE
    return f"{shown} and {more:,} more" if more > 0 else shown
