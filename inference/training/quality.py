"""How good a registration is, in numbers that need no truth, and when a person must look."""

import math
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from inference.evaluation.measures import dice
from inference.training.head import (
    BONE_HU,
    centroid,
    head_mask,
    on_coarser_grid,
    surface_points,
)
from inference.training.registration import register

LARGEST_DISAGREEMENT_MM = 1.0
SMALLEST_BONE_DICE = 0.8
SMALLEST_COVERED = 0.8
LARGEST_SHIFT_MM = 60.0
LARGEST_ROTATION_DEG = 30.0

_LANDMARKS = 30
_GRID_MM = 2.0
_AIR_HU = -1024.0


@dataclass(frozen=True)
class RegistrationQuality:
    """Numbers of one registration.

    Attributes
    ----------
    disagreement_mm
        Two registrations, CTA to NCCT and NCCT to CTA, each from scratch: how far 30 landmarks on
        the head's surface end from where they began when both are applied; the largest distance.
    bone_dice
        Overlap of the bone (above 400 HU on a 2 mm grid) of both scans in the head, where both
        scans reach.
    covered
        Share of the NCCT's head, down to 150 mm below the vertex, that the CTA reaches.
    mutual_information
        Mattes mutual information, nats.
    shift_mm
        How far the centre of the head moved.
    rotation_deg
        Angle by which the head turned.
    """

    disagreement_mm: float
    bone_dice: float
    covered: float
    mutual_information: float
    shift_mm: float
    rotation_deg: float

    def doubts(self) -> list[str]:
        """Say why a person must look before the case is used; empty where nothing is suspect."""
        found = []
        if self.disagreement_mm > LARGEST_DISAGREEMENT_MM:
            found.append(f"both directions differ by {self.disagreement_mm:.1f} mm")
        if self.bone_dice < SMALLEST_BONE_DICE:
            found.append(f"the bones overlap with a Dice of {self.bone_dice:.2f} only")
        if self.covered < SMALLEST_COVERED:
            found.append(f"the CTA covers {self.covered:.0%} of the head only")
        if self.shift_mm > LARGEST_SHIFT_MM:
            found.append(f"the head would have moved by {self.shift_mm:.0f} mm")
        if self.rotation_deg > LARGEST_ROTATION_DEG:
            found.append(f"the head would have turned by {self.rotation_deg:.0f}°")
        return found


def assess(
    ncct: sitk.Image, cta: sitk.Image, transform: sitk.Euler3DTransform, mutual_information: float
) -> RegistrationQuality:
    """Measure a registration; this registers a second time, in the other direction.

    Parameters
    ----------
    ncct, cta
        The scans, HU.
    transform
        Maps NCCT points to CTA points, LPS mm.
    mutual_information
        What `register` reached.
    """
    head = head_mask(ncct)
    backward = register(cta, ncct).transform
    centre = centroid(head)
    bone_dice, covered = _bone_overlap(ncct, cta, transform, head)
    return RegistrationQuality(
        disagreement_mm=_disagreement_mm(head, transform, backward),
        bone_dice=bone_dice,
        covered=covered,
        mutual_information=mutual_information,
        shift_mm=float(np.linalg.norm(np.subtract(transform.TransformPoint(centre), centre))),
        rotation_deg=_angle_deg(transform),
    )


def _disagreement_mm(head: sitk.Image, forward: sitk.Transform, backward: sitk.Transform) -> float:
    return max(
        math.dist(point, backward.TransformPoint(forward.TransformPoint(point)))
        for point in surface_points(head, _LANDMARKS)
    )


def _bone_overlap(
    ncct: sitk.Image, cta: sitk.Image, transform: sitk.Transform, head: sitk.Image
) -> tuple[float, float]:
    grid = on_coarser_grid(ncct, _GRID_MM)
    coarse_cta = on_coarser_grid(cta, _GRID_MM)
    moved = sitk.Resample(coarse_cta, grid, transform, sitk.sitkLinear, _AIR_HU)
    field = sitk.Image(coarse_cta.GetSize(), sitk.sitkUInt8) + 1
    field.CopyInformation(coarse_cta)
    reached = sitk.Resample(field, grid, transform, sitk.sitkNearestNeighbor, 0)
    inside = sitk.Resample(head, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    in_head = sitk.GetArrayFromImage(inside).astype(bool)
    in_both = in_head & sitk.GetArrayFromImage(reached).astype(bool)
    bones = [sitk.GetArrayFromImage(image > BONE_HU).astype(bool) for image in (grid, moved)]
    if not any((bone & in_both).any() for bone in bones):
        return 0.0, 0.0
    overlap = dice(bones[0] & in_both, bones[1] & in_both)
    return float(overlap), float(in_both.sum() / in_head.sum())


def _angle_deg(transform: sitk.Euler3DTransform) -> float:
    matrix = np.array(transform.GetMatrix()).reshape(3, 3)
    cosine = (np.trace(matrix) - 1) / 2
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
