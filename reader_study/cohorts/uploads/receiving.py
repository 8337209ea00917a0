"""Take an upload's files in, piece by piece, so that nothing that arrived is sent again.

What arrives is stored as immutable parts, durable before a row counts it. A file's
``received_bytes`` moves on by compare-and-set alone: of two clients that write at one place, one
is told to look again, and its part is deleted.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reader_study.cohorts.models import QuarantinedFile, QuarantinedPart, Upload
from reader_study.cohorts.refusals import (
    ChecksumMismatchError,
    OffsetMovedError,
    UploadEndedError,
    UploadRefusedError,
    UploadTooLargeError,
)
from reader_study.cohorts.uploads.lifecycle import expiry_from_now, require_growing
from reader_study.cohorts.uploads.quarantine import delete_parts, store_part, stored_names_of
from reader_study.cohorts.uploads.room import require_room
from reader_study.imaging.sizes import size_in_words
from reader_study.jobs.models import JobState

# A part: what a client has to send again at most if the server dies.
PART_BYTES = 8 * 2**20
READ_BYTES = 64 * 2**10
LONGEST_NAME = 500

CHECKSUM_ALGORITHMS = ("sha1", "sha256")


class Body(Protocol):
    """What is being sent."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, or fewer where the sender broke off."""


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must come to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class _StoredPart:
    offset: int
    size_bytes: int
    stored_name: str


def name_file(*, upload: Upload, sent_name: str, size_bytes: int) -> QuarantinedFile:
    """Add a file to an upload, empty yet; a name sent twice is the same file.

    Raises
    ------
    UploadRefusedError
        The study is locked, or a file of that name has another size.
    UploadEndedError
        The upload is complete, given up or expired.
    UploadTooLargeError
        The upload would have more files or bytes than were announced.
    NoRoomError
        The study's quota or the disk has no room for the file.
    """
    require_growing(upload.study)
    sent_name = _storable(sent_name)
    with transaction.atomic():
        _hold(upload)
        known = QuarantinedFile.objects.filter(upload=upload, sent_name=sent_name).first()
        if known is None:
            return _add_file(upload, sent_name, size_bytes)
    if known.size_bytes != size_bytes:
        raise UploadRefusedError(
            f"“{sent_name}” is in this upload already, with {known.size_bytes} bytes and not "
            f"{size_bytes}: send the other file under another name."
        )
    return known


def _add_file(upload: Upload, sent_name: str, size_bytes: int) -> QuarantinedFile:
    added = Upload.objects.filter(
        pk=upload.pk,
        named_count__lt=F("file_count"),
        named_bytes__lte=F("size_bytes") - size_bytes,
    ).update(named_count=F("named_count") + 1, named_bytes=F("named_bytes") + size_bytes)
    if not added:
        raise UploadTooLargeError(
            f"“{sent_name}” would be more than was announced: {upload.file_count} files of "
            f"{size_in_words(upload.size_bytes)}. Begin another upload for it."
        )
    require_room(upload.study, size_bytes)
    return QuarantinedFile.objects.create(upload=upload, sent_name=sent_name, size_bytes=size_bytes)


def _storable(sent_name: str) -> str:
    """Return the name as it is kept for people: no NUL, and of long ones a digest and the end."""
    name = sent_name.replace("\0", "\ufffd")
    if len(name) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:16]
    return f"{digest}…{name[-(LONGEST_NAME - len(digest) - 1) :]}"


def receive(
    *, file: QuarantinedFile, offset: int, body: Body, length: int, checksum: Checksum | None
) -> int:
    """Store what arrives of a file from ``offset`` on; returns how far the file is then.

    A sender who breaks off has sent what arrived until then; with a checksum nothing is kept that
    does not come to it.

    Raises
    ------
    UploadRefusedError
        The study is locked.
    UploadEndedError
        The upload is complete, given up or expired.
    OffsetMovedError
        The file has not just ``offset`` bytes, or another client was faster.
    UploadTooLargeError
        More is sent than the file has.
    ChecksumMismatchError
        What arrived is not what was sent.
    NoRoomError
        The study's quota or the disk is full.
    """
    require_growing(file.upload.study)
    expiry_of(file)
    if file.received_bytes != offset:
        raise _moved(offset)
    if offset + length > file.size_bytes:
        raise UploadTooLargeError(
            f"“{file.sent_name}” has {file.size_bytes} bytes as announced, not {offset + length}."
        )
    if checksum is None:
        return _receive_in_parts(file, offset, body, length)
    return _receive_at_once(file, offset, body, length, checksum)


def expiry_of(file: QuarantinedFile) -> datetime:
    """Return until when the file can be gone on with.

    Raises
    ------
    UploadEndedError
        The upload is complete, given up or expired.
    """
    upload = file.upload
    if upload.state != JobState.AWAITING or upload.expires_at is None:
        raise _ended()
    if upload.expires_at <= timezone.now():
        raise _ended()
    return upload.expires_at


def _receive_in_parts(file: QuarantinedFile, offset: int, body: Body, length: int) -> int:
    """Count every part as soon as it is stored."""
    end = offset + length
    while offset < end:
        wanted = min(PART_BYTES, end - offset)
        require_room(file.upload.study, wanted)
        piece = _read(body, wanted)
        if piece:
            _count(file, [_store(file, offset, piece)])
        offset += len(piece)
        if len(piece) < wanted:
            break
    return offset


def _receive_at_once(
    file: QuarantinedFile, offset: int, body: Body, length: int, checksum: Checksum
) -> int:
    """Count the parts together, and only if they come to the checksum."""
    require_room(file.upload.study, length)
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    end = offset + length
    parts: list[_StoredPart] = []
    try:
        for start in range(offset, end, PART_BYTES):
            piece = _read(body, min(PART_BYTES, end - start))
            digest.update(piece)
            parts.append(_store(file, start, piece))
        _require_same(digest.digest(), checksum.digest)
    except BaseException:
        delete_parts([part.stored_name for part in parts])
        raise
    if parts:
        _count(file, parts)
    return end


def _require_same(arrived: bytes, sent: bytes) -> None:
    if arrived != sent:
        raise ChecksumMismatchError(
            "What arrived is not what was sent: nothing of it was kept, send it again."
        )


def _read(body: Body, size: int) -> bytes:
    """Return so many bytes, or what arrived before the connection broke or fell silent."""
    piece = io.BytesIO()
    while piece.tell() < size:
        try:
            data = body.read(min(READ_BYTES, size - piece.tell()))
        except OSError:
            break
        if not data:
            break
        piece.write(data)
    return piece.getvalue()


def _store(file: QuarantinedFile, offset: int, piece: bytes) -> _StoredPart:
    stored_name = store_part(file.upload_id, io.BytesIO(piece))
    return _StoredPart(offset, len(piece), stored_name)


def _count(file: QuarantinedFile, parts: list[_StoredPart]) -> None:
    """Let stored parts count as received, all or none; none leaves no part behind."""
    try:
        _move_on(file, parts)
    except UploadRefusedError:
        # Only what surely was not committed: after an error of the database it may have been.
        delete_parts([part.stored_name for part in parts])
        raise


@transaction.atomic
def _move_on(file: QuarantinedFile, parts: list[_StoredPart]) -> None:
    offset = parts[0].offset
    size_bytes = sum(part.size_bytes for part in parts)
    _hold(file.upload)
    moved = QuarantinedFile.objects.filter(pk=file.pk, received_bytes=offset).update(
        received_bytes=offset + size_bytes
    )
    if not moved:
        raise _moved(offset)
    Upload.objects.filter(pk=file.upload_id).update(received_bytes=F("received_bytes") + size_bytes)
    QuarantinedPart.objects.bulk_create(
        QuarantinedPart(
            file=file,
            offset=part.offset,
            size_bytes=part.size_bytes,
            stored_name=part.stored_name,
        )
        for part in parts
    )


def _hold(upload: Upload) -> None:
    """Keep the upload from ending before this transaction does, and put its expiry off."""
    upload.expires_at = expiry_from_now()
    still_open = Upload.objects.filter(
        pk=upload.pk, state=JobState.AWAITING, expires_at__gt=timezone.now()
    )
    if not still_open.update(expires_at=upload.expires_at):
        raise _ended()


@transaction.atomic
def remove_file(*, file: QuarantinedFile) -> None:
    """Take a file out of an upload that is not complete, as if it had never been sent.

    Raises
    ------
    UploadEndedError
        The upload is complete, given up or expired.
    """
    _hold(file.upload)
    file = QuarantinedFile.objects.select_for_update().get(pk=file.pk)
    Upload.objects.filter(pk=file.upload_id).update(
        named_count=F("named_count") - 1,
        named_bytes=F("named_bytes") - file.size_bytes,
        received_bytes=F("received_bytes") - file.received_bytes,
    )
    stored_names = stored_names_of([file.pk])
    file.delete()
    transaction.on_commit(lambda: delete_parts(stored_names), robust=True)


def _ended() -> UploadEndedError:
    return UploadEndedError(
        "This upload takes no more files: it is complete, was given up, or has expired."
    )


def _moved(offset: int) -> OffsetMovedError:
    return OffsetMovedError(
        f"The file does not have just {offset} bytes: ask how many it has and go on from there."
    )
