"""A phantom's NCCT and its CTA after the head has moved by a known rigid transform."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from inference.phantom import Phantom, PhantomCTA, Scanner, rigid_motion, scan_cta, scan_phantom

NCCT_SCANNER = Scanner("NCCT", (75, 110, 100), (2.0, 2.0, 2.0), noise_hu=4.0)
CTA_SCANNER = Scanner("CTA", (90, 120, 110), (1.8, 1.8, 1.8), noise_hu=8.0)


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
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(moved[:3, :3].ravel().tolist())
    transform.SetTranslation(moved[:3, 3].tolist())
    return PhantomPair(
        ncct=image_of(phantom.hu, phantom),
        labels=image_of(phantom.labels, phantom),
        cta=image_of(cta.hu, cta),
        cta_labels=image_of(cta.labels, cta),
        transform=transform,
    )


def image_of(values: np.ndarray, scan: Phantom | PhantomCTA) -> sitk.Image:
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(scan.spacing_zyx_mm[::-1])
    image.SetOrigin(scan.origin_lps_mm)
    return image
