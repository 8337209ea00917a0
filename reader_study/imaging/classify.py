"""Decide for every image whether it belongs to a non-contrast CT, a DSA run, or to neither."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    CTImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from .biplane import with_partners
from .contrast_hints import has_contrast
from .ct_grouping import ct_groups, ct_series, missing_ct_geometry
from .enhanced import ENHANCED_CT, ENHANCED_XA, classic_run
from .header_values import (
    acquisition_time,
    float_or_none,
    image_type,
    integer,
    standard_words,
    text,
    uid,
)
from .headers import Header
from .instance import Instance, single_images
from .series import CTSeries, Kind, OtherSeries, XARunFile

MIN_SLICES = 3
MAX_TILT_FROM_AXIAL_DEG = 40.0
WITH_CONTRAST = "a CT with contrast agent; the study reads non-contrast CT"
_SCOUT_MAX_SLICES = 4
_REFORMAT_WORDS = {"REFORMATTED", "MPR", "MIP", "MINIP", "VRT", "AVERAGE", "PROJECTION IMAGE"}
_PERFUSION_WORDS = {"PERFUSION", "RCBF", "RCBV", "CBF", "CBV", "MTT", "TTP", "TMAX"}
_XA_CLASSES = {XRayAngiographicImageStorage, XRayRadiofluoroscopicImageStorage} | ENHANCED_XA


@dataclass(frozen=True)
class LeftOut:
    """One sound object that the study does not need, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class Classified:
    """Instances sorted into what the study reads and what it leaves out."""

    ct_series: tuple[CTSeries, ...]
    xa_runs: tuple[XARunFile, ...]
    others: tuple[OtherSeries, ...]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Every file of the series that the study does not read."""
        return tuple(LeftOut(name, other.reason) for other in self.others for name in other.names)


def classify(instances: list[Instance]) -> Classified:
    """Sort DICOM objects into non-contrast CT series, angiography runs and the rest."""
    ct_images: list[Instance] = []
    runs: list[XARunFile] = []
    others: list[OtherSeries] = []
    set_aside: dict[tuple[str, ...], list[Instance]] = {}
    for instance in single_images(instances):
        dataset = instance.header.dataset
        reason = _reason_against_instance(instance.header)
        if reason:
            series_uid = text(dataset, "SeriesInstanceUID")
            key = (text(dataset, "PatientID"), series_uid, reason)
            set_aside.setdefault(key, []).append(instance)
        elif uid(dataset, "SOPClassUID") == CTImageStorage:
            ct_images.append(instance)
        else:
            runs.append(_xa_run(instance))
    series: list[CTSeries] = []
    for group in ct_groups(ct_images):
        candidate = ct_series(group)
        kind, reason = _reason_against_series(candidate)
        if reason:
            others.append(_other_series(group, reason, kind))
        else:
            series.append(candidate)
    for (_, _, reason), aside in set_aside.items():
        others += [_other_series(group, reason) for group in _alike(aside)]
    return Classified(tuple(series), with_partners(sorted(runs, key=_run_order)), tuple(others))


def _run_order(run: XARunFile) -> tuple[datetime, str]:
    return run.acquired_at or datetime.max, run.name  # noqa: DTZ901 - headers carry no zone


def _reason_against_instance(header: Header) -> str:
    dataset = header.dataset
    sop_class = uid(dataset, "SOPClassUID")
    if sop_class == CTImageStorage:
        return _reason_against_ct(dataset)
    if sop_class in ENHANCED_CT:
        return "an enhanced multi-frame object that does not describe its frames; export it again"
    if sop_class in _XA_CLASSES:
        return _reason_against_xa(dataset)
    kind = standard_words(sop_class, "a private kind of object")
    if not header.has_pixels:
        return f"no image ({kind}); it is not needed"
    return f"neither CT nor angiography ({kind})"


def _reason_against_ct(dataset: Dataset) -> str:
    kinds = image_type(dataset)
    missing = missing_ct_geometry(dataset)
    if "LOCALIZER" in kinds:
        reason = "a localizer (scout view), not part of the volume"
    elif kinds & _PERFUSION_WORDS:
        reason = "a perfusion map, not the acquired slices"
    elif kinds & _REFORMAT_WORDS:
        reason = "a reformat, not the acquired slices"
    elif text(dataset, "ImageType").upper().startswith("DERIVED"):
        reason = "a derived image, not the acquired slices"
    elif has_contrast(dataset):
        reason = WITH_CONTRAST
    elif integer(dataset, "SamplesPerPixel", 1) != 1:
        reason = "a colour picture, not a CT slice"
    elif missing:
        reason = f"a CT image without {missing}; it cannot be placed in space"
    else:
        reason = ""
    return reason


def _reason_against_xa(dataset: Dataset) -> str:
    if integer(dataset, "NumberOfFrames", 1) < 2:
        return "a single angiography picture, not a run"
    if integer(dataset, "SamplesPerPixel", 1) != 1:
        return "a colour recording, not an angiography run"
    return ""


def _reason_against_series(series: CTSeries) -> tuple[Kind, str]:
    normal = np.cross(series.row_direction, series.column_direction)
    from_axial_deg = float(np.degrees(np.arccos(min(abs(normal[2]), 1.0))))
    count = len(series.slices)
    if from_axial_deg > MAX_TILT_FROM_AXIAL_DEG:
        if count <= _SCOUT_MAX_SLICES:
            return "other", "a localizer (scout view), not part of the volume"
        return "other", "coronal or sagittal slices, as reformats are; a volume needs axial ones"
    if count < MIN_SLICES:
        slices = "1 slice" if count == 1 else f"{count} slices"
        return "NCCT", f"a CT series of {slices}; a volume needs at least {MIN_SLICES}"
    return "NCCT", ""


def _alike(instances: list[Instance]) -> list[list[Instance]]:
    """Keep CT images that can be placed in space in groups of one geometry, the rest together."""
    placed = [instance for instance in instances if _is_placed_ct(instance)]
    rest = [instance for instance in instances if not _is_placed_ct(instance)]
    return ct_groups(placed) + ([rest] if rest else [])


def _is_placed_ct(instance: Instance) -> bool:
    dataset = instance.header.dataset
    return (
        uid(dataset, "SOPClassUID") == CTImageStorage
        and integer(dataset, "SamplesPerPixel", 1) == 1
        and not missing_ct_geometry(dataset)
    )


def _other_series(group: list[Instance], reason: str, kind: Kind = "other") -> OtherSeries:
    first = group[0].header.dataset
    files = {instance.path: instance.name for instance in group}
    return OtherSeries(
        kind=kind,
        patient_id=text(first, "PatientID"),
        study_uid=text(first, "StudyInstanceUID"),
        series_uid=text(first, "SeriesInstanceUID"),
        description=text(first, "SeriesDescription"),
        acquired_at=acquisition_time(first),
        sop_class=standard_words(uid(first, "SOPClassUID"), "a private kind of object"),
        rows=integer(first, "Rows", 0),
        columns=integer(first, "Columns", 0),
        reason=reason,
        paths=tuple(files),
        names=tuple(files.values()),
        sop_instance_uids=tuple(dict.fromkeys(_sop_instance_uid(i) for i in group)),
        candidate=ct_series(group) if _is_placed_ct(group[0]) else None,
    )


def _sop_instance_uid(instance: Instance) -> str:
    return text(instance.header.dataset, "SOPInstanceUID")


def _xa_run(instance: Instance) -> XARunFile:
    dataset = instance.header.dataset
    if uid(dataset, "SOPClassUID") in ENHANCED_XA:
        dataset = classic_run(dataset)
    kinds = image_type(dataset)
    plane = next((kind[-1] for kind in ("BIPLANE A", "BIPLANE B") if kind in kinds), None)
    return XARunFile(
        patient_id=text(dataset, "PatientID"),
        study_uid=text(dataset, "StudyInstanceUID"),
        series_uid=text(dataset, "SeriesInstanceUID"),
        sop_instance_uid=text(dataset, "SOPInstanceUID"),
        frame_of_reference_uid=text(dataset, "FrameOfReferenceUID"),
        description=text(dataset, "SeriesDescription"),
        acquired_at=acquisition_time(dataset),
        plane=plane,
        frames=integer(dataset, "NumberOfFrames", 1),
        rows=integer(dataset, "Rows", 0),
        columns=integer(dataset, "Columns", 0),
        primary_deg=float_or_none(dataset, "PositionerPrimaryAngle"),
        secondary_deg=float_or_none(dataset, "PositionerSecondaryAngle"),
        path=instance.path,
        name=instance.name,
    )
