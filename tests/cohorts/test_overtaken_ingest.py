"""A worker that stood still while another took its upload over adds nothing when it wakes."""

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from reader_study.cohorts.arrays import stored_array
from reader_study.cohorts.intake import pipeline, series_intake
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import Case, Series, Upload
from reader_study.jobs import services
from reader_study.jobs.services import LeaseLostError
from tests.cast import make_study
from tests.cohorts.files import files_in
from tests.imaging.synthetic_dicom import write_ct_series

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reader_study.jobs.services.app.send_task", lambda *_, **__: None)


@pytest.fixture
def upload() -> Upload:
    study = make_study()
    site = study.sites.get(code="north")
    return Upload.objects.create(study=study, site=site, filename="a.zip", size_bytes=1)


def claimed(upload: Upload) -> Upload:
    Upload.objects.filter(pk=upload.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    held = services.claim(Upload, str(upload.pk))
    assert held is not None
    return held


def everything(upload: Upload) -> tuple[Any, ...]:
    upload.refresh_from_db()
    return (
        sorted(Case.objects.values_list("pk", "code")),
        sorted(Series.objects.values_list("pk", "stored_name", "position")),
        sorted(upload.messages.values_list("pk", "text")),
        (upload.cases_added, upload.instances_accepted),
        sorted(files_in("default")),
    )


def test_it_stores_no_row_no_sentence_and_no_file(upload, tmp_path: Path, monkeypatch):
    write_ct_series(tmp_path / "ct")
    slow = claimed(upload)
    real = series_intake.add_series
    after_its_successor: list[tuple[Any, ...]] = []

    def stand_still(*arguments) -> None:
        """Between building the volume and its row, the whole upload is read in elsewhere."""
        monkeypatch.setattr(pipeline, "add_series", real)
        quick = claimed(upload)
        ingest_paths(quick, [tmp_path / "ct"])
        services.finish(quick)
        here = {name for series in Series.objects.all() for name in [series.stored_name]}
        assert len(here) == 1
        after_its_successor.append(everything(upload))
        real(*arguments)

    monkeypatch.setattr(pipeline, "add_series", stand_still)
    with pytest.raises(LeaseLostError):
        ingest_paths(slow, [tmp_path / "ct"])
    cases, series, messages, counts, files = everything(upload)
    before = after_its_successor[0]
    assert (cases, series, messages, counts) == before[:4]
    assert counts == (1, 20)
    # What the slow one had built before it stood still is gone; its successor's is there.
    assert set(files) < set(before[4])
    assert default_storage.exists(stored_array(Series.objects.get()))


def test_an_upload_that_was_taken_over_at_once_keeps_what_its_successor_said(upload, tmp_path):
    write_ct_series(tmp_path / "ct")
    slow = claimed(upload)
    quick = claimed(upload)
    ingest_paths(quick, [tmp_path / "ct"])
    before = everything(upload)
    with pytest.raises(LeaseLostError):
        ingest_paths(slow, [tmp_path / "ct"])
    assert everything(upload) == before


def test_a_full_disk_is_not_taken_for_a_damaged_zip(upload, tmp_path, monkeypatch):
    """It was: the entry was named as unusable, and the raw files destroyed as read in."""
    import zipfile

    from reader_study.imaging import zip_reading

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("scan.dcm", b"content")

    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        (entry,) = archive.infolist()
        monkeypatch.setattr(zip_reading, "_pieces", no_room)
        with pytest.raises(OSError, match="No space left"):
            zip_reading._unpack_entry(archive, entry, tmp_path / "out")
    assert not (tmp_path / "out").exists()
