"""Compare what was accepted and acknowledged with what is there in the end."""

import hashlib
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.chaos_ledger import Ledger, content_of
from benchmarks.chaos_study import Scene

if TYPE_CHECKING:
    import numpy as np

    from reader_study.segmentation.models import MediaPack, SegmentationJob


@dataclass
class Jobs:
    """What became of the jobs.

    ``failures`` are the sentences that a coordinator reads beside failed ones; ``problems`` name
    what is not as promised.
    """

    jobs: int
    done: int
    failed_visible: int
    lost: int
    doubled: int
    leftover_files: int
    failures: list[str]
    problems: list[str]


def check_jobs(scene: Scene) -> Jobs:
    """Every accepted job is done once, with the right result, or failed in words."""
    from django.db import connection

    from reader_study.jobs.models import JobState
    from reader_study.segmentation.models import SegmentationJob

    with connection.cursor() as cursor:
        cursor.execute("SELECT job, count(*) FROM chaos_done GROUP BY job")
        ends = {str(job): int(number) for job, number in cursor.fetchall()}
    jobs = list(SegmentationJob.objects.filter(case__study=scene.phantoms).select_related("case"))
    done = doubled = 0
    failures: list[str] = []
    problems: list[str] = []
    for job in jobs:
        pack = getattr(job, "media_pack", None)
        doubled += sum(ends.get(one.pk.hex, 0) > 1 for one in (job, pack) if one is not None)
        last = job if job.state != JobState.DONE or pack is None else pack
        if last.state == JobState.FAILED and last.error:
            failures.append(last.error)
            continue
        wrong = list(_what_is_wrong(scene, job, pack))
        problems += wrong
        done += not wrong
    return Jobs(
        jobs=len(jobs),
        done=done,
        failed_visible=len(failures),
        lost=len(jobs) - done - len(failures),
        doubled=doubled,
        leftover_files=_leftovers(jobs),
        failures=failures,
        problems=problems,
    )


def _what_is_wrong(scene: Scene, job: "SegmentationJob", pack: "MediaPack | None") -> Iterator[str]:
    from reader_study.cohorts.arrays import load_arrays
    from reader_study.jobs.models import JobState

    code = job.case.code
    if job.state != JobState.DONE:
        yield f"{code} is {job.state}: {job.error or job.note}"
        return
    mask = load_arrays(job.mask_name)["mask"]
    if hashlib.sha256(mask.tobytes()).hexdigest() != scene.right_masks.get(code):
        yield f"{code} has another mask than it should"
    if pack is None or pack.state != JobState.DONE:
        yield f"{code} has no media"
        return
    yield from _damage_of_media(pack, mask)


def _damage_of_media(pack: "MediaPack", mask: "np.ndarray[Any, Any]") -> Iterator[str]:
    """Unpack what raters get as their browsers do."""
    import numpy as np
    from django.core.files.storage import default_storage

    from reader_study.imaging.packed_pixels import unpack_images, unpack_labels

    def content(part: str) -> bytes:
        with default_storage.open(f"{pack.folder}/{pack.manifest[part]['file']}") as file:
            return bytes(file.read())

    shape = tuple(pack.manifest["volume"]["shape"])
    try:
        unpack_images(content("volume"), shape, "<i2")
        labels = unpack_labels(content("labels"), shape)
    except (OSError, ValueError, struct.error) as error:
        yield f"{pack} is not whole: {error}"
        return
    if np.count_nonzero(labels) != np.count_nonzero(mask):
        yield f"{pack} shows another mask"


def _leftovers(jobs: "list[SegmentationJob]") -> int:
    """How many masks and packs lie there that no row names: of workers that were killed."""
    from django.core.files.storage import default_storage

    from reader_study.segmentation.media import packs_of_nobody

    masks = {job.mask_name for job in jobs}
    found = 0
    for job in jobs:
        folder = f"cases/{job.case_id}"
        _, files = default_storage.listdir(folder)
        found += sum(file.startswith("mask-") and f"{folder}/{file}" not in masks for file in files)
    return found + len(packs_of_nobody())


def check_ledger(ledger: Ledger) -> tuple[int, list[str]]:
    """Return how much was acknowledged, and what of it is missing or there twice."""
    checks: list[Callable[[Ledger], Iterator[str]]] = [
        *(_drafts, _submissions, _events, _uploads, _signatures)
    ]
    acknowledged = len(ledger.drafts) + len(ledger.submitted) + len(ledger.events)
    acknowledged += len(ledger.uploaded) + len(ledger.signed)
    return acknowledged, [problem for check in checks for problem in check(ledger)]


def _drafts(ledger: Ledger) -> Iterator[str]:
    from reader_study.reading.models import Reading

    for code, (revision, comment) in ledger.drafts.items():
        reading = Reading.objects.filter(assignment__code=code).order_by("attempt").last()
        if reading is None or reading.revision < revision:
            yield f"answers of {code}: revision {revision} was acknowledged and is not there"
        elif reading.revision == revision and reading.comment != comment:
            yield f"answers of {code}: revision {revision} says something else"


def _submissions(ledger: Ledger) -> Iterator[str]:
    from reader_study.audit.models import Event
    from reader_study.reading.models import Reading, ReadingState

    for code, grade in ledger.submitted.items():
        readings = Reading.objects.filter(assignment__code=code, state=ReadingState.SUBMITTED)
        if [reading.grade for reading in readings] != [grade]:
            yield f"{code} was submitted with grade {grade}: {list(readings)}"
        number = Event.objects.filter(action="reading submitted", subject=code).count()
        if number != 1:
            yield f"{code} was submitted once; the trail says {number} times"


def _events(ledger: Ledger) -> Iterator[str]:
    from reader_study.audit.models import Event

    details: list[dict[str, Any]] = list(Event.objects.values_list("detail", flat=True))
    there = Counter(detail.get("reason") for detail in details)
    for reason in ledger.events:
        if there[reason] != 1:
            yield f"“{reason}” stands {there[reason]} times in the trail"


def _uploads(ledger: Ledger) -> Iterator[str]:
    from django.core.files.storage import storages

    from reader_study.cohorts.models import QuarantinedFile

    for key, (seed, offset) in ledger.uploaded.items():
        file = QuarantinedFile.objects.get(pk=key)
        stored = b""
        for part in file.parts.order_by("offset"):
            with storages["quarantine"].open(part.stored_name) as content:
                stored += content.read()
        if file.received_bytes < offset or len(stored) != file.received_bytes:
            yield f"file {seed}: {offset} bytes acknowledged, {len(stored)} stored"
        if stored != content_of(seed)[: len(stored)]:
            yield f"file {seed} holds other bytes than were sent"


def _signatures(ledger: Ledger) -> Iterator[str]:
    from reader_study.signatures.models import Signature

    for username, study_id, sha256 in ledger.signed:
        signed = Signature.objects.filter(
            signer__username=username, study__pk=study_id, record_sha256=sha256
        )
        if signed.count() != 1:
            yield f"{username} signed {sha256[:12]}… once; there are {signed.count()} signatures"
