"""Make a series' volume or run, and the pictures of it, from its stored files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from reader_study.cohorts.arrays import save_ct_volume, save_xa_run
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.cohorts.series.blackouts import Rectangle
from reader_study.cohorts.series.pictures import search_and_picture
from reader_study.cohorts.series.store import (
    StoredDicom,
    save_dicom,
    unpack_dicom,
)
from reader_study.imaging import painting
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.inspection import ct_geometry
from reader_study.imaging.plain_data import to_plain
from reader_study.imaging.series import CTSeries, Scan, XARunFile
from reader_study.imaging.supervised import SupervisedReader
from reader_study.imaging.xa_run import AngiographyRun

NO_CT = "its files hold no slices of a CT that can be placed in space"
NO_RUN = "its files hold no angiography run of several frames in grey"


@dataclass(frozen=True)
class MadeImages:
    """What was made of a series' files, and where it is stored.

    Attributes
    ----------
    dicom
        The files painted over; None where they stayed as they are.
    """

    arrays_name: str
    preview_name: str
    gates: list[dict[str, Any]]
    geometry: dict[str, Any] | None
    text_boxes: list[dict[str, Any]]
    dicom: StoredDicom | None


def make_images(
    series: Series,
    kind: SeriesKind,
    blackouts: Sequence[Rectangle],
    *,
    token: UUID,
    folder: Path,
    progress: Callable[[float], None],
) -> MadeImages:
    """Make a volume or a run of a series' stored files, painted over where asked for.

    Parameters
    ----------
    token
        Of the job: what it stores gets a name that nothing else has.
    folder
        An empty one for the files.

    Raises
    ------
    ImagingError
        If the files cannot be painted, or are not of that kind.
    """
    unpacked = folder / "stored"
    unpacked.mkdir()
    files = unpack_dicom(series, unpacked)
    progress(0.1)
    with SupervisedReader() as reader:
        painted = None
        if blackouts:
            files = _painted(files, blackouts, folder, reader)
            painted = save_dicom(files)
        progress(0.4)
        found = reader.scan(files, folder)
        name = f"cases/{series.case_id}/series-{series.pk}-{token}.npz"
        images: CTVolume | AngiographyRun
        if kind == SeriesKind.NCCT:
            ct = _the_ct(found)
            images = reader.build_ct_volume(ct)
            arrays_name = save_ct_volume(name, images)
            geometry = series.geometry or to_plain(ct_geometry(ct))
        else:
            images = reader.read_xa_run(_the_run(series, found))
            arrays_name = save_xa_run(name, images)
            geometry = series.geometry
    examined = search_and_picture(images)
    return MadeImages(
        arrays_name=arrays_name,
        preview_name=examined.preview_name,
        gates=to_plain(images.gates),
        geometry=geometry,
        text_boxes=examined.text_boxes,
        dicom=painted,
    )


def _painted(
    files: Sequence[Path], blackouts: Sequence[Rectangle], folder: Path, reader: SupervisedReader
) -> list[Path]:
    target_folder = folder / "painted"
    target_folder.mkdir()
    rectangles = [painting.Rectangle(**blackout) for blackout in blackouts]
    targets = [target_folder / file.name for file in files]
    for file, target in zip(files, targets, strict=True):
        reader.paint_over(file, target, "the run", rectangles)
    return targets


def _the_ct(found: Scan) -> CTSeries:
    """The slices, whatever was said against them: a person decided that they are to be used."""
    candidates = [*found.ct_series, *(other.candidate for other in found.others)]
    series = [candidate for candidate in candidates if isinstance(candidate, CTSeries)]
    if not series:
        raise ImagingError(_first_reason(found, NO_CT))
    return max(series, key=lambda candidate: len(candidate.slices))


def _the_run(series: Series, found: Scan) -> XARunFile:
    if len(found.xa_runs) != 1:
        raise ImagingError(_first_reason(found, NO_RUN))
    (run,) = found.xa_runs
    partner = series.biplane_partner
    if partner is None:
        return run
    return replace(run, partner_uid=partner.series_key, partner_name=f"run {partner.position}")


def _first_reason(found: Scan, otherwise: str) -> str:
    refusals = [*found.refused, *found.left_out]
    return f"{otherwise} ({refusals[0].reason})" if refusals else otherwise
