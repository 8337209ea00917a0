"""Read the masks of a case, or predict one, and make sure that they lie on one grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import InferenceError, VolumeError
from inference.evaluation.cases import EvaluatedCase, FailedCase
from inference.evaluation.table import CaseFiles
from inference.volumes import Volume, read_volume, write_mask

if TYPE_CHECKING:
    from inference.prediction.model import SegmentationModel

_LARGEST_LABEL = 255
_WORTH_SAYING_VOXELS = 0.1


@dataclass(frozen=True)
class LabelMap:
    """A mask as its file holds it, upright.

    Attributes
    ----------
    labels
        uint8, [z, y, x].
    volume
        Where its voxels lie; its values are those of the file.
    """

    labels: NDArray[np.uint8]
    volume: Volume


class CaseReader:
    """Makes cases to evaluate of the files of a table."""

    def __init__(
        self,
        model: "SegmentationModel | None",
        true_labels: Mapping[str, int],
        predicted_labels: Mapping[str, int],
        masks_folder: Path,
    ) -> None:
        """Take the model to predict with, if any, and how the masks name their labels.

        Predicted masks are kept in `masks_folder`, on the grid of their CT.
        """
        self._model = model
        self._true_labels = _arteries(true_labels)
        self._predicted_labels = _arteries(predicted_labels)
        self._masks_folder = masks_folder

    def read(self, files: CaseFiles) -> EvaluatedCase | FailedCase:
        """Read a case and, with a model, segment it. What is wrong with it comes back in words."""
        try:
            truth = read_labels(files.mask)
            predicted = self._predicted(files, truth.volume)
            labels = self._named(truth.labels, files.mask)
        except InferenceError as error:
            return FailedCase(files.case, files.site, files.set, str(error))
        return EvaluatedCase(
            files.case,
            files.site,
            files.set,
            predicted,
            truth.labels,
            truth.volume.spacing_zyx_mm,
            labels,
            self._predicted_labels,
        )

    def _predicted(self, files: CaseFiles, true_grid: Volume) -> NDArray[np.uint8]:
        if self._model is None:
            if files.predicted is None:
                raise InferenceError("There is neither a predicted mask nor a model")
            predicted = read_labels(files.predicted)
            check_same_grid(predicted.volume, true_grid, ("the predicted mask", "the true mask"))
            return predicted.labels
        if files.ncct is None:
            raise InferenceError("There is no CT to segment")
        volume = read_volume(files.ncct)
        check_same_grid(volume, true_grid, ("the CT", "the true mask"))
        mask = self._model.predict(volume.hu, volume.spacing_zyx_mm).mask
        self._masks_folder.mkdir(parents=True, exist_ok=True)
        write_mask(volume, mask, self._masks_folder / f"{files.case}.nii.gz")
        return mask

    def _named(self, truth: NDArray[np.uint8], path: Path) -> Mapping[str, int]:
        """Return the names of the labels of a true mask; none if it only tells artery from not."""
        present = set(np.unique(truth).tolist()) - {0}
        if present <= {1}:
            return {}
        nameless = sorted(present - set(self._true_labels.values()))
        if self._true_labels and nameless:
            raise VolumeError(f"{path} holds labels that have no name: {nameless}")
        return self._true_labels


def _arteries(labels: Mapping[str, int]) -> dict[str, int]:
    """Leave the background out, and a single label, which is the whole tree."""
    arteries = {name: value for name, value in labels.items() if value}
    return arteries if len(arteries) > 1 else {}


def read_labels(path: Path) -> LabelMap:
    """Read a mask or label map from a NIfTI file.

    Raises
    ------
    VolumeError
        If it cannot be read or holds anything but whole numbers from 0 to 255.
    """
    volume = read_volume(path)
    values = volume.hu
    labels = values.astype(np.uint8) if _are_labels(values) else None
    if labels is None:
        raise VolumeError(
            f"{path} is no mask: its values reach from {values.min():g} to {values.max():g}, "
            f"labels are whole numbers from 0 to {_LARGEST_LABEL}"
        )
    return LabelMap(labels, volume)


def check_same_grid(one: Volume, other: Volume, names: tuple[str, str]) -> None:
    """Check that two volumes have the same voxels at the same places.

    Parameters
    ----------
    one, other
        The volumes.
    names
        What they are, for the message.

    Raises
    ------
    VolumeError
        Saying how the grids differ.
    """
    if one.hu.shape != other.hu.shape:
        raise VolumeError(
            f"{names[0]} has {_in_words(one)}, {names[1]} has {_in_words(other)}; "
            "resample one onto the other's grid first"
        )
    corners = np.array(list(np.ndindex(2, 2, 2))) * np.subtract(one.hu.shape[::-1], 1)
    places = [
        corners @ volume.affine_lps[:3, :3].T + volume.affine_lps[:3, 3] for volume in (one, other)
    ]
    apart_mm = float(np.linalg.norm(places[0] - places[1], axis=1).max())
    if apart_mm > _WORTH_SAYING_VOXELS * min(one.spacing_zyx_mm):
        raise VolumeError(
            f"{names[0]} and {names[1]} have as many voxels, but lie up to {apart_mm:.1f} mm "
            "apart; resample one onto the other's grid first"
        )


def _are_labels(values: NDArray[Any]) -> bool:
    if values.min() < 0 or values.max() > _LARGEST_LABEL:
        return False
    return np.issubdtype(values.dtype, np.integer) or bool((values == np.rint(values)).all())


def _in_words(volume: Volume) -> str:
    shape = " × ".join(str(length) for length in volume.hu.shape)
    spacing = " × ".join(f"{step:.3g}" for step in volume.spacing_zyx_mm)
    return f"{shape} voxels of {spacing} mm (z, y, x)"
