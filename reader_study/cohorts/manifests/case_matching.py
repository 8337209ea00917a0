"""Bring together what a list of cases says and whom the images' headers name.

A patient is whose headers say so; the list only gives the patient's case a code, a site and an
occlusion. Where the two contradict each other nobody's images are taken in: a list with a slip
must not put one patient's angiography beside another one's CT.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from reader_study.cohorts.manifests.manifest import ManifestRow, finder_of
from reader_study.cohorts.manifests.sent_paths import PathFinder
from reader_study.imaging.remarks import some_names
from reader_study.imaging.series import CTSeries, OtherSeries, XARunFile


@dataclass(frozen=True)
class MatchingRemark:
    """A sentence about some files or about a line of the list."""

    name: str
    text: str


@dataclass
class Matching:
    """Which row says what of which patient.

    Attributes
    ----------
    rows
        By patient; a patient without one gets a code of the study's own making.
    refused
        Patients of whom nothing may be taken in, and why.
    warnings
        What the person who sent the files should look at.
    """

    rows: dict[str, ManifestRow] = field(default_factory=dict)
    refused: dict[str, MatchingRemark] = field(default_factory=dict)
    warnings: list[MatchingRemark] = field(default_factory=list)


@dataclass(frozen=True)
class _Patient:
    """The lines that name files of a patient, and the files that no line names."""

    names: list[str]
    rows: list[ManifestRow]
    unlisted: list[str]


def patient_identity(
    series: CTSeries | XARunFile | OtherSeries, finder: PathFinder[ManifestRow]
) -> str:
    """Return by what the series of one patient find each other.

    Where the headers were emptied of the patient's number the list says whose images they are,
    and without it those of one examination belong together.
    """
    row = finder.find(series.source_names[0])
    return series.patient_id or (f"case {row.case_code}" if row else series.study_uid)


def match_cases(
    rows: Sequence[ManifestRow], names_of_patients: Mapping[str, Collection[str]]
) -> Matching:
    """Find for each patient what the list says of them.

    Parameters
    ----------
    rows
        The list; where it is empty nothing was sent along, and there is nothing to say.
    names_of_patients
        For each patient of an upload the names under which the files were sent.
    """
    matching = Matching()
    if not rows:
        return matching
    patients = _patients(rows, names_of_patients)
    patients_of_line: dict[int, list[str]] = defaultdict(list)
    for key, patient in patients.items():
        for row in patient.rows:
            patients_of_line[row.line].append(key)
    for key, patient in patients.items():
        files = some_names(patient.names)
        contradiction = _contradiction(patient, patients_of_line)
        if contradiction:
            matching.refused[key] = MatchingRemark(files, contradiction)
        elif not patient.rows:
            text = (
                "no line of the list of cases names these files; the patient is given the next "
                "free code, and the site of the upload."
            )
            matching.warnings.append(MatchingRemark(files, text))
        else:
            matching.rows[key] = patient.rows[0]
            matching.warnings += _unlisted(patient)
    matching.warnings += [_without_images(row) for row in rows if row.line not in patients_of_line]
    return matching


def _patients(
    rows: Sequence[ManifestRow], names_of_patients: Mapping[str, Collection[str]]
) -> dict[str, _Patient]:
    finder = finder_of(rows)
    patients = {}
    for key, names in names_of_patients.items():
        found = {name: finder.find(name) for name in names}
        lines = {row.line: row for row in found.values() if row is not None}
        patients[key] = _Patient(
            names=list(found),
            rows=[lines[line] for line in sorted(lines)],
            unlisted=[name for name, row in found.items() if row is None],
        )
    return patients


def _contradiction(patient: _Patient, patients_of_line: Mapping[int, Sequence[str]]) -> str:
    if len(patient.rows) > 1:
        said = " and ".join(f"line {row.line} calls it {row.case_code}" for row in patient.rows)
        return (
            f"not taken in: by the headers these files are of one patient, but {said}. Correct "
            "the list, or the patient's number in the files, and send them again."
        )
    for row in patient.rows:
        others = len(patients_of_line[row.line]) - 1
        if others:
            return (
                f"not taken in: line {row.line} calls “{row.path}” case {row.case_code}, but by "
                f"the headers the files there are of {others + 1} patients. Give each patient a "
                "folder and a line, and send them again."
            )
    return ""


def _unlisted(patient: _Patient) -> list[MatchingRemark]:
    if not patient.unlisted:
        return []
    row = patient.rows[0]
    text = (
        f"no line of the list names these files; by the headers they are of the patient of "
        f"{row.case_code} (line {row.line}), and were taken in with that case."
    )
    return [MatchingRemark(some_names(patient.unlisted), text)]


def _without_images(row: ManifestRow) -> MatchingRemark:
    text = f"no usable image lies at “{row.path}”; compare it with the names of what was sent."
    return MatchingRemark(f"Line {row.line}, case {row.case_code}", text)
