"""The clot of a phantom: its side, how it shows, and what the blood's density becomes there."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inference.phantom.branching import STEP_MM
from inference.phantom.labels import Side, artery_label, labels_beyond_m1
from inference.phantom.randomness import stream
from inference.phantom.tree import ArteryTree

Occlusion = Literal["hyperdense", "absent", "none"]

_BLOOD_HU = (48.0, 54.0)
_HYPERDENSE_HU = (63.0, 70.0)
_ISODENSE_HU = 33.0
_START_MM = (3.0, 8.0)


@dataclass(frozen=True)
class Clot:
    """What blocks M1, and its traces.

    Attributes
    ----------
    shown : "hyperdense", "absent" or "none"
        How the clot shows: denser than blood, as dense as brain, or there is none.
    side : "left", "right" or None
        Side of the clot; None where there is none.
    infarct_side : "left", "right" or None
        Side of a faint hypodensity of the brain; None where there is none.
    blood_hu, clot_hu : float
        Density of flowing blood and of the clot, HU.
    start_mm : float
        Distance of the clot from the carotid's end.
    """

    shown: Occlusion
    side: Side | None
    infarct_side: Side | None
    blood_hu: float
    clot_hu: float
    start_mm: float

    def lumen_hu(self, tree: ArteryTree) -> NDArray[np.float64]:
        """Return the density of the lumen at every centre-line point, HU."""
        lumen = np.full(len(tree.labels), self.blood_hu)
        lumen[self.clotted(tree)] = self.clot_hu
        return lumen

    def clotted(self, tree: ArteryTree) -> NDArray[np.bool_]:
        """Return which centre-line points lie in the clot: M1 from where it starts to its end."""
        inside = np.zeros(len(tree.labels), dtype=bool)
        if self.side is not None:
            m1 = np.flatnonzero(tree.labels == artery_label(self.side, "M1"))
            inside[m1[int(self.start_mm / STEP_MM) :]] = True
        return inside

    def unreached(self, tree: ArteryTree) -> NDArray[np.bool_]:
        """Return which centre-line points contrast does not reach: the clot and what M1 feeds."""
        beyond = np.zeros(len(tree.labels), dtype=bool)
        if self.side is not None:
            beyond = np.isin(tree.labels, sorted(labels_beyond_m1(self.side)))
        return self.clotted(tree) | beyond


def clot_of_seed(seed: int, occlusion: Occlusion | None = None) -> Clot:
    """Draw the clot of a phantom.

    Parameters
    ----------
    seed : int
        Seed of the phantom.
    occlusion : str, optional
        How it shows; drawn by default: two thirds hyperdense, one third absent. The side does not
        depend on it.
    """
    rng = stream(seed, "clot")
    drawn: Occlusion = "hyperdense" if rng.uniform() < 2 / 3 else "absent"
    drawn_side: Side = "right" if rng.uniform() < 0.5 else "left"
    shown = drawn if occlusion is None else occlusion
    side = None if shown == "none" else drawn_side
    with_infarct = bool(rng.uniform() < 0.5)
    blood_hu, hyperdense_hu, start_mm = (
        float(rng.uniform(*limits)) for limits in (_BLOOD_HU, _HYPERDENSE_HU, _START_MM)
    )
    return Clot(
        shown=shown,
        side=side,
        infarct_side=side if with_infarct else None,
        blood_hu=blood_hu,
        clot_hu=hyperdense_hu if shown == "hyperdense" else _ISODENSE_HU,
        start_mm=start_mm,
    )
