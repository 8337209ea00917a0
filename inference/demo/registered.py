"""Masks drawn on CT angiographies, moved onto the non-contrast CTs; and how well that went."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.demo.cohort import read_motions, truth_file
from inference.errors import InferenceError
from inference.evaluation.measures import dice
from inference.training.moving import labels_on_ncct
from inference.training.pairs import Pair
from inference.training.registration import register
from inference.training.scans import read_labels, read_scan

_POINTS = 2000


@dataclass(frozen=True)
class RegisteredPair:
    """A pair whose mask was moved onto its non-contrast CT.

    Attributes
    ----------
    case, set
        As in the table of pairs.
    error_mm, largest_error_mm
        How far from their true place in the CT angiography the found transform takes points on the
        arteries of the non-contrast CT: mean and largest, mm.
    label_dice
        Dice of the moved mask and the true arteries on the non-contrast CT's grid. What it lacks to
        1 is lost by drawing on one grid and moving to another.
    """

    case: str
    set: str
    error_mm: float
    largest_error_mm: float
    label_dice: float


def moved_mask_file(folder: Path, case: str) -> Path:
    """Return where the mask of a case on the grid of its non-contrast CT lies."""
    return folder / f"{case}-moved.nii.gz"


def register_pairs(
    pairs: Iterable[Pair], folder: Path, report: Callable[[str], None]
) -> list[RegisteredPair]:
    """Register every pair of a cohort, move its mask, and compare both with the truth.

    Parameters
    ----------
    pairs
        The pairs of a cohort; each with a CT angiography and a mask drawn on it.
    folder
        Where `inference.demo.cohort.write_cohort` wrote them; the moved masks are written there.
    report
        Called with a line of text after every pair.
    """
    motions = read_motions(folder)
    registered = []
    for pair in pairs:
        one = _registered(pair, folder, motions[pair.case])
        report(
            f"registered {one.case}: {one.error_mm:.2f} mm off on average, "
            f"moved mask Dice {one.label_dice:.3f}"
        )
        registered.append(one)
    return registered


def _registered(pair: Pair, folder: Path, true_motion: NDArray[np.float64]) -> RegisteredPair:
    import SimpleITK as sitk

    if pair.cta is None or pair.mask is None:
        raise InferenceError(f"{pair.case} has no CT angiography with a mask to move")
    ncct = read_scan(pair.ncct)
    transform = register(ncct, read_scan(pair.cta, contrast_agent=True)).transform
    moved = labels_on_ncct(read_labels(pair.mask), ncct, transform)
    sitk.WriteImage(moved, str(moved_mask_file(folder, pair.case)), useCompression=True)
    truth = read_labels(truth_file(folder, pair.case))
    errors = _errors_mm(transform, true_motion, truth)
    return RegisteredPair(
        case=pair.case,
        set=pair.set,
        error_mm=round(float(errors.mean()), 4),
        largest_error_mm=round(float(errors.max()), 4),
        label_dice=round(
            dice(sitk.GetArrayViewFromImage(moved), sitk.GetArrayViewFromImage(truth)), 4
        ),
    )


def _errors_mm(transform: Any, true_motion: NDArray[np.float64], truth: Any) -> NDArray[np.float64]:
    """Return the distances between the found and the true place of points on the arteries."""
    import SimpleITK as sitk

    voxels = np.argwhere(sitk.GetArrayViewFromImage(truth) > 0)[:, ::-1]
    voxels = voxels[:: max(1, len(voxels) // _POINTS)]
    points = [truth.TransformContinuousIndexToPhysicalPoint(xyz.tolist()) for xyz in voxels * 1.0]
    found = np.array([transform.TransformPoint(point) for point in points])
    true = np.array(points) @ true_motion[:3, :3].T + true_motion[:3, 3]
    return np.asarray(np.linalg.norm(found - true, axis=1))
