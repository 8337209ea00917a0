"""Write tiny DICOM files of constructed objects, for tests. None of it is patient data."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    XRayAngiographicImageStorage,
    generate_uid,
)

Floats = NDArray[np.float64]
HounsfieldField = Callable[[Floats, Floats, Floats], Floats]


def smooth_field(x: Floats, y: Floats, z: Floats) -> Floats:
    """Soft waves of ±60 HU, 60 mm and longer: interpolation error alone, no edges."""
    waves = np.sin(x / 12) + np.cos(y / 10 + 0.5) * np.sin(z / 11)
    return np.asarray(40 + 30 * waves)


def head_field(x: Floats, y: Floats, z: Floats) -> Floats:
    """A skull of 900 HU around brain of 35 HU, with a nose in front and a hot left spot."""
    hu = np.full(np.broadcast_shapes(x.shape, y.shape, z.shape), -1000.0)
    hu[_ellipsoid(x, y, z, (0, 0, 0), (70, 85, 65))] = 900
    hu[_ellipsoid(x, y, z, (0, 0, 0), (63, 78, 58))] = 35
    hu[_ellipsoid(x, y, z, (0, -85, -20), (8, 10, 8))] = 60
    hu[_ellipsoid(x, y, z, (30, 0, 10), (9, 9, 9))] = 400
    return hu


def _ellipsoid(
    x: Floats, y: Floats, z: Floats, centre: tuple[float, float, float], radii: Sequence[float]
) -> NDArray[np.bool_]:
    terms = [((p - c) / r) ** 2 for p, c, r in zip((x, y, z), centre, radii, strict=True)]
    return np.asarray(sum(terms) <= 1)


def write_ct_series(
    directory: Path,
    *,
    field: HounsfieldField = head_field,
    slices: int = 20,
    size: int = 64,
    pixel_mm: float = 3.2,
    steps_mm: float | Sequence[float] = 7.0,
    tilt_deg: float = 0.0,
    in_plane_deg: float = 0.0,
    mirrored: bool = False,
    patient_id: str = "TEST-1",
    series_uid: str | None = None,
    elements: dict[str, Any] | None = None,
    edit: Callable[[int, FileDataset], None] | None = None,
) -> list[Path]:
    """Write a CT series that samples a field at the slices' true positions.

    The table moves along z whatever the gantry's tilt, as on a scanner, so that a tilt shears
    the stack.

    Parameters
    ----------
    directory
        Made if absent; files are named "0001.dcm" from feet to head.
    steps_mm
        Table steps between slices: one for all, or `slices` - 1 of them.
    tilt_deg
        Turn of the slices about the patient's left–right axis.
    in_plane_deg
        Turn of the slices about their own normal.
    mirrored
        Store columns from the patient's left to right and rows upwards.
    elements
        Header values that replace or add to the usual ones, by keyword.
    edit
        Called with the index and the dataset of each slice before it is written.

    Returns
    -------
    list of Path
        The files, from feet to head.
    """
    directory.mkdir(parents=True, exist_ok=True)
    row, column = _slice_axes(tilt_deg, in_plane_deg, mirrored)
    steps = np.full(slices - 1, steps_mm) if np.isscalar(steps_mm) else np.asarray(steps_mm)
    heights = np.concatenate([[0.0], np.cumsum(steps)])
    heights -= heights.mean()
    offset = (size - 1) / 2 * pixel_mm
    uids = {name: generate_uid() for name in ("study", "frame")}
    uids["series"] = UID(series_uid) if series_uid else generate_uid()
    index = np.arange(size) * pixel_mm
    paths = []
    for number, height in enumerate(heights):
        corner = np.array([0.0, 0.0, height]) - offset * (row + column)
        points = corner + index[None, :, None] * row + index[:, None, None] * column
        hu = field(*np.moveaxis(points, -1, 0))
        dataset = _new(CTImageStorage, uids["study"], uids["series"], patient_id)
        dataset.Modality = "CT"
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.FrameOfReferenceUID = uids["frame"]
        dataset.InstanceNumber = number + 1
        dataset.ImagePositionPatient = [f"{value:.6f}" for value in corner]
        dataset.ImageOrientationPatient = [f"{value:.8f}" for value in (*row, *column)]
        dataset.PixelSpacing = [pixel_mm, pixel_mm]
        dataset.SliceThickness = round(float(np.median(steps)), 3) if len(steps) else 1.0
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
        set_pixels(dataset, np.clip(np.rint(hu + 1024), 0, 4095).astype(np.uint16), bits=12)
        set_elements(dataset, elements)
        if edit:
            edit(number, dataset)
        paths.append(directory / f"{number + 1:04d}.dcm")
        dataset.save_as(paths[-1], enforce_file_format=True)
    return paths


def write_xa_run(
    path: Path,
    frames: NDArray[Any] | None = None,
    *,
    bits: int = 12,
    angles: tuple[float, float] = (30.0, 20.0),
    patient_id: str = "TEST-1",
    elements: dict[str, Any] | None = None,
) -> Path:
    """Write a multi-frame XA file with a mask frame first.

    Parameters
    ----------
    frames
        [frame, row, column], uint8 or uint16; left out: six frames in which a dark bar grows.
    elements
        Header values that replace or add to the usual ones, by keyword.
    """
    frames = growing_bar() if frames is None else frames
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset = _new(XRayAngiographicImageStorage, generate_uid(), generate_uid(), patient_id)
    dataset.Modality = "XA"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "SINGLE PLANE"]
    dataset.NumberOfFrames = len(frames)
    dataset.FrameIncrementPointer = 0x00181063
    dataset.FrameTime = 250.0
    dataset.PixelIntensityRelationship = "LIN"
    dataset.PositionerMotion = "STATIC"
    dataset.PositionerPrimaryAngle, dataset.PositionerSecondaryAngle = angles
    dataset.DistanceSourceToDetector, dataset.DistanceSourceToPatient = 1100.0, 750.0
    dataset.ImagerPixelSpacing = [0.4, 0.4]
    mask = Dataset()
    mask.MaskOperation = "AVG_SUB"
    mask.MaskFrameNumbers = [1]
    dataset.MaskSubtractionSequence = [mask]
    set_pixels(dataset, frames, bits=bits)
    set_elements(dataset, elements)
    dataset.save_as(path, enforce_file_format=True)
    return path


def growing_bar(frames: int = 6, size: int = 64) -> NDArray[np.uint16]:
    """A bright field of 3000 in which a bar of 800 grows from the top, one piece a frame."""
    run = np.full((frames, size, size), 3000, np.uint16)
    for frame in range(1, frames):
        run[frame, : frame * size // frames, size // 2 - 2 : size // 2 + 2] = 800
    return run


def set_pixels(dataset: Dataset, stored: NDArray[Any], *, bits: int) -> None:
    """Put grey-scale pixels and what describes them into a dataset."""
    dataset.Rows, dataset.Columns = stored.shape[-2:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = stored.dtype.itemsize * 8
    dataset.BitsStored = min(bits, dataset.BitsAllocated)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = 1 if stored.dtype.kind == "i" else 0
    dataset.PixelData = stored.tobytes()


def set_elements(dataset: Dataset, elements: dict[str, Any] | None) -> None:
    """Set elements by keyword; None removes one."""
    for keyword, value in (elements or {}).items():
        if value is None:
            if keyword in dataset:
                delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)


def _slice_axes(tilt_deg: float, in_plane_deg: float, mirrored: bool) -> tuple[Floats, Floats]:
    tilt, turn = np.radians([tilt_deg, in_plane_deg])
    right, down = np.array([1.0, 0, 0]), np.array([0, np.cos(tilt), -np.sin(tilt)])
    row = np.cos(turn) * right + np.sin(turn) * down
    column = np.cos(turn) * down - np.sin(turn) * right
    return (-row, -column) if mirrored else (row, column)


def _new(sop_class: UID, study_uid: UID, series_uid: UID, patient_id: str) -> FileDataset:
    instance_uid = generate_uid()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = instance_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, instance_uid
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, series_uid
    dataset.PatientName, dataset.PatientID = "SECRET^NAME", patient_id
    dataset.StudyDate, dataset.StudyTime = "20260102", "030405"
    dataset.InstitutionName = "SECRET HOSPITAL"
    dataset.SeriesDescription = "SECRET DESCRIPTION"
    return dataset
