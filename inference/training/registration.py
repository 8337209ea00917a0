"""Rigid registration of a CTA to the NCCT of the same head.

Positions are LPS, mm. A transform maps a point of the NCCT to the same point of the head in the
CTA, as ITK's resampling wants it.

The similarity is Mattes' mutual information (Mattes et al., "PET-CT image registration in the chest
using free-form deformations", IEEE TMI 22, 2003), which is not misled by contrast medium: bone, air
and brain keep their relation to each other.
"""

import math
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from inference.errors import VolumeError
from inference.training.head import centroid, head_mask, on_coarser_grid

SEED = 20
_WINDOW_HU = (-200.0, 1000.0)
_BINS = 32
_SAMPLES = 40_000
_COARSE_MM = 6.0
_FINER_MM = (3.0, 1.5)
_SHIFTS_MM = (-40.0, -20.0, 0.0, 20.0, 40.0)
_NODS_DEG = (-15.0, 0.0, 15.0)
_STARTS_TRIED = 2
_ITERATIONS = 300
_RELAXATION = 0.85
_LAST_STEP = 1 / 500


@dataclass(frozen=True)
class RigidRegistration:
    """A registration's outcome.

    Attributes
    ----------
    transform
        Maps NCCT points to CTA points, LPS mm.
    mutual_information
        Mattes mutual information at the end, nats; higher is more alike.
    """

    transform: sitk.Euler3DTransform
    mutual_information: float


@dataclass(frozen=True)
class _Level:
    """Both images on one grid, with the fixed head as the place of the samples."""

    fixed: sitk.Image
    moving: sitk.Image
    head: sitk.Image


def register(fixed: sitk.Image, moving: sitk.Image) -> RigidRegistration:
    """Find the rigid transform from the fixed image's points to the moving image's.

    Several places along the body and nods of the head are tried on a coarse grid, because fields of
    view differ; the best is refined on two finer grids. Samples are drawn from the fixed image's
    head, with a fixed seed.

    Parameters
    ----------
    fixed, moving
        CT volumes, HU, of the same head.

    Raises
    ------
    VolumeError
        If one of them shows no head, or the heads cannot be laid on each other.
    """
    fixed_head, moving_head = head_mask(fixed), head_mask(moving)
    coarse = _level(fixed, moving, fixed_head, _COARSE_MM)
    starts = _starts(centroid(fixed_head), centroid(moving_head))
    promising = sorted(starts, key=lambda start: _dissimilarity(coarse, start))[:_STARTS_TRIED]
    if math.isinf(_dissimilarity(coarse, promising[0])):
        raise VolumeError("The heads of both scans do not overlap in any position that was tried")
    transform = min(
        (_refined(coarse, start) for start in promising),
        key=lambda found: _dissimilarity(coarse, found),
    )
    for spacing_mm in _FINER_MM:
        level = _level(fixed, moving, fixed_head, spacing_mm)
        transform = _refined(level, transform)
    return RigidRegistration(transform, -_dissimilarity(level, transform))


def _level(fixed: sitk.Image, moving: sitk.Image, head: sitk.Image, spacing_mm: float) -> _Level:
    # Voxels finer than the scans' own hold nothing more.
    spacing_mm = max(spacing_mm, min(*fixed.GetSpacing(), *moving.GetSpacing()))
    fixed_grid = _clipped(on_coarser_grid(fixed, spacing_mm))
    moving_grid = _clipped(on_coarser_grid(moving, spacing_mm))
    on_grid = sitk.Resample(head, fixed_grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    return _Level(fixed_grid, moving_grid, on_grid)


def _clipped(image: sitk.Image) -> sitk.Image:
    low, high = _WINDOW_HU
    clipped: sitk.Image = sitk.Clamp(image, sitk.sitkFloat32, low, high)
    return clipped


def _starts(
    fixed_centre: tuple[float, float, float], moving_centre: tuple[float, float, float]
) -> list[sitk.Euler3DTransform]:
    apart = np.subtract(moving_centre, fixed_centre)
    starts = []
    for shift_mm in _SHIFTS_MM:
        for nod_deg in _NODS_DEG:
            start = sitk.Euler3DTransform()
            start.SetCenter(fixed_centre)
            start.SetRotation(math.radians(nod_deg), 0.0, 0.0)
            start.SetTranslation(np.add(apart, (0.0, 0.0, shift_mm)).tolist())
            starts.append(start)
    return starts


def _method(level: _Level) -> sitk.ImageRegistrationMethod:
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(_BINS)
    inside = int(sitk.GetArrayViewFromImage(level.head).sum())
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(min(1.0, _SAMPLES / max(inside, 1)), SEED)
    method.SetMetricFixedMask(level.head)
    method.SetInterpolator(sitk.sitkLinear)
    return method


def _dissimilarity(level: _Level, transform: sitk.Euler3DTransform) -> float:
    method = _method(level)
    method.SetInitialTransform(transform)
    try:
        return float(method.MetricEvaluate(level.fixed, level.moving))
    except RuntimeError:  # ITK's word for no overlap at all
        return math.inf


def _refined(level: _Level, start: sitk.Euler3DTransform) -> sitk.Euler3DTransform:
    method = _method(level)
    method.SetInitialTransform(sitk.Euler3DTransform(start), inPlace=True)
    step_mm = level.fixed.GetSpacing()[0]
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=step_mm,
        minStep=step_mm * _LAST_STEP,
        numberOfIterations=_ITERATIONS,
        # ITK's 0.5 stops in the long valley of translations that make up for rotations.
        relaxationFactor=_RELAXATION,
    )
    method.SetOptimizerScalesFromPhysicalShift()
    return sitk.Euler3DTransform(method.Execute(level.fixed, level.moving))
