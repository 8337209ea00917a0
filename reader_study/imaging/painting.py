"""Paint over parts of an image's pixels for good, in the DICOM file itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import ExplicitVRLittleEndian

from .errors import ImagingError
from .pixels import read_pixels

# What the engine of the de-identification wrote no longer holds for this file.
_NOT_EXAMINED = "Pixels not examined"
_PAINTED_OVER = "Rectangles with burned-in text painted over by a person"
_CLEAN_PIXEL_DATA = ("113101", "Clean Pixel Data Option")


@dataclass(frozen=True)
class Rectangle:
    """A part of an image, in pixels from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


def paint_over(source: Path, target: Path, name: str, rectangles: Sequence[Rectangle]) -> None:
    """Write a de-identified file anew with rectangles painted over in every frame.

    They get the lowest value of the rest of the image, so that nothing is left to see and the
    range of grey values stays as it was. The pixels are written uncompressed.

    Parameters
    ----------
    source
        A file that was de-identified before: its header is taken over as it is.
    name
        Of the file for people, used in messages.

    Raises
    ------
    ImagingError
        If the pixels cannot be decoded, are not grey, or a rectangle lies outside of them.
    """
    _, stored = read_pixels(source, name)
    if stored.ndim not in (2, 3):
        raise ImagingError(f"{name}: a colour recording cannot be painted over; keep it out")
    painted = _painted(stored, name, rectangles)
    dataset = dcmread(source)
    dataset.BitsAllocated = painted.dtype.itemsize * 8
    dataset.PixelData = painted.tobytes() + b"\0" * (painted.nbytes % 2)
    dataset["PixelData"].VR = "OB" if dataset.BitsAllocated == 8 else "OW"
    dataset["PixelData"].is_undefined_length = False
    dataset.BurnedInAnnotation = "NO"
    _say_how(dataset)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(
        target, implicit_vr=False, little_endian=True, enforce_file_format=True, overwrite=False
    )


def _painted(stored: NDArray[Any], name: str, rectangles: Sequence[Rectangle]) -> NDArray[Any]:
    rows, columns = stored.shape[-2:]
    covered = np.zeros((rows, columns), bool)
    for box in rectangles:
        right, bottom = box.left + box.width, box.top + box.height
        if not (0 <= box.left < right <= columns and 0 <= box.top < bottom <= rows):
            raise ImagingError(f"{name}: a rectangle lies outside of {columns} × {rows} pixels")
        covered[box.top : bottom, box.left : right] = True
    painted = stored.copy()
    painted[..., covered] = 0 if covered.all() else stored[..., ~covered].min()
    return painted


def _say_how(dataset: FileDataset) -> None:
    """Record the method, as the standard asks for it (PS3.15, annex E; PS3.16, CID 7050)."""
    methods = dataset.get("DeidentificationMethod") or []
    methods = [methods] if isinstance(methods, str) else list(methods)
    dataset.DeidentificationMethod = [
        *(said for said in methods if not said.startswith((_NOT_EXAMINED, _PAINTED_OVER))),
        _PAINTED_OVER,
    ]
    value, meaning = _CLEAN_PIXEL_DATA
    codes = list(dataset.get("DeidentificationMethodCodeSequence") or [])
    if all(code.get("CodeValue") != value for code in codes):
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", meaning
        dataset.DeidentificationMethodCodeSequence = [*codes, code]
