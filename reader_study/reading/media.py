"""Serve the arrays of a case to its rater under an address that tells nothing."""

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from reader_study.reading.models import Assignment
from reader_study.reading.selectors import assignments_visible_to
from reader_study.segmentation.models import MediaPack

SALT = "reading.media"


def media_base(assignment: Assignment) -> str:
    """Return the address, ending in a slash, below which the rater finds the case's arrays.

    The token is signed, expires, and carries only the rater's own opaque code.
    """
    return f"/media/{signing.dumps(assignment.code, salt=SALT)}/"


def _file_names(manifest: dict[str, object]) -> set[str]:
    """Every file name that a media pack's manifest mentions: nothing else is served."""
    names = set()
    for part in ("volume", "labels", "tree"):
        entry = manifest.get(part)
        if isinstance(entry, dict):
            names.add(entry["file"])
    runs = manifest.get("runs")
    if isinstance(runs, list):
        names.update(name for run in runs for name in run["frames"])
    return names


@require_GET
def serve_media(request: HttpRequest, token: str, name: str) -> FileResponse:
    """Send one file of a media pack to the rater it was signed for, and to nobody else."""
    try:
        code = signing.loads(token, salt=SALT, max_age=settings.MEDIA_TOKEN_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    if not request.user.is_authenticated:
        raise Http404
    # A token is handed out with a case that is being opened, which begins its reading.
    assignment = (
        assignments_visible_to(request.user)
        .filter(code=code, media_pack__isnull=False, current_reading__isnull=False)
        .select_related("media_pack")
        .first()
    )
    return pack_file(assignment.media_pack if assignment else None, name)


def pack_file(pack: MediaPack | None, name: str) -> FileResponse:
    """Return one file that the pack's manifest names, or raise 404."""
    if pack is None or name not in _file_names(pack.manifest):
        raise Http404
    response = FileResponse(
        default_storage.open(f"{pack.folder}/{name}"),
        content_type="application/octet-stream",
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
    # Django names the stored file here; a rater is told no name that we did not choose.
    del response.headers["Content-Disposition"]
    return response
