"""Make a complete study of simulated ratings."""

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from reader_study.analysis.services import lock_study
from reader_study.audit.services import record
from reader_study.cohorts.models import Case
from reader_study.coordination.simulation.cohort import (
    add_cases,
    create_simulated_study,
    drawn_occlusions,
    drawn_sites,
)
from reader_study.coordination.simulation.opinions import Truth
from reader_study.coordination.simulation.people import Staff, give_roles
from reader_study.coordination.simulation.readings import SimulatedReading
from reader_study.reading.services import open_study
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.studies.models import Membership, Study, StudyState
from reader_study.studies.protocol import (
    Calibration,
    HiddenRepeats,
    ProtocolDocument,
    Question,
    Territory,
)
from reader_study.studies.protocol_templates import FOUR_POINT_PROTOCOL

SIMULATED_PROTOCOL = ProtocolDocument.model_validate(
    {
        **FOUR_POINT_PROTOCOL.model_dump(),
        "territories": (
            Territory(code="ica", label="Internal carotid artery"),
            Territory(code="m1", label="M1"),
            Territory(code="m2", label="M2"),
            Territory(code="a1", label="A1", required=False),
        ),
        "questions": (Question(code="usable", label="Would it help to plan the thrombectomy?"),),
        "calibration": Calibration(cases=5, pass_mark=0.8, tolerance_levels=0),
        "repeats": HiddenRepeats(share=0.1, minimum=30, washout_days=28),
        "adjudication": "across-cut-point",
        "resamples": 10_000,
    }
)

MOST_READ, LEAST_READ = 0.8, 0.3
BEFORE_OPENING = timedelta(days=10)


@transaction.atomic
def simulate_study(
    *,
    slug: str,
    name: str,
    cases: int,
    seed: int,
    staff: Staff,
    protocol: ProtocolDocument = SIMULATED_PROTOCOL,
    state: StudyState = StudyState.LOCKED,
) -> Study:
    """Make a study whose cases are phantoms and whose ratings are simulated.

    The same slug, seed and protocol give the same orders, grades and times; the times are moved
    by whole weeks so that the last reading lies within the last seven days.

    Parameters
    ----------
    cases
        Cases to read; the protocol's calibration cases come on top.
    staff
        Coordinator, raters and the others.
    state
        ``setup`` (ready to open), ``reading`` (partly read) or ``locked``.

    Raises
    ------
    NotPossibleError
        Something forbids the opening or the lock, such as a single rater.
    """
    coordinator = staff.coordinator
    study = create_simulated_study(
        slug=slug, name=name, seed=seed, protocol=protocol, actor=coordinator
    )
    give_roles(study, staff)
    calibration = protocol.calibration.cases if protocol.calibration else 0
    sites = drawn_sites(seed, cases + calibration)
    truth = Truth(seed, sites, protocol)
    rows = add_cases(study, truth, sites, drawn_occlusions(seed, len(sites)), calibration)
    record(
        action="study simulated",
        actor=coordinator,
        study_id=study.id,
        cases=cases,
        raters=len(staff.raters),
        seed=seed,
        state=state,
    )
    if state == StudyState.SETUP:
        return study
    study = open_study(study=study, actor=coordinator)
    reading = SimulatedReading(study, truth, rows, coordinator)
    raters = len(staff.raters)
    shares = (
        np.linspace(MOST_READ, LEAST_READ, raters)
        if state == StudyState.READING
        else np.ones(raters)
    )
    began = reading.store([float(share) for share in shares])
    _move_to_the_past(study, began)
    if state == StudyState.READING:
        reading.store_draft()
        return study
    return lock_study(study=study, actor=coordinator).study


def _move_to_the_past(study: Study, reading_began: datetime) -> None:
    """Let the study, its people and its cases be there before the first case is read."""
    opened_at = reading_began.replace(hour=7, minute=0, second=0, microsecond=0)
    created_at = opened_at - BEFORE_OPENING
    Study.objects.filter(pk=study.pk).update(opened_at=opened_at, created_at=created_at)
    Membership.objects.filter(study=study).update(joined_at=created_at)
    Case.objects.filter(study=study).update(created_at=created_at)
    jobs = {"created_at": created_at, "started_at": created_at, "finished_at": created_at}
    SegmentationJob.objects.filter(case__study=study).update(**jobs)
    MediaPack.objects.filter(segmentation__case__study=study).update(**jobs)
    study.refresh_from_db()
