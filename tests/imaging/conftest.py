"""Short ways from files on disk to what the imaging package makes of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reader_study.imaging import Scan, scan


@pytest.fixture
def scan_paths(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Scan]:
    """Scan paths with a work folder of their own."""

    def run(*paths: Path) -> Scan:
        return scan(paths, tmp_path_factory.mktemp("work"))

    return run
