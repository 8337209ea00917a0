"""Write enhanced multi-frame objects of constructed images, for tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, EnhancedCTImageStorage, EnhancedXAImageStorage

from .synthetic_dicom import growing_bar, set_elements, write_xa_run

_MACRO_OF = {
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
    "PixelSpacing": "PixelMeasuresSequence",
    "SliceThickness": "PixelMeasuresSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
}
_XA_MACRO_OF = {
    "PositionerPrimaryAngle": "PositionerPositionSequence",
    "PositionerSecondaryAngle": "PositionerPositionSequence",
    "DistanceSourceToDetector": "XRayGeometrySequence",
    "DistanceSourceToIsocenter": "XRayGeometrySequence",
    "ImagerPixelSpacing": "FramePixelDataPropertiesSequence",
}


def merge_to_enhanced_ct(
    slices: Sequence[Path], target: Path, *, order: Sequence[int], shared: set[str] | None = None
) -> Path:
    """Write classic CT slices as one enhanced CT.

    Parameters
    ----------
    order
        Which slice becomes each frame.
    shared
        Elements that stand in the shared functional groups instead of each frame's own.
    """
    shared = shared or set()
    datasets = [pydicom.dcmread(slices[number]) for number in order]
    whole = datasets[0]
    frames = [_groups(dataset, set(_MACRO_OF) - shared, _MACRO_OF) for dataset in datasets]
    common = _groups(whole, shared, _MACRO_OF)
    frame_type = Dataset()
    frame_type.FrameType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    common.CTImageFrameTypeSequence = [frame_type]
    whole.SharedFunctionalGroupsSequence = [common]
    whole.PerFrameFunctionalGroupsSequence = frames
    set_elements(whole, dict.fromkeys(_MACRO_OF))
    whole.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    whole.NumberOfFrames = len(datasets)
    whole.PixelData = b"".join(dataset.PixelData for dataset in datasets)
    return _save(whole, EnhancedCTImageStorage, target)


def write_enhanced_xa(
    target: Path,
    *,
    starts_s: Sequence[float],
    primary_deg: Sequence[float],
    elements: dict[str, Any] | None = None,
) -> Path:
    """Write an enhanced angiography run; times and angles stand with the frames."""
    whole = pydicom.dcmread(write_xa_run(target, growing_bar(len(starts_s))))
    whole.DistanceSourceToIsocenter = whole.DistanceSourceToPatient
    frames = []
    for start, angle in zip(starts_s, primary_deg, strict=True):
        whole.PositionerPrimaryAngle = angle
        frame = _groups(whole, {"PositionerPrimaryAngle", "PositionerSecondaryAngle"}, _XA_MACRO_OF)
        content = Dataset()
        content.FrameReferenceDateTime = f"202601020304{5 + start:09.6f}"
        frame.FrameContentSequence = [content]
        frames.append(frame)
    names = {"DistanceSourceToDetector", "DistanceSourceToIsocenter", "ImagerPixelSpacing"}
    whole.SharedFunctionalGroupsSequence = [_groups(whole, names, _XA_MACRO_OF)]
    whole.PerFrameFunctionalGroupsSequence = frames
    gone = [*_XA_MACRO_OF, "DistanceSourceToPatient", "FrameTime", "FrameIncrementPointer"]
    set_elements(whole, {**dict.fromkeys(gone), **(elements or {})})
    return _save(whole, EnhancedXAImageStorage, target)


def _groups(source: Dataset, names: set[str], macro_of: dict[str, str]) -> Dataset:
    group = Dataset()
    for name in sorted(names):
        macro = macro_of[name]
        if macro not in group:
            setattr(group, macro, [Dataset()])
        setattr(group[macro].value[0], name, source[name].value)
    return group


def _save(dataset: FileDataset, sop_class: UID, target: Path) -> Path:
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.save_as(target, enforce_file_format=True)
    return target


def shuffled(count: int) -> list[int]:
    """An order of frames that is not that of space."""
    return [int(number) for number in np.random.default_rng(1).permutation(count)]
