"""Zips of whole patients as hospitals send them, made of one phantom, for timing an ingest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import imagecodecs
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLossless, generate_uid

from inference.phantom.dicom import SMALL, PhantomDicom, PhantomSize, write_phantom_dicom

PATIENTS = (1, 2, 3, 4)
SIZE = PhantomSize((160, 512, 512), (0.9, 0.45, 0.45), 1024, 30)
SEED = 11
_MORE_THAN_STORED = 16

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Cohort:
    """Zips, one a patient, and how many DICOM instances they hold together."""

    zips: tuple[Path, ...]
    instances: int


def make_warm_up(folder: Path) -> Cohort:
    """Write one small patient, for what a process does only the first time."""
    phantom = write_phantom_dicom(SEED + 1, folder / "small-phantom", size=SMALL)
    return _of_patients(phantom.ct_files, folder / "warm-up", patients=(0,))


def make_cohorts(folder: Path) -> dict[str, Cohort]:
    """Write every cohort; later ones are further series of the same patients."""
    phantom = write_phantom_dicom(SEED, folder / "phantom", size=SIZE)
    return {
        "CT, display volumes built": _ct(phantom, folder / "volume"),
        "CT, stored": _ct(phantom, folder / "stored"),
        "CT, stored, frames decoded": _ct(phantom, folder / "decoded", _compressed_with_spare_bits),
        "XA": _of_patients(phantom.xa_files, folder / "xa"),
    }


def _ct(phantom: PhantomDicom, folder: Path, change: Change = lambda path: None) -> Cohort:
    return _of_patients(phantom.ct_files, folder, change)


def _of_patients(
    files: tuple[Path, ...],
    folder: Path,
    change: Change = lambda path: None,
    *,
    patients: Sequence[int] = PATIENTS,
) -> Cohort:
    folder.mkdir()
    zips = []
    for number in patients:
        archive = folder / f"patient-{number}.zip"
        with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=1) as packed:
            copied = folder / "copied.dcm"
            for place, file in enumerate(files):
                _as_patient(pydicom.dcmread(file), number, folder.name).save_as(copied)
                change(copied)
                packed.write(copied, f"PATIENT{number}/IM{place:05d}")
            copied.unlink()
        zips.append(archive)
    return Cohort(tuple(zips), len(zips) * len(files))


def _as_patient(dataset: Dataset, number: int, series: str) -> Dataset:
    """Make a phantom's instance one of another patient, in a series of its own."""
    dataset.PatientID, dataset.PatientName = f"BENCH-{number}", f"BENCH^{number}"
    for keyword, distinct in (
        ("StudyInstanceUID", ""),
        ("FrameOfReferenceUID", ""),
        ("SeriesInstanceUID", series),
        ("SOPInstanceUID", series),
    ):
        seeds = [str(dataset.get(keyword)), str(number), distinct]
        setattr(dataset, keyword, generate_uid(entropy_srcs=seeds))
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def _compressed_with_spare_bits(path: Path) -> None:
    """Compress losslessly with more bits than are stored, in which an overlay could hide."""
    dataset = pydicom.dcmread(path)
    frame = imagecodecs.ljpeg_encode(dataset.pixel_array, bitspersample=_MORE_THAN_STORED)
    dataset.PixelData = encapsulate([bytes(frame)])
    dataset.file_meta.TransferSyntaxUID = JPEGLossless
    dataset.save_as(path)
