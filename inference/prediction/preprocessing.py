"""nnU-Net's preprocessing of a CT volume, computed on the network's device."""

# mypy: disallow-untyped-calls=False

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from nnunetv2.preprocessing.cropping.cropping import crop_to_nonzero
from nnunetv2.preprocessing.normalization.default_normalization_schemes import (
    NoNormalization,
    ZScoreNormalization,
)
from nnunetv2.preprocessing.resampling.default_resampling import compute_new_shape
from numpy.typing import NDArray

from inference.errors import VolumeError
from inference.prediction.resampling import Resampling, Shape, resample_image

SMALLEST_STD = 1e-8
_OTHER_NORMALIZATIONS = {
    "ZScoreNormalization": ZScoreNormalization,
    "NoNormalization": NoNormalization,
}


@dataclass(frozen=True)
class PreprocessedCase:
    """A volume as the network sees it, and the way back to the CT's grid.

    Axes are those of nnU-Net: the CT's, transposed as the plans say.

    Attributes
    ----------
    image
        [1, axis 0, axis 1, axis 2], float32, normalised, on the model's grid.
    way_back
        From the model's grid to the CT's, cropped.
    box
        Where the cropped volume lies in the CT.
    shape_before_cropping
        Of the CT.
    """

    image: torch.Tensor
    way_back: Resampling
    box: tuple[slice, slice, slice]
    shape_before_cropping: Shape


class Preprocessing:
    """What the plans say about preparing a volume.

    Parameters
    ----------
    plans
        Checked plans; see `inference.models.plans.check_plans`.
    configuration
        Name of the plans' configuration.
    """

    def __init__(self, plans: dict[str, Any], configuration: str) -> None:
        self._configuration = plans["configurations"][configuration]
        self._transpose: list[int] = plans["transpose_forward"]
        self._transpose_back: list[int] = plans["transpose_backward"]
        self._scheme: str = self._configuration["normalization_schemes"][0]
        self._intensities = plans["foreground_intensity_properties_per_channel"]["0"]
        self.grid_spacing_mm: tuple[float, ...] = tuple(self._configuration["spacing"])

    @property
    def grid_spacing_zyx_mm(self) -> tuple[float, ...]:
        """Spacing of the model's grid along the CT's axes, mm."""
        return tuple(self.grid_spacing_mm[axis] for axis in self._transpose_back)

    def run(
        self, hu: NDArray[np.generic], spacing_zyx_mm: Sequence[float], device: torch.device
    ) -> PreprocessedCase:
        """Transpose, crop to what is not zero, normalise and resample, as nnU-Net does.

        Parameters
        ----------
        hu
            CT values, HU, [z, y, x].
        spacing_zyx_mm
            Voxel spacing, mm.
        device
            Where to compute; the image stays there.

        Raises
        ------
        VolumeError
            If too little of the volume is not zero.
        """
        volume = hu.transpose(self._transpose)
        spacing = tuple(spacing_zyx_mm[axis] for axis in self._transpose)
        box = _box_of_nonzero(volume)
        cropped = volume[box]
        grid_shape = compute_new_shape(cropped.shape, spacing, self.grid_spacing_mm)
        if min(grid_shape) < 1:
            raise VolumeError(
                f"Only {' × '.join(map(str, cropped.shape))} voxels of the CT volume hold values "
                "other than zero, too few for the model"
            )
        there = Resampling(
            _shape(cropped.shape),
            _shape(grid_shape),
            spacing,
            self.grid_spacing_mm,
            self._configuration["resampling_fn_data_kwargs"],
        )
        way_back = Resampling(
            there.new_shape,
            there.old_shape,
            self.grid_spacing_mm,
            spacing,
            self._configuration["resampling_fn_probabilities_kwargs"],
        )
        if self._scheme == "CTNormalization":
            on_device = _as_tensor(cropped).to(device)[np.newaxis]
            image = resample_image(on_device, there, self._normalised_part)
        else:
            image = resample_image(self._normalised_whole(cropped).to(device), there)
        return PreprocessedCase(image, way_back, box, _shape(volume.shape))

    def on_ct_grid(self, labels: NDArray[np.uint8], case: PreprocessedCase) -> NDArray[np.uint8]:
        """Put labels of the cropped volume into the CT's grid, [z, y, x]."""
        whole = np.zeros(case.shape_before_cropping, np.uint8)
        whole[case.box] = labels
        return np.ascontiguousarray(whole.transpose(self._transpose_back))

    def _normalised_part(self, part: torch.Tensor) -> torch.Tensor:
        """Normalise CT values by what is known of the training's, a voxel at a time."""
        window = self._intensities
        values = part.to(torch.float32, copy=True)
        values.clamp_(window["percentile_00_5"], window["percentile_99_5"])
        return values.sub_(window["mean"]).div_(max(window["std"], SMALLEST_STD))

    def _normalised_whole(self, cropped: NDArray[np.generic]) -> torch.Tensor:
        """Normalise by what the volume itself holds."""
        within_mask = self._configuration["use_mask_for_norm"][0]
        image = cropped.astype(np.float32)
        # nnU-Net marks what lies outside the filled nonzero region with -1.
        outside = crop_to_nonzero(image[np.newaxis])[1][0] if within_mask else None
        normalization = _OTHER_NORMALIZATIONS[self._scheme](within_mask, self._intensities)
        return torch.from_numpy(normalization.run(image, outside))[np.newaxis]


def _as_tensor(volume: NDArray[np.generic]) -> torch.Tensor:
    """Hand a volume to torch, in a small number format where it has one that torch knows."""
    kept = (np.int16, np.uint8, np.int8, np.float32)
    values = volume if volume.dtype in kept else volume.astype(np.float32)
    return torch.from_numpy(np.require(values, requirements=["C", "W"]))


def _box_of_nonzero(volume: NDArray[np.generic]) -> tuple[slice, slice, slice]:
    """The smallest box around everything that is not zero.

    nnU-Net fills holes first, which takes seconds and cannot enlarge the box.
    """
    nonzero = volume != 0
    sides = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        filled = np.flatnonzero(nonzero.any(axis=others))
        sides.append(slice(int(filled[0]), int(filled[-1]) + 1))
    return sides[0], sides[1], sides[2]


def _shape(lengths: Sequence[int]) -> Shape:
    one, two, three = (int(length) for length in lengths)
    return one, two, three
