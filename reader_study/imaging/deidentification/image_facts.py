"""What an object says about its pixels, checked before the pixels are touched."""

from dataclasses import dataclass

from reader_study.imaging.errors import ImagingError
from reader_study.imaging.sizes import size_in_words

from .source import Source

MAX_PIXEL_BYTES = 4 * 10**9
MAX_FRAME_PIXELS = 2**26
_BITS_ALLOCATED = (8, 16)


@dataclass(frozen=True)
class ImageFacts:
    """Size and layout of the pixels.

    Attributes
    ----------
    padding
        Bits of the value that stands for "no pixel"; None where there is none.
    """

    rows: int
    columns: int
    samples: int
    frames: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    photometric: str
    padding: int | None

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame that is not compressed."""
        size = self.rows * self.columns * self.samples * self.bits_allocated // 8
        return size * 2 // 3 if self.photometric == "YBR_FULL_422" else size

    @property
    def plane_pixels(self) -> int:
        """Pixels of one frame."""
        return self.rows * self.columns


def read_image_facts(source: Source) -> ImageFacts:
    """Read what the object says about its pixels.

    Raises
    ------
    ImagingError
        If it does not say enough, or has a layout that cannot be checked for hidden text.
    """
    allocated = _unsigned(source, 0x00280100) or 0
    stored = _unsigned(source, 0x00280101) or allocated
    facts = ImageFacts(
        rows=_unsigned(source, 0x00280010) or 0,
        columns=_unsigned(source, 0x00280011) or 0,
        samples=_unsigned(source, 0x00280002) or 1,
        frames=_whole_number(source.text(0x00280008), 1),
        bits_allocated=allocated,
        bits_stored=stored,
        is_signed=_unsigned(source, 0x00280103) == 1,
        photometric=source.text(0x00280004),
        padding=_unsigned(source, 0x00280120),
    )
    if facts.rows < 1 or facts.columns < 1 or facts.frames < 1 or facts.samples not in (1, 3):
        raise ImagingError("an image without a sensible size in its header; export it again")
    if allocated not in _BITS_ALLOCATED or not 1 <= stored <= allocated:
        raise ImagingError(f"pixels of {allocated} bits; only 8 and 16 bits are read")
    high_bit = _unsigned(source, 0x00280102)
    if high_bit is not None and high_bit != stored - 1:
        raise ImagingError("pixels in a retired bit layout (HighBit); export it again")
    if facts.photometric == "PALETTE COLOR":
        raise ImagingError("colours from a table that cannot be checked; export it as RGB")
    if facts.plane_pixels > MAX_FRAME_PIXELS:
        raise ImagingError(
            f"frames of {facts.rows} × {facts.columns} pixels, more than any scanner makes; refused"
        )
    if facts.frame_bytes * facts.frames > MAX_PIXEL_BYTES:
        raise ImagingError(
            f"unpacks to more than {size_in_words(MAX_PIXEL_BYTES)} of pixels; export a shorter run"
        )
    return facts


def _unsigned(source: Source, tag: int) -> int | None:
    """Return the first 16 bits of a value as a whole number; None where there is none."""
    for element in source.elements:
        if element.tag == tag and element.end - element.start >= 2:
            return int.from_bytes(source.buffer[element.start : element.start + 2], "little")
    return None


def _whole_number(text: str, default: int) -> int:
    try:
        return int(float(text)) if text else default
    except (ValueError, OverflowError):
        return 0
