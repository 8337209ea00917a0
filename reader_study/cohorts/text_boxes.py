"""Where text seems to be burned into a series, as the database keeps it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reader_study.imaging.burned_in_text import find_text, frames_as_displayed
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.xa_run import AngiographyRun


def text_boxes_in(images: CTVolume | AngiographyRun) -> list[dict[str, Any]]:
    """Find text in a volume or a run, for a person to decide on."""
    return [asdict(box) for box in find_text(frames_as_displayed(images))]


def frames_with_text(text_boxes: Sequence[dict[str, Any]]) -> set[int]:
    """The slices or frames in which text stands that does not stand in all."""
    return {box["frame"] for box in text_boxes if box["frame"] is not None}
