"""Packed pixels come out as they went in, and take little room."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from reader_study.imaging.packed_pixels import (
    pack_images,
    pack_labels,
    unpack_images,
    unpack_labels,
)

SHAPES = array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=20)


@given(
    st.sampled_from([np.uint8, np.uint16, np.int16]).flatmap(
        lambda dtype: arrays(dtype, SHAPES)  # the ends of each type's range come up, too
    )
)
def test_images_of_every_type_come_out_as_they_went_in(images):
    packed = pack_images(images)
    np.testing.assert_array_equal(unpack_images(packed, images.shape, images.dtype), images)


@given(arrays(np.uint8, SHAPES, elements=st.integers(0, 3)))
def test_labels_come_out_as_they_went_in(labels):
    np.testing.assert_array_equal(unpack_labels(pack_labels(labels), labels.shape), labels)


def test_a_stretch_may_be_longer_than_a_record_can_say():
    labels = np.zeros((2, 400, 400), np.uint8)
    labels[0, 1:] = 7
    labels[1] = 200
    np.testing.assert_array_equal(unpack_labels(pack_labels(labels), labels.shape), labels)


@pytest.mark.parametrize("spread", [1, 10, 200])
def test_noise_takes_little_more_room_than_its_entropy(spread):
    rng = np.random.default_rng(spread)
    noise = 1000 + rng.normal(0, spread, (4, 256, 256)).round()
    bits = 8 * len(pack_images(noise.astype(np.uint16))) / noise.size
    # Differences of normal noise are wider by half a bit; the widest of 32 by less than two.
    entropy = np.log2(spread * np.sqrt(2 * np.pi * np.e))
    assert bits < entropy + 2.5


def test_air_takes_no_room():
    assert len(pack_images(np.full((1, 512, 512), -200, np.int16))) < 9500


def test_the_bytes_are_as_documented():
    packed = pack_images([np.array([[5, 4], [4, 6]], np.uint16)])
    # One block of 5, 4, −1, 2 and 28 × 0, each with 4 bits counted from −8.
    bits = int.from_bytes(bytes([0b11001101, 0b10100111, *[0x88] * 14]), "little")
    assert packed == b"RSP1" + bytes([8, 0, 0, 0, 4, 0, 0, 0]) + bits.to_bytes(16, "little")
    labels = np.array([[[0, 3, 3, 0]]], np.uint8)
    assert pack_labels(labels) == b"RSL1" + bytes([8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 3, 0])


def test_other_files_are_refused():
    with pytest.raises(ValueError, match="no packed pixels"):
        unpack_images(pack_labels(np.ones((1, 1, 1), np.uint8)), (1, 1, 1), np.uint8)
