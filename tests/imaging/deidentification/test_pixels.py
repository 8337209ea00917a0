"""Pixels go through as they are; what is stored beside them does not."""

import io
import random
import struct
from pathlib import Path

import gdcm
import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.encaps import generate_fragments, generate_frames
from pydicom.pixels.encoders.base import RLELosslessEncoder

from reader_study.imaging.deidentification import deidentify
from reader_study.imaging.errors import ImagingError
from tests.imaging.deidentification import raw_dicom
from tests.imaging.deidentification.raw_dicom import (
    Elements,
    elements,
    encapsulated,
    image,
    part10,
    tag,
    without_pixels,
)

NOTE = b"QZ001 HIDDEN NOTE"


def stored(file: bytes) -> np.ndarray:
    return dcmread(io.BytesIO(file)).pixel_array


def with_pixels(of: Elements, pixels: bytes) -> Elements:
    return of | {tag("PixelData"): ("OW", pixels)}


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_sound_pixels_keep_every_byte(written, bits):
    of = image(raw_dicom.XA, frames=3, bits=bits)
    assert of[tag("PixelData")][1] in written(part10(of))


def test_an_odd_number_of_bytes_is_padded_with_zero(written):
    of = image(bits=8) | elements({"Rows": 7, "Columns": 9})
    new = written(part10(with_pixels(of, bytes(range(63)) + b"Q")))
    assert new.endswith(bytes(range(63)) + b"\0")


def test_bits_above_the_stored_ones_are_cleared_and_said(pseudonym):
    values = (np.arange(64) * 60).astype("<u2")
    overlay = values | np.where(np.arange(64) % 3, 0, 0x8000).astype("<u2")
    result = deidentify(part10(with_pixels(image(), overlay.tobytes())), pseudonym)
    assert (stored(b"".join(result.parts)).ravel() == values).all()
    assert any("old overlays" in remark for remark in result.report.remarks)


@pytest.mark.parametrize("fill", [0x0FFF, 0xFFFF], ids=["zeros", "sign"])
def test_both_ways_of_storing_negative_pixels_keep_their_bytes(written, fill):
    values = (np.arange(64, dtype=np.int16) * 50 - 1600).view("<u2") & np.uint16(fill)
    of = with_pixels(image(signed=True), values.tobytes())
    if fill == 0xFFFF:
        assert values.tobytes() in written(part10(of))
    else:
        new = stored(written(part10(of))).ravel()
        assert (new == np.arange(64) * 50 - 1600).all()


def test_bits_above_negative_pixels_repeat_the_sign_and_nothing_else(written):
    values = np.arange(64, dtype=np.int16) * 50 - 1600
    hidden = values.view("<u2") ^ np.where(np.arange(64) % 5, 0, 0x4000).astype("<u2")
    new = written(part10(with_pixels(image(signed=True), hidden.tobytes())))
    assert (np.frombuffer(new[-128:], "<i2") == values).all()


def test_padding_beyond_the_stored_bits_stays_padding(written):
    values = np.full(64, 0xF830, "<u2")
    values[20:40] = 1000
    of = with_pixels(image() | elements({"PixelPaddingValue": 0xF830}), values.tobytes())
    assert values.tobytes() in written(part10(of))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"HighBit": 15}, "retired bit layout"),
        ({"BitsAllocated": 32}, "only 8 and 16 bits"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "export it as RGB"),
        ({"Rows": 0}, "without a sensible size"),
        ({"Rows": 9}, "less pixel data than it declares"),
        ({"NumberOfFrames": "many"}, "without a sensible size"),
        ({"Rows": 65535, "Columns": 65535}, "more than any scanner makes"),
        ({"NumberOfFrames": "100000000"}, "more than 4.0 GB"),
    ],
)
def test_pixels_that_cannot_be_checked_are_refused_with_the_reason(written, change, words):
    with pytest.raises(ImagingError, match=words):
        written(part10(image() | elements(change)))


def jpeg(mode: str = "L", **options) -> bytes:
    picture = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 3).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


def compressed(frames: list[bytes], syntax: str, *, bits: int = 8) -> bytes:
    of = without_pixels(image(raw_dicom.XA, frames=len(frames), bits=bits))
    return part10(of, syntax=syntax, pixels=encapsulated(frames))


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def test_comments_and_application_data_of_jpeg_are_blanked(written):
    plain = jpeg()
    noted = (
        plain[:2]
        + segment(0xE1, b"Exif\0\0" + NOTE)
        + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0" + NOTE)
        + segment(0xEE, b"Adobe\0\x64\0\0\0\0\0" + NOTE)
        + segment(0xFE, NOTE)
        + plain[2:]
        + NOTE
    )
    file = compressed([noted, plain], raw_dicom.JPEG_BASELINE)
    new = written(file)
    assert NOTE in file
    assert b"QZ001" not in new
    assert b"Exif" not in new
    assert (stored(new) == stored(file)).all()


def test_colour_keeps_the_mark_that_says_how_it_is_coded(written):
    noted = jpeg("RGB")
    of = without_pixels(image(raw_dicom.SECONDARY_CAPTURE, bits=8)) | elements(
        {"SamplesPerPixel": 3, "PlanarConfiguration": 0, "PhotometricInterpretation": "YBR_FULL"}
    )
    file = part10(of, syntax=raw_dicom.JPEG_BASELINE, pixels=encapsulated([noted]))
    assert (stored(written(file)) == stored(file)).all()


@pytest.mark.parametrize("length", range(4, 14))
def test_blanking_stays_inside_a_segment_that_is_too_short(written, length):
    """Real files have Adobe segments without the byte that says how colours are coded."""
    plain = jpeg()
    tables = plain.index(b"\xff\xdb")
    noted = plain[:tables] + segment(0xEE, b"Adobe\x64QQQQQQQQ"[:length]) + plain[tables:]
    new = written(compressed([noted], raw_dicom.JPEG_BASELINE))
    assert plain[tables:] in new
    assert b"QQ" not in new


def test_a_comment_between_two_scans_is_blanked(written):
    progressive = jpeg(progressive=True)
    second_scan = progressive.index(b"\xff\xda", progressive.index(b"\xff\xda") + 2)
    before = progressive.rindex(b"\xff\xc4", 0, second_scan)
    noted = progressive[:before] + segment(0xFE, NOTE) + progressive[before:]
    new = written(compressed([noted], raw_dicom.JPEG_BASELINE))
    assert b"QZ001" not in new


def test_comments_of_jpeg_2000_are_blanked(written):
    buffer = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(
        buffer, "JPEG2000", no_jp2=True, irreversible=False
    )
    plain = buffer.getvalue()
    start_of_tile = plain.index(b"\xff\x90")
    comment = b"\xff\x64" + struct.pack(">HH", len(NOTE) + 4, 1) + NOTE
    noted = plain[:start_of_tile] + comment + plain[start_of_tile:] + NOTE
    file = compressed([noted], raw_dicom.JPEG_2000)
    new = written(file)
    assert b"QZ001" not in new
    assert b"OpenJPEG" in file
    assert b"OpenJPEG" not in new
    assert (stored(new) == stored(file)).all()


def test_jpeg_2000_inside_a_picture_file_is_refused(written):
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(buffer, "JPEG2000", no_jp2=False)
    with pytest.raises(ImagingError, match="export it without compression"):
        written(compressed([buffer.getvalue()], raw_dicom.JPEG_2000))


def frame_of(values: np.ndarray, syntax: str, folder: Path) -> bytes:
    """One frame of 16-bit pixels in another compression."""
    source, target = folder / "source.dcm", folder / "target.dcm"
    rows, columns = values.shape
    of = image(bits=16) | elements({"Rows": rows, "Columns": columns})
    source.write_bytes(part10(with_pixels(of, values.astype("<u2").tobytes())))
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    (frame,) = generate_frames(dcmread(target).PixelData, number_of_frames=1)
    return frame


SYNTAXES = [
    pytest.param("JPEGLSLossless", raw_dicom.JPEG_LS, id="JPEG-LS"),
    pytest.param("JPEGLosslessProcess14_1", raw_dicom.JPEG_LOSSLESS, id="JPEG lossless"),
    pytest.param("JPEG2000Lossless", raw_dicom.JPEG_2000, id="JPEG 2000"),
]


@pytest.mark.parametrize(("name", "syntax"), SYNTAXES)
def test_lossless_frames_keep_their_bytes_but_not_their_comments(tmp_path, written, name, syntax):
    values = (np.arange(4096) * 37 % 4001).reshape(64, 64)
    frame = frame_of(values, name, tmp_path)
    noted = frame + NOTE
    if syntax != raw_dicom.JPEG_2000:
        noted = frame[:2] + segment(0xE8, b"mrfx\1" + NOTE) + segment(0xFE, NOTE) + frame[2:] + NOTE
    of = without_pixels(image(raw_dicom.XA, bits=16)) | elements({"Rows": 64, "Columns": 64})
    file = part10(of, syntax=syntax, pixels=encapsulated([noted]))
    new = written(file)
    assert b"QZ001" not in new
    assert b"GDCM" not in new
    assert (stored(new) == values).all()
    if syntax != raw_dicom.JPEG_2000:
        assert frame[2:] in new


@pytest.mark.parametrize(("name", "syntax"), SYNTAXES)
def test_wider_samples_than_declared_are_looked_at(tmp_path, written, name, syntax):
    clean = (np.arange(4096) * 37 % 4001).reshape(64, 64)
    size = elements({"Rows": 64, "Columns": 64})
    of = without_pixels(image(raw_dicom.XA, bits=12)) | size
    frame = frame_of(clean, name, tmp_path)
    assert (stored(written(part10(of, syntax=syntax, pixels=encapsulated([frame])))) == clean).all()
    overlay = frame_of(clean | 0x8000, name, tmp_path)
    with pytest.raises(ImagingError, match="bits that belong to no pixel"):
        written(part10(of, syntax=syntax, pixels=encapsulated([overlay])))


def rle_frame(values: np.ndarray) -> bytes:
    return RLELosslessEncoder.encode(
        values,
        rows=8,
        columns=8,
        samples_per_pixel=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        number_of_frames=1,
    )


def test_rle_keeps_its_bytes_but_not_what_follows_a_segment(written):
    values = (np.arange(64, dtype=np.uint16) * 37 % 2048).reshape(8, 8)
    frame = rle_frame(values)
    file = compressed([frame + NOTE], raw_dicom.RLE, bits=12)
    new = written(file)
    assert b"QZ001" not in new
    assert frame in new
    assert (stored(new) == values).all()


def test_bits_above_the_stored_ones_in_rle_are_refused(written):
    values = (np.arange(64, dtype=np.uint16) * 37 % 2048 | 0x8000).reshape(8, 8)
    with pytest.raises(ImagingError, match="bits that belong to no pixel"):
        written(compressed([rle_frame(values)], raw_dicom.RLE, bits=12))


def test_frames_in_several_fragments_stay_together(written):
    frames = [jpeg(), jpeg(), jpeg()]
    halves = [part for frame in frames for part in (frame[:100], frame[100:])]
    of = without_pixels(image(raw_dicom.XA, frames=3, bits=8))
    file = part10(of, syntax=raw_dicom.JPEG_BASELINE, pixels=encapsulated(halves))
    new = dcmread(io.BytesIO(written(file)))
    assert len(list(generate_fragments(new.PixelData))) == 7  # with the offset table
    assert (new.pixel_array == dcmread(io.BytesIO(file)).pixel_array).all()


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([b"\xff\xd8\xff\xe0"], "damaged"),
        ([b"no image at all"], "damaged"),
        ([jpeg()[:-40]], "damaged"),
        ([jpeg(), jpeg()], None),
    ],
)
def test_damaged_frames_are_refused(written, frames, words):
    file = compressed(frames, raw_dicom.JPEG_BASELINE)
    if words is None:
        assert written(file)
    else:
        with pytest.raises(ImagingError, match=words):
            written(file)


def test_more_frames_than_declared_are_refused(written):
    of = without_pixels(image(raw_dicom.XA, frames=3, bits=8))
    file = part10(of, syntax=raw_dicom.JPEG_BASELINE, pixels=encapsulated([jpeg()] * 4))
    with pytest.raises(ImagingError, match="4 frames where the header declares 3"):
        written(file)


def test_a_compression_that_is_not_read_is_refused(written):
    with pytest.raises(ImagingError, match="of a compression that is not read"):
        written(compressed([jpeg()], "1.2.840.10008.1.2.4.102"))
    with pytest.raises(ImagingError, match="not stored as its transfer syntax says"):
        written(part10(image(), syntax=raw_dicom.JPEG_BASELINE))


@pytest.mark.parametrize("syntax", [raw_dicom.JPEG_BASELINE, raw_dicom.RLE])
def test_damaged_frames_never_end_in_anything_but_a_refusal(written, syntax):
    values = (np.arange(64, dtype=np.uint16) * 37 % 2048).reshape(8, 8)
    frame = jpeg() if syntax == raw_dicom.JPEG_BASELINE else rle_frame(values)
    bits = 8 if syntax == raw_dicom.JPEG_BASELINE else 16
    chance = random.Random(11)
    refused = 0
    for _ in range(400):
        damaged = bytearray(frame)
        damaged[chance.randrange(len(frame))] = chance.randrange(256)
        try:
            written(compressed([bytes(damaged)], syntax, bits=bits))
        except ImagingError:
            refused += 1
    assert 0 < refused < 400
