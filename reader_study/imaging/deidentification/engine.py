"""De-identify one DICOM file: write a new one of what the allow-list lets through."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from reader_study.imaging.errors import ImagingError

from .allow_list import KINDS, ObjectKind
from .element_stream import CUT_SHORT, PIXEL_DATA, Element
from .frames import Fragment
from .image_facts import ImageFacts, read_image_facts
from .method import method_elements
from .pixel_data import PixelData, clean_pixel_data
from .pseudonym import Pseudonym, standard_name
from .report import PIXELS_NOT_EXAMINED, FileReport, tag_in_words
from .rules import Codes, Facts, Items, Replaced, Rule
from .source import NOT_DICOM, Source, open_source, plain_text
from .writing import element, file_start, in_order, item, pixel_data_head

SOP_INSTANCE, _STUDY, _SERIES = 0x00080018, 0x0020000D, 0x0020000E
_MAX_VALUE_BYTES = 0xFFF0
_BODY_PART, _LATERALITY = 0x00180015, 0x00200060
_CODE_VALUE, _CODING_SCHEME, _CODE_MEANING = 0x00080100, 0x00080102, 0x00080104


@dataclass(frozen=True)
class Deidentified:
    """A de-identified file, ready to be written.

    Attributes
    ----------
    sop_instance_uid
        The new one.
    parts
        The file, piece by piece; some are views into the source.
    """

    sop_instance_uid: str
    parts: list[Fragment]
    report: FileReport

    def write_to(self, file: BinaryIO) -> None:
        """Write the file."""
        file.writelines(self.parts)


def deidentify(file: bytes | memoryview, pseudonym: Pseudonym) -> Deidentified:
    """De-identify a DICOM file.

    Parameters
    ----------
    file
        The whole file; a memory map will do. Keep it open until the result is written.

    Raises
    ------
    ImagingError
        If the file is not DICOM, is of a kind that is not on the allow-list, or holds what can be
        neither taken over nor dropped. Nothing of it must then be passed on.
    """
    return deidentify_source(open_source(memoryview(file)), pseudonym)


def deidentify_source(source: Source, pseudonym: Pseudonym) -> Deidentified:
    """De-identify a file that was opened before; see `deidentify`."""
    try:
        return _deidentified(source, pseudonym)
    except (ArithmeticError, LookupError, ValueError, struct.error) as error:
        # No form of damage that was thought of: then nothing of the file is passed on.
        raise ImagingError(CUT_SHORT) from error


def _deidentified(source: Source, pseudonym: Pseudonym) -> Deidentified:
    kind = kind_of(source)
    for tag, name in ((SOP_INSTANCE, "image"), (_STUDY, "study"), (_SERIES, "series")):
        if not source.text(tag):
            raise ImagingError(f"a DICOM image that does not name its {name}; export it again")
    image = read_image_facts(source)
    report = FileReport(kind.name)
    pixels = _pixels(source, image)
    facts = Facts(pseudonym, image.frames, image.is_signed, source.identifiers)
    _count_meta(source, report)
    header = _Header(source, facts, report).written(kind)
    sop_instance_uid = pseudonym.uid(source.text(SOP_INSTANCE))
    start = file_start(source.sop_class_uid, sop_instance_uid, pixels.transfer_syntax_uid)
    length = None if pixels.is_compressed else sum(map(len, pixels.parts))
    report.remarks += [*pixels.remarks, PIXELS_NOT_EXAMINED]
    return Deidentified(
        sop_instance_uid,
        [start + header + pixel_data_head(pixels.vr, length), *pixels.parts],
        report,
    )


def kind_of(source: Source) -> ObjectKind:
    """Return which allow-list is for a file.

    Raises
    ------
    ImagingError
        If there is none.
    """
    sop_class = source.sop_class_uid
    if sop_class in KINDS:
        return KINDS[sop_class]
    if not sop_class and not source.meta_elements:
        raise ImagingError(NOT_DICOM)
    if not sop_class:
        raise ImagingError("a DICOM file that does not say what it is; export it again")
    name = standard_name(sop_class) or "A private kind of object"
    raise ImagingError(f"{name} is not on the list of what can be de-identified; it is left out")


def _pixels(source: Source, image: ImageFacts) -> PixelData:
    last = source.elements[-1]
    if last.tag != PIXEL_DATA:
        raise ImagingError("a DICOM image without pixel data, perhaps cut short; copy it again")
    return clean_pixel_data(source, last, image)


class _Header:
    """Writes the elements before the pixels, and counts."""

    def __init__(self, source: Source, facts: Facts, report: FileReport) -> None:
        self._source = source
        self._facts = facts
        self._report = report

    def written(self, kind: ObjectKind) -> bytes:
        """Return all elements of the object but the pixels."""
        elements = self._elements(self._source.elements[:-1], kind.allowed, depth=0)
        for tag in kind.always_written - elements.keys():
            rule = kind.allowed[tag]
            value = rule.new_value(b"", self._facts) if isinstance(rule, Replaced) else b""
            elements[tag] = element(tag, rule.vr, value or b"")
        if _LATERALITY in kind.allowed and _BODY_PART not in elements:
            # The standard wants a laterality, if need be an empty one, of an unnamed body part.
            elements.setdefault(_LATERALITY, element(_LATERALITY, "CS", b""))
        return in_order({**elements, **method_elements()})

    def _elements(
        self, elements: list[Element], rules: Mapping[int, Rule], depth: int
    ) -> dict[int, bytes]:
        kept: dict[int, bytes] = {}
        for found in elements:
            # Of an element that is there twice the first counts, as for what checks the pixels.
            rule = None if found.tag in kept else rules.get(found.tag)
            new = None if rule is None else self._element(found, rule, depth)
            if new is None:
                self._report.dropped[tag_in_words(found.tag)] += 1
            else:
                kept[found.tag] = new
        return kept

    def _element(self, found: Element, rule: Rule, depth: int) -> bytes | None:
        if isinstance(rule, Items | Codes):
            return self._sequence(found, rule, depth)
        if found.end - found.start > _MAX_VALUE_BYTES:
            return None
        value = self._source.value(found)
        new = rule.written(found.vr, value, self._facts)
        if new is None:
            return None
        is_same = new.value == value or new.value == value.rstrip(b" \0")
        counter = self._report.kept if is_same else self._report.replaced
        counter[tag_in_words(found.tag)] += 1
        return element(found.tag, new.vr, new.value)

    def _sequence(self, found: Element, rule: Items | Codes, depth: int) -> bytes | None:
        if found.vr not in ("SQ", "UN"):
            return None
        try:
            items = self._items(found, rule, depth)
        except ImagingError:
            return None  # damaged inside: the rest of the file does without it
        if items is None:
            return None
        self._report.kept[tag_in_words(found.tag)] += 1
        return element(found.tag, "SQ", items)

    def _items(self, sequence: Element, rule: Items | Codes, depth: int) -> bytes | None:
        """Return the items that are left; None where there were some and none is left."""
        written = []
        count = 0
        for elements in self._source.stream.items(sequence, depth):
            count += 1
            if isinstance(rule, Codes):
                code = self._code(elements, rule)
                kept = code and self._elements(elements, rule.rules, depth + 1) | code
            else:
                kept = self._elements(elements, rule.rules, depth + 1)
                if not rule.needs <= kept.keys():
                    kept = {}
            if kept or (isinstance(rule, Items) and rule.keeps_empty_items):
                written.append(item(in_order(kept)))
        return b"".join(written) if written or not count else None

    def _code(self, elements: list[Element], rule: Codes) -> dict[int, bytes]:
        texts = {found.tag: plain_text(self._source.value(found)) for found in elements}
        key = texts.get(_CODING_SCHEME, ""), texts.get(_CODE_VALUE, "")
        if key not in rule.meanings:
            if rule.otherwise is None:
                return {}
            key = rule.otherwise
        scheme, value = key
        return {
            _CODE_VALUE: element(_CODE_VALUE, "SH", value.encode("ascii")),
            _CODING_SCHEME: element(_CODING_SCHEME, "SH", scheme.encode("ascii")),
            _CODE_MEANING: element(_CODE_MEANING, "LO", rule.meanings[key].encode("ascii")),
        }


def _count_meta(source: Source, report: FileReport) -> None:
    """The file meta information is made anew; nothing of it is carried over."""
    for found in source.meta_elements:
        report.replaced[tag_in_words(found.tag)] += 1
