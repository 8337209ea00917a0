"""A phantom's NCCT and its CTA after the head has moved by a known rigid transform."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from inference.phantom import Phantom, PhantomCTA, Scanner, rigid_motion, scan_cta, scan_phantom
from inference.phantom.grid import HEAD_CENTRE_LPS_MM

NCCT_SCANNER = Scanner("NCCT", (60, 88, 80), (2.5, 2.5, 2.5), noise_hu=4.0)
CTA_SCANNER = Scanner("CTA", (68, 100, 92), (2.4, 2.4, 2.4), noise_hu=8.0)


@dataclass(frozen=True, eq=False)
class PhantomPair:
    """Images are SimpleITK's, LPS mm; `transform` maps NCCT points to CTA points."""

    ncct: sitk.Image
    labels: sitk.Image
    cta: sitk.Image
    cta_labels: sitk.Image
    transform: sitk.AffineTransform


def make_pair(
    seed: int,
    *,
    turns_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ncct_scanner: Scanner = NCCT_SCANNER,
    cta_scanner: Scanner = CTA_SCANNER,
) -> PhantomPair:
    phantom = scan_phantom(seed, ncct_scanner, occlusion="none")
    moved = rigid_motion(turns_deg, shift_mm)
    cta = scan_cta(seed, cta_scanner, occlusion="none", moved_lps=moved)
    return PhantomPair(
        ncct=image_of(phantom.hu, phantom),
        labels=image_of(phantom.labels, phantom),
        cta=image_of(cta.hu, cta),
        cta_labels=image_of(cta.labels, cta),
        transform=transform_of(moved),
    )


def image_of(values: np.ndarray, scan: Phantom | PhantomCTA) -> sitk.Image:
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(scan.spacing_zyx_mm[::-1])
    image.SetOrigin(scan.origin_lps_mm)
    return image


def transform_of(matrix_lps: np.ndarray) -> sitk.AffineTransform:
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(matrix_lps[:3, :3].ravel().tolist())
    transform.SetTranslation(matrix_lps[:3, 3].tolist())
    return transform


def save(image: sitk.Image, path: Path) -> Path:
    sitk.WriteImage(image, str(path))
    return path


def error_of(found: sitk.Transform, true: sitk.Transform) -> tuple[float, float]:
    """How far the middle of the head is off, mm, and by which angle the head, degrees."""
    centre = HEAD_CENTRE_LPS_MM
    ends = []
    for transform in (found, true):
        origin = np.array(transform.TransformPoint(centre))
        steps = [np.add(centre, step).tolist() for step in np.eye(3)]
        ends.append(np.array([transform.TransformPoint(step) for step in steps]) - origin)
    cosine = (np.trace(ends[0] @ ends[1].T) - 1) / 2
    off_mm = math.dist(found.TransformPoint(centre), true.TransformPoint(centre))
    return off_mm, math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
