"""Rectangles that a person wants painted over, in pixels of a run's frames."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from reader_study.cohorts.models import Series, SeriesKind
from reader_study.cohorts.refusals import CaseChangeRefusedError

MOST_RECTANGLES = 50


class Rectangle(TypedDict):
    """A part of an image, in pixels from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


def new_blackouts(series: Series, asked: Sequence[Rectangle]) -> list[Rectangle]:
    """Return the rectangles that are still to be painted.

    Raises
    ------
    CaseChangeRefusedError
        The series is no run, its size is not known, or a rectangle lies outside of its frames.
    """
    new = [rectangle for rectangle in asked if rectangle not in series.blackouts]
    if not new:
        return []
    if series.kind != SeriesKind.DSA:
        raise CaseChangeRefusedError(
            "A CT is released or kept out, not painted over: a rectangle would go through the "
            "head in every slice."
        )
    if not series.dicom_name or series.geometry is None:
        raise CaseChangeRefusedError(
            "This run came in before its files were kept: it cannot be painted over. Upload it "
            "again, or keep it out."
        )
    if len(series.blackouts) + len(new) > MOST_RECTANGLES:
        raise CaseChangeRefusedError(
            f"More than {MOST_RECTANGLES} rectangles: paint over larger ones, or keep the run out."
        )
    columns, rows = series.geometry["size"][:2]
    for rectangle in new:
        right = rectangle["left"] + rectangle["width"]
        bottom = rectangle["top"] + rectangle["height"]
        if right > columns or bottom > rows:
            raise CaseChangeRefusedError(
                f"A rectangle that ends at column {right} and row {bottom} lies outside of the "
                f"frames of {columns} × {rows}; draw it inside."
            )
    return new


def covers(blackout: Rectangle, box: Mapping[str, int]) -> bool:
    """Whether a rectangle hides the whole of a box."""
    return (
        blackout["left"] <= box["left"]
        and blackout["top"] <= box["top"]
        and blackout["left"] + blackout["width"] >= box["left"] + box["width"]
        and blackout["top"] + blackout["height"] >= box["top"] + box["height"]
    )
