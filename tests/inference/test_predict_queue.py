"""A queue of cases overlaps reading, computing and writing; a case's error is its own."""

import threading
import time

import numpy as np
import pytest

from inference.errors import InferenceError, PredictionCancelledError, VolumeError
from inference.prediction.model import load_model
from inference.prediction.queue import READ_AHEAD, QueueWork, predict_queue
from inference.volumes import Volume
from tests.inference.untrained_model import write_untrained_model

SPACING = (2.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_untrained_model(tmp_path_factory.mktemp("model")))


def _volume(seed):
    hu = np.random.default_rng(seed).normal(45, 25, (20, 30, 30)).astype(np.int16)
    return Volume(hu, SPACING, np.eye(4))


class _Disk:
    """Reads cases by their number and keeps what is written."""

    def __init__(self, unreadable=(), unwritable=()):
        self.unreadable, self.unwritable = unreadable, unwritable
        self.read, self.written, self.threads = [], {}, set()

    def read_case(self, number):
        self.threads.add(threading.current_thread())
        self.read.append(number)
        if number in self.unreadable:
            raise self.unreadable[number]
        return _volume(number)

    def write_case(self, number, volume, prediction):
        self.threads.add(threading.current_thread())
        if number in self.unwritable:
            raise self.unwritable[number]
        self.written[number] = prediction.mask

    def work(self, **more):
        return QueueWork(read=self.read_case, write=self.write_case, **more)


def test_every_case_gets_the_mask_that_it_gets_alone(model):
    disk = _Disk()
    done = list(predict_queue(model, range(5), disk.work()))
    assert [(one.case, one.error) for one in done] == [(number, None) for number in range(5)]
    for number in range(5):
        alone = model.predict(_volume(number).hu, SPACING).mask
        assert np.array_equal(disk.written[number], alone)
    assert threading.main_thread() not in disk.threads


def test_cases_are_read_ahead_but_not_all_at_once(model):
    disk = _Disk()
    queue = predict_queue(model, range(20), disk.work())
    next(queue)
    time.sleep(0.2)
    assert 2 <= len(disk.read) <= 8
    queue.close()
    time.sleep(0.2)
    assert len(disk.read) <= 8 + READ_AHEAD


@pytest.mark.parametrize(
    "error", [VolumeError("case 1 is damaged"), KeyError("a bug"), OSError("disk full")]
)
@pytest.mark.parametrize("fault", ["unreadable", "unwritable"])
def test_an_error_ends_its_own_case_only(model, error, fault):
    disk = _Disk(**{fault: {1: error}})
    done = list(predict_queue(model, range(4), disk.work()))
    assert [one.case for one in done if one.error is None] == [0, 2, 3]
    assert isinstance(done[1].error, InferenceError)
    assert str(error) in str(done[1].error)
    assert sorted(disk.written) == [0, 2, 3]


def test_a_volume_that_cannot_be_segmented_ends_its_own_case_only(model):
    disk = _Disk()
    blank = Volume(np.zeros((20, 30, 30), np.int16), SPACING, np.eye(4))
    work = QueueWork(
        read=lambda number: blank if number == 0 else disk.read_case(number),
        write=disk.write_case,
    )
    first, second = predict_queue(model, range(2), work)
    assert "blank" in str(first.error)
    assert second.error is None


def test_a_cancelled_queue_ends_at_once(model):
    disk = _Disk()
    begun = time.monotonic()
    work = disk.work(cancelled=lambda: bool(disk.written))
    with pytest.raises(PredictionCancelledError):
        list(predict_queue(model, range(1000), work))
    assert time.monotonic() - begun < 10
    assert len(disk.read) < 10


def test_progress_is_told_for_each_case(model):
    shares: dict[int, list[float]] = {number: [] for number in range(3)}
    disk = _Disk()
    list(predict_queue(model, range(3), disk.work(progress=lambda number: shares[number].append)))
    for of_case in shares.values():
        assert of_case[0] == 0
        assert of_case[-1] == 1
        assert of_case == sorted(of_case)


def test_computing_beside_the_network_gives_the_same_masks(model, monkeypatch):
    """As on a GPU, where volumes are prepared and masks are made in the threads."""
    alone = {number: model.predict(_volume(number).hu, SPACING).mask for number in range(3)}
    monkeypatch.setattr("inference.prediction.queue._computes_beside", lambda model: True)
    disk = _Disk()
    assert all(one.error is None for one in predict_queue(model, range(3), disk.work()))
    for number in range(3):
        assert np.array_equal(disk.written[number], alone[number])
