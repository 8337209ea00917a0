"""Inflate a deflated DICOM file, measuring on the way: pydicom inflates whatever it is given."""

import zlib
from io import BytesIO
from mmap import mmap

from .errors import ImagingError
from .sizes import size_in_words

MAX_INFLATED_BYTES = 256 * 10**6
MAX_RATIO = 250
RATIO_IS_CHECKED_ABOVE_BYTES = 16 * 2**20
_CHUNK_BYTES = 2**16
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_PLAIN = b"1.2.840.10008.1.2.1".ljust(len(_DEFLATED), b"\0")


def inflated(data: mmap, start: int) -> BytesIO:
    """Return the same file with its data set stored plainly (Explicit VR Little Endian).

    Parameters
    ----------
    data
        The whole file.
    start
        Where the file meta information ends.

    Raises
    ------
    ImagingError
        If the data set is damaged, or inflates to more than images do.
    """
    plain = BytesIO()
    plain.write(data[:start].replace(_DEFLATED, _PLAIN, 1))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    position, pending = start, b""
    try:
        while not inflater.eof:
            if not pending:
                pending = data[position : position + _CHUNK_BYTES]
                position += len(pending)
            piece = inflater.decompress(pending, 16 * _CHUNK_BYTES)
            if not piece and not pending:
                break
            plain.write(piece)
            _refuse_bomb(plain.tell() - start, len(data) - start)
            pending = inflater.unconsumed_tail
    except zlib.error as error:
        raise ImagingError("a DICOM file that is damaged or cut short; export it again") from error
    return plain


def _refuse_bomb(inflated_bytes: int, deflated_bytes: int) -> None:
    if inflated_bytes > MAX_INFLATED_BYTES:
        raise ImagingError(
            f"a deflated DICOM file of more than {size_in_words(MAX_INFLATED_BYTES)}; "
            "export it without compression"
        )
    if (
        inflated_bytes > RATIO_IS_CHECKED_ABOVE_BYTES
        and inflated_bytes > MAX_RATIO * deflated_bytes
    ):
        raise ImagingError("a DICOM file deflated more tightly than images can be; refused")
