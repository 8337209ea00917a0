"""What has had its time goes, when somebody says so."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.cohorts.models import MessageLevel, QuarantinedFile, Upload, UploadMessage
from reader_study.jobs.models import JobState
from tests.cast import make_study
from tests.cohorts.sending import begun_upload, sent_file

pytestmark = pytest.mark.django_db


def upload(*, state: JobState, days: int) -> Upload:
    """An upload of so many days ago with a raw file, a notice and a list."""
    study = make_study(f"s{Upload.objects.count()}")
    made = begun_upload(study)
    sent_file(made, "DOE_JOHN/ct.dcm", b"ct")
    UploadMessage.objects.create(
        upload=made, level=MessageLevel.INFO, name="DOE_JOHN/ct.dcm", text="Read."
    )
    Upload.objects.filter(pk=made.pk).update(
        state=state, created_at=timezone.now() - timedelta(days=days), manifest=[{"line": 1}]
    )
    made.refresh_from_db()
    return made


def said(*options: str) -> str:
    out = StringIO()
    call_command("apply_retention", *options, stdout=out)
    return out.getvalue()


def test_without_being_told_to_it_only_says_what_is_overdue(settings):
    settings.RETAIN_RAW_DAYS, settings.RETAIN_NOTICES_DAYS = 30, 90
    upload(state=JobState.FAILED, days=31)
    text = said()
    assert "raw files: 1 older than 30 days" in text
    assert "notices: 0 older than 90 days" in text
    assert "Nothing was changed" in text
    assert QuarantinedFile.objects.count() == 1


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.AWAITING])
def test_raw_files_go_after_their_time_and_not_before(settings, state):
    settings.RETAIN_RAW_DAYS = 30
    old, young = upload(state=state, days=31), upload(state=state, days=29)
    said("--apply")
    assert not old.files.exists()
    assert young.files.count() == 1
    old.refresh_from_db()
    assert old.state == JobState.FAILED
    assert Event.objects.filter(action="raw upload destroyed").count() == 1
    assert "0 of 30 days" in said("--apply")


def test_names_lists_and_notices_go_after_theirs(settings):
    settings.RETAIN_RAW_DAYS, settings.RETAIN_NOTICES_DAYS = None, 90
    old, young = upload(state=JobState.DONE, days=91), upload(state=JobState.DONE, days=89)
    assert "raw files: kept without limit" in said("--apply")
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.filename, old.manifest, old.messages.count()) == ("(name removed)", [], 0)
    assert (young.manifest, young.messages.count()) == ([{"line": 1}], 1)
    assert Event.objects.get(action="upload notices removed").detail["notices"] == 1
