"""The first step: every pair is registered, and its label moved or drafted, in a folder of its own.

A case that is done is skipped when the step is run again, unless one of its files changed.
"""

import dataclasses
import importlib.metadata
import json
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import SimpleITK as sitk

from inference.errors import VolumeError
from inference.training.draft import difference, draft_label
from inference.training.for_correction import write_instructions
from inference.training.moving import cta_on_ncct, labels_on_ncct
from inference.training.pairs import Pair
from inference.training.quality import RegistrationQuality, assess
from inference.training.registration import register
from inference.training.registration_figure import draw_registration
from inference.training.scans import on_same_grid, read_labels, read_scan
from inference.training.workspace import CaseFolder, Workspace

Report = Callable[[str], None]
LabelKind = Literal["mask", "draft"]


@dataclass(frozen=True)
class CaseRecord:
    """What was done with a case; ``case.json``.

    Attributes
    ----------
    case, site, set, patient
        As in the table.
    label
        Whether its label is a given mask or a draft; None where the case failed.
    quality
        The registration's numbers; None where there was no CTA to register, or the case failed.
    doubts
        Why a person must look before the case is used.
    matrix_lps
        4 × 4, row by row: NCCT points to CTA points, LPS mm; None without a registration.
    failure
        Why the case could not be worked on; None where it could.
    inputs
        Its files, to see whether they changed.
    seconds
        How long it took.
    versions
        Of what computed it.
    """

    case: str
    site: str
    set: str
    patient: str
    label: LabelKind | None
    quality: RegistrationQuality | None
    doubts: list[str]
    matrix_lps: list[float] | None
    failure: str | None
    inputs: dict[str, Any]
    seconds: float
    versions: dict[str, str] = field(default_factory=dict)


def register_cases(
    pairs: Iterable[Pair], workspace: Workspace, report: Report
) -> tuple[list[CaseRecord], set[str]]:
    """Work on all cases that are not done.

    Parameters
    ----------
    pairs
        The table's lines.
    workspace
        Where to write.
    report
        Called with lines of text for people.

    Returns
    -------
    list of CaseRecord
        One for each pair, done now or before; those that failed say why.
    set of str
        The cases that were worked on now.
    """
    pairs = list(pairs)
    records, worked_on = [], set()
    for number, pair in enumerate(pairs, start=1):
        folder = workspace.case(pair.case)
        begin = f"{number}/{len(pairs)} {pair.case}"
        record = _record_if_done(pair, folder)
        if record is None:
            record = _worked_on(pair, folder)
            worked_on.add(pair.case)
            report(f"{begin}: {_in_words(record)}")
        else:
            report(f"{begin}: done before, skipped")
        records.append(record)
    return records, worked_on


def read_record(folder: CaseFolder) -> CaseRecord | None:
    """Read what was done with a case; None where nothing was."""
    if not folder.record.is_file():
        return None
    content = json.loads(folder.record.read_text())
    if content["quality"] is not None:
        content["quality"] = RegistrationQuality(**content["quality"])
    return CaseRecord(**content)


def _record_if_done(pair: Pair, folder: CaseFolder) -> CaseRecord | None:
    record = read_record(folder)
    if record is None or record.failure is not None or record.inputs != _inputs(pair):
        return None
    # Site, set and patient may be corrected in the table without registering again.
    current = dataclasses.replace(record, site=pair.site, set=pair.set, patient=pair.patient)
    if current != record:
        _write(current, folder)
    return current


def _worked_on(pair: Pair, folder: CaseFolder) -> CaseRecord:
    begin = time.monotonic()
    folder.record.unlink(missing_ok=True)
    folder.folder.mkdir(parents=True, exist_ok=True)
    record = CaseRecord(
        case=pair.case,
        site=pair.site,
        set=pair.set,
        patient=pair.patient,
        label=None,
        quality=None,
        doubts=[],
        matrix_lps=None,
        failure=None,
        inputs=_inputs(pair),
        seconds=0.0,
        versions={name: importlib.metadata.version(name) for name in ("SimpleITK", "numpy")},
    )
    try:
        record = _prepared(pair, folder, record)
    except VolumeError as error:
        record = dataclasses.replace(record, failure=str(error))
    except RuntimeError as error:  # whatever SimpleITK does not like, in its last line
        said = str(error).strip().splitlines() or ["it did not say why"]
        record = dataclasses.replace(record, failure=f"SimpleITK failed: {said[-1]}")
    record = dataclasses.replace(record, seconds=round(time.monotonic() - begin, 1))
    _write(record, folder)
    return record


def _prepared(pair: Pair, folder: CaseFolder, record: CaseRecord) -> CaseRecord:
    ncct = read_scan(pair.ncct)
    labels = None if pair.mask is None else read_labels(pair.mask)
    if pair.cta is None:
        if labels is None or not on_same_grid(labels, ncct):
            raise VolumeError(f"{pair.mask} does not lie on the grid of {pair.ncct}")
        _save(ncct, folder.ncct)
        _save(labels, folder.arteries)
        return dataclasses.replace(record, label="mask")
    cta = read_scan(pair.cta, contrast_agent=True)
    registration = register(ncct, cta)
    transform = registration.transform
    quality = assess(ncct, cta, transform, registration.mutual_information)
    moved_cta = cta_on_ncct(cta, ncct, transform)
    _save(ncct, folder.ncct)
    _save(moved_cta, folder.cta)
    draw_registration(ncct, moved_cta, f"case {pair.case}", quality, folder.figure)
    if labels is None:
        _save(difference(ncct, moved_cta), folder.difference)
        _save(draft_label(ncct, moved_cta), folder.draft)
        write_instructions(folder.folder, pair.case)
    else:
        _save(_labels_on_ncct(pair, labels, ncct, cta, transform), folder.arteries)
    return dataclasses.replace(
        record,
        label="draft" if labels is None else "mask",
        quality=quality,
        doubts=quality.doubts(),
        matrix_lps=_matrix(transform),
    )


def _labels_on_ncct(
    pair: Pair, labels: sitk.Image, ncct: sitk.Image, cta: sitk.Image, transform: sitk.Transform
) -> sitk.Image:
    if on_same_grid(labels, cta):
        return labels_on_ncct(labels, ncct, transform)
    if on_same_grid(labels, ncct):
        return labels
    raise VolumeError(f"{pair.mask} lies neither on the grid of {pair.cta} nor of {pair.ncct}")


def _save(image: sitk.Image, path: Path) -> None:
    sitk.WriteImage(image, str(path), useCompression=True)


def _matrix(transform: sitk.Euler3DTransform) -> list[float]:
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(transform.GetMatrix()).reshape(3, 3)
    matrix[:3, 3] = origin
    return [float(value) for value in matrix.ravel()]


def _inputs(pair: Pair) -> dict[str, Any]:
    files = {"ncct": pair.ncct, "cta": pair.cta, "mask": pair.mask}
    return {name: None if path is None else _fingerprint(path) for name, path in files.items()}


def _fingerprint(path: Path) -> dict[str, Any]:
    stats = [file.stat() for file in path.rglob("*")] if path.is_dir() else [path.stat()]
    return {
        "path": str(path),
        "files": len(stats),
        "bytes": sum(stat.st_size for stat in stats),
        "modified_ns": max((stat.st_mtime_ns for stat in stats), default=0),
    }


def _write(record: CaseRecord, folder: CaseFolder) -> None:
    folder.record.write_text(json.dumps(dataclasses.asdict(record), indent=1) + "\n")


def _in_words(record: CaseRecord) -> str:
    if record.failure is not None:
        return f"FAILED: {record.failure}"
    label = "given mask" if record.label == "mask" else "draft to correct"
    if record.quality is None:
        return f"{label}, nothing to register"
    shown = f"{label}, both directions differ by {record.quality.disagreement_mm:.2f} mm"
    if record.doubts:
        shown += f"; LOOK: {'; '.join(record.doubts)}"
    seconds = math.ceil(record.seconds)
    return f"{shown} ({seconds} s)"
