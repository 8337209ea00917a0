"""The labels on the CT's grid of logits on the model's grid, as nnU-Net makes them.

nnU-Net resamples all logits and takes the label of the highest. Here that is done in blocks, and
only where it may be another label than the background: resampling linearly, a voxel lies between
the voxels around it, and arteries fill little of a head.
"""

# mypy: disallow-untyped-calls=False

import itertools
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch

from inference.prediction.resampling import Resampling, Shape, along_all, by_nnunet
from inference.prediction.threads import torch_in_one_thread

# Of the new grid: small enough for a processor's cache, and to leave much out.
BLOCK_ON_CPU = (32, 64, 64)
# A GPU has done a block sooner than it is told about many.
BLOCK_VOXELS_ON_GPU = 8_000_000
TIES_AT_ONCE = 1_000_000


def labels_of_resampled(logits: torch.Tensor, resampling: Resampling) -> torch.Tensor:
    """Resample logits as nnU-Net does and return the label of the highest at each voxel.

    Between two labels only the difference of the logits is resampled. The result is made in blocks,
    so that the resampled logits never lie in memory as a whole.

    Parameters
    ----------
    logits
        [label, axis 0, axis 1, axis 2], half precision as nnU-Net gathers them, on any device.

    Returns
    -------
    Tensor
        uint8 on the same device, of the resampling's new shape.
    """
    if resampling.arguments["is_seg"] or resampling.arguments["order"] > 1:
        winners = by_nnunet(logits, resampling).argmax(0).astype(np.uint8)
        return torch.from_numpy(winners).to(logits.device)
    labels = torch.zeros(resampling.new_shape, dtype=torch.uint8, device=logits.device)
    matrices = [resampling.matrix(axis) for axis in range(3)]
    # As far as rounding to half precision, as nnU-Net does, may move the difference of two logits.
    rounding = torch.finfo(torch.half).eps * float(logits.abs().amax())
    foreground = _may_be_foreground(logits, matrices, rounding)
    lengths = _block_lengths(resampling.new_shape, logits.device)
    axes = [
        _spans(new, length, matrix)
        for new, length, matrix in zip(resampling.new_shape, lengths, matrices, strict=True)
    ]
    with torch_in_one_thread() if logits.device.type == "cpu" else nullcontext():
        for spans in itertools.product(*axes):
            needed = tuple(span.needed for span in spans)
            if not foreground[needed].any():
                continue
            part = logits[(slice(None), *needed)]
            of_block = [span.matrix for span in spans]
            labels[tuple(span.block for span in spans)] = (
                _is_second_higher(part, of_block, rounding)
                if len(part) == 2
                else _highest(part, of_block)
            )
    return labels


def _may_be_foreground(
    logits: torch.Tensor, matrices: Sequence[torch.Tensor | None], rounding: float
) -> torch.Tensor:
    """Tell where a label may come near the background's logit or above; bool, on the CPU."""
    if any(matrix is not None and bool((matrix < 0).any()) for matrix in matrices):
        # Splines across thick slices may rise above what is around a voxel.
        return torch.ones(logits.shape[1:], dtype=torch.bool)
    above_background = logits[1:].amax(0).float() - logits[0].float()
    return (above_background > -2 * rounding).cpu()


@dataclass(frozen=True)
class _Span:
    """A block's extent along one axis.

    Attributes
    ----------
    block
        Of the new grid.
    needed
        What it is made of, of the old grid.
    matrix
        The map of the one from the other; None where nothing changes.
    """

    block: slice
    needed: slice
    matrix: torch.Tensor | None


def _spans(new: int, length: int, matrix: torch.Tensor | None) -> list[_Span]:
    """Cut an axis into blocks."""
    spans = []
    for start in range(0, new, length):
        block = slice(start, min(start + length, new))
        if matrix is None:
            spans.append(_Span(block, block, None))
            continue
        used = matrix[block].any(0).nonzero()
        needed = slice(int(used[0]), int(used[-1]) + 1)
        spans.append(_Span(block, needed, matrix[block, needed]))
    return spans


def _block_lengths(new_shape: Shape, device: torch.device) -> Shape:
    if device.type == "cpu":
        return BLOCK_ON_CPU
    return max(1, BLOCK_VOXELS_ON_GPU // math.prod(new_shape[1:])), new_shape[1], new_shape[2]


def _is_second_higher(
    logits: torch.Tensor, matrices: Sequence[torch.Tensor | None], rounding: float
) -> torch.Tensor:
    """Tell where the second of two logits is higher, by their difference."""
    first, second = logits.float()
    difference = along_all((second - first)[np.newaxis], matrices)[0]
    higher = difference > 0
    # nnU-Net rounds resampled logits to half precision, and equal ones are the first label: where
    # rounding may decide, both logits are looked at.
    near = (difference.abs() <= rounding).nonzero()
    for points in near.split(TIES_AT_ONCE):
        rounded = (_at(points, logit, matrices).half() for logit in (first, second))
        higher[points.unbind(1)] = torch.lt(*rounded)
    return higher


def _at(
    points: torch.Tensor, volume: torch.Tensor, matrices: Sequence[torch.Tensor | None]
) -> torch.Tensor:
    """Resample [axis 0, axis 1, axis 2] at some points [point, 3] of the new grid, linearly."""
    corners, weights = [], []
    for axis, matrix in enumerate(matrices):
        at_axis = points[:, axis]
        if matrix is None:
            corner, weight = at_axis[:, np.newaxis], torch.ones_like(points[:, :1])
        else:
            both = matrix.topk(min(2, matrix.shape[1]), dim=1)
            corner = both.indices.to(points.device)[at_axis]
            weight = both.values.to(points.device)[at_axis]
        alone = [1, 1, 1]
        alone[axis] = corner.shape[1]
        corners.append(corner.reshape(-1, *alone))
        weights.append(weight.reshape(-1, *alone))
    values = volume[corners[0], corners[1], corners[2]]
    return (values * weights[0] * weights[1] * weights[2]).sum((1, 2, 3))


def _highest(logits: torch.Tensor, matrices: Sequence[torch.Tensor | None]) -> torch.Tensor:
    """Return the label of the highest logit, the lowest label of equal ones as NumPy has it."""
    highest = along_all(logits[:1].float(), matrices)[0].half()
    labels = torch.zeros(highest.shape, dtype=torch.uint8, device=logits.device)
    for label in range(1, len(logits)):
        # As nnU-Net rounds resampled logits.
        logit = along_all(logits[label : label + 1].float(), matrices)[0].half()
        labels.masked_fill_(logit > highest, label)
        highest = torch.maximum(highest, logit)
    return labels
