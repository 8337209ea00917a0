"""The artery tree of the CT and the angiography of the same phantom lie over each other.

The angiography is projected by the phantom's own cone beam, written as DICOM and read back; the
tree goes the way of the application: labels, surface, C-arm geometry. No sign, flip or offset can
be wrong on both ways alike.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from inference.phantom import make_phantom
from inference.phantom.dicom import write_phantom_dicom
from reader_study.imaging.carm import CArmView
from reader_study.imaging.ct_volume import build_ct_volume
from reader_study.imaging.scan import scan
from reader_study.imaging.surface import Surface, extract_surface
from reader_study.imaging.xa_run import AngiographyRun, read_xa_run

SEED = 7
TOLERANCE_PX = 2
# Far above the noise of the logarithmic difference, far below a contrast-filled branch.
OPACIFIED_LOG_DIFFERENCE = 0.12


@dataclasses.dataclass(frozen=True)
class Examination:
    """A phantom's artery surface on the ingested volume's grid, and its angiography runs."""

    surface: Surface
    runs: list[AngiographyRun]


@pytest.fixture(scope="module")
def examination(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    folder: Path = tmp_path_factory.mktemp("phantom")
    write_phantom_dicom(SEED, folder, patient_id="PHANTOM-7", patient_name="PHANTOM^SEVEN")
    found = scan([folder], tmp_path_factory.mktemp("work"))
    volume = build_ct_volume(found.ct_series[0])
    labels = make_phantom(SEED).labels
    assert labels.shape == volume.hu.shape
    surface = extract_surface(labels, volume.spacing_zyx_mm, volume.origin_lps_mm)
    assert surface is not None
    return Examination(surface, [read_xa_run(run) for run in found.xa_runs])


def view_of(run: AngiographyRun) -> CArmView:
    assert run.primary_deg
    assert run.secondary_deg
    assert run.imager_pixel_spacing_mm
    assert run.sid_mm
    assert run.sod_mm
    _, rows, columns = run.frames.shape
    return CArmView(
        primary_deg=run.primary_deg[0],
        secondary_deg=run.secondary_deg[0],
        sid_mm=run.sid_mm,
        sod_mm=run.sod_mm,
        pixel_spacing_mm=run.imager_pixel_spacing_mm,
        rows=rows,
        columns=columns,
    )


def opacified(run: AngiographyRun) -> np.ndarray:
    """Pixels that contrast darkened in any frame, by subtraction of the mask frame."""
    log_frames = np.log(run.frames.astype(np.float32) + 1)
    darkening = log_frames[run.mask_frames].mean(axis=0) - log_frames
    peak = ndimage.gaussian_filter(darkening, (0, 0.7, 0.7)).max(axis=0)
    return peak > OPACIFIED_LOG_DIFFERENCE


def silhouette(surface: Surface, view: CArmView) -> np.ndarray:
    """Draw every triangle of the tree as the C-arm sees it."""
    image = Image.new("1", (view.columns, view.rows))
    draw = ImageDraw.Draw(image)
    for triangle in view.project(surface.vertices)[surface.faces]:
        draw.polygon([tuple(corner) for corner in triangle], fill=1, outline=1)
    return np.asarray(image)


def share_within_tolerance(surface: Surface, run: AngiographyRun, view: CArmView) -> float:
    """Share of the opacified pixels that have the projected tree within the tolerance."""
    distance = ndimage.distance_transform_edt(~silhouette(surface, view))
    return float(np.mean(distance[opacified(run)] <= TOLERANCE_PX))


@pytest.mark.parametrize("plane", [0, 1], ids=["frontal", "lateral"])
def test_the_opacified_arteries_lie_on_the_projected_tree(examination, plane):
    run = examination.runs[plane]
    assert np.count_nonzero(opacified(run)) > 5000
    assert share_within_tolerance(examination.surface, run, view_of(run)) >= 0.98


@pytest.mark.parametrize("plane", [0, 1], ids=["frontal", "lateral"])
@pytest.mark.parametrize(
    "change",
    [
        {"secondary_deg": lambda view: -view.secondary_deg - 15},
        {"primary_deg": lambda view: view.primary_deg + 180},
        {"primary_deg": lambda view: view.primary_deg + 3},
        {"sod_mm": lambda view: view.sod_mm * 0.9},
        {"pixel_spacing_mm": lambda view: tuple(1.05 * step for step in view.pixel_spacing_mm)},
    ],
    ids=["cranial-caudal", "opposite side", "3 degrees", "SOD", "pixel spacing"],
)
def test_the_measure_notices_a_wrong_geometry(examination, plane, change):
    run = examination.runs[plane]
    view = view_of(run)
    wrong = dataclasses.replace(view, **{name: make(view) for name, make in change.items()})
    assert share_within_tolerance(examination.surface, run, wrong) < 0.9
