"""What is there before the faults begin: studies to read, phantoms to segment, and right answers.

Everything here runs in this process, through the services, before the processes start.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.chaos_ledger import PASSWORD
from inference.demo.model import DEMO_MODEL_DIRECTORY
from inference.phantom import make_phantom

if TYPE_CHECKING:
    from reader_study.cohorts.models import Case
    from reader_study.studies.models import Study

# One tile of the demo model: 64 voxels of 1.5 mm a side.
SHAPE_ZYX, SPACING_ZYX_MM = (48, 56, 56), (2.0, 1.7, 1.7)
PHANTOMS = 2
CASES_TO_READ = 60
STUDIES_TO_SIGN, CASES_TO_SIGN = 4, 1
READERS = ("ruth", "rob")


@dataclass
class Scene:
    """What the faults meet.

    Attributes
    ----------
    read
        The studies that are open for reading, in the order in which they are read: small ones that
        ask for a signature, and a long one.
    set_up
        A study of one case, whose coordinator withdraws and restores it.
    phantoms
        The study whose cases are segmented.
    cases
        Its cases, none of which is used yet; the last one's volume is damaged.
    right_masks
        Of each case's code, the SHA-256 of the mask that must come out; none for the damaged one.
    """

    read: list[str]
    set_up: str
    phantoms: "Study"
    cases: "Sequence[Case]"
    right_masks: dict[str, str]


def prepare(environment: dict[str, str], jobs: int) -> Scene:
    """Set Django up for an installation and fill its database."""
    os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "reader_study.settings"}
    import django

    django.setup()

    from reader_study.accounts.models import User
    from reader_study.segmentation.models import StudyModel
    from reader_study.segmentation.services import register_model
    from tests.cast import make_study, open_with_cases, protocol_with, ready_case

    signed = protocol_with(signatures="required")
    read = [
        open_with_cases(CASES_TO_SIGN, slug=f"signed-{number}", protocol=signed)
        for number in range(STUDIES_TO_SIGN)
    ]
    read.append(open_with_cases(CASES_TO_READ))
    set_up = make_study("set-up")
    ready_case(set_up, "C001")
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save()
    phantoms = make_study("phantoms")
    model = register_model(directory=DEMO_MODEL_DIRECTORY, actor=None)
    StudyModel.objects.filter(study=phantoms).update(model=model)
    phantoms.refresh_from_db()
    cases, right_masks = _store_phantoms(phantoms, jobs)
    _note_every_end()
    return Scene([str(study.id) for study in read], str(set_up.id), phantoms, cases, right_masks)


def _store_phantoms(study: "Study", jobs: int) -> "tuple[list[Case], dict[str, str]]":
    """Store the CT volumes of phantoms as the ingest does, and segment each once in peace."""
    import torch

    from inference.prediction.model import load_model
    from reader_study.cohorts.arrays import save_ct_volume
    from reader_study.cohorts.models import Case, Review, Series, SeriesKind
    from reader_study.imaging.ct_volume import CTVolume

    torch.set_num_threads(1)  # as the workers do
    model = load_model(DEMO_MODEL_DIRECTORY, device="cpu")
    volumes, masks = [], []
    for seed in range(PHANTOMS):
        phantom = make_phantom(seed, shape_zyx=SHAPE_ZYX, spacing_zyx_mm=SPACING_ZYX_MM)
        volumes.append(CTVolume(phantom.hu, SPACING_ZYX_MM, phantom.origin_lps_mm, ()))
        prediction = model.predict(phantom.hu, SPACING_ZYX_MM)
        masks.append(hashlib.sha256(prediction.mask.tobytes()).hexdigest())
    cases, right_masks = [], {}
    for number in range(jobs):
        case = Case.objects.create(
            study=study,
            site=study.sites.get(code="north"),
            code=f"P{number:03d}",
            patient_key=f"{number}",
        )
        name = save_ct_volume(f"cases/{case.id}/ct.npz", volumes[number % PHANTOMS])
        Series.objects.create(
            case=case,
            kind=SeriesKind.NCCT,
            series_key=case.code,
            position=1,
            stored_name=name,
            description="",
            instance_count=SHAPE_ZYX[0],
            review=Review.NOT_NEEDED,
        )
        cases.append(case)
        right_masks[case.code] = masks[number % PHANTOMS]
    _damage(cases[-1])
    del right_masks[cases[-1].code]
    return cases, right_masks


def _damage(case: "Case") -> None:
    """Cut a stored volume short: its job must fail visibly, and at once."""
    from django.core.files.storage import default_storage

    name = case.series.get().stored_name
    assert name is not None  # noqa: S101 (it was stored a moment ago)
    with open(default_storage.path(name), "r+b") as file:  # noqa: PTH123 (to be written over)
        file.truncate(1000)


def _note_every_end() -> None:
    """Let the database itself note each time that a job becomes done: once is right."""
    from django.db import connection

    tables = ("segmentation_segmentationjob", "segmentation_mediapack")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE chaos_done (kind varchar(40), job varchar(40))")
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "INSERT INTO chaos_done VALUES (TG_TABLE_NAME, replace(NEW.id::text, '-', '')); "
                "RETURN NEW; END $$"
            )
        for table in tables:
            became_done = "(NEW.state = 'done' AND OLD.state <> 'done')"
            if connection.vendor == "postgresql":
                body = "EXECUTE FUNCTION chaos_note()"
            else:
                body = f"BEGIN INSERT INTO chaos_done VALUES ('{table}', NEW.id); END"  # noqa: S608
            cursor.execute(
                f"CREATE TRIGGER chaos_{table} AFTER UPDATE ON {table} FOR EACH ROW "
                f"WHEN {became_done} {body}"
            )


def submit(scene: Scene, cases: "Sequence[Case]") -> int:
    """Let the CT of some cases be used and queue what follows; returns how many were queued."""
    from reader_study.cohorts.models import Series
    from reader_study.jobs.database_restarts import until_it_answers
    from reader_study.segmentation.services import queue_missing_work

    until_it_answers(lambda: Series.objects.filter(case__in=cases).update(used=True))
    return until_it_answers(lambda: queue_missing_work(scene.phantoms))


def running() -> int:
    """How many segmentations are under way at this moment."""
    from reader_study.jobs.database_restarts import until_it_answers
    from reader_study.jobs.models import JobState
    from reader_study.segmentation.models import SegmentationJob

    return until_it_answers(SegmentationJob.objects.filter(state=JobState.RUNNING).count)


def ended(scene: Scene, accepted: int) -> bool:
    """Whether all jobs that were accepted have ended, and the packs of those that were done."""
    from reader_study.jobs.database_restarts import until_it_answers
    from reader_study.jobs.models import JobState
    from reader_study.jobs.services import ENDED
    from reader_study.segmentation.models import MediaPack, SegmentationJob

    def count() -> bool:
        jobs = SegmentationJob.objects.filter(case__study=scene.phantoms, state__in=ENDED)
        packs = MediaPack.objects.filter(segmentation__in=jobs, state__in=ENDED)
        done = jobs.filter(state=JobState.DONE).count()
        return jobs.count() == accepted and packs.count() == done

    return until_it_answers(count)
