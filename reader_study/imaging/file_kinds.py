"""Recognise from their first bytes the files that people upload by mistake."""

import zlib

_EXPORT = "export the series as DICOM"
_PACK_AS_ZIP = "pack the DICOM files as a zip"

_KIND_BY_START: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture", _EXPORT),
    (b"\x89PNG", "a PNG picture", _EXPORT),
    (b"GIF8", "a GIF picture", _EXPORT),
    (b"BM", "a bitmap picture", _EXPORT),
    (b"II*\0", "a TIFF picture", _EXPORT),
    (b"MM\0*", "a TIFF picture", _EXPORT),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", _EXPORT),
    (b"%PDF", "a PDF document", _EXPORT),
    (b"Rar!", "a RAR archive", _PACK_AS_ZIP),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _PACK_AS_ZIP),
    (b"\x1f\x8b", "a gzip file", _PACK_AS_ZIP),
    (b"MZ", "a Windows program", _EXPORT),
    (b"\x7fELF", "a program", _EXPORT),
    (b"\xd0\xcf\x11\xe0", "an Office document", _EXPORT),
)
_NIFTI_MARKS = (b"n+1\0", b"ni1\0")
_NIFTI_MARK_OFFSET = 344
_BOOKKEEPING_NAMES = {".ds_store", "thumbs.db", "desktop.ini", "autorun.inf", "lockfile", "version"}
_PRINTABLE = frozenset(range(0x20, 0x7F)) | {0x09, 0x0A, 0x0D}

ZIP_START = b"PK\x03\x04"
EMPTY_ZIP_START = b"PK\x05\x06"
DICOM_MARK_OFFSET = 128


def is_zip(start: bytes) -> bool:
    """Tell whether a file with these first bytes is a zip archive."""
    return start.startswith((ZIP_START, EMPTY_ZIP_START))


def has_dicom_mark(start: bytes) -> bool:
    """Tell whether the 128-byte preamble is followed by "DICM" (PS3.10, 7.1)."""
    return start[DICOM_MARK_OFFSET : DICOM_MARK_OFFSET + 4] == b"DICM"


def is_bookkeeping(name: str) -> bool:
    """Tell whether an operating system or CD burner left this file, so that nobody misses it."""
    last = name.rsplit("/", 1)[-1].lower()
    return last in _BOOKKEEPING_NAMES or last.startswith("._") or "__MACOSX/" in name


def describe_foreign_file(start: bytes) -> tuple[str, str] | None:
    """Say what a file is that is certainly not DICOM.

    Parameters
    ----------
    start
        The first bytes of the file, 512 or more where it has that many.

    Returns
    -------
    tuple of str or None
        What it is ("a JPEG picture") and what to do; None where it may be DICOM.
    """
    if not start:
        return "an empty file", "copy it again"
    if has_dicom_mark(start):
        return None
    if _is_nifti(start) or _is_nifti(_gunzipped(start)):
        return "a NIfTI volume", "export the series as DICOM, from which geometry can be checked"
    for magic, kind, advice in _KIND_BY_START:
        if start.startswith(magic):
            return kind, advice
    if all(byte in _PRINTABLE for byte in start):
        return "a text file", _EXPORT
    return None


def _is_nifti(start: bytes) -> bool:
    return start[_NIFTI_MARK_OFFSET : _NIFTI_MARK_OFFSET + 4] in _NIFTI_MARKS


def _gunzipped(start: bytes) -> bytes:
    """Unpack the first bytes of a gzip file."""
    if not start.startswith(b"\x1f\x8b"):
        return b""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, _NIFTI_MARK_OFFSET + 4)
    except zlib.error:
        return b""
