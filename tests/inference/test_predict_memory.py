"""A lack of memory is met with smaller batches or main memory, and the provenance says so."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from inference.errors import InferenceError
from inference.prediction import preprocessing, resampling
from inference.prediction.memory import MemoryRecord, is_out_of_memory
from inference.prediction.model import load_model
from inference.prediction.tiles import SlidingWindow, predict_image
from inference.prediction.watch import Watch
from tests.inference.untrained_model import write_untrained_model

CPU = torch.device("cpu")
SPACING = (1.6, 1.1, 1.3)


@pytest.fixture
def image():
    return torch.randn((1, 20, 30, 26), generator=torch.Generator().manual_seed(0))


def _window(batch=1):
    return SlidingWindow(patch=(16, 16, 16), step=0.5, mirroring_axes=(), labels=2, batch=batch)


def _network(tiles):
    return torch.cat([tiles, -tiles.flip(2)], dim=1)


class _SmallGpu:
    """A network on a GPU whose memory holds a limited batch only."""

    def __init__(self, largest_batch):
        self.largest_batch, self.batches = largest_batch, []

    def __call__(self, tiles):
        if len(tiles) > self.largest_batch:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.batches.append(len(tiles))
        return _network(tiles)


def _predict(image, network, window, memory=None, watch=None):
    return predict_image(
        image,
        [lambda batches: (network(tiles) for tiles in batches)],
        window,
        CPU,
        watch=watch or Watch(),
        memory=memory or MemoryRecord(),
    )


def test_batches_become_smaller_and_the_result_stays(image):
    memory, network = MemoryRecord(), _SmallGpu(largest_batch=2)
    logits = _predict(image, network, _window(batch=8), memory)
    assert torch.equal(logits, _predict(image, _network, _window()))
    assert memory.remarks == [
        "memory ran out: went on with tiles in batches of 4",
        "memory ran out: went on with tiles in batches of 2",
    ]
    assert set(network.batches) == {2}


def test_memory_that_runs_out_midway_loses_and_repeats_no_tile(image):
    full: list[bool] = []

    def sometimes_full(tiles):
        full.append(len(full) == 2)
        if full[-1]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return _network(tiles)

    shares: list[float] = []
    logits = _predict(image, sometimes_full, _window(batch=2), watch=Watch(shares.append))
    assert torch.equal(logits, _predict(image, _network, _window()))
    assert len(shares) == 1 + len(_window().tiles(image.shape[1:]))


def test_a_single_tile_that_does_not_fit_is_a_clear_error(image):
    with pytest.raises(InferenceError, match="not enough memory"):
        _predict(image, _SmallGpu(largest_batch=0), _window(batch=4))


def test_the_machines_own_memory_counts_too(image):
    def greedy(tiles):
        return torch.empty(2**58, dtype=torch.float32)

    with pytest.raises(InferenceError, match="not enough memory"):
        _predict(image, greedy, _window())


def test_other_errors_are_not_taken_for_a_lack_of_memory(image):
    calls = []

    def broken(tiles):
        calls.append(tiles)
        raise RuntimeError("shapes do not match")

    with pytest.raises(InferenceError, match="The network failed: shapes do not match"):
        _predict(image, broken, _window(batch=4))
    assert len(calls) == 1
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


@pytest.fixture
def model(tmp_path):
    return load_model(write_untrained_model(tmp_path))


@pytest.fixture
def hu():
    return np.random.default_rng(1).normal(45, 25, (30, 50, 45)).astype(np.int16)


PAGES_OF_LATER_TILES = """
import resource, sys, torch
from pathlib import Path
from inference.prediction.model import load_model

def layers():
    return [torch.ones(7_500_000) for _ in range(6)]  # 30 MB each

load_model(Path(sys.argv[1]))
layers()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    layers()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_the_memory_of_one_tile_is_there_for_the_next(tmp_path):
    # In a process of its own: what others left on the heap would be counted too.
    directory = str(write_untrained_model(tmp_path))
    command = [sys.executable, "-W", "ignore", "-c", PAGES_OF_LATER_TILES, directory]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 5 * 30_000_000 / 4096


class _FullOnTheFirstCall:
    def __init__(self, function):
        self._function, self.calls = function, 0

    def __call__(self, *arguments):
        self.calls += 1
        if self.calls == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self._function(*arguments)


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("inference.prediction.preprocessing", "resample_image"),
        ("inference.prediction.model", "labels_of_resampled"),
    ],
)
def test_on_the_cpu_a_stage_without_memory_is_a_clear_error_and_the_next_case_runs(
    model, hu, monkeypatch, module, function
):
    whole = __import__(module, fromlist=[function])
    full = _FullOnTheFirstCall(getattr(whole, function))
    monkeypatch.setattr(whole, function, full)
    with pytest.raises(InferenceError, match="not enough memory"):
        model.predict(hu, SPACING)
    assert model.predict(hu, SPACING).mask.any()


def test_a_volume_that_a_gpu_cannot_prepare_is_prepared_in_main_memory(model, hu, monkeypatch):
    expected = model.predict(hu, SPACING).mask
    full = _FullOnTheFirstCall(resampling.resample_image)
    monkeypatch.setattr(preprocessing, "resample_image", full)
    # There is no GPU here: a device that is none but is called one keeps its data on the CPU.
    monkeypatch.setattr(model, "device", torch.device("meta"))
    monkeypatch.setattr(model, "_wait_for_gpu", lambda: None)
    as_tensor = preprocessing._as_tensor
    monkeypatch.setattr(preprocessing, "_as_tensor", lambda volume: _OnTheCpu(as_tensor(volume)))
    case = model.prepare(hu, SPACING)
    monkeypatch.setattr(model, "device", CPU)
    model.run_network(case)
    assert np.array_equal(model.finish(case).mask, expected)
    assert case.memory.remarks == [
        "the GPU's memory ran out: the volume was prepared in main memory"
    ]


class _OnTheCpu:
    def __init__(self, tensor):
        self._tensor = tensor

    def to(self, device):
        return self._tensor
