"""Register models, queue segmentations and run them."""

import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db import transaction

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.celery import app
from reader_study.cohorts.models import Case, CasePurpose, PatientDeletion, Series, SeriesKind
from reader_study.jobs.models import JobState, LeasedJob, Priority
from reader_study.jobs.services import STOPPED, UNDER_WAY, cancel, requeue, send_on_commit
from reader_study.segmentation.models import MediaPack, SegmentationJob, StudyModel, VesselModel
from reader_study.segmentation.selectors import (
    outdated_segmentations,
    segmentations_to_be_packed,
    why_model_is_fixed,
)
from reader_study.studies.models import Study, StudyState

logger = logging.getLogger(__name__)


class ModelIsFixedError(Exception):
    """The study's model cannot be changed any more; the message says why."""


def register_model(*, directory: Path, actor: User | None) -> VesselModel:
    """Make a model known under its hash; of one that is known already the card is read anew.

    A card's figures are no part of the model: an evaluation may be written into it later.
    """
    # Reading a model imports torch, which the web process has no use for.
    from inference.models.files import read_model_files

    files = read_model_files(directory)
    with transaction.atomic():
        row, created = VesselModel.objects.get_or_create(
            sha256=files.card.sha256,
            defaults={
                "name": files.card.name,
                "notice": files.card.notice,
                "directory": str(directory),
                "labels": files.dataset["labels"],
                "card": files.card.model_dump(mode="json"),
            },
        )
        if created:
            record(action="model registered", actor=actor, subject=row.sha256)
        else:
            refresh_card(row, files.card.model_dump(mode="json"), actor)
    return row


def refresh_card(model: VesselModel, card: dict[str, Any], actor: User | None) -> None:
    """Take over what a known model's card says by now, inside the caller's transaction."""
    if model.card != card:
        model.card = card
        model.save(update_fields=["card"])
        record(action="model card updated", actor=actor, subject=model.sha256)


@transaction.atomic
def choose_model(*, study: Study, model: VesselModel, actor: User | None) -> StudyModel:
    """Name the model whose segmentations the study judges, while it is in set-up.

    Where another was named before, the cases are segmented anew; what it made stays stored and is
    shown to nobody.

    Raises
    ------
    ModelIsFixedError
        The reading has begun: the raters' lists name images of the former model.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    former = StudyModel.objects.filter(study=study).select_related("model").first()
    if former is None:
        choice = StudyModel.objects.create(study=study, model=model)
        record(action="model chosen", actor=actor, study_id=study.id, subject=model.sha256)
        return choice
    if former.model == model:
        return former
    refusal = why_model_is_fixed(study)
    if refusal:
        raise ModelIsFixedError(refusal)
    old, former.model = former.model, model
    former.save(update_fields=["model"])
    # Nobody will look at what still waits in the queue for the former model.
    SegmentationJob.objects.filter(
        case__study=study, model=old, state=JobState.QUEUED, media_pack__isnull=True
    ).delete()
    if study.data_notice == old.notice:  # as at the study's creation
        study.data_notice = model.notice
        study.save(update_fields=["data_notice"])
    record(
        action="model changed",
        actor=actor,
        study_id=study.id,
        subject=model.sha256,
        former=old.sha256,
    )
    transaction.on_commit(lambda: _queue_missing_work_later(study), robust=True)
    return former


def _queue_missing_work_later(study: Study) -> None:
    """Have a worker queue the segmentations; the reaper does if this hint is lost."""
    app.send_task("segmentation.queue_missing_work", args=[str(study.pk)], queue="cpu", retry=False)


def queue_missing_work(study: Study) -> int:
    """Queue a segmentation for each NCCT in use without one, and media where all is looked at.

    Both are made anew where a case uses other images by now. What stands on a rater's list stays
    as it was put there; withdrawn cases are left alone. Safe to call at any time and from several
    processes: the unique constraints keep one job a case and model. Returns the number of jobs
    queued.
    """
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    if choice is None or study.state not in (StudyState.SETUP, StudyState.READING):
        return 0
    with_ncct = Case.objects.filter(
        study=study,
        series__in=Series.objects.filter(kind=SeriesKind.NCCT, used=True),
        withdrawn_at__isnull=True,
    )
    queued = 0
    for case in with_ncct.exclude(segmentations__model=choice.model):
        with transaction.atomic():
            job, is_new = SegmentationJob.objects.get_or_create(
                case=case, model=choice.model, defaults={"priority": _priority(case)}
            )
            if is_new:
                send_on_commit(job)
        queued += is_new
    of_study = {"case__study": study, "model": choice.model}
    for job in outdated_segmentations().filter(**of_study):
        requeue(job, priority=_priority(job.case))
        queued += 1
    _follow_purposes(study)
    for job in segmentations_to_be_packed().filter(**of_study):
        queue_pack(job)
        queued += 1
    return queued


@transaction.atomic
def queue_pack(segmentation: SegmentationJob) -> None:
    """Have the media of a finished segmentation prepared, for the first time or anew."""
    priority = _priority(segmentation.case)
    pack, is_new = MediaPack.objects.get_or_create(
        segmentation=segmentation, defaults={"priority": priority}
    )
    if is_new:
        send_on_commit(pack)
    else:
        requeue(pack, priority=priority)


def _priority(case: Case) -> Priority:
    """Which of the cases comes first: raters calibrate before they read."""
    return Priority.CALIBRATION if case.purpose == CasePurpose.CALIBRATION else Priority.BULK


def _follow_purposes(study: Study) -> None:
    """Let what is queued for cases come first that were made calibration cases meanwhile."""
    for_calibration = {"state": JobState.QUEUED, "priority": Priority.BULK}
    SegmentationJob.objects.filter(
        case__study=study, case__purpose=CasePurpose.CALIBRATION, **for_calibration
    ).update(priority=Priority.CALIBRATION)
    MediaPack.objects.filter(
        segmentation__case__study=study,
        segmentation__case__purpose=CasePurpose.CALIBRATION,
        **for_calibration,
    ).update(priority=Priority.CALIBRATION)


@transaction.atomic
def retry_case(*, case: Case, actor: User) -> None:
    """Queue the failed or cancelled segmentation or media pack of a case once more.

    It comes before everything that nobody waits for. Of a deleted patient nothing is queued.
    """
    if PatientDeletion.objects.filter(case=case).exists():
        return
    for job in _jobs_of(case, STOPPED):
        requeue(job, priority=Priority.WAITED_FOR)
    record(action="case retried", actor=actor, study_id=case.study_id, subject=case.code)


@transaction.atomic
def cancel_case(*, case: Case, actor: User) -> bool:
    """Take a case's segmentation or media pack out of the queue, or from the worker that is at it.

    Nothing that is stored of the case changes, and it can be tried again. Returns whether anything
    was under way.
    """
    reason = f"Cancelled by {actor.get_username()}."
    cancelled = [job for job in _jobs_of(case, UNDER_WAY) if cancel(job, reason)]
    if not cancelled:
        return False
    record(action="case cancelled", actor=actor, study_id=case.study_id, subject=case.code)
    return True


def _jobs_of(case: Case, states: Collection[str]) -> list[LeasedJob]:
    segmentations = SegmentationJob.objects.filter(case=case, state__in=states)
    packs = MediaPack.objects.filter(segmentation__case=case, state__in=states)
    return [*segmentations, *packs]
