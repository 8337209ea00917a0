"""Files are filled up to a length that tells little, and are read like before."""

import gzip
import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_study.imaging.glb import write_glb
from reader_study.imaging.packed_pixels import (
    pack_images,
    pack_labels,
    unpack_images,
    unpack_labels,
)
from reader_study.imaging.padding import fill_up, is_on_ladder, padded_length


def filled(content: bytes, seed: str) -> bytes:
    filling = fill_up(content[:12], len(content), seed)
    whole = filling.start + content[filling.replaced :] + filling.end
    assert len(whole) == filling.length
    return whole


def glb() -> bytes:
    triangle = np.eye(3, dtype=np.float32)
    return write_glb(triangle, triangle, np.array([[0, 1, 2]]), np.zeros((3, 3), np.uint8))


@given(st.binary(max_size=4000), st.text(max_size=8))
def test_a_gzip_file_inflates_to_the_same_bytes(content, seed):
    whole = filled(gzip.compress(content, mtime=0), seed)
    assert gzip.decompress(whole) == content
    assert zlib.decompress(whole, wbits=31) == content


@given(st.integers(1, 60), st.integers(1, 60), st.text(max_size=8))
def test_packed_pixels_come_out_the_same(rows, columns, seed):
    images = np.random.default_rng(rows * columns).integers(0, 4000, (2, rows, columns), np.uint16)
    whole = filled(pack_images(images), seed)
    np.testing.assert_array_equal(unpack_images(whole, images.shape, np.uint16), images)
    labels = (images % 5).astype(np.uint8)
    whole = filled(pack_labels(labels), seed)
    np.testing.assert_array_equal(unpack_labels(whole, labels.shape), labels)


def test_a_glb_file_keeps_its_chunks_and_gains_one_that_readers_skip():
    content = glb()
    whole = filled(content, "seed")
    magic, version, length = struct.unpack_from("<4sII", whole)
    assert (magic, version, length) == (b"glTF", 2, len(whole))
    at, chunks = 12, []
    while at < length:
        size, kind = struct.unpack_from("<II", whole, at)
        chunks.append((kind, whole[at + 8 : at + 8 + size]))
        assert size % 4 == 0
        at += 8 + size
    assert at == length
    assert [kind for kind, _ in chunks] == [0x4E4F534A, 0x004E4942, 0x444150]
    assert json.loads(chunks[0][1])["asset"] == {"version": "2.0"}
    assert chunks[2][1].strip(b"\0") == b""
    assert whole[12 : len(content)] == content[12:]


@given(st.integers(1, 10**9), st.text(max_size=8))
def test_lengths_stand_on_the_ladder_and_grow_by_a_third_at_most(length, seed):
    filled_up = padded_length(length, seed)
    assert is_on_ladder(filled_up)
    assert length < filled_up <= max(1024, (length + 16) * 4 / 3)


def test_there_are_eight_lengths_to_a_power_of_two():
    octave = [length for length in range(2**16 + 1, 2**17 + 1) if is_on_ladder(length)]
    assert len(octave) == 8


def test_one_file_has_more_than_one_length():
    assert len({padded_length(300_000, str(seed)) for seed in range(20)}) == 2


def test_lengths_that_differ_little_become_the_same():
    assert len({padded_length(300_000 + more, "seed") for more in range(0, 5000, 100)}) == 1


def test_other_files_are_refused():
    with pytest.raises(ValueError, match="gzip and GLB"):
        fill_up(b"PNG", 3, "seed")
