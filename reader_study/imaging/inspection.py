"""Say of every series in an upload what it is, how it lies and how its checks ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import ImagingError
from .gates import Gate, SeriesRefusedError, Verdict, worst_verdict
from .series import CTSeries, Kind, OtherSeries, Refusal, XARunFile, projection_in_words
from .slice_stack import Floats
from .supervised import SupervisedReader
from .xa_run import AngiographyRun


@dataclass(frozen=True)
class Geometry:
    """How a series lies, as its headers say, before anything is corrected.

    Attributes
    ----------
    size
        Columns, rows, and slices or frames.
    spacing_mm
        Between columns, between rows and, for CT, between slices (the median step).
    tilt_deg
        Gantry tilt by the slices' positions; None where it does not apply.
    orientation
        "axial", "coronal" or "sagittal" for CT, the C-arm's position for angiography; empty
        where unknown.
    """

    size: tuple[int, ...]
    spacing_mm: tuple[float, ...] | None
    tilt_deg: float | None
    orientation: str


@dataclass(frozen=True)
class SeriesReport:
    """One series and everything that was found out about it.

    Attributes
    ----------
    reasons
        Why the series is not simply passed: one sentence for each gate that does not pass.
    corrected
        Geometry of the upright volume where the series was resampled.
    """

    kind: Kind
    verdict: Verdict
    reasons: tuple[str, ...]
    gates: tuple[Gate, ...]
    geometry: Geometry | None
    corrected: Geometry | None
    biplane_partner: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class FileReport:
    """One file that is in no series, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Inspection:
    """Everything found in some files and folders.

    Attributes
    ----------
    refused
        Files that cannot be read.
    left_out
        Sound files that are no images of a series: copies, indexes of CDs.
    """

    series: tuple[SeriesReport, ...]
    refused: tuple[FileReport, ...]
    left_out: tuple[FileReport, ...]


def inspect(paths: Sequence[Path], work_directory: Path, reader: SupervisedReader) -> Inspection:
    """Read files, folders and zips as an upload is read, and report instead of storing.

    Parameters
    ----------
    work_directory
        An existing folder for what is unpacked.
    """
    found = reader.scan(paths, work_directory)
    reports = [_ct_report(series, reader) for series in found.ct_series]
    reports += [_run_report(run, reader) for run in found.xa_runs]
    reports += [_other_report(other) for other in found.others]
    in_others = {(name, other.reason) for other in found.others for name in other.names}
    left_out = [out for out in _by_file(found.left_out) if (out.name, out.reason) not in in_others]
    return Inspection(tuple(reports), tuple(_by_file(found.refused)), tuple(left_out))


def _by_file(refusals: Sequence[Refusal]) -> list[FileReport]:
    return [FileReport(name, refusal.reason) for refusal in refusals for name in refusal.names]


def _report(
    kind: Kind,
    gates: tuple[Gate, ...],
    geometry: Geometry | None,
    files: tuple[str, ...],
    corrected: Geometry | None = None,
    biplane_partner: str = "",
) -> SeriesReport:
    return SeriesReport(
        kind=kind,
        verdict=worst_verdict(gates),
        reasons=tuple(gate.sentence for gate in gates if gate.verdict != Verdict.PASS),
        gates=gates,
        geometry=geometry,
        corrected=corrected,
        biplane_partner=biplane_partner,
        files=files,
    )


def gates_of_refusal(error: ImagingError) -> tuple[Gate, ...]:
    """Say how the checks of a series ended that cannot be read."""
    if isinstance(error, SeriesRefusedError):
        return error.gates
    return (Gate("pixels", Verdict.REFUSED, str(error)),)


def _ct_report(series: CTSeries, reader: SupervisedReader) -> SeriesReport:
    geometry = ct_geometry(series)
    try:
        volume = reader.build_ct_volume(series)
    except ImagingError as error:
        return _report("NCCT", gates_of_refusal(error), geometry, series.source_names)
    corrected = None
    if any(gate.verdict == Verdict.CORRECTED for gate in volume.gates):
        slices, rows, columns = volume.hu.shape
        dz, dy, dx = volume.spacing_zyx_mm
        corrected = Geometry((columns, rows, slices), (dx, dy, dz), 0.0, "axial")
    return _report("NCCT", volume.gates, geometry, series.source_names, corrected)


def _run_report(run: XARunFile, reader: SupervisedReader) -> SeriesReport:
    try:
        decoded = reader.read_xa_run(run)
    except ImagingError as error:
        return _report("DSA", gates_of_refusal(error), run_geometry(run, None), run.source_names)
    return _report(
        "DSA",
        decoded.gates,
        run_geometry(run, decoded),
        run.source_names,
        biplane_partner=run.partner_name,
    )


def _other_report(other: OtherSeries) -> SeriesReport:
    return _report(other.kind, (gate_of_other(other),), other_geometry(other), other.names)


def gate_of_other(other: OtherSeries) -> Gate:
    """Say why the study does not read a series."""
    checked = "kind" if other.kind == "other" else "slices"
    return Gate(checked, Verdict.REFUSED, other.reason)


def run_geometry(run: XARunFile, decoded: AngiographyRun | None) -> Geometry:
    """Describe how a run lies; its pixel spacing is known once it is decoded."""
    known = run.primary_deg is not None and run.secondary_deg is not None
    orientation = projection_in_words(run.primary_deg or 0, run.secondary_deg or 0) if known else ""
    spacing = decoded and decoded.imager_pixel_spacing_mm
    size = (run.columns, run.rows, run.frames)
    return Geometry(size, spacing[::-1] if spacing else None, None, orientation)


def other_geometry(other: OtherSeries) -> Geometry | None:
    """Describe how a series lies that the study does not read; None where it is no image."""
    if isinstance(other.candidate, CTSeries):
        return ct_geometry(other.candidate)
    if not other.rows:
        return None
    return Geometry((other.columns, other.rows, len(other.names)), None, None, "")


def ct_geometry(series: CTSeries) -> Geometry:
    """Describe how the slices of a series lie, from their headers alone."""
    normal = np.cross(series.row_direction, series.column_direction)
    positions = np.array([ct_slice.position_lps_mm for ct_slice in series.slices])
    positions = positions[np.argsort(positions @ normal)]
    steps = np.linalg.norm(np.diff(positions, axis=0), axis=1)
    steps = steps[steps > 0]
    between_rows, between_columns = series.pixel_spacing_mm
    spacing: tuple[float, ...] = (between_columns, between_rows)
    if steps.size:
        spacing = (*spacing, round(float(np.median(steps)), 4))
    return Geometry(
        size=(series.columns, series.rows, len(series.slices)),
        spacing_mm=spacing,
        tilt_deg=_tilt_deg(positions, normal),
        orientation=("sagittal", "coronal", "axial")[int(np.argmax(np.abs(normal)))],
    )


def _tilt_deg(positions: Floats, normal: Floats) -> float | None:
    way = positions[-1] - positions[0]
    length = float(np.linalg.norm(way))
    if length == 0:
        return None  # a single slice: whether it is tilted or inclined cannot be told
    return round(float(np.degrees(np.arccos(np.clip(abs(way @ normal) / length, 0, 1)))), 2)
