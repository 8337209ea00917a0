"""Resampling by matrices is what nnU-Net's resampling does, to the rounding of float32."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nnunetv2.preprocessing.resampling.default_resampling import resample_data_or_seg_to_shape
from skimage.transform import resize

from inference.prediction import labels as module
from inference.prediction import resampling as resampling_module
from inference.prediction.labels import labels_of_resampled
from inference.prediction.resampling import Resampling, resample_image

SPACINGS = [(1.0, 1.0, 1.0), (5.0, 1.0, 1.0), (1.0, 1.2, 6.0), (1.0, 4.0, 1.0), (0.3, 1.0, 1.0)]
lengths = st.tuples(*[st.integers(2, 24)] * 3)
orders = st.integers(0, 3)


def _resampling(old, new, spacing=SPACINGS[0], *, order=3, order_z=0, **arguments):
    new_spacing = tuple(step * a / b for step, a, b in zip(spacing, old, new, strict=True))
    kept = {"is_seg": False, "order": order, "order_z": order_z, "force_separate_z": None}
    return Resampling(old, new, spacing, new_spacing, kept | arguments)


def _by_nnunet(volume, resampling):
    return resample_data_or_seg_to_shape(
        volume,
        resampling.new_shape,
        resampling.old_spacing_mm,
        resampling.new_spacing_mm,
        **resampling.arguments,
    )


@settings(max_examples=60)
@given(lengths, lengths, orders, st.integers(0, 2**32 - 1))
def test_it_is_skimages_resize(old, new, order, seed):
    volume = np.random.default_rng(seed).uniform(-1, 1, old).astype(np.float32)
    expected = resize(volume.astype(float), new, order, mode="edge", anti_aliasing=False)
    isotropic = _resampling(old, new, order=order, force_separate_z=False)
    resampled = resample_image(torch.from_numpy(volume)[None], isotropic)[0]
    assert np.abs(resampled.numpy() - expected).max() < 2e-6


@settings(max_examples=60)
@given(lengths, lengths, orders, orders, st.sampled_from(SPACINGS), st.integers(0, 2**32 - 1))
def test_it_is_nnunets_resampling_of_thick_slices_too(old, new, order, order_z, spacing, seed):
    volume = np.random.default_rng(seed).uniform(-1, 1, (1, *old)).astype(np.float32)
    resampling = _resampling(old, new, spacing, order=order, order_z=order_z)
    resampled = resample_image(torch.from_numpy(volume), resampling)
    assert np.abs(resampled.numpy() - _by_nnunet(volume, resampling)).max() < 4e-6


def test_thick_slices_are_really_resampled_apart():
    assert _resampling((9, 20, 20), (20, 30, 30), (5.0, 1.0, 1.0)).separate_axis == 0
    assert _resampling((9, 20, 20), (20, 30, 30), (1.0, 1.0, 1.0)).separate_axis is None


@settings(max_examples=40)
@given(
    lengths,
    lengths,
    st.integers(2, 4),
    st.integers(0, 1),
    st.sampled_from(SPACINGS),
    st.integers(0, 2**32 - 1),
)
def test_the_labels_are_those_of_nnunets_resampled_logits(old, new, labels, order, spacing, seed):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn((labels, *old), generator=generator).half()
    resampling = _resampling(old, new, spacing, order=order)
    expected = _by_nnunet(logits, resampling).argmax(0)
    differing = (labels_of_resampled(logits, resampling).numpy() != expected).sum()
    assert differing <= 1 + expected.size // 5000


def test_equal_logits_are_the_first_label_as_in_nnunet():
    # Logits that differ by less than half precision tells after resampling.
    logits = torch.full((2, 4, 4, 4), 3.0).half()
    logits[1, 2] = torch.tensor(3.0 + 2**-9).half()
    resampling = _resampling((4, 4, 4), (16, 16, 16), order=1)
    expected = _by_nnunet(logits, resampling).argmax(0)
    assert np.array_equal(labels_of_resampled(logits, resampling).numpy(), expected)
    assert 0 < expected.mean() < 0.3


@pytest.mark.parametrize("labels", [2, 3])
def test_blocks_do_not_show_in_the_labels(monkeypatch, labels):
    logits = torch.randn((labels, 15, 12, 10)).half()
    resampling = _resampling((15, 12, 10), (40, 20, 22), order=1)
    at_once = labels_of_resampled(logits, resampling)
    monkeypatch.setattr(module, "BLOCK_ON_CPU", (3, 7, 22))
    assert torch.equal(labels_of_resampled(logits, resampling), at_once)


@pytest.mark.parametrize("labels", [2, 3])
@pytest.mark.parametrize("order_z", [0, 3])
def test_no_artery_is_lost_where_the_background_is_left_out(monkeypatch, labels, order_z):
    logits = torch.zeros((labels, 12, 30, 30)).half()
    logits[0] = 2.0
    logits[1, 3:5, 7, 8:20] = 5.0  # thin, in one corner
    logits[-1, 9, 20:22, 21] = 2.5
    resampling = _resampling((12, 30, 30), (40, 70, 64), (5.0, 1.0, 1.0), order=1, order_z=order_z)
    monkeypatch.setattr(module, "BLOCK_ON_CPU", (4, 8, 8))
    expected = _by_nnunet(logits, resampling).argmax(0)
    assert 0 < expected.astype(bool).mean() < 0.05
    assert np.array_equal(labels_of_resampled(logits, resampling).numpy(), expected)


def test_blocks_of_background_are_not_resampled(monkeypatch):
    logits = torch.zeros((2, 16, 16, 16)).half()
    logits[0] = 3.0
    logits[1, 2, 2, 2] = 9.0
    monkeypatch.setattr(module, "BLOCK_ON_CPU", (8, 8, 8))
    resampled = []

    def along_all(volume, matrices):
        resampled.append(1)
        return resampling_module.along_all(volume, matrices)

    monkeypatch.setattr(module, "along_all", along_all)
    labels = labels_of_resampled(logits, _resampling((16,) * 3, (32,) * 3, order=1))
    assert len(resampled) == 1
    assert labels.any()


@pytest.mark.parametrize("arguments", [{"order": 3}, {"order": 1, "is_seg": True}])
def test_what_matrices_cannot_do_is_left_to_nnunet(arguments):
    logits = torch.randn((3, 8, 9, 10)).half()
    resampling = _resampling((8, 9, 10), (12, 10, 9), **arguments)
    expected = _by_nnunet(logits, resampling).argmax(0)
    assert np.array_equal(labels_of_resampled(logits, resampling).numpy(), expected)
