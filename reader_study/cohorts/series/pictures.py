"""Search a volume or a run for burned-in text, and make the pictures of it that people look at."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from reader_study.cohorts.arrays import load_ct_volume, load_xa_run, stored_array
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.cohorts.series.store import save_preview
from reader_study.imaging.burned_in_text import find_text, frames_as_displayed
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.previews import preview_of_run, preview_of_volume
from reader_study.imaging.xa_run import AngiographyRun


@dataclass(frozen=True)
class TextAndPictures:
    """Where text seems to stand in a series, and under which name its pictures are stored."""

    text_boxes: list[dict[str, Any]]
    preview_name: str


def search_and_picture(images: CTVolume | AngiographyRun) -> TextAndPictures:
    """Find text and store pictures, among them each slice in which text stands."""
    text_boxes = text_boxes_in(images)
    with_text = {box["frame"] for box in text_boxes if box["frame"] is not None}
    return TextAndPictures(text_boxes, _save_pictures(images, with_text))


def text_boxes_in(images: CTVolume | AngiographyRun) -> list[dict[str, Any]]:
    """Find text in a volume or a run, for a person to decide on, as the database keeps it."""
    return [asdict(box) for box in find_text(frames_as_displayed(images))]


def late_pictures(series: Series) -> str:
    """Picture a series that an earlier release took in, which kept no pictures.

    Returns
    -------
    str
        The name under which they are stored.
    """
    load = load_ct_volume if series.kind == SeriesKind.NCCT else load_xa_run
    return _save_pictures(load(stored_array(series)))


def _save_pictures(images: CTVolume | AngiographyRun, with_text: Collection[int] = ()) -> str:
    if isinstance(images, CTVolume):
        preview = preview_of_volume(images, with_text)
    else:
        preview = preview_of_run(images)
    return save_preview(preview.pictures, preview.thumbnail)
