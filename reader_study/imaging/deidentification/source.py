"""Open a DICOM file that is to be de-identified: file meta, compression, top-level elements."""

import zlib
from dataclasses import dataclass
from functools import cached_property

from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from reader_study.imaging.errors import ImagingError
from reader_study.imaging.file_kinds import describe_foreign_file, has_dicom_mark
from reader_study.imaging.sizes import size_in_words

from .element_stream import CUT_SHORT, Element, ElementStream, looks_explicit

MAX_INFLATED_BYTES = 512 * 10**6
_CHUNK_BYTES = 2**20
_DATA_SET_START = 132
_SOP_CLASS, _MEDIA_SOP_CLASS, _TRANSFER_SYNTAX = 0x00080016, 0x00020002, 0x00020010
_SHORTEST_IDENTIFIER = 5
# Patient ID, other patient IDs; accession number, study ID; admission, procedure and step IDs.
_IDENTIFIERS = (
    0x00100020, 0x00101000, 0x00080050, 0x00200010, 0x00380010, 0x00401001, 0x00400253
)  # fmt: skip
_PATIENT_ID, _STUDY = 0x00100020, 0x0020000D
NOT_DICOM = "not a DICOM file; export the series as DICOM"


@dataclass(frozen=True)
class Source:
    """One DICOM file, indexed but not decoded.

    Attributes
    ----------
    stream
        Reads its bytes.
    elements
        The elements of the data set up to the pixel data, in the order of the file.
    transfer_syntax_uid
        As declared; as recognised where the file does not say.
    meta_elements
        The file meta information.
    """

    stream: ElementStream
    elements: list[Element]
    transfer_syntax_uid: str
    meta_elements: list[Element]

    @property
    def buffer(self) -> memoryview:
        """The bytes that the elements lie in."""
        return self.stream.buffer

    @cached_property
    def sop_class_uid(self) -> str:
        """What kind of object it is; empty where it does not say."""
        return self.text(_SOP_CLASS)

    @property
    def patient(self) -> str:
        """What tells its patient from others: the patient ID, else the study."""
        return self.text(_PATIENT_ID) or self.text(_STUDY)

    @property
    def identifiers(self) -> frozenset[str]:
        """Numbers of five and more digits by which it names its patient or examination."""
        values = (self.text(tag) for tag in _IDENTIFIERS)
        parts = {part.strip() for value in values for part in value.split("\\")}
        return frozenset(p for p in parts if p.isdigit() and len(p) >= _SHORTEST_IDENTIFIER)

    def text(self, tag: int) -> str:
        """Return a top-level value without its padding; empty where there is none."""
        for element in self.elements:
            if element.tag == tag:
                return plain_text(self.value(element))
        return ""

    def value(self, element: Element) -> bytes:
        """Return the bytes of a value."""
        return bytes(self.buffer[element.start : element.end])


def plain_text(value: bytes) -> str:
    """Return a value's characters without padding, byte for byte."""
    return value.decode("latin-1").strip(" \0")


def open_source(file: memoryview) -> Source:
    """Index a DICOM file.

    Raises
    ------
    ImagingError
        If it is not DICOM, is damaged, or would cost too much to read.
    """
    start = bytes(file[:512])
    has_preamble = has_dicom_mark(start)
    if not has_preamble and (foreign := describe_foreign_file(start)):
        raise ImagingError(f"{foreign[0]}, not DICOM; {foreign[1]}")
    stream = ElementStream(file)
    meta, position = _file_meta(stream, _DATA_SET_START if has_preamble else 0)
    syntax = _transfer_syntax(file, meta)
    if syntax == DeflatedExplicitVRLittleEndian:
        stream, position = ElementStream(_inflated(file[position:])), 0
    explicit = looks_explicit(stream.buffer, position)
    if not syntax:
        syntax = ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian
    try:
        elements = stream.elements(position, len(stream.buffer), explicit=explicit)
    except ImagingError as error:
        if meta:
            raise
        raise ImagingError(NOT_DICOM) from error
    if not elements:
        raise ImagingError("a DICOM file without any content; export it again")
    return Source(stream, elements, syntax, meta)


def _transfer_syntax(file: memoryview, meta: list[Element]) -> str:
    values = {e.tag: plain_text(bytes(file[e.start : e.end])) for e in meta}
    if values.get(_MEDIA_SOP_CLASS) == MediaStorageDirectoryStorage:
        raise ImagingError("an index of a CD (DICOMDIR), not an image; it is not needed")
    syntax = values.get(_TRANSFER_SYNTAX, "")
    if syntax == ExplicitVRBigEndian:
        raise ImagingError(
            "stored as Explicit VR Big Endian, which is retired; export it as little endian"
        )
    return syntax


def _file_meta(stream: ElementStream, position: int) -> tuple[list[Element], int]:
    """Read the elements of group 2; its declared length is not trusted."""
    meta: list[Element] = []
    while bytes(stream.buffer[position : position + 2]) == b"\x02\x00":
        element = stream.element(position)
        meta.append(element)
        position = element.end
    return meta, position


def _inflated(deflated: memoryview) -> memoryview:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = bytearray()
    try:
        pending: bytes | memoryview = deflated
        while pending and not inflater.eof:
            inflated += inflater.decompress(pending[:_CHUNK_BYTES], _CHUNK_BYTES)
            unread = len(inflater.unconsumed_tail)
            taken = len(pending[:_CHUNK_BYTES])
            pending = pending[taken - unread :]
            if len(inflated) > MAX_INFLATED_BYTES:
                raise ImagingError(
                    f"a deflated DICOM file of more than {size_in_words(MAX_INFLATED_BYTES)}; "
                    "export it without compression"
                )
        inflated += inflater.flush()
    except zlib.error as error:
        raise ImagingError(CUT_SHORT) from error
    if not inflater.eof:
        raise ImagingError(CUT_SHORT)
    return memoryview(inflated)
