"""How exactly a CTA is laid on its NCCT, on phantoms whose heads moved by known transforms.

``make bench-registration`` prints a table, one line a run, and JSON in the last line. Heads turn by
up to 10° about each axis and shift by up to 15 mm along each; the CTA's field of view is as high as
the NCCT's, less, or more. Voxels are 1.5 mm wide. Every tenth run has voxels as in the clinic and
also makes a draft of the arteries, scored against the truth.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from inference.evaluation.measures import dice
from inference.phantom import Phantom, PhantomCTA, Scanner, rigid_motion, scan_cta, scan_phantom
from inference.phantom.grid import HEAD_CENTRE_LPS_MM
from inference.training.draft import draft_label
from inference.training.moving import cta_on_ncct
from inference.training.registration import register

LARGEST_TURN_DEG, LARGEST_SHIFT_MM = 10.0, 15.0
GOAL_MM, GOAL_DEG = 1.0, 1.0
FIRST_SEED = 7000
NCCT = Scanner("NCCT", (90, 150, 134), (1.6, 1.5, 1.5), noise_hu=5.0)
CTAS = (
    Scanner("as high", (96, 152, 136), (1.5, 1.5, 1.5), noise_hu=9.0),
    Scanner("less", (66, 152, 136), (1.5, 1.5, 1.5), noise_hu=9.0),
    Scanner("more", (120, 152, 136), (1.5, 1.5, 1.5), noise_hu=12.0),
)
# Drafts need voxels as fine as arteries are thin.
FINE_NCCT = Scanner("NCCT, fine", (116, 400, 360), (1.2, 0.5, 0.5), noise_hu=5.0)
FINE_CTA = Scanner("fine", (180, 360, 320), (0.8, 0.6, 0.6), noise_hu=9.0, blur_mm=0.4)
RUNS_PER_DRAFT = 10


@dataclass(frozen=True)
class Run:
    """One registration: errors in the middle of the head, and the Dice of a draft."""

    cta: str
    error_mm: float
    error_deg: float
    seconds: float
    draft_dice: float | None


def one_run(number: int) -> Run:
    """Register one phantom."""
    rng = np.random.default_rng(FIRST_SEED + number)
    x, y, z = rng.uniform(-LARGEST_TURN_DEG, LARGEST_TURN_DEG, 3)
    shift = rng.uniform(-LARGEST_SHIFT_MM, LARGEST_SHIFT_MM, 3)
    moved = rigid_motion((x, y, z), tuple(shift))
    seed = FIRST_SEED + number
    with_draft = number % RUNS_PER_DRAFT == 0
    ncct_scanner = FINE_NCCT if with_draft else NCCT
    cta_scanner = FINE_CTA if with_draft else CTAS[number % len(CTAS)]
    phantom = scan_phantom(seed, ncct_scanner, occlusion="none")
    scan = scan_cta(seed, cta_scanner, occlusion="none", moved_lps=moved)
    ncct, cta = _image(phantom), _image(scan)
    begin = time.perf_counter()
    transform = register(ncct, cta).transform
    seconds = time.perf_counter() - begin
    draft_dice = None
    if with_draft:
        draft = draft_label(ncct, cta_on_ncct(cta, ncct, transform))
        draft_dice = dice(sitk.GetArrayFromImage(draft), phantom.labels)
    centre = np.array(HEAD_CENTRE_LPS_MM)
    true_end = moved[:3, :3] @ centre + moved[:3, 3]
    turn = np.array(transform.GetMatrix()).reshape(3, 3) @ moved[:3, :3].T
    cosine = min(1.0, max(-1.0, (np.trace(turn) - 1) / 2))
    return Run(
        cta=cta_scanner.name,
        error_mm=math.dist(transform.TransformPoint(HEAD_CENTRE_LPS_MM), true_end),
        error_deg=math.degrees(math.acos(cosine)),
        seconds=seconds,
        draft_dice=draft_dice,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    arguments = parser.parse_args()
    print("| run | CTA | error, mm | error, ° | seconds | draft's Dice |")
    print("|---|---|---|---|---|---|")
    runs = []
    for number in range(arguments.runs):
        run = one_run(number)
        runs.append(run)
        shown = "" if run.draft_dice is None else f"{run.draft_dice:.3f}"
        print(
            f"| {number} | {run.cta} | {run.error_mm:.3f} | "
            f"{run.error_deg:.3f} | {run.seconds:.1f} | {shown} |",
            flush=True,
        )
    print(json.dumps(_summary(runs)))


def _summary(runs: list[Run]) -> dict[str, float | int | None]:
    off_mm = [run.error_mm for run in runs]
    off_deg = [run.error_deg for run in runs]
    drafts = [run.draft_dice for run in runs if run.draft_dice is not None]
    within = [run.error_mm <= GOAL_MM and run.error_deg <= GOAL_DEG for run in runs]
    return {
        "within_1mm_1deg": float(np.mean(within)),
        "median_mm": round(float(np.median(off_mm)), 3),
        "p95_mm": round(float(np.percentile(off_mm, 95)), 3),
        "median_deg": round(float(np.median(off_deg)), 3),
        "p95_deg": round(float(np.percentile(off_deg, 95)), 3),
        "draft_dice": round(float(np.mean(drafts)), 3) if drafts else None,
        "drafts": len(drafts),
        "runs": len(runs),
        "seconds_per_pair": round(float(np.mean([run.seconds for run in runs])), 2),
    }


def _image(scan: Phantom | PhantomCTA) -> sitk.Image:
    image = sitk.GetImageFromArray(scan.hu)
    image.SetSpacing(scan.spacing_zyx_mm[::-1])
    image.SetOrigin(scan.origin_lps_mm)
    return image


if __name__ == "__main__":
    main()
