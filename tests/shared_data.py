"""Find the optional folder of real test data; tests that need it skip where it is absent."""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(
    os.environ.get(
        "READER_STUDY_SHARED_DATA",
        Path(__file__).resolve().parent.parent.parent / "shared" / "data",
    )
)


def shared_file(relative: str) -> Path:
    """Return the path of a shared data file, or skip the calling test with the reason."""
    path = SHARED_DATA / relative
    if not path.exists():
        pytest.skip(f"{path} is absent; set READER_STUDY_SHARED_DATA to the data folder")
    return path
