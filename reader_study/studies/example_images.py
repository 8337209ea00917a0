"""Example images: small PNGs without anything but pixels, stored under their hash."""

import hashlib
import io
import struct
import zlib
from typing import IO

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.studies.models import ExampleImage, Study
from reader_study.studies.protocol_refusals import FixedProtocolError, ImageRefusedError
from reader_study.studies.protocol_versions import MayChange, may_change

MOST_BYTES = 5 * 10**6
MOST_PIXELS = 40 * 10**6
LONG_SIDE = 1024

# What Pillow raises on files that are damaged, or made to do harm.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def store_example_image(*, study: Study, file: IO[bytes], actor: User) -> ExampleImage:
    """Keep the pixels of a PNG or JPEG; the same picture is kept once.

    Raises
    ------
    ImageRefusedError
        The file is too large, no PNG or JPEG, or damaged.
    FixedProtocolError
        The study is locked, so no protocol can name the image.
    """
    png = pixels_only(file.read(MOST_BYTES + 1))
    return _store(study, png, actor)


@transaction.atomic
def _store(study: Study, png: bytes, actor: User) -> ExampleImage:
    study = Study.objects.select_for_update().get(pk=study.pk)
    if may_change(study) == MayChange.NOTHING:
        raise FixedProtocolError("The study is locked: its protocol cannot change any more.")
    sha256 = hashlib.sha256(png).hexdigest()
    known = ExampleImage.objects.filter(study=study, sha256=sha256).first()
    if known is not None:
        return known
    name = default_storage.save(f"examples/{study.id}/{sha256}.png", ContentFile(png))
    image = ExampleImage.objects.create(study=study, sha256=sha256, stored_name=name)
    record(action="example image added", actor=actor, study_id=study.id, subject=sha256)
    return image


def pixels_only(content: bytes) -> bytes:
    """Return the picture as a PNG of at most 1024 pixels a side, with no metadata at all.

    Raises
    ------
    ImageRefusedError
        The file is too large, no PNG or JPEG, or damaged.
    """
    if len(content) > MOST_BYTES:
        raise ImageRefusedError(f"The image has more than {MOST_BYTES // 10**6} MB.")
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ImageRefusedError(
                    f"The image has {width} × {height} pixels: {MOST_PIXELS // 10**6} "
                    "million are the most."
                )
            picture = _plain(ImageOps.exif_transpose(image))
            picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
            bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    except _UNREADABLE as error:
        raise ImageRefusedError(
            "This file could not be read as a picture. Send a PNG or JPEG."
        ) from error
    written = io.BytesIO()
    bare.save(written, format="PNG", optimize=True)
    return written.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """Return eight-bit grey or colour; what is see-through stands on black, as in the room."""
    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.uint32)
        return Image.fromarray((deep >> 8).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        see_through = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, (0, 0, 0, 255))
        return Image.alpha_composite(ground, see_through).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
