"""The series of an upload, patient by patient, as the ingest takes them in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydicom.uid import UID

from reader_study.cohorts.manifests.case_matching import patient_identity
from reader_study.cohorts.manifests.manifest import ManifestRow, finder_of
from reader_study.cohorts.models import SeriesKind
from reader_study.cohorts.study_keys import former_digest, keyed_digest
from reader_study.imaging.deidentification.allow_list import KINDS
from reader_study.imaging.inspection import Geometry, ct_geometry, other_geometry, run_geometry
from reader_study.imaging.series import CTSeries, OtherSeries, Scan, XARunFile
from reader_study.studies.models import Study

Found = CTSeries | XARunFile | OtherSeries

_STORABLE = frozenset(UID(sop_class).name for sop_class in KINDS)


@dataclass(frozen=True)
class Incoming:
    """A series of an upload, whatever it shows.

    Attributes
    ----------
    files
        Path and name for people of each file.
    """

    found: Found
    files: tuple[tuple[Path, str], ...]

    @classmethod
    def of(cls, found: Found) -> "Incoming":
        """Take a series as the scan found it."""
        if isinstance(found, CTSeries):
            files = {part.path: part.name for part in found.slices}
        elif isinstance(found, XARunFile):
            files = {found.path: found.name}
        else:
            files = dict(zip(found.paths, found.names, strict=True))
        return cls(found, tuple(files.items()))

    @property
    def kind(self) -> SeriesKind:
        """What the series shows, as far as the headers tell."""
        if isinstance(self.found, CTSeries):
            return SeriesKind.NCCT
        return SeriesKind.DSA if isinstance(self.found, XARunFile) else SeriesKind(self.found.kind)

    @property
    def name(self) -> str:
        """What the sender calls it."""
        _, first = self.files[0]
        if len(self.files) == 1:
            return first
        return f"Series of {len(self.files)} files beginning with {first}"

    def key(self, study: Study) -> str:
        """Return a digest that the same images have whenever they are sent."""
        return keyed_digest(study, "\n".join(sorted(self._images())))

    def former_key(self, study: Study) -> str:
        """Return the digest that earlier releases made of the same images."""
        if isinstance(self.found, CTSeries):
            return former_digest(study, self.found.series_uid)
        return former_digest(study, "\n".join(sorted(self._images())))

    def _images(self) -> set[str]:
        if isinstance(self.found, CTSeries):
            return {f"{part.sop_instance_uid}#{part.frame}" for part in self.found.slices}
        if isinstance(self.found, XARunFile):
            # Biplane pairs may share a series; the instance tells the planes apart.
            return {self.found.sop_instance_uid}
        return set(self.found.sop_instance_uids)

    @property
    def frame_of_reference_uid(self) -> str:
        """The frame of reference; empty where the headers name none."""
        return "" if isinstance(self.found, OtherSeries) else self.found.frame_of_reference_uid

    @property
    def acquired_at(self) -> datetime | None:
        """The scanner's local time, without a zone."""
        return self.found.acquired_at

    @property
    def description(self) -> str:
        """The geometry in words: nothing that a person typed."""
        if not isinstance(self.found, OtherSeries):
            return self.found.geometry_in_words
        if self.found.candidate is not None:
            return self.found.candidate.geometry_in_words
        images = "1 image" if len(self.files) == 1 else f"{len(self.files)} images"
        return f"{images} of {self.found.rows} × {self.found.columns} ({self.found.sop_class})"

    @property
    def geometry(self) -> Geometry | None:
        """How it lies, as the headers say."""
        if isinstance(self.found, CTSeries):
            return ct_geometry(self.found)
        if isinstance(self.found, XARunFile):
            return run_geometry(self.found, None)
        return other_geometry(self.found)


@dataclass(eq=False)
class Patient:
    """The series of one patient in an upload.

    Attributes
    ----------
    identifier
        What tells the patient from others.
    patient_id
        The hospital's identifier; empty where it gave none.
    """

    identifier: str
    patient_id: str
    ct_series: list[CTSeries] = field(default_factory=list)
    xa_runs: list[XARunFile] = field(default_factory=list)
    others: list[OtherSeries] = field(default_factory=list)

    @property
    def is_of_use(self) -> bool:
        """Whether any series is what a study reads, or could be if somebody decided so."""
        return bool(self.ct_series or self.xa_runs or any(o.candidate for o in self.others))

    @property
    def names(self) -> list[str]:
        """The names under which the files were sent."""
        return [name for series in self.in_order() for _, name in series.files]

    def in_order(self) -> list[Incoming]:
        """The series that can be stored: the finest CT first, runs in the order of their times."""
        series = sorted(self.ct_series, key=_finest_first)
        runs = sorted(self.xa_runs, key=_in_order_of_time)
        others = [other for other in self.others if other.sop_class in _STORABLE]
        in_order: list[Found] = [*series, *runs, *others]
        return [Incoming.of(found) for found in in_order]


def patients_in(found: Scan, rows: Sequence[ManifestRow]) -> list[Patient]:
    """Gather the series of an upload by patient, with the help of the list sent along."""
    finder = finder_of(rows)
    patients: dict[str, Patient] = {}
    everything: list[Found] = [*found.ct_series, *found.xa_runs, *found.others]
    for series in everything:
        identifier = patient_identity(series, finder)
        patient = patients.setdefault(identifier, Patient(identifier, series.patient_id))
        if isinstance(series, CTSeries):
            patient.ct_series.append(series)
        elif isinstance(series, XARunFile):
            patient.xa_runs.append(series)
        else:
            patient.others.append(series)
    return list(patients.values())


def _finest_first(series: CTSeries) -> tuple[float, int]:
    thicknesses = [part.thickness_mm for part in series.slices if part.thickness_mm]
    return (min(thicknesses, default=float("inf")), -len(series.slices))


def _in_order_of_time(run: XARunFile) -> tuple[str, str, str]:
    return (str(run.acquired_at or ""), run.plane or "", run.name)
