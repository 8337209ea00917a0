"""Find the two runs that the two planes of a biplane system acquired together."""

from collections.abc import Sequence
from dataclasses import replace

from .series import XARunFile

SAME_INJECTION_S = 2.0


def with_partners(runs: Sequence[XARunFile]) -> tuple[XARunFile, ...]:
    """Return the runs, those of planes A and B that began together naming each other.

    Planes are known by ImageType; DICOM stores them as two objects (PS3.3, C.8.7.1.1.2). Runs
    without a time are partners only where they are the single A and B of one series.
    """
    partner_of: dict[str, XARunFile] = {}
    candidates = [
        (distance, a, b)
        for a in runs
        for b in runs
        if (a.plane, b.plane) == ("A", "B") and (distance := _distance_s(a, b, runs)) is not None
    ]
    for _, a, b in sorted(candidates, key=lambda pair: (pair[0], pair[1].name, pair[2].name)):
        if a.sop_instance_uid not in partner_of and b.sop_instance_uid not in partner_of:
            partner_of[a.sop_instance_uid], partner_of[b.sop_instance_uid] = b, a
    return tuple(
        replace(run, partner_uid=partner.sop_instance_uid, partner_name=partner.name)
        if (partner := partner_of.get(run.sop_instance_uid))
        else run
        for run in runs
    )


def _distance_s(a: XARunFile, b: XARunFile, runs: Sequence[XARunFile]) -> float | None:
    """Time between two runs of one patient and study; None where they cannot be partners."""
    if (a.patient_id, a.study_uid) != (b.patient_id, b.study_uid):
        return None
    if a.acquired_at and b.acquired_at:
        distance = abs((a.acquired_at - b.acquired_at).total_seconds())
        return distance if distance <= SAME_INJECTION_S else None
    planes = [run.plane for run in runs if run.series_uid == a.series_uid]
    return 0.0 if a.series_uid == b.series_uid and sorted(map(str, planes)) == ["A", "B"] else None
