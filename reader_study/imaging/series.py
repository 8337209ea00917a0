"""What a scan finds: CT series, angiography runs, and what was refused or left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Kind = Literal["NCCT", "DSA", "other"]
SHARED_ISOCENTRE_LPS_MM = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Refusal:
    """One message about one file, or about many files with the same fault.

    Attributes
    ----------
    name
        The file's name for people; for many files the first few names and how many more.
    reason
        What is wrong and what to do, without the name.
    names
        The name of every file that the message covers.
    """

    name: str
    reason: str
    names: tuple[str, ...]

    @property
    def message(self) -> str:
        """The name and the reason in one sentence."""
        return f"{self.name}: {self.reason}."


@dataclass(frozen=True)
class CTSlice:
    """One CT slice and where it lies.

    Attributes
    ----------
    position_lps_mm
        Centre of the first pixel (ImagePositionPatient), LPS mm.
    frame
        Index of the slice in an enhanced multi-frame file; 0 in a classic one.
    """

    path: Path
    name: str
    sop_instance_uid: str
    instance_number: int
    position_lps_mm: tuple[float, float, float]
    thickness_mm: float | None
    frame: int = 0


@dataclass(frozen=True)
class CTSeries:
    """Slices of one CT series that share orientation, size and pixel spacing.

    Attributes
    ----------
    patient_id
        As in the header; for grouping on the server only.
    row_direction, column_direction
        Unit vectors (LPS) along increasing column index and increasing row index.
    pixel_spacing_mm
        (between rows, between columns).
    acquired_at
        The scanner's local time, without a zone, of the earliest slice.
    nominal_tilt_deg
        Gantry tilt as the header states it; None where it does not.
    mentions_contrast
        The description speaks of contrast agent as well as of its absence.
    """

    patient_id: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    description: str
    acquired_at: datetime | None
    rows: int
    columns: int
    row_direction: tuple[float, float, float]
    column_direction: tuple[float, float, float]
    pixel_spacing_mm: tuple[float, float]
    slices: tuple[CTSlice, ...]
    nominal_tilt_deg: float | None = None
    mentions_contrast: bool = False

    @property
    def source_names(self) -> tuple[str, ...]:
        """Names of the files that the series was read from."""
        return tuple(dict.fromkeys(ct_slice.name for ct_slice in self.slices))

    @property
    def geometry_in_words(self) -> str:
        """Slice count, matrix and voxel size, without anything that identifies."""
        thicknesses = sorted({s.thickness_mm for s in self.slices if s.thickness_mm})
        words = (
            f"{len(self.slices)} slices of {self.rows} × {self.columns}, "
            f"{self.pixel_spacing_mm[0]:.2f} mm pixels"
        )
        if not thicknesses:
            return words
        thinnest, thickest = thicknesses[0], thicknesses[-1]
        if thickest - thinnest < 0.01:
            return f"{words}, {thickest:.2g} mm thick"
        return f"{words}, {thinnest:.2g} to {thickest:.2g} mm thick"


@dataclass(frozen=True)
class XARunFile:
    """One multi-frame X-ray angiography file.

    Attributes
    ----------
    plane
        "A" or "B" for the planes of a biplane system, else None.
    primary_deg, secondary_deg
        Positioner angles of the first frame; None where the header has none.
    partner_uid, partner_name
        The run of the other plane of a biplane system; empty where there is none.
    """

    patient_id: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    frame_of_reference_uid: str
    description: str
    acquired_at: datetime | None
    plane: str | None
    frames: int
    rows: int
    columns: int
    primary_deg: float | None
    secondary_deg: float | None
    path: Path
    name: str
    partner_uid: str = ""
    partner_name: str = ""

    @property
    def source_names(self) -> tuple[str, ...]:
        """Name of the file that the run was read from, as a tuple like a CT series has."""
        return (self.name,)

    @property
    def geometry_in_words(self) -> str:
        """Frame count, matrix and projection, without anything that identifies."""
        words = f"{self.frames} frames of {self.rows} × {self.columns}"
        if self.primary_deg is None or self.secondary_deg is None:
            return f"{words}, projection not recorded"
        return f"{words}, {projection_in_words(self.primary_deg, self.secondary_deg)}"


@dataclass(frozen=True)
class OtherSeries:
    """Sound objects of one series that the study does not read.

    Attributes
    ----------
    kind
        What the series shows; a non-contrast CT of one slice is still a non-contrast CT.
    sop_class
        The kind of object by its name in the standard.
    reason
        Why the study does not read it.
    paths, names
        The files and their names for people.
    sop_instance_uids
        Of the objects in them.
    candidate
        The series or run that it would be if somebody decided otherwise; None where the headers
        do not suffice.
    """

    kind: Kind
    patient_id: str
    study_uid: str
    series_uid: str
    description: str
    acquired_at: datetime | None
    sop_class: str
    rows: int
    columns: int
    reason: str
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    sop_instance_uids: tuple[str, ...]
    candidate: CTSeries | XARunFile | None


@dataclass(frozen=True)
class Scan:
    """Everything found in an upload.

    Attributes
    ----------
    others
        Series that the study does not read; their files are also named in `left_out`.
    refused
        Files that cannot be used and that somebody should look at.
    left_out
        Sound files that a study does not need, such as localizers.
    """

    ct_series: tuple[CTSeries, ...]
    xa_runs: tuple[XARunFile, ...]
    others: tuple[OtherSeries, ...]
    refused: tuple[Refusal, ...]
    left_out: tuple[Refusal, ...]


def projection_in_words(primary_deg: float, secondary_deg: float) -> str:
    """Name a C-arm position the way an angiography suite does, e.g. "LAO 30°, cranial 20°"."""
    parts = []
    if round(primary_deg):
        parts.append(f"{'LAO' if primary_deg > 0 else 'RAO'} {abs(primary_deg):.0f}°")
    if round(secondary_deg):
        parts.append(f"{'cranial' if secondary_deg > 0 else 'caudal'} {abs(secondary_deg):.0f}°")
    return ", ".join(parts) or "PA"


def shared_isocentre(ct_frame: str, run_frames: Sequence[str]) -> tuple[float, float, float] | None:
    """Return the isocentre in the CT's coordinates where the headers give it.

    Angiography files carry no position in the patient. Where every run names the frame of
    reference of the CT (constructed phantoms do, clinical runs do not) the isocentre is that
    frame's origin; otherwise it is unknown and None is returned.

    Parameters
    ----------
    ct_frame, run_frames
        Frames of reference, or keyed digests of them; empty where the header has none.
    """
    if ct_frame and run_frames and all(frame == ct_frame for frame in run_frames):
        return SHARED_ISOCENTRE_LPS_MM
    return None
