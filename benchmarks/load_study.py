"""Studies with many raters, and in each case images as large as real ones."""

import gzip
import os
from dataclasses import dataclass
from typing import Any

RATERS = 50
CASES = 12
VOLUME_BYTES = 6 * 10**6
RUNS, RUN_BYTES = 2, 6 * 10**6
PASSWORD = "not-for-patients-1"  # noqa: S105 (of people who exist for minutes)


@dataclass(frozen=True)
class Seat:
    """A rater and the study that they read in."""

    username: str
    study_id: str


def prepare(environment: dict[str, str], *, studies: int, prefix: str) -> list[Seat]:
    """Make studies that are open for reading, the raters divided among them.

    Every rater has a session of their own: signing in, whose cost is meant, is not measured.
    """
    os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "reader_study.settings"}
    import django

    django.setup()

    from reader_study.accounts.models import User
    from reader_study.reading.services import open_study
    from reader_study.segmentation.models import MediaPack
    from reader_study.studies.services import add_rater
    from tests.cast import make_study, ready_case

    manifest = _stored_images()
    seats = []
    for number in range(studies):
        study = make_study(f"{prefix}-{number}")
        carol = User.objects.get(username="carol")
        for rater in range(number, RATERS, studies):
            user, _ = User.objects.get_or_create(
                username=f"rater-{rater:02d}", defaults={"full_name": f"Rater {rater}"}
            )
            add_rater(study=study, user=user, actor=carol)
            seats.append(Seat(user.username, str(study.id)))
        for case in range(CASES):
            ready_case(study, f"C{case:03d}")
        MediaPack.objects.filter(segmentation__case__study=study).update(
            folder="packs/load", manifest=manifest
        )
        open_study(study=study, actor=carol)
    return seats


def _stored_images() -> dict[str, Any]:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from tests.cast import packed

    runs = [f"run{number}.bin" for number in range(RUNS)]
    sizes = {"volume.bin": VOLUME_BYTES, "labels.bin": 10**5, "tree.glb": 0}
    sizes |= dict.fromkeys(runs, RUN_BYTES)
    for name, size in sizes.items():
        if not default_storage.exists(f"packs/load/{name}"):
            content = packed(name) if name.endswith(".glb") else gzip.compress(os.urandom(size), 1)
            default_storage.save(f"packs/load/{name}", ContentFile(content))
    return {
        "volume": {"file": "volume.bin"},
        "labels": {"file": "labels.bin"},
        "tree": {"file": "tree.glb"},
        "runs": [{"frames": [run]} for run in runs],
        "corrections": [],
    }


def session_headers(username: str) -> dict[str, str]:
    """Return the headers of a signed-in browser."""
    from django.conf import settings
    from django.middleware.csrf import get_token
    from django.test import RequestFactory

    from tests.cast import browser_of

    session = browser_of(username).cookies[settings.SESSION_COOKIE_NAME].value
    request = RequestFactory().get("/")
    token = get_token(request)
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; "
        f"{settings.CSRF_COOKIE_NAME}={request.META['CSRF_COOKIE']}",
        "X-CSRFToken": token,
        "Content-Type": "application/json",
    }
