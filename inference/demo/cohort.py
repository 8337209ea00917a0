"""The seed study's design in small: pairs of phantom scans in its sets and proportions.

Dataset 1 (training, internal validation, internal test) comes from one hospital, dataset 2
(external validation) from another with other scanners, a seventh as large. No artery is occluded
in them, since a CT angiography could not show what to draw. The mask is drawn on the CT
angiography, for which the head had moved, as it is in patients.
"""

import csv
import json
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.phantom.ct import CLINICAL_SHAPE_ZYX, CLINICAL_SPACING_ZYX_MM, scan_phantom
from inference.phantom.cta import scan_cta
from inference.phantom.scanner import Scanner, noise_hu
from inference.training.pairs import SetName

TABLE = "pairs.csv"
MOTIONS = "motions.json"
_COLUMNS = ("case", "site", "set", "ncct", "cta", "mask")
_COMPRESSION = 1


@dataclass(frozen=True)
class Hospital:
    """A hospital and its scanner's two protocols.

    Attributes
    ----------
    name
        Name for people.
    ncct, cta
        Non-contrast CT and CT angiography.
    """

    name: str
    ncct: Scanner
    cta: Scanner


NORTH = Hospital(
    "north",
    Scanner(
        "north NCCT",
        CLINICAL_SHAPE_ZYX,
        CLINICAL_SPACING_ZYX_MM,
        noise_hu=noise_hu(CLINICAL_SPACING_ZYX_MM),
    ),
    Scanner("north CTA", (148, 420, 360), (1.0, 0.5, 0.5), noise_hu=14.0),
)
SOUTH = Hospital(
    "south",
    Scanner("south NCCT", (144, 400, 400), (1.0, 0.55, 0.55), noise_hu=3.6, blur_mm=0.55),
    Scanner("south CTA", (184, 400, 344), (0.8, 0.53, 0.53), noise_hu=18.0, blur_mm=0.4),
)


@dataclass(frozen=True)
class CohortSet:
    """A set of cases.

    Attributes
    ----------
    name
        The set's name in the table of pairs.
    hospital
        Where its cases were scanned.
    seeds
        Seeds of its phantoms.
    """

    name: SetName
    hospital: Hospital
    seeds: Sequence[int]


@dataclass(frozen=True)
class _Case:
    seed: int
    hospital: Hospital
    set: SetName

    @property
    def name(self) -> str:
        return f"{self.hospital.name}-{self.seed}"


def write_cohort(
    sets: Iterable[CohortSet], folder: Path, report: Callable[[str], None], *, processes: int = 1
) -> Path:
    """Write the pairs of a cohort as NIfTI with their table.

    Parameters
    ----------
    sets
        The sets to write.
    folder
        Folder to fill: the table of pairs, scans and masks; and what no study would have, the truth
        on the non-contrast CTs' grids (`truth_file`) and how the heads moved (`read_motions`).
    report
        Called with a line of text after every pair.
    processes
        How many processes share the work.

    Returns
    -------
    Path
        The table, as `inference.training.pairs` reads it.
    """
    cases = [_Case(seed, each.hospital, each.name) for each in sets for seed in each.seeds]
    folder.mkdir(parents=True, exist_ok=True)
    motions = {}
    for number, (case, moved) in enumerate(
        zip(cases, _written(cases, folder, processes), strict=True), start=1
    ):
        motions[case.name] = moved
        report(f"pair {number}/{len(cases)}: {case.name}, {case.set}")
    (folder / MOTIONS).write_text(json.dumps(motions, indent=1))
    table = folder / TABLE
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for case in cases:
            scans = [f"{case.name}-{kind}.nii.gz" for kind in ("ncct", "cta", "mask")]
            writer.writerow([case.name, case.hospital.name, case.set, *scans])
    return table


def truth_file(folder: Path, case: str) -> Path:
    """Return where a case's artery labels on the grid of its non-contrast CT lie."""
    return folder / f"{case}-truth.nii.gz"


def read_motions(folder: Path) -> dict[str, NDArray[np.float64]]:
    """Read how the heads moved, as 4 × 4 matrices by case; see `inference.phantom.PhantomCTA`."""
    motions = json.loads((folder / MOTIONS).read_text())
    return {case: np.array(matrix) for case, matrix in motions.items()}


def _written(cases: list[_Case], folder: Path, processes: int) -> Iterable[list[list[float]]]:
    if processes == 1:
        yield from (_write_pair(case, folder) for case in cases)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn) as pool:
        yield from pool.map(_write_pair, cases, [folder] * len(cases))


def _write_pair(case: _Case, folder: Path) -> list[list[float]]:
    phantom = scan_phantom(case.seed, case.hospital.ncct, occlusion="none")
    _write(phantom.hu, phantom, folder / f"{case.name}-ncct.nii.gz")
    _write(phantom.labels, phantom, truth_file(folder, case.name))
    cta = scan_cta(case.seed, case.hospital.cta, occlusion="none")
    _write(cta.hu, cta, folder / f"{case.name}-cta.nii.gz")
    drawn = (cta.opacified > 0).astype(np.uint8)
    _write(drawn, cta, folder / f"{case.name}-mask.nii.gz")
    moved: list[list[float]] = cta.moved_lps.tolist()
    return moved


def _write(values: NDArray[Any], like: Any, path: Path) -> None:
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(values)
    image.SetSpacing(like.spacing_zyx_mm[::-1])
    image.SetOrigin(like.origin_lps_mm)
    sitk.WriteImage(image, str(path), useCompression=True, compressionLevel=_COMPRESSION)
