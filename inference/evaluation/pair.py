"""Two masks with what several measures share: centre lines and surface distances."""

from collections.abc import Sequence
from functools import cached_property

from inference.evaluation.centre_lines import centre_line, cl_dice_of_lines, found_share_of_line
from inference.evaluation.masks import Mask
from inference.evaluation.surfaces import SurfaceDistances, surface_distances
from inference.evaluation.topology import betti_errors


class MaskPair:
    """A predicted and a true mask of one grid.

    Attributes
    ----------
    predicted, truth
        Masks, [z, y, x].
    spacing_zyx_mm
        Voxel spacing, mm.
    """

    def __init__(
        self,
        predicted: Mask,
        truth: Mask,
        spacing_zyx_mm: Sequence[float],
        lines: tuple[Mask, Mask] | None = None,
    ) -> None:
        """Take masks and, for a part of a tree, its part of the tree's centre lines.

        An artery's own centre line would be thinned from where the artery was cut off the tree.
        """
        self.predicted = predicted
        self.truth = truth
        self.spacing_zyx_mm = spacing_zyx_mm
        self._lines = lines

    @cached_property
    def predicted_line(self) -> Mask:
        """Centre line of the predicted mask, [z, y, x]."""
        return centre_line(self.predicted) if self._lines is None else self._lines[0]

    @cached_property
    def true_line(self) -> Mask:
        """Centre line of the true mask, [z, y, x]."""
        return centre_line(self.truth) if self._lines is None else self._lines[1]

    @cached_property
    def distances(self) -> SurfaceDistances:
        """Surface distances, mm; `UndefinedMeasure` if a mask is empty."""
        return surface_distances(self.predicted, self.truth, self.spacing_zyx_mm)

    @cached_property
    def betti_errors(self) -> tuple[int, int]:
        """Absolute differences of b0 and of b1."""
        return betti_errors(self.predicted, self.truth)

    def cl_dice(self) -> float:
        """Centre-line Dice."""
        return cl_dice_of_lines(self.predicted, self.predicted_line, self.truth, self.true_line)

    def centre_line_recall(self) -> float:
        """Share of the true centre line within the predicted mask."""
        return found_share_of_line(self.predicted, self.true_line)
