"""What a GPU computes: the processor's mask, also where its memory runs out, and in a queue."""

from contextlib import contextmanager

import numpy as np
import pytest
import torch

from inference.demo.model import DEMO_MODEL_DIRECTORY
from inference.errors import InferenceError
from inference.evaluation.measures import dice
from inference.phantom import make_phantom
from inference.prediction.model import load_model
from inference.prediction.queue import QueueWork, predict_queue
from inference.volumes import Volume

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="torch sees no CUDA device here"
)

SPACING = (2.4, 1.2, 1.2)


@pytest.fixture(scope="module")
def hu():
    return make_phantom(3_000_001, shape_zyx=(60, 160, 160), spacing_zyx_mm=SPACING).hu


@pytest.fixture(scope="module")
def on_cpu(hu):
    mask = load_model(DEMO_MODEL_DIRECTORY).predict(hu, SPACING).mask
    assert mask.any()
    return mask


def predicted(hu, **settings):
    return load_model(DEMO_MODEL_DIRECTORY, device="cuda", **settings).predict(hu, SPACING)


@contextmanager
def gpu_memory(mib):
    """Let torch take so much of the GPU's memory and no more."""
    torch.cuda.empty_cache()
    _, whole = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(mib * 2**20 / whole)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_in_float32_it_is_the_processors_mask(hu, on_cpu):
    prediction = predicted(hu, precision="float32")

    assert dice(prediction.mask > 0, on_cpu > 0) > 0.999
    assert prediction.provenance["device"] == torch.cuda.get_device_name()
    assert prediction.provenance["precision"] == "float32"
    assert prediction.provenance["memory"] == []


def test_it_computes_in_float16_unless_asked_otherwise_and_nearly_the_same(hu, on_cpu):
    prediction = predicted(hu)

    assert prediction.provenance["precision"] == "float16"
    assert dice(prediction.mask > 0, on_cpu > 0) > 0.99


def predictions_with_ever_less_memory(model, hu):
    """Halve the memory until it is not enough; the error ends it."""
    mib = 8192
    while True:
        with gpu_memory(mib):
            yield model.predict(hu, SPACING)
        mib //= 2


def test_as_memory_shrinks_the_mask_stays_and_at_last_it_fails_in_words(hu, on_cpu):
    model = load_model(DEMO_MODEL_DIRECTORY, device="cuda", precision="float32")
    made = []

    with pytest.raises(InferenceError, match="not enough memory"):
        made.extend(predictions_with_ever_less_memory(model, hu))

    assert all(dice(prediction.mask > 0, on_cpu > 0) > 0.999 for prediction in made)
    assert made[-1].provenance["memory"]
    assert dice(model.predict(hu, SPACING).mask > 0, on_cpu > 0) > 0.999


def test_a_queue_gives_the_masks_of_single_cases(hu):
    model = load_model(DEMO_MODEL_DIRECTORY, device="cuda", precision="float32")
    volumes = {
        name: Volume(hu[first:], SPACING, np.eye(4))
        for name, first in (("a", 0), ("b", 4), ("c", 8))
    }
    written = {}

    def write(name, _, prediction):
        written[name] = prediction.mask

    done = list(predict_queue(model, volumes, QueueWork(volumes.__getitem__, write)))

    assert [(one.case, one.error) for one in done] == [("a", None), ("b", None), ("c", None)]
    for name, volume in volumes.items():
        assert np.array_equal(written[name], model.predict(volume.hu, SPACING).mask)


def test_a_gpu_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InferenceError, match="device"):
        load_model(DEMO_MODEL_DIRECTORY, device="cuda:99")
