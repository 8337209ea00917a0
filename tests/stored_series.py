"""Series as the ingest leaves them: their files de-identified and stored, nothing decided."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reader_study.cohorts.arrays import save_ct_volume, save_xa_run
from reader_study.cohorts.models import Case, Review, Series, SeriesKind
from reader_study.cohorts.series.store import save_dicom, save_preview
from reader_study.cohorts.study_keys import pseudonym
from reader_study.imaging.ct_volume import build_ct_volume
from reader_study.imaging.deidentification import deidentify
from reader_study.imaging.inspection import ct_geometry
from reader_study.imaging.plain_data import to_plain
from reader_study.imaging.previews import preview_of_run, preview_of_volume
from reader_study.imaging.scan import scan
from reader_study.imaging.xa_run import read_xa_run
from reader_study.studies.models import Study
from tests.imaging.synthetic_dicom import write_ct_series, write_xa_run


def new_case(study: Study, code: str = "C001") -> Case:
    """A case of the north without images."""
    return Case.objects.create(
        study=study, site=study.sites.get(code="north"), code=code, patient_key=f"key-{code}"
    )


def deidentified(case: Case, files: list[Path], folder: Path) -> list[Path]:
    """Write the files de-identified into a new folder."""
    folder.mkdir(parents=True)
    written = []
    for file in files:
        written.append(folder / file.name)
        with written[-1].open("wb") as target:
            deidentify(file.read_bytes(), pseudonym(case)).write_to(target)
    return written


def _position(case: Case, kind: SeriesKind) -> int:
    return Series.objects.filter(case=case, kind=kind).count() + 1


def add_run(case: Case, folder: Path, frames: NDArray[Any] | None = None, **fields: Any) -> Series:
    """A run of the case that waits for its release; `folder` is for the files on their way."""
    position = _position(case, SeriesKind.DSA)
    folder = folder / f"{case.code}-run-{position}"
    file = write_xa_run(folder / "sent" / "run.dcm", frames)
    stored = save_dicom(deidentified(case, [file], folder / "deidentified"))
    (run,) = scan([folder / "deidentified"], folder).xa_runs
    decoded = read_xa_run(run)
    preview = preview_of_run(decoded)
    count, rows, columns = decoded.frames.shape
    values: dict[str, Any] = {
        "case": case,
        "kind": SeriesKind.DSA,
        "series_key": f"{case.code}-run-{position}",
        "position": position,
        "instance_count": 1,
        "dicom_name": stored.name,
        "dicom_sha256": stored.sha256,
        "dicom_bytes": stored.size_bytes,
        "stored_name": save_xa_run(f"cases/{case.id}/run-{position}.npz", decoded),
        "preview_name": save_preview(preview.pictures, preview.thumbnail),
        "description": run.geometry_in_words,
        "geometry": {
            "size": [columns, rows, count],
            "spacing_mm": [0.4, 0.4],
            "tilt_deg": None,
            "orientation": "LAO 30°, cranial 20°",
        },
        "gates": to_plain(decoded.gates),
    }
    return Series.objects.create(**values | fields)


def add_ct(case: Case, folder: Path, *, slices: int = 20, **fields: Any) -> Series:
    """A CT of the case, used unless said otherwise."""
    position = _position(case, SeriesKind.NCCT)
    folder = folder / f"{case.code}-ct-{position}"
    files = write_ct_series(folder / "sent", size=32, slices=slices, pixel_mm=6.4)
    stored = save_dicom(deidentified(case, files, folder / "deidentified"))
    (series,) = scan([folder / "deidentified"], folder).ct_series
    volume = build_ct_volume(series)
    preview = preview_of_volume(volume)
    values: dict[str, Any] = {
        "case": case,
        "kind": SeriesKind.NCCT,
        "series_key": f"{case.code}-ct-{position}",
        "position": position,
        "instance_count": slices,
        "dicom_name": stored.name,
        "dicom_sha256": stored.sha256,
        "dicom_bytes": stored.size_bytes,
        "stored_name": save_ct_volume(f"cases/{case.id}/ct-{position}.npz", volume),
        "preview_name": save_preview(preview.pictures, preview.thumbnail),
        "description": series.geometry_in_words,
        "geometry": to_plain(ct_geometry(series)),
        "gates": to_plain(volume.gates),
        "review": Review.NOT_NEEDED,
        "used": True,
    }
    return Series.objects.create(**values | fields)


def frames_with_name(frames: int = 6, size: int = 64) -> NDArray[np.uint16]:
    """A run in which something bright stands in the upper left corner of every frame."""
    run = np.full((frames, size, size), 2000, np.uint16)
    run[1:, 30:50, 30:34] = 900
    run[:, 4:10, 5:25] = 4000
    return run
