"""Propose to the coordinator which runs of a case were taken before recanalization."""

from reader_study.cohorts.models import Case, Series, SeriesKind
from reader_study.imaging.recanalization import propose_phases


def propose_phases_of(case: Case) -> None:
    """Store the proposals for all runs of a case; call it whenever a run is added or goes.

    Both planes of a biplane system get the same.
    """
    runs = list(Series.objects.filter(case=case, kind=SeriesKind.DSA))
    phases = propose_phases([run.acquired_at for run in runs])
    proposed = {run.pk: phase for run, phase in zip(runs, phases, strict=True)}
    for run in runs:
        phase = proposed[run.pk] or proposed.get(run.biplane_partner_id or 0, "")
        if phase != run.proposed_phase:
            run.proposed_phase = phase
            run.save(update_fields=["proposed_phase"])
