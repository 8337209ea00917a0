"""Uploads as a test needs them: begun, half sent, or received, without a browser."""

import hashlib
import io
from collections.abc import Mapping

from reader_study.accounts.models import User
from reader_study.cohorts.models import QuarantinedFile, Upload
from reader_study.cohorts.uploads.lifecycle import begin_upload, complete_upload
from reader_study.cohorts.uploads.quarantine import copy_out_of_quarantine
from reader_study.cohorts.uploads.receiving import name_file, receive
from reader_study.studies.models import Study


def begun_upload(
    study: Study, *, files: int = 1, size_bytes: int = 1000, site: str = "north"
) -> Upload:
    """An upload of carol's that waits for its files."""
    return begin_upload(
        site=study.sites.get(code=site),
        name="patients",
        file_count=files,
        size_bytes=size_bytes,
        manifest=[],
        begun_by=User.objects.get(username="carol"),
    )


def sent_file(upload: Upload, name: str, content: bytes) -> QuarantinedFile:
    """A file of an upload that has arrived whole."""
    file = name_file(upload=upload, sent_name=name, size_bytes=len(content))
    receive(file=file, offset=0, body=io.BytesIO(content), length=len(content), checksum=None)
    return file


def received_upload(study: Study, contents: Mapping[str, bytes], *, site: str = "north") -> Upload:
    """An upload that has arrived whole and is queued for the ingest."""
    upload = begun_upload(
        study, files=len(contents), size_bytes=sum(map(len, contents.values())), site=site
    )
    for name, content in contents.items():
        sent_file(upload, name, content)
    return complete_upload(upload=upload, actor=User.objects.get(username="carol"))


def stored_sha256(upload: Upload, folder) -> dict[str, str]:
    """The SHA-256 of every file of an upload as the ingest would find it, by its sent name."""
    copies = copy_out_of_quarantine(upload, folder)
    return {name: hashlib.sha256(copy.read_bytes()).hexdigest() for copy, name in copies.items()}
