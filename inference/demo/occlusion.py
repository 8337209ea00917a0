"""How much of the tree beyond an occlusion a model finds: the question that no patient can answer.

In a phantom the arteries beyond the clot are known, though its CT angiography stops there.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.demo.cohort import Hospital
from inference.evaluation.measures import dice, recall
from inference.evaluation.summary import summarise
from inference.phantom.clot import Occlusion
from inference.phantom.ct import Phantom, scan_phantom
from inference.phantom.cta import PhantomCTA, scan_cta
from inference.phantom.grid import VoxelGrid
from inference.phantom.labels import Side, labels_beyond_m1
from inference.prediction.model import SegmentationModel

CONTRAST_SHOWS_HU = 150.0
"""What is brighter counts as opacified: far above blood and brain, far below a full lumen."""

_OTHER_SIDE: dict[Side, Side] = {"left": "right", "right": "left"}
SHARES = (
    "dice",
    "recall_beyond_occlusion",
    "recall_other_side",
    "centre_line_recall_beyond_occlusion",
    "centre_line_recall_other_side",
    "cta_centre_line_recall_beyond_occlusion",
    "cta_centre_line_recall_other_side",
)


@dataclass(frozen=True)
class OccludedCase:
    """What was found in one phantom with an occluded M1.

    "Beyond the occlusion" are M2, M3 and the cortical branches on the side of the clot; "the other
    side" are the same arteries where nothing is occluded. The centre line is the phantom's own, not
    thinned from voxels.

    Attributes
    ----------
    seed
        The phantom's seed.
    side
        Side of the clot.
    clot
        How the clot shows in the non-contrast CT.
    dice
        Of the whole tree.
    recall_beyond_occlusion, recall_other_side
        Share of the true voxels that the model found.
    centre_line_recall_beyond_occlusion, centre_line_recall_other_side
        Share of the centre line's length that lies within what the model found.
    centre_line_mm_beyond_occlusion
        Length of the centre line beyond the occlusion, mm.
    cta_centre_line_recall_beyond_occlusion, cta_centre_line_recall_other_side
        Share of the centre line's length that shows contrast in the CT angiography.
    """

    seed: int
    side: Side
    clot: Occlusion
    dice: float
    recall_beyond_occlusion: float
    recall_other_side: float
    centre_line_recall_beyond_occlusion: float
    centre_line_recall_other_side: float
    centre_line_mm_beyond_occlusion: float
    cta_centre_line_recall_beyond_occlusion: float
    cta_centre_line_recall_other_side: float


@dataclass(frozen=True, eq=False)
class OccludedScans:
    """The scans of an occluded phantom with what was found, for a figure."""

    phantom: Phantom
    cta: PhantomCTA
    mask: NDArray[np.uint8]


def evaluate_occlusions(
    model: SegmentationModel,
    seeds: Sequence[int],
    hospital: Hospital,
    report: Callable[[str], None],
    *,
    occlusion: Occlusion | None = None,
) -> tuple[list[OccludedCase], OccludedScans]:
    """Segment phantoms with an occluded M1 and measure what lies beyond.

    Parameters
    ----------
    model
        The model.
    seeds
        Seeds of the phantoms; none was trained on.
    hospital
        Where they are scanned.
    report
        Called with a line of text after every phantom.
    occlusion
        How the clots show; drawn from the seeds by default.

    Returns
    -------
    list of OccludedCase
        One for each seed.
    OccludedScans
        Those of the first.
    """
    cases: list[OccludedCase] = []
    first = None
    for seed in seeds:
        phantom = scan_phantom(seed, hospital.ncct, occlusion=occlusion)
        cta = scan_cta(seed, hospital.cta, occlusion=occlusion)
        mask = model.predict(phantom.hu, phantom.spacing_zyx_mm).mask
        first = first or OccludedScans(phantom, cta, mask)
        cases.append(measure_beyond_occlusion(phantom, cta, mask))
        report(
            f"occlusion {len(cases)}/{len(seeds)}: beyond it "
            f"{cases[-1].centre_line_recall_beyond_occlusion:.0%} of the centre line found, "
            f"{cases[-1].centre_line_recall_other_side:.0%} on the other side"
        )
    if first is None:
        raise ValueError("evaluate_occlusions needs a seed")
    return cases, first


def measure_beyond_occlusion(
    phantom: Phantom, cta: PhantomCTA, mask: NDArray[np.uint8]
) -> OccludedCase:
    """Measure how much of the arteries beyond the clot a mask and the CT angiography hold.

    Parameters
    ----------
    phantom
        An occluded phantom.
    cta
        Its CT angiography.
    mask
        Arteries found in the phantom's non-contrast CT, [z, y, x]; background 0.

    Raises
    ------
    ValueError
        If nothing is occluded.
    """
    if phantom.occluded_side is None:
        raise ValueError(f"The phantom of seed {phantom.seed} has no occlusion to look beyond.")
    beyond = labels_beyond_m1(phantom.occluded_side)
    other = labels_beyond_m1(_OTHER_SIDE[phantom.occluded_side])
    line, line_in_cta = _CentreLine(phantom), _CentreLine(phantom, cta)
    found, shown = mask > 0, cta.hu > CONTRAST_SHOWS_HU
    return OccludedCase(
        seed=phantom.seed,
        side=phantom.occluded_side,
        clot=phantom.occlusion,
        dice=dice(found, phantom.labels),
        recall_beyond_occlusion=recall(found, np.isin(phantom.labels, sorted(beyond))),
        recall_other_side=recall(found, np.isin(phantom.labels, sorted(other))),
        centre_line_recall_beyond_occlusion=line.share_within(found, beyond),
        centre_line_recall_other_side=line.share_within(found, other),
        centre_line_mm_beyond_occlusion=round(line.length_mm(beyond), 1),
        cta_centre_line_recall_beyond_occlusion=line_in_cta.share_within(shown, beyond),
        cta_centre_line_recall_other_side=line_in_cta.share_within(shown, other),
    )


def occlusion_summary(cases: Sequence[OccludedCase]) -> dict[str, Any]:
    """Return the cases and the summary of every share over them, as JSON values."""
    return {
        "n": len(cases),
        "measures": {
            share: summarise([getattr(case, share) for case in cases]).as_json() for share in SHARES
        },
        "cases": [asdict(case) for case in cases],
    }


class _CentreLine:
    """A phantom's centre line on the grid of a scan, as pieces about half a millimetre long."""

    def __init__(self, phantom: Phantom, cta: PhantomCTA | None = None) -> None:
        tree, scan = phantom.tree, cta or phantom
        first = tree.segments
        start, end = tree.points_lps_mm[first], tree.points_lps_mm[first + 1]
        middle = (start + end) / 2
        if cta is not None:
            middle = middle @ cta.moved_lps[:3, :3].T + cta.moved_lps[:3, 3]
        voxels = VoxelGrid(scan.hu.shape, scan.spacing_zyx_mm).voxel_of(middle)
        inside = voxels >= 0
        self._voxels = voxels[inside]
        self._lengths_mm = np.linalg.norm(end - start, axis=1)[inside]
        self._labels = tree.labels[first][inside]

    def length_mm(self, labels: frozenset[int]) -> float:
        """Return the length of the arteries with these labels within the scan, mm."""
        return float(self._lengths_mm[np.isin(self._labels, sorted(labels))].sum())

    def share_within(self, mask: NDArray[np.bool_], labels: frozenset[int]) -> float:
        """Return the share of that length that lies within a mask on the scan's grid."""
        own = np.isin(self._labels, sorted(labels))
        found = mask.reshape(-1)[self._voxels[own]]
        return float(self._lengths_mm[own][found].sum()) / self.length_mm(labels)
