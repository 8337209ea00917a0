"""One image of an upload, as the sorting of uploads sees it."""

from dataclasses import dataclass, replace
from pathlib import Path

from .enhanced import ENHANCED_CT, classic_frames, describes_frames
from .header_values import uid
from .headers import Header


@dataclass(frozen=True)
class Instance:
    """One DICOM object, or one frame of an enhanced CT.

    Attributes
    ----------
    frame
        Index of the frame; 0 for a classic object.
    """

    path: Path
    name: str
    header: Header
    frame: int = 0


def single_images(instances: list[Instance]) -> list[Instance]:
    """Take enhanced CT objects apart: one instance a frame, each with a classic header."""
    images: list[Instance] = []
    for instance in instances:
        dataset = instance.header.dataset
        if uid(dataset, "SOPClassUID") not in ENHANCED_CT or not describes_frames(dataset):
            images.append(instance)
            continue
        for number, frame in enumerate(classic_frames(dataset)):
            header = replace(instance.header, dataset=frame)
            images.append(replace(instance, header=header, frame=number))
    return images
