"""Where text seems to be burned into a series, as the database keeps it."""

from dataclasses import asdict
from typing import Any

from reader_study.imaging.burned_in_text import find_text, frames_as_displayed
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.previews import Grey
from reader_study.imaging.xa_run import AngiographyRun


def text_boxes_in(images: CTVolume | AngiographyRun) -> list[dict[str, Any]]:
    """Find text in a volume or a run, for a person to decide on."""
    return text_boxes_in_frames(frames_as_displayed(images))


def text_boxes_in_frames(displayed: Grey | None) -> list[dict[str, Any]]:
    """Find text in frames as they are displayed; None where there are none to look at."""
    return [] if displayed is None else [asdict(box) for box in find_text(displayed)]
