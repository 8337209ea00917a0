"""Phantoms written as a scanner and an angiography room would send them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    XRayAngiographicImageStorage,
    generate_uid,
)

from inference.phantom.ct import CLINICAL_SHAPE_ZYX, CLINICAL_SPACING_ZYX_MM, Phantom, make_phantom
from inference.phantom.dsa import AngiographyRun, injected_side, opacified_pixels, project_dsa
from inference.phantom.randomness import stream

NOTICE = "Synthetic phantom, not a patient, not for clinical use"
MANUFACTURER = "Synthetic phantom"

_HU_OFFSET = 1024
_ANGIOGRAPHY_DELAY = timedelta(minutes=95)
_RUN_NAMES = ("PA", "Lateral")
_PLANES = ("BIPLANE A", "BIPLANE B")
_BIPLANE_PARTNER = ("121314", "DCM", "Other image of biplane pair")


@dataclass(frozen=True)
class PhantomSize:
    """How large a phantom's images are.

    Attributes
    ----------
    shape_zyx, spacing_zyx_mm : tuple
        Voxel grid of the CT.
    dsa_pixels, dsa_frames : int
        Rows and columns, and number of frames, of each DSA run.
    """

    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]
    dsa_pixels: int
    dsa_frames: int


CLINICAL = PhantomSize(CLINICAL_SHAPE_ZYX, CLINICAL_SPACING_ZYX_MM, 1024, 16)
SMALL = PhantomSize((58, 128, 128), (2.5, 1.8, 1.8), 256, 12)


@dataclass(frozen=True, eq=False)
class PhantomDicom:
    """A phantom and the files that hold it.

    Attributes
    ----------
    phantom : Phantom
        The phantom.
    runs : tuple of AngiographyRun
        PA and lateral run.
    ct_files : tuple of Path
        One file a slice, from the feet to the head.
    xa_files : tuple of Path
        One multi-frame file a run.
    """

    phantom: Phantom
    runs: tuple[AngiographyRun, ...]
    ct_files: tuple[Path, ...]
    xa_files: tuple[Path, ...]


def write_phantom_dicom(
    seed: int,
    directory: Path,
    *,
    patient_id: str | None = None,
    patient_name: str | None = None,
    site: str = "",
    size: PhantomSize = CLINICAL,
) -> PhantomDicom:
    """Make the phantom of a seed and write it to ``CT/0001.dcm`` …, ``XA1.dcm``, ``XA2.dcm``.

    The same arguments give the same bytes everywhere.

    Parameters
    ----------
    seed : int
        Seed of the phantom.
    directory : Path
        Folder to write to; made if absent.
    patient_id, patient_name : str, optional
        Identity in the headers; by default after the seed, such as PHANTOM-0007, PHANTOM^0007.
    site : str
        Institution in the headers.
    size : PhantomSize
        Size of the images.
    """
    phantom = make_phantom(seed, shape_zyx=size.shape_zyx, spacing_zyx_mm=size.spacing_zyx_mm)
    lateral_deg = 90.0 if injected_side(phantom) == "left" else -90.0
    cranial_deg = round(float(stream(seed, "dsa").uniform(15.0, 20.0)), 1)
    runs = tuple(
        project_dsa(phantom, primary, secondary, size=size.dsa_pixels, frame_count=size.dsa_frames)
        for primary, secondary in ((0.0, cranial_deg), (lateral_deg, 0.0))
    )
    header = _Header(
        seed, patient_id or f"PHANTOM-{seed:04d}", patient_name or f"PHANTOM^{seed:04d}", site
    )
    ct_folder = directory / "CT"
    ct_folder.mkdir(parents=True, exist_ok=True)
    ct_files = tuple(ct_folder / f"{index + 1:04d}.dcm" for index in range(len(phantom.hu)))
    for index, path in enumerate(ct_files):
        _save(_ct_slice(header, phantom, index), path)
    xa_files = tuple(directory / f"XA{index + 1}.dcm" for index in range(len(runs)))
    for index, path in enumerate(xa_files):
        _save(_xa_run(header, runs, index), path)
    return PhantomDicom(phantom, runs, ct_files, xa_files)


def write_truth(written: PhantomDicom, path: Path) -> None:
    """Write the ground truth of a phantom as a compressed npz.

    It holds the label map with its spacing and origin, the tree's points, radii, labels, arrival
    times and branches, and the opacified pixels of each run (`run1_opacified`, …).

    Parameters
    ----------
    written : PhantomDicom
        The phantom.
    path : Path
        File to write; keep it apart from the images that readers or models see.
    """
    phantom, tree = written.phantom, written.phantom.tree
    opacified: dict[str, Any] = {
        f"run{index + 1}_opacified": opacified_pixels(tree, run.injected_side, run.arm)
        for index, run in enumerate(written.runs)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        labels=phantom.labels,
        spacing_zyx_mm=np.array(phantom.spacing_zyx_mm),
        origin_lps_mm=np.array(phantom.origin_lps_mm),
        points_lps_mm=tree.points_lps_mm,
        radii_mm=tree.radii_mm,
        point_labels=tree.labels,
        arrival_s=tree.arrival_s,
        branches=tree.branches,
        **opacified,
    )


@dataclass(frozen=True)
class _Header:
    """What all files of one phantom have in common."""

    seed: int
    patient_id: str
    patient_name: str
    site: str

    def uid(self, *parts: str | int) -> UID:
        """Return the UID of a part; the same parts give the same UID."""
        entropy = [MANUFACTURER, str(self.seed), self.patient_id, self.site]
        return generate_uid(entropy_srcs=[*entropy, *map(str, parts)])

    @property
    def ct_time(self) -> datetime:
        """When the CT was made: a day and hour that go with the seed."""
        start = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
        return start + timedelta(days=self.seed % 80, minutes=self.seed * 37 % 600)

    def dataset(self, kind: str, taken: datetime, series: str, instance: int) -> Dataset:
        """Return a data set with the patient, study, series, equipment and image filled in."""
        ds = Dataset()
        ds.SpecificCharacterSet = "ISO_IR 192"
        ds.SOPClassUID = CTImageStorage if kind == "CT" else XRayAngiographicImageStorage
        ds.SOPInstanceUID = self.uid(kind, series, instance)
        ds.Modality = kind
        ds.Manufacturer = MANUFACTURER
        ds.ManufacturerModelName = "Procedural head phantom"
        ds.InstitutionName = self.site
        ds.PatientName = self.patient_name
        ds.PatientID = self.patient_id
        ds.PatientBirthDate = ""
        ds.PatientSex = "O"
        ds.StudyInstanceUID = self.uid(kind, "study")
        ds.SeriesInstanceUID = self.uid(kind, series)
        ds.StudyID = "1" if kind == "CT" else "2"
        ds.AccessionNumber = ""
        ds.ReferringPhysicianName = ""
        ds.BodyPartExamined = "HEAD"
        # One frame for CT and angiography says that the C-arm's isocentre is the CT's origin.
        ds.FrameOfReferenceUID = self.uid("frame of reference")
        ds.PositionReferenceIndicator = ""
        ds.InstanceNumber = instance
        for event in ("Study", "Series", "Acquisition", "Content"):
            setattr(ds, f"{event}Date", taken.strftime("%Y%m%d"))
            setattr(ds, f"{event}Time", taken.strftime("%H%M%S"))
        ds.ImageComments = NOTICE
        ds.BurnedInAnnotation = "NO"
        ds.LossyImageCompression = "00"
        return ds


def _set_pixels(ds: Dataset, pixels: NDArray[np.uint16], bits: int) -> None:
    """Store unsigned grey values [row, column] or [frame, row, column]."""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = pixels.shape[-2:]
    ds.BitsAllocated = 16
    ds.BitsStored = bits
    ds.HighBit = bits - 1
    ds.PixelRepresentation = 0
    ds.PixelData = pixels.astype("<u2").tobytes()


def _ct_slice(header: _Header, phantom: Phantom, index: int) -> Dataset:
    ds = header.dataset("CT", header.ct_time, "head", index + 1)
    step_z, step_y, step_x = phantom.spacing_zyx_mm
    x, y, z = phantom.origin_lps_mm
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.StudyDescription = "CT head, synthetic phantom"
    ds.SeriesDescription = "NCCT head thin"
    ds.SeriesNumber = 2
    ds.AcquisitionNumber = 1
    ds.PatientPosition = "HFS"
    ds.ImagePositionPatient = [round(value, 4) for value in (x, y, z + index * step_z)]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.SliceLocation = round(z + index * step_z, 4)
    ds.SliceThickness = step_z
    ds.SpacingBetweenSlices = step_z
    ds.PixelSpacing = [step_y, step_x]
    ds.GantryDetectorTilt = 0
    ds.KVP = 120
    ds.XRayTubeCurrent = 300
    ds.ExposureTime = 1000
    ds.ConvolutionKernel = "PHANTOM"
    ds.RescaleIntercept = -_HU_OFFSET
    ds.RescaleSlope = 1
    ds.RescaleType = "HU"
    ds.WindowCenter = 40
    ds.WindowWidth = 80
    stored = phantom.hu[index].astype(np.int32) + _HU_OFFSET
    _set_pixels(ds, stored.astype(np.uint16), bits=12)
    return ds


def _xa_run(header: _Header, runs: Sequence[AngiographyRun], index: int) -> Dataset:
    run = runs[index]
    ds = header.dataset("XA", header.ct_time + _ANGIOGRAPHY_DELAY, "run", index + 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", _PLANES[index]]
    ds.StudyDescription = "Cerebral angiography, synthetic phantom"
    ds.SeriesDescription = f"DSA {run.injected_side} ICA {_RUN_NAMES[index]}, after recanalization"
    ds.SeriesNumber = 1
    ds.AcquisitionNumber = 1
    ds.PatientOrientation = _patient_orientation(run)
    _set_acquisition(ds, run)
    _set_mask(ds, len(run.frames))
    partner = Dataset()
    partner.ReferencedSOPClassUID = XRayAngiographicImageStorage
    partner.ReferencedSOPInstanceUID = header.uid("XA", "run", 2 - index)
    purpose = Dataset()
    purpose.CodeValue, purpose.CodingSchemeDesignator, purpose.CodeMeaning = _BIPLANE_PARTNER
    partner.PurposeOfReferenceCodeSequence = DicomSequence([purpose])
    ds.ReferencedImageSequence = DicomSequence([partner])
    _set_pixels(ds, run.frames, bits=12)
    ds.WindowCenter = 1400
    ds.WindowWidth = 2600
    return ds


def _patient_orientation(run: AngiographyRun) -> list[str]:
    """Return where the rows and columns run to: to the left or back or front, and to the feet."""
    axis = int(np.argmax(np.abs(run.arm.right_direction)))
    positive = bool(run.arm.right_direction[axis] > 0)
    return [("R", "L")[positive] if axis == 0 else ("A", "P")[positive], "F"]


def _set_acquisition(ds: Dataset, run: AngiographyRun) -> None:
    arm = run.arm
    ds.KVP = 80
    ds.RadiationSetting = "GR"
    ds.XRayTubeCurrent = 200
    ds.ExposureTime = 80
    ds.PixelIntensityRelationship = "LIN"
    ds.PositionerMotion = "STATIC"
    ds.PositionerPrimaryAngle = arm.primary_deg
    ds.PositionerSecondaryAngle = arm.secondary_deg
    ds.DistanceSourceToDetector = arm.sid_mm
    ds.DistanceSourceToPatient = arm.sod_mm
    ds.EstimatedRadiographicMagnificationFactor = round(arm.sid_mm / arm.sod_mm, 6)
    ds.ImagerPixelSpacing = [round(arm.pixel_spacing_mm, 8)] * 2
    ds.ContrastBolusAgent = "Iodine (simulated)"
    ds.NumberOfFrames = len(run.frames)
    ds.FrameTime = run.frame_time_ms
    ds.FrameIncrementPointer = 0x00181063


def _set_mask(ds: Dataset, frame_count: int) -> None:
    mask = Dataset()
    mask.MaskOperation = "AVG_SUB"
    mask.ApplicableFrameRange = [1, frame_count]
    mask.MaskFrameNumbers = [1]
    mask.ContrastFrameAveraging = 1
    ds.MaskSubtractionSequence = DicomSequence([mask])
    ds.RecommendedViewingMode = "SUB"


def _save(ds: Dataset, path: Path) -> None:
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    # pydicom would write its own version here, and files would differ from version to version.
    ds.file_meta.ImplementationClassUID = generate_uid(entropy_srcs=[MANUFACTURER])
    ds.file_meta.ImplementationVersionName = "PHANTOM_1"
    ds.save_as(path, enforce_file_format=True)
