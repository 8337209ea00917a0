"""Serve the arrays of a case to its rater under an address that tells nothing."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from typing import IO

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET

from reader_study.imaging.padding import fill_up
from reader_study.reading.handing_over import hand_over
from reader_study.reading.media_tokens import (
    SALT,
    Grant,
    RefusedTokenError,
    is_session_of,
    seal,
    session_digest,
    unseal,
)
from reader_study.reading.models import Assignment
from reader_study.reading.selectors import assignments_visible_to, is_following, may_be_opened
from reader_study.segmentation.models import MediaPack

HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
SECONDS_BETWEEN_CHECKS = 60
"""Who may no longer see a case is refused its images after so long at the latest."""

CHUNK_BYTES = 2**18
BINARY = "application/octet-stream"
_PACK_FILE = re.compile(r"(volume|labels|run\d+(/\d+)?)\.bin|tree\.glb")


def media_base(assignment: Assignment, session_key: str | None) -> str:
    """Return the address, ending in a slash, below which the rater finds the case's arrays.

    The token in it expires, and is good for nobody but the rater.
    """
    assert assignment.media_pack is not None  # noqa: S101 - without images there is no address
    grant = Grant(
        rater=assignment.rater_id,
        code=assignment.code,
        folder=assignment.media_pack.folder,
        session=session_digest(session_key),
    )
    return f"/media/{seal(grant)}/"


def media_version(assignment: Assignment) -> str:
    """Return what changes when a case's arrays are made anew, as when a run is painted over.

    It tells nothing else: the same arrays have another one under another code.
    """
    assert assignment.media_pack is not None  # noqa: S101 - without images there is no version
    made_of = f"{assignment.code}/{assignment.media_pack.folder}"
    return salted_hmac(f"{SALT}.version", made_of, algorithm="sha256").hexdigest()[:16]


@require_GET
def serve_media(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Send one file of a media pack to the rater it was signed for, and to nobody else."""
    try:
        grant, given_at = unseal(token)
    except RefusedTokenError as error:
        raise Http404 from error
    if not _may_fetch(request, grant, given_at, token) or not _PACK_FILE.fullmatch(name):
        raise Http404
    try:
        file = default_storage.open(f"{grant.folder}/{name}")
    except FileNotFoundError as error:
        # The pack never had it, or was made anew because a run was taken back or painted over.
        raise Http404 from error
    return _filled_up(file, seed=salted_hmac(SALT, f"{grant.code}/{name}").hexdigest())


def _may_fetch(request: HttpRequest, grant: Grant, given_at: int, token: str) -> bool:
    """Whether whoever asks is the rater of the grant and the case still theirs to see.

    A case's files are asked for by the dozen, most of them within seconds after the case was
    opened and everything checked. The database is asked again no sooner than after a minute.
    """
    session_key = request.session.session_key
    if is_session_of(grant, session_key) and time.time() - given_at < SECONDS_BETWEEN_CHECKS:
        return True
    asked = f"{token} {session_key}".encode()
    checked = f"{SALT}.{hashlib.sha256(asked).hexdigest()}"
    if session_key and cache.get(checked):
        return True
    user = request.user
    if not user.is_authenticated or user.pk != grant.rater:
        return False
    # A token is handed out with a case that is opened, and with the one that follows it.
    own = assignments_visible_to(user).filter(code=grant.code, media_pack__folder=grant.folder)
    assignment = own.select_related("study", "rater", "current_reading").first()
    if assignment is None or not (may_be_opened(assignment) or is_following(assignment)):
        return False
    cache.set(checked, True, SECONDS_BETWEEN_CHECKS)
    return True


def _filled_up(file: IO[bytes], *, seed: str) -> HttpResponseBase:
    """Send a file whose length was made to tell little."""
    length = file.seek(0, 2)
    file.seek(0)
    filling = fill_up(file.read(12), length, seed)

    def content() -> Iterator[bytes]:
        yield filling.start
        file.seek(filling.replaced)
        yield from _chunks(file)
        yield filling.end

    return _sent(file, content, length=filling.length, key=f"{file.name}/{seed}")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _sent(
    file: IO[bytes], content: Callable[[], Iterator[bytes]], *, length: int, key: str
) -> HttpResponseBase:
    """Send what is made of a file, or let the proxy do so."""
    address = hand_over(content, key=key)
    if address is not None:
        file.close()
        return HttpResponse(content_type=BINARY, headers={**HEADERS, "X-Accel-Redirect": address})

    def then_close() -> Iterator[bytes]:
        with file:
            yield from content()

    return StreamingHttpResponse(
        then_close(), content_type=BINARY, headers={**HEADERS, "Content-Length": str(length)}
    )


def _file_names(manifest: dict[str, object]) -> set[str]:
    """Every file name that a media pack's manifest mentions."""
    names = set()
    for part in ("volume", "labels", "tree"):
        entry = manifest.get(part)
        if isinstance(entry, dict):
            names.add(entry["file"])
    runs = manifest.get("runs")
    if isinstance(runs, list):
        names.update(name for run in runs for name in run["frames"])
    return names


def pack_file(pack: MediaPack | None, name: str) -> HttpResponseBase:
    """Return one file that the pack's manifest names, as it is stored, or raise 404."""
    if pack is None or name not in _file_names(pack.manifest):
        raise Http404
    file = default_storage.open(f"{pack.folder}/{name}")

    def content() -> Iterator[bytes]:
        file.seek(0)
        yield from _chunks(file)

    return _sent(file, content, length=file.size, key=f"{file.name}/unblinded")
