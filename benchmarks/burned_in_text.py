"""How much burned-in text is found, what else is taken for text, and what looking costs.

``python -m benchmarks.burned_in_text`` prints Markdown tables. Names, dates and numbers are drawn
into series without text, and what is found is compared with where they were drawn. The backgrounds
are the project's phantoms and, where the folder of real data is present, real CT and angiography.
"""

import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inference.phantom import make_phantom, project_dsa
from reader_study.imaging import ImagingError, scan
from reader_study.imaging.burned_in_text import TextBox, find_text, frames_as_displayed
from reader_study.imaging.ct_volume import build_ct_volume
from reader_study.imaging.text_display import run_as_displayed, volume_as_displayed
from reader_study.imaging.xa_run import read_xa_run

Frames = NDArray[np.uint8]

SHARED_DATA = Path(
    os.environ.get(
        "READER_STUDY_SHARED_DATA",
        Path(__file__).resolve().parent.parent.parent / "shared" / "data",
    )
)
SIZES_PX = (8, 12, 20, 40)
SINGLE_FRAME_SIZES_PX = (12, 24)
TRIALS = 4
STYLES = ("bright", "dark", "outlined", "10 % contrast")
TEXTS = (
    "MUSTERMANN^ERIKA",
    "1957-03-21",
    "PAT ID 004711893",
    "12.11.2023 08:15",
    "Dr. K. Lindqvist",
)
LOW_CONTRAST = 0.1
LEGIBLE_STEP = 20
COVERED = 0.5
CORNERS_AND_MIDDLE = ((0.03, 0.03, 0), (0.97, 0.97, 0), (0.03, 0.6, 90), (0.5, 0.45, 0))


@dataclass(frozen=True)
class Series:
    """Frames of one series, with no text of their own."""

    name: str
    modality: str
    frames: Frames


@dataclass(frozen=True)
class Drawn:
    """Where a text was drawn; frame None stands for all."""

    frame: int | None
    left: int
    top: int
    right: int
    bottom: int
    legible: bool

    def found_in(self, boxes: Iterable[TextBox]) -> bool:
        """Whether boxes of its frame cover at least half of it."""
        covered = sum(self._shared(box) for box in boxes if box.frame in (None, self.frame))
        return covered >= COVERED * (self.right - self.left) * (self.bottom - self.top)

    def _shared(self, box: TextBox) -> int:
        across = min(self.right, box.left + box.width) - max(self.left, box.left)
        down = min(self.bottom, box.top + box.height) - max(self.top, box.top)
        return max(0, across) * max(0, down)


def phantom_series() -> Iterator[Series]:
    """CT and angiography of phantoms, at clinical matrix sizes."""
    for seed in (3, 7):
        phantom = make_phantom(seed, shape_zyx=(32, 512, 512), spacing_zyx_mm=(5.0, 0.45, 0.45))
        yield Series(f"phantom {seed}, CT", "CT", volume_as_displayed(phantom.hu))
        for angles in ((0.0, 17.0), (90.0, 0.0)):
            run = project_dsa(phantom, *angles, size=1024, frame_count=12)
            yield Series(
                f"phantom {seed}, run at {angles[0]:.0f}°", "XA", run_as_displayed(run.frames)
            )


def real_series() -> Iterator[Series]:
    """CT and angiography of the folder of real data that are known to hold no text."""
    paths = [folder for folder in (SHARED_DATA / "head-ct", SHARED_DATA / "xa") if folder.exists()]
    with tempfile.TemporaryDirectory() as work:
        found = scan(paths, Path(work))
        for number, series in enumerate(found.ct_series, 1):
            try:
                yield Series(
                    f"real CT {number}", "CT", frames_as_displayed(build_ct_volume(series))
                )
            except ImagingError as refused:
                print(f"- real CT {number} is not searched: {refused}")
        for run in found.xa_runs:
            yield Series(run.name, "XA", frames_as_displayed(read_xa_run(run)))


def draw(
    frames: Frames,
    words: str,
    style: str,
    size_px: int,
    at: tuple[float, float, int],
    frame: int | None,
) -> Drawn:
    """Draw words into frames, in place; `at` is (share across, share down, degrees)."""
    font = ImageFont.load_default(size=size_px)
    edge = max(1, size_px // 12) if style == "outlined" else 0
    letters, around = (
        _stencil(words, font, 0, at[2], edge),
        _stencil(words, font, edge, at[2], edge),
    )
    rows, columns = letters.shape
    left, top = int(at[0] * (frames.shape[2] - columns)), int(at[1] * (frames.shape[1] - rows))
    chosen = slice(None) if frame is None else slice(frame, frame + 1)
    place = frames[chosen, top : top + rows, left : left + columns]
    before = place.astype(np.float32)
    value = _grey(style, before)
    drawn = before
    if edge:
        drawn = drawn * (1 - around)
    drawn = drawn * (1 - letters) + value * letters
    steps = np.abs(drawn - before)[..., letters > 0.5]
    place[:] = np.rint(np.clip(drawn, 0, 255)).astype(np.uint8)
    legible = edge > 0 or float(np.median(steps)) >= LEGIBLE_STEP
    return Drawn(frame, left, top, left + columns, top + rows, legible)


def _stencil(
    words: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    stroke: int,
    degrees: int,
    margin: int,
) -> NDArray[np.float32]:
    left, top, right, bottom = font.getbbox(words)
    size = (int(right - left) + 2 + 2 * margin, int(bottom - top) + 2 + 2 * margin)
    picture = Image.new("L", size, 0)
    start = (1 + margin - left, 1 + margin - top)
    ImageDraw.Draw(picture).text(start, words, fill=255, font=font, stroke_width=stroke)
    return np.asarray(picture.rotate(degrees, expand=True), np.float32) / np.float32(255)


def _grey(style: str, before: NDArray[np.float32]) -> float:
    if style == "dark":
        return 0.0
    if style == "10 % contrast":
        mean = float(before.mean())
        return mean + LOW_CONTRAST * 255 * (1 if mean < 128 else -1)
    return 255.0


def to_draw_on(backgrounds: list[Series]) -> list[Series]:
    """A phantom and a real series of each modality: drawing on all would take an hour."""
    kinds = {(one.modality, one.name.startswith("phantom")): one for one in reversed(backgrounds)}
    return list(kinds.values())


def table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Print a Markdown table."""
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    print()


def share(results: list[bool]) -> str:
    """Found of drawn."""
    return f"{sum(results)}/{len(results)}" if results else "–"


def recall_in_all_frames(backgrounds: list[Series]) -> None:
    """Text that stands in all frames: four texts in a series, by style and size."""
    chance = random.Random(1)  # noqa: S311 - which words are drawn where
    for modality in ("CT", "XA"):
        print(f"Text in all frames, {modality}\n")
        rows = []
        for style in STYLES:
            row: list[object] = [style]
            for size_px in SIZES_PX:
                results = []
                for series in (one for one in backgrounds if one.modality == modality):
                    frames = series.frames.copy()
                    drawn = [
                        draw(frames, chance.choice(TEXTS), style, size_px, at, None)
                        for at in CORNERS_AND_MIDDLE
                    ]
                    boxes = find_text(frames)
                    results += [one.found_in(boxes) for one in drawn if one.legible]
                row.append(share(results))
            rows.append(tuple(row))
        table(("", *(f"{size} px" for size in SIZES_PX)), rows)


def recall_in_single_frames(backgrounds: list[Series]) -> None:
    """Text in one frame only, anywhere, alone in its series: by style and size."""
    chance = random.Random(2)  # noqa: S311 - which words are drawn where
    for modality in ("CT", "XA"):
        print(f"Text in one frame only, {modality}\n")
        rows = []
        for style in STYLES[:3]:
            row: list[object] = [style]
            for size_px in SINGLE_FRAME_SIZES_PX:
                results = [
                    found
                    for series in backgrounds
                    if series.modality == modality
                    for found in found_in_single_frame(series, style, size_px, chance)
                ]
                row.append(share(results))
            rows.append(tuple(row))
        table(("", *(f"{size} px" for size in SINGLE_FRAME_SIZES_PX)), rows)


def found_in_single_frame(
    series: Series, style: str, size_px: int, chance: random.Random
) -> Iterator[bool]:
    """Draw into one frame after another and say whether each text was found."""
    for _ in range(TRIALS):
        frames = series.frames.copy()
        frame = chance.randrange(len(frames))
        at = (chance.random(), chance.random(), 0)
        drawn = draw(frames, chance.choice(TEXTS), style, size_px, at, frame)
        if drawn.legible:
            yield drawn.found_in(find_text(frames))


def false_alarms(backgrounds: list[Series]) -> None:
    """Series without text: what is taken for text."""
    print("Series without text\n")
    header = ("series", "frames", "boxes in all frames", "boxes in single frames")
    rows = []
    for series in backgrounds:
        boxes = find_text(series.frames)
        throughout = sum(box.frame is None for box in boxes)
        size = " × ".join(map(str, series.frames.shape))
        rows.append((series.name, size, throughout, len(boxes) - throughout))
    table(header, rows)


def real_text() -> None:
    """Files of the folder of real data with a test patient's name in the pixels."""
    folder = SHARED_DATA / "bad-dicom"
    if not folder.exists():
        return
    ultrasound = pydicom.dcmread(folder / "deid_us_rgb_burned_in.dcm").pixel_array
    scout = pydicom.dcmread(folder / "presidio_2_ORIGINAL_ct_burned_in.dcm").pixel_array
    print("Files with real burned-in text\n")
    rows = []
    for name, frames in {
        "deid_us_rgb_burned_in.dcm": ultrasound.mean(axis=-1).astype(np.uint8)[None],
        "presidio_2_ORIGINAL_ct_burned_in.dcm": volume_as_displayed(scout[None]),
    }.items():
        boxes = find_text(frames)
        rows.append((name, len(boxes), max(box.width for box in boxes)))
    table(("file", "boxes", "widest, px"), rows)


def cost(backgrounds: list[Series]) -> None:
    """Computing time of a thin-slice CT and of a run at full matrix."""
    print("Cost, on one thread\n")
    rows = []
    for modality, count in (("CT", 160), ("XA", 30)):
        frames = next(one.frames for one in backgrounds if one.modality == modality)
        frames = np.tile(frames, (-(-count // len(frames)), 1, 1))[:count]
        started, by_clock = time.process_time(), time.monotonic()
        find_text(frames)
        spent = f"{time.process_time() - started:.2f} s"
        size = " × ".join(map(str, frames.shape))
        rows.append((f"{modality}, {size}", spent, f"{time.monotonic() - by_clock:.2f} s"))
    table(("series", "computing time", "by the clock"), rows)


def main() -> None:
    """Draw, look, compare and print."""
    backgrounds = [*phantom_series(), *real_series()]
    cost(backgrounds)
    false_alarms(backgrounds)
    real_text()
    recall_in_all_frames(to_draw_on(backgrounds))
    recall_in_single_frames(to_draw_on(backgrounds))


if __name__ == "__main__":
    main()
