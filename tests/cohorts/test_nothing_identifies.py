"""After a whole ingest nothing that names a patient is left: in no file, row, message or log."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.test import TestCase

from reader_study.cohorts.models import Case, Series, Upload
from reader_study.cohorts.tasks import ingest_upload
from reader_study.jobs.models import JobState
from tests.cast import make_study
from tests.cohorts.sending import received_upload
from tests.imaging.deidentification import raw_dicom
from tests.imaging.deidentification.planted import Tokens
from tests.imaging.deidentification.test_planted_tokens import (
    PLANTED_DATES,
    planted_file,
)
from tests.imaging.deidentification.test_shared_files import (
    WORDS_OF_THE_LISTS,
    identifying_strings,
)
from tests.imaging.synthetic_dicom import write_ct_series, write_xa_run
from tests.shared_data import SHARED_DATA, shared_file

pytestmark = pytest.mark.django_db
PLANTED_UID = re.compile(rb"1\.2\.840\.9\d\.777\.")
# A maker's name is kept; one file has it for its station's name, too.
MAKERS = [b"TOSHIBA"]
OBJECTS = {
    "ct": raw_dicom.CT,
    "xa": raw_dicom.XA,
    "xrf": raw_dicom.XRF,
    "sc": raw_dicom.SECONDARY_CAPTURE,
}


def ingested(files: dict[str, bytes]) -> Upload:
    """Send files as a browser does, and let the worker's task ingest them."""
    study = make_study()
    study.sites.update(name="Site")  # the cast's names are words of real files, too
    upload = received_upload(study, files)
    with TestCase.captureOnCommitCallbacks(execute=True):
        ingest_upload(str(upload.id))
    upload.refresh_from_db()
    assert (upload.state, upload.error) == (JobState.DONE, "")
    return upload


@pytest.fixture(autouse=True)
def every_line_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # It tells what the broker answers to a new connection, which knows nothing of images.
    caplog.set_level(logging.INFO, logger="redis")


def everything_kept(logs: str) -> Iterator[tuple[str, bytes]]:
    """All that an installation holds after an ingest, by where it is."""
    yield "logs", logs.encode()
    for model in apps.get_models():
        for row in model._default_manager.values():
            yield f"row of {model.__name__}", str(row).encode()
    for store in ("default", "quarantine"):
        for path in Path(storages[store].path("")).rglob("*"):
            if path.is_file():
                yield f"{store}/{path.name}", path.name.encode() + path.read_bytes()


def test_no_planted_word_date_or_uid_is_kept(tmp_path, caplog):
    planted: Tokens | None = None
    files = {}
    for number, (name, sop_class) in enumerate(OBJECTS.items()):
        file, planted = planted_file(sop_class, raw_dicom.EXPLICIT)
        # Else they would be copies of one image.
        files[f"{name}.dcm"] = file.replace(b"1.2.840.99.777.", b"1.2.840.9%d.777." % number)
    # Something to make a case of, of the patient that the planted files name.
    for path in write_ct_series(tmp_path / "ct", patient_id="QZ002"):
        files[f"clean-{path.name}"] = path.read_bytes()
    files["clean-xa.dcm"] = write_xa_run(tmp_path / "xa.dcm", patient_id="QZ002").read_bytes()
    ingested(files)
    assert Case.objects.count() == 1
    assert sum(Series.objects.values_list("instance_count", flat=True)) == len(files)
    assert planted is not None
    for place, content in everything_kept(caplog.text):
        assert planted.found_in(content) == {}, place
        assert PLANTED_UID.search(content) is None, place
        assert [date for date in PLANTED_DATES if date in content] == [], place


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the shared files are not here")
def test_no_identifying_string_of_a_real_file_is_kept(caplog):
    facts = json.loads(shared_file("bad-dicom/phi_facts.json").read_text())
    paths = [path for name in facts for path in SHARED_DATA.glob(f"*/{name}")]
    assert len(paths) == len(facts)
    ingested({f"{number}.dcm": path.read_bytes() for number, path in enumerate(paths)})
    assert Series.objects.count() == 6
    strings = {
        string
        for of_file in facts.values()
        for string in identifying_strings(of_file)
        # Shorter ones come about by chance in pixels, digests and long numbers.
        if len(string) >= 5 and not (string.isdigit() and len(string) < 8)
    }
    for place, content in everything_kept(caplog.text):
        for word in (*WORDS_OF_THE_LISTS, *MAKERS):
            content = content.replace(word, b"-" * len(word))
        found = {
            string
            for string in strings
            for coding in ("latin-1", "utf-8", "utf-16-le", "utf-16-be")
            if string.encode(coding, "replace") in content
        }
        assert found == set(), place
