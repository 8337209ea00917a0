"""Take a job as a worker does, and let its worker seem dead."""

from datetime import timedelta

from django.utils import timezone

from reader_study.cohorts.models import Upload
from reader_study.jobs import services


def claim(job: Upload) -> Upload:
    claimed = services.claim(Upload, str(job.pk))
    assert claimed is not None
    return claimed


def let_lease_expire(job: Upload) -> None:
    Upload.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
