"""Whatever order pieces come in and whoever sends them, a file is what was sent."""

import hashlib
import io
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_study.cohorts.models import QuarantinedFile, QuarantinedPart, Upload
from reader_study.cohorts.refusals import (
    ChecksumMismatchError,
    OffsetMovedError,
    UploadTooLargeError,
)
from reader_study.cohorts.uploads import receiving
from reader_study.cohorts.uploads.quarantine import copy_out_of_quarantine
from reader_study.cohorts.uploads.receiving import Checksum, name_file, receive
from tests.cast import make_study
from tests.cohorts.files import files_in
from tests.cohorts.sending import begun_upload, stored_sha256

WRITERS = 8
SMALL_PART = 7


class BreakingBody:
    """A sender who breaks off after so many bytes, by hanging up or by a reset connection."""

    def __init__(self, content: bytes, *, after: int, reset: bool = False) -> None:
        self._content = io.BytesIO(content[:after])
        self._reset = reset
        self.largest_read = 0

    def read(self, size: int, /) -> bytes:
        self.largest_read = max(self.largest_read, size)
        data = self._content.read(size)
        if not data and self._reset:
            raise ConnectionResetError
        return data


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fresh(file: QuarantinedFile) -> QuarantinedFile:
    return QuarantinedFile.objects.select_related("upload__study").get(pk=file.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("reset", [False, True])
def test_what_arrived_before_the_sender_broke_off_is_kept(monkeypatch, reset):
    monkeypatch.setattr(receiving, "PART_BYTES", SMALL_PART)
    upload = begun_upload(make_study(), size_bytes=30)
    file = name_file(upload=upload, sent_name="a", size_bytes=30)
    body = BreakingBody(bytes(range(30)), after=17, reset=reset)
    assert receive(file=file, offset=0, body=body, length=30, checksum=None) == 17
    assert fresh(file).received_bytes == 17
    parts = list(QuarantinedPart.objects.values_list("offset", "size_bytes"))
    assert parts == [(0, 7), (7, 7), (14, 3)]


@pytest.mark.django_db
def test_of_a_piece_with_a_checksum_that_broke_off_nothing_is_kept():
    upload = begun_upload(make_study(), size_bytes=30)
    file = name_file(upload=upload, sent_name="a", size_bytes=30)
    checksum = Checksum("sha256", hashlib.sha256(bytes(30)).digest())
    with pytest.raises(ChecksumMismatchError):
        receive(
            file=file,
            offset=0,
            body=BreakingBody(bytes(30), after=17),
            length=30,
            checksum=checksum,
        )
    assert fresh(file).received_bytes == 0
    assert files_in("quarantine") == []


@pytest.mark.django_db
def test_a_large_piece_is_read_and_stored_in_small_ones():
    size = 3 * receiving.PART_BYTES + 5
    upload = begun_upload(make_study(), size_bytes=size)
    file = name_file(upload=upload, sent_name="a", size_bytes=size)
    body = BreakingBody(bytes(size), after=size)
    receive(file=file, offset=0, body=body, length=size, checksum=None)
    assert body.largest_read <= receiving.READ_BYTES
    assert max(part.stat().st_size for part in files_in("quarantine")) == receiving.PART_BYTES


pieces = st.lists(
    st.tuples(
        st.integers(0, 70),  # from where
        st.integers(0, 40),  # how many bytes
        st.integers(0, 40),  # how many of them arrive
        st.sampled_from(["plain", "right checksum", "wrong checksum"]),
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(max_examples=60)
@given(content=st.binary(min_size=1, max_size=70), sent=pieces)
def test_whatever_pieces_come_a_file_is_a_beginning_of_what_was_sent(content, sent):
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(receiving, "PART_BYTES", SMALL_PART)
        upload = begun_upload(make_study(), size_bytes=len(content))
        file = name_file(upload=upload, sent_name="a", size_bytes=len(content))
        for offset, length, arriving, kind in sent:
            send_piece(fresh(file), content, offset, length, arriving, kind)
            assert_is_a_beginning(upload, content)
        rest = fresh(file).received_bytes
        body = io.BytesIO(content[rest:])
        receive(file=fresh(file), offset=rest, body=body, length=len(content) - rest, checksum=None)
        assert stored(upload) == content
        transaction.set_rollback(True)


def send_piece(file, content: bytes, offset: int, length: int, arriving: int, kind: str) -> None:
    """Send one piece; what must be refused is refused, and for its own reason."""
    data = content[offset : offset + length].ljust(length, b"?")
    checksum = None
    if kind != "plain":
        right = hashlib.sha256(data).digest()
        checksum = Checksum("sha256", right if kind == "right checksum" else bytes(32))
    broken = checksum is not None and (arriving < length or kind == "wrong checksum")
    before = file.received_bytes
    expected: type[Exception] | None = None
    if offset != before:
        expected = OffsetMovedError
    elif offset + length > file.size_bytes:
        expected = UploadTooLargeError
    elif broken:
        expected = ChecksumMismatchError

    def send() -> int:
        body = BreakingBody(data, after=arriving)
        return receive(file=file, offset=offset, body=body, length=length, checksum=checksum)

    if expected is not None:
        with pytest.raises(expected):
            send()
        assert fresh(file).received_bytes == before
    else:
        assert send() == before + min(length, arriving) == fresh(file).received_bytes


def assert_is_a_beginning(upload: Upload, content: bytes) -> None:
    received = QuarantinedFile.objects.get(upload=upload).received_bytes
    assert stored(upload) == content[:received]
    assert Upload.objects.get(pk=upload.pk).received_bytes == received
    known = QuarantinedPart.objects.filter(file__upload=upload).count()
    of_upload = [path for path in files_in("quarantine") if path.parent.name == str(upload.id)]
    assert len(of_upload) == known


def stored(upload: Upload) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (copy,) = copy_out_of_quarantine(upload, Path(folder))
        return copy.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_clients_that_write_one_file_at_once_do_not_corrupt_it(monkeypatch, tmp_path):
    """Each has the same file and goes on wherever it is; in small pieces they often collide."""
    monkeypatch.setattr(receiving, "PART_BYTES", 100)
    content = b"".join(number.to_bytes(4) for number in range(1500))
    upload = begun_upload(make_study(), size_bytes=len(content))
    file = name_file(upload=upload, sent_name="a", size_bytes=len(content))
    together = Barrier(WRITERS)

    def write(writer: int) -> int:
        refused = 0
        together.wait()
        try:
            while (offset := fresh(file).received_bytes) < len(content):
                # Some announce all that is left, others a little; one part counts at a time.
                data = content[offset:] if writer % 2 else content[offset : offset + 250]
                try:
                    receive(
                        file=fresh(file),
                        offset=offset,
                        body=io.BytesIO(data),
                        length=len(data),
                        checksum=None,
                    )
                except OffsetMovedError:
                    refused += 1
        finally:
            connections.close_all()
        return refused

    with ThreadPoolExecutor(WRITERS) as pool:
        refused = list(pool.map(write, range(WRITERS)))
    assert sum(refused) > 0
    assert stored_sha256(upload, tmp_path) == {"a": sha256(content)}
    assert Upload.objects.get().received_bytes == len(content)
    assert len(files_in("quarantine")) == QuarantinedPart.objects.count()


@pytest.mark.django_db(transaction=True)
def test_of_clients_that_send_different_bytes_to_one_place_one_is_kept_whole(tmp_path):
    size = 1000
    upload = begun_upload(make_study(), size_bytes=size)
    file = name_file(upload=upload, sent_name="a", size_bytes=size)
    contents = [bytes([writer]) * size for writer in range(WRITERS)]
    all_looked = Barrier(WRITERS)

    def write(writer: int) -> bool:
        try:
            looked = fresh(file)
            all_looked.wait()
            receive(
                file=looked,
                offset=0,
                body=io.BytesIO(contents[writer]),
                length=size,
                checksum=None,
            )
        except OffsetMovedError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(WRITERS) as pool:
        kept = list(pool.map(write, range(WRITERS)))
    assert kept.count(True) == 1
    assert stored_sha256(upload, tmp_path) == {"a": sha256(contents[kept.index(True)])}
    assert len(files_in("quarantine")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_sent_many_times_at_once_is_one_file():
    upload = begun_upload(make_study(), files=WRITERS, size_bytes=1000)
    together = Barrier(WRITERS)

    def name(writer: int):
        together.wait()
        try:
            return name_file(upload=upload, sent_name="a", size_bytes=10).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        assert len(set(pool.map(name, range(WRITERS)))) == 1
    assert Upload.objects.get().named_count == 1
