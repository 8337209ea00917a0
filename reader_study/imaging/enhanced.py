"""Describe each frame of an enhanced multi-frame object by the elements of a classic image."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedXAImageStorage,
    EnhancedXRFImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
)

from .header_values import float_or_none, text, uid

ENHANCED_CT = {EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage}
ENHANCED_XA = {EnhancedXAImageStorage, EnhancedXRFImageStorage}
_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
_CLASSIC_NAME_OF = {
    "FrameType": "ImageType",
    "FrameAcquisitionDateTime": "AcquisitionDateTime",
    "DistanceSourceToIsocenter": "DistanceSourceToPatient",
}
_FRAME_TIMES = ("FrameReferenceDateTime", "FrameAcquisitionDateTime")
_FRAME_TIME_VECTOR = 0x00181065


def is_enhanced(sop_class: UID) -> bool:
    """Tell whether frames of this class are described by functional groups (PS3.3, C.7.6.16)."""
    return sop_class in ENHANCED_CT | ENHANCED_XA


def classic_frames(dataset: Dataset) -> list[Dataset]:
    """Describe every frame of an enhanced object as a classic single image.

    What the functional groups say of a frame, shared or its own, replaces what stands at the
    top of the object.
    """
    common = Dataset()
    for element in dataset:
        if element.keyword not in _GROUPS:
            common[element.tag] = element
    if uid(dataset, "SOPClassUID") in ENHANCED_CT:
        _put(common, "SOPClassUID", CTImageStorage)
    for macro in _macros(dataset, _GROUPS[0], 0):
        _take(common, macro)
    frames = []
    for number in range(max(1, len(dataset.get(_GROUPS[1]) or []))):
        frame = Dataset()
        frame.update(common)
        for macro in _macros(dataset, _GROUPS[1], number):
            _take(frame, macro)
        frames.append(frame)
    return frames


def describes_frames(dataset: Dataset) -> bool:
    """Tell whether an enhanced object says anything about its single frames."""
    return bool(dataset.get(_GROUPS[1]))


def classic_run(dataset: Dataset) -> Dataset:
    """Describe an enhanced angiography run as a classic one, times and angles by frame included."""
    frames = classic_frames(dataset)
    run = frames[0]
    starts = next((starts for name in _FRAME_TIMES if (starts := _times_ms(frames, name))), [])
    if starts:
        _put(run, "FrameTimeVector", [0.0, *np.diff(starts).tolist()])
        _put(run, "FrameIncrementPointer", _FRAME_TIME_VECTOR)
    for which in ("Primary", "Secondary"):
        angles = [float_or_none(frame, f"Positioner{which}Angle") for frame in frames]
        known = [angle for angle in angles if angle is not None]
        if len(known) == len(frames) and max(known) > min(known):
            increments = [angle - known[0] for angle in known]
            _put(run, f"Positioner{which}AngleIncrement", increments)
            _put(run, "PositionerMotion", "DYNAMIC")
    return run


def _macros(dataset: Dataset, group: str, number: int) -> Iterator[Dataset]:
    """Yield the first item of every macro of one functional group."""
    groups = dataset.get(group) or []
    if number < len(groups):
        for element in groups[number]:
            if element.VR == "SQ" and element.value:
                yield element.value[0]


def _take(frame: Dataset, macro: Dataset) -> None:
    for element in macro:
        frame[element.tag] = element
        classic = _CLASSIC_NAME_OF.get(element.keyword)
        if classic:
            _put(frame, classic, element.value)


def _put(dataset: Dataset, keyword: str, value: object) -> None:
    """Set a value in an element of its own: the frames share the elements of the whole object."""
    if keyword in dataset:
        del dataset[keyword]
    setattr(dataset, keyword, value)


def _times_ms(frames: list[Dataset], keyword: str) -> list[float]:
    """Return each frame's time from the first, ms; empty where one is unknown or runs backwards."""
    try:
        stamps = [_moment(text(frame, keyword)) for frame in frames]
    except ValueError:
        return []
    starts = [(stamp - stamps[0]).total_seconds() * 1000 for stamp in stamps]
    return starts if len(starts) > 1 and min(np.diff(starts)) > 0 else []


def _moment(stamp: str) -> datetime:
    """Read a DICOM date-time to the microsecond, by the scanner's clock."""
    local = stamp.split("+")[0].split("-")[0]
    local = local if "." in local else f"{local}.0"
    return datetime.strptime(local, "%Y%m%d%H%M%S.%f")  # noqa: DTZ007 - only differences are used
