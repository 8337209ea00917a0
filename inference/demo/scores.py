"""Score a model on phantoms that it was not trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.measures import dice
from inference.phantom import Phantom, make_phantom
from inference.prediction.model import SegmentationModel

# M2 and M3: what the middle cerebral artery feeds beyond an occluded M1.
BEYOND_THE_OCCLUSION = {"right": (5, 7), "left": (6, 8)}


@dataclass(frozen=True)
class PhantomScore:
    """How well one phantom was segmented.

    Attributes
    ----------
    seed
        The phantom's seed.
    dice
        2 |A ∩ B| / (|A| + |B|) of the segmented and the true arteries, on the CT's grid.
    recall_beyond_occlusion
        Share of the true M2 and M3 voxels on the occluded side that were found; None without an
        occlusion.
    seconds
        Wall time of the prediction.
    """

    seed: int
    dice: float
    recall_beyond_occlusion: float | None
    seconds: float


def recall_beyond_occlusion(mask: NDArray[np.uint8], phantom: Phantom) -> float | None:
    """Share of the arteries beyond the occlusion that a mask holds; None without an occlusion."""
    if phantom.occluded_side is None:
        return None
    beyond = np.isin(phantom.labels, BEYOND_THE_OCCLUSION[phantom.occluded_side])
    return float((mask[beyond] > 0).mean())


def score_on_phantoms(
    model: SegmentationModel,
    seeds: Sequence[int],
    shape_zyx: tuple[int, int, int],
    spacing_zyx_mm: tuple[float, float, float],
    report: Callable[[str], None],
) -> list[PhantomScore]:
    """Segment phantoms and compare with their truth.

    Parameters
    ----------
    model
        The model to score.
    seeds
        Seeds of the phantoms.
    shape_zyx, spacing_zyx_mm
        Grid of the CT volumes, voxels and mm.
    report
        Called with a line of text after every phantom.
    """
    scores = []
    for seed in seeds:
        phantom = make_phantom(seed, shape_zyx=shape_zyx, spacing_zyx_mm=spacing_zyx_mm)
        prediction = model.predict(phantom.hu, phantom.spacing_zyx_mm)
        score = PhantomScore(
            seed,
            dice(prediction.mask, phantom.labels),
            recall_beyond_occlusion(prediction.mask, phantom),
            prediction.provenance["seconds"]["total"],
        )
        report(f"held-out phantom {seed}: Dice {score.dice:.3f}, {score.seconds:.1f} s")
        scores.append(score)
    return scores
