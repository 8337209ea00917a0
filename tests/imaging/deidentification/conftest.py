"""Short ways from the bytes of a file to the bytes of its de-identified copy."""

import io
from collections.abc import Callable

import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from reader_study.imaging.deidentification import Pseudonym, deidentify

KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def pseudonym() -> Pseudonym:
    return Pseudonym(KEY, "C001")


@pytest.fixture
def written(pseudonym: Pseudonym) -> Callable[[bytes], bytes]:
    """De-identify a file and return the bytes of the new one."""
    return lambda file: b"".join(deidentify(file, pseudonym).parts)


@pytest.fixture
def read_back(written: Callable[[bytes], bytes]) -> Callable[[bytes], FileDataset]:
    """De-identify a file and read the new one with pydicom."""
    return lambda file: dcmread(io.BytesIO(written(file)))
