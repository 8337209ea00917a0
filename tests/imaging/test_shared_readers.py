"""Reading processes that threads share."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from reader_study.imaging import ImagingError
from reader_study.imaging.shared_readers import SharedReaders

from .synthetic_dicom import write_ct_series


def test_threads_side_by_side_get_different_processes():
    both_have_one = Barrier(2)

    def borrow(readers: SharedReaders) -> object:
        with readers.lend() as reader:
            both_have_one.wait(5)
            return reader

    with SharedReaders(2) as readers, ThreadPoolExecutor(2) as threads:
        borrowed = [threads.submit(borrow, readers) for _ in range(2)]
        assert len({id(future.result()) for future in borrowed}) == 2


def test_a_process_comes_back_from_a_borrower_that_failed():
    with SharedReaders(1) as readers:
        with pytest.raises(ImagingError, match="on purpose"), readers.lend():
            raise ImagingError("on purpose")
        with readers.lend() as reader:
            assert reader is not None


def test_more_threads_than_processes_take_turns(tmp_path):
    write_ct_series(tmp_path / "ct")

    def scan(number: int) -> int:
        work = tmp_path / f"work-{number}"
        work.mkdir()
        with readers.lend() as reader:
            return len(reader.scan([tmp_path / "ct"], work).ct_series)

    with SharedReaders(2) as readers, ThreadPoolExecutor(4) as threads:
        readers.start()
        assert list(threads.map(scan, range(4))) == [1, 1, 1, 1]
