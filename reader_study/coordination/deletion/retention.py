"""What is kept no longer than its time: raw files nobody reads, and what was said of uploads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from reader_study.audit.services import record
from reader_study.cohorts.models import QuarantinedFile, Upload, UploadMessage
from reader_study.cohorts.uploads.lifecycle import destroy_quarantined
from reader_study.jobs.models import JobState

NAME_REMOVED = "(name removed)"
EXPIRED = "Nothing more arrived in time, so the files were destroyed: send them again."


@dataclass(frozen=True)
class Rule:
    """Something that has its time.

    Attributes
    ----------
    what
        In words, for many.
    days
        After how many it goes; None for never.
    overdue
        The uploads whose time has come.
    apply
        Takes one of them away, in a transaction of its own.
    """

    what: str
    days: int | None
    overdue: QuerySet[Upload]
    apply: Callable[[Upload], None]


def rules() -> list[Rule]:
    """Return what this installation keeps for how long."""
    raw, notices = settings.RETAIN_RAW_DAYS, settings.RETAIN_NOTICES_DAYS
    has_files = Exists(QuarantinedFile.objects.filter(upload=OuterRef("pk")))
    has_messages = Exists(UploadMessage.objects.filter(upload=OuterRef("pk")))
    says_something = has_messages | ~Q(filename=NAME_REMOVED) | ~Q(manifest=[])
    ended = Upload.objects.filter(state__in=[JobState.DONE, JobState.FAILED])
    return [
        Rule(
            "unfinished or failed uploads with raw files",
            raw,
            _older(
                Upload.objects.filter(has_files, state__in=[JobState.AWAITING, JobState.FAILED]),
                raw,
            ),
            _destroy_raw,
        ),
        Rule(
            "ended uploads with names of files, lists and notices",
            notices,
            _older(ended.filter(says_something), notices),
            _forget_names,
        ),
    ]


def _older(uploads: QuerySet[Upload], days: int | None) -> QuerySet[Upload]:
    if days is None:
        return uploads.none()
    return uploads.filter(created_at__lte=timezone.now() - timedelta(days=days))


def apply_rule(rule: Rule) -> int:
    """Take away everything whose time has come; return how many that were."""
    count = 0
    for key in list(rule.overdue.values_list("pk", flat=True)):
        with transaction.atomic():
            upload = rule.overdue.select_for_update(of=("self",)).filter(pk=key).first()
            if upload is not None:
                rule.apply(upload)
                count += 1
    return count


def _destroy_raw(upload: Upload) -> None:
    destroy_quarantined(upload, reason="kept no longer")
    if upload.state == JobState.AWAITING:
        upload.state = JobState.FAILED
        upload.error = EXPIRED
        upload.finished_at = timezone.now()
        upload.save(update_fields=["state", "error", "finished_at"])


def _forget_names(upload: Upload) -> None:
    notices, _ = UploadMessage.objects.filter(upload=upload).delete()
    upload.filename, upload.manifest = NAME_REMOVED, []
    upload.save(update_fields=["filename", "manifest"])
    record(
        action="upload notices removed",
        actor=None,
        study_id=upload.study_id,
        subject=str(upload.id),
        notices=notices,
    )
