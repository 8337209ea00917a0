"""Addresses of a locked study's images: signed, for those who may see its results."""

import uuid

from django.conf import settings
from django.core import signing

from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import Study

SALT = "coordination.unblinded-media"


def unblinded_base(study: Study, pack: MediaPack) -> str:
    """Return the address, ending in a slash, below which the case's arrays are."""
    return f"/media/{signing.dumps([str(study.id), str(pack.pk)], salt=SALT)}/unblinded/"


def named_by(token: str) -> tuple[uuid.UUID, str]:
    """Return study and media pack of such an address. Raises BadSignature where it is not one."""
    study_id, pack_id = signing.loads(token, salt=SALT, max_age=settings.MEDIA_TOKEN_SECONDS)
    return uuid.UUID(study_id), pack_id
