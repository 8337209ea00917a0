"""What a change of the cohort makes possible is begun once the change is durable."""

import uuid

from django.db import transaction

from reader_study.celery import app


def wake_what_follows(study_id: uuid.UUID) -> None:
    """Have segmentations and media of a study queued that became possible, on commit.

    The layer above knows what follows; should this hint be lost, the reaper finds it.
    """
    transaction.on_commit(
        lambda: app.send_task(
            "segmentation.queue_missing_work", args=[str(study_id)], queue="cpu", retry=False
        ),
        robust=True,
    )
