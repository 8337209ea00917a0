"""A phantom's NCCT and its CTA after the head has moved by a known rigid transform."""

import math
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from inference.phantom import Phantom, make_phantom
from inference.phantom.grid import VoxelGrid, vessel_voxels
from inference.phantom.head import HeadPainter

CONTRAST_HU = 350.0
AIR_HU = -1024.0


@dataclass(frozen=True, eq=False)
class PhantomPair:
    """Images are SimpleITK's, LPS mm; `transform` maps NCCT points to CTA points."""

    phantom: Phantom
    ncct: sitk.Image
    cta: sitk.Image
    cta_labels: sitk.Image
    transform: sitk.Euler3DTransform


def make_pair(
    seed: int,
    *,
    rotation_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    translation_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ncct_shape_zyx: tuple[int, int, int] = (75, 110, 100),
    ncct_spacing_mm: float = 2.0,
    cta_shape_zyx: tuple[int, int, int] = (90, 120, 110),
    cta_spacing_mm: float = 1.8,
    cta_below_mm: float = 10.0,
    noise_hu: float = 8.0,
) -> PhantomPair:
    phantom = make_phantom(
        seed, occlusion="none", shape_zyx=ncct_shape_zyx, spacing_zyx_mm=(ncct_spacing_mm,) * 3
    )
    ncct = image_of(phantom.hu.astype(np.float32), ncct_spacing_mm, phantom.origin_lps_mm)
    grid = VoxelGrid(cta_shape_zyx, (cta_spacing_mm,) * 3)
    painter = HeadPainter(seed, grid, None)
    hu = np.stack([painter.slice_hu(index) for index in range(cta_shape_zyx[0])])
    lumen = np.full(len(phantom.tree.labels), CONTRAST_HU)
    vessels = vessel_voxels(phantom.tree, grid, lumen)
    flat = hu.reshape(-1)
    flat[vessels.voxels] += (vessels.coverage * (CONTRAST_HU - flat[vessels.voxels])).astype(
        np.float32
    )
    labels = np.zeros(hu.shape, dtype=np.uint8)
    solid = vessels.coverage >= 0.5
    labels.reshape(-1)[vessels.voxels[solid]] = vessels.labels[solid]
    unmoved = image_of(hu, cta_spacing_mm, grid.origin_lps_mm)
    unmoved_labels = image_of(labels, cta_spacing_mm, grid.origin_lps_mm)

    transform = sitk.Euler3DTransform()
    transform.SetCenter((0.0, 0.0, 13.0))
    transform.SetRotation(*(math.radians(angle) for angle in rotation_deg))
    transform.SetTranslation(translation_mm)
    back = transform.GetInverse()
    target = sitk.Image(unmoved)
    x, y, z = grid.origin_lps_mm
    target.SetOrigin((x, y, z - cta_below_mm))
    moved = sitk.Resample(unmoved, target, back, sitk.sitkLinear, AIR_HU)
    noise = np.random.default_rng(seed).normal(0, noise_hu, hu.shape).astype(np.float32)
    cta = sitk.GetImageFromArray(sitk.GetArrayFromImage(moved) + noise)
    cta.CopyInformation(moved)
    cta_labels = sitk.Resample(unmoved_labels, target, back, sitk.sitkNearestNeighbor, 0)
    return PhantomPair(phantom, ncct, cta, cta_labels, transform)


def image_of(
    values: np.ndarray, spacing_mm: float, origin_lps_mm: tuple[float, float, float]
) -> sitk.Image:
    image = sitk.GetImageFromArray(values)
    image.SetSpacing((spacing_mm,) * 3)
    image.SetOrigin(origin_lps_mm)
    return image


def error_of(
    found: sitk.Transform, true: sitk.Transform, centre: tuple[float, float, float]
) -> tuple[float, float]:
    """Displacement at the centre, mm, and angle between the two, degrees."""
    shift = np.subtract(found.TransformPoint(centre), true.TransformPoint(centre))
    axes = []
    for transform in (found, true):
        origin = np.array(transform.TransformPoint(centre))
        axes.append(
            np.stack(
                [np.array(transform.TransformPoint(tuple(np.add(centre, e)))) - origin
                 for e in np.eye(3)]
            )
        )
    cosine = (np.trace(axes[0] @ axes[1].T) - 1) / 2
    return float(np.linalg.norm(shift)), math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
