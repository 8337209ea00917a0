"""Example images: only pixels are kept, whatever was sent."""

import contextlib
import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.studies.example_images import MOST_BYTES, pixels_only, store_example_image
from reader_study.studies.models import ExampleImage
from reader_study.studies.protocol_refusals import ImageRefusedError
from tests.cast import make_study


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    written = io.BytesIO()
    image.save(written, format=kind, **options)
    return written.getvalue()


def kept(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(pixels_only(content)))


def chunks_of(png: bytes) -> set[bytes]:
    names, at = set(), 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        names.add(png[at + 4 : at + 8])
        at += length + 12
    return names


def test_no_metadata_of_a_photograph_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "patient Mustermann"
    exif[0x0112] = 6
    sent = encoded(
        Image.new("RGB", (40, 20), "white"),
        "JPEG",
        exif=exif,
        comment=b"taken by Dr Who",
        icc_profile=b"profile of a camera",
        dpi=(300, 300),
    )
    assert b"Mustermann" in sent
    png = pixels_only(sent)
    assert chunks_of(png) == {b"IHDR", b"IDAT", b"IEND"}
    assert Image.open(io.BytesIO(png)).size == (20, 40), "turned upright, as the camera meant it"


def test_no_text_of_a_png_is_kept():
    text = PngImagePlugin.PngInfo()
    text.add_text("PatientName", "Mustermann")
    sent = encoded(Image.new("P", (8, 8)), pnginfo=text, transparency=0)
    assert chunks_of(pixels_only(sent)) == {b"IHDR", b"IDAT", b"IEND"}


def test_a_large_picture_is_made_smaller_and_keeps_its_shape():
    assert kept(encoded(Image.new("L", (3000, 1500)))).size == (1024, 512)


def test_sixteen_bits_become_eight_without_being_cut_off():
    deep = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    shown = np.asarray(kept(encoded(Image.fromarray(deep))))
    assert (shown.min(), shown.max()) == (0, 255)
    assert 120 < shown.mean() < 135


def test_what_is_see_through_stands_on_black():
    picture = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert kept(encoded(picture)).getpixel((0, 0)) == (0, 0, 0)


def _bomb() -> bytes:
    """A PNG of few bytes that declares 30 000 × 30 000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "PNG or JPEG"),
        (b"%PDF-1.7", "PNG or JPEG"),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), "PNG or JPEG"),
        (encoded(Image.new("RGB", (99, 99)))[:80], "PNG or JPEG"),
        (_bomb(), "million are the most|PNG or JPEG"),
        (b"\x89PNG" + b"0" * MOST_BYTES, "more than 5 MB"),
    ],
    ids=["nothing", "pdf", "gif", "cut off", "bomb", "too large"],
)
def test_what_is_no_picture_is_refused_in_one_sentence(content, words):
    with pytest.raises(ImageRefusedError, match=words):
        pixels_only(content)


NOISE = Image.fromarray(np.random.default_rng(7).integers(0, 256, (32, 32), dtype=np.uint8))
WHOLE = {kind: encoded(NOISE, kind) for kind in ("PNG", "JPEG")}


@settings(max_examples=150)
@given(st.sampled_from(["PNG", "JPEG"]), st.dictionaries(st.integers(0, 700), st.integers(0, 255)))
def test_a_damaged_picture_is_refused_or_read_and_never_fails_otherwise(kind, damage):
    damaged = bytearray(WHOLE[kind])
    for place, value in damage.items():
        damaged[place] = value
    with contextlib.suppress(ImageRefusedError):
        pixels_only(bytes(damaged))


@pytest.mark.django_db
def test_one_picture_is_stored_once_under_its_hash():
    study = make_study()
    carol = User.objects.get(username="carol")
    sent = encoded(Image.effect_noise((32, 32), 40))
    first = store_example_image(study=study, file=io.BytesIO(sent), actor=carol)
    again = store_example_image(study=study, file=io.BytesIO(sent), actor=carol)
    assert first == again
    assert ExampleImage.objects.count() == 1
    with default_storage.open(first.stored_name) as file:
        assert hashlib.sha256(file.read()).hexdigest() == first.sha256
    assert Event.objects.filter(action="example image added", subject=first.sha256).count() == 1
