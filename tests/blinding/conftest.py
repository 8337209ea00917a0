"""What the tests of blinding have in common."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def refusals_are_not_logged() -> Iterator[None]:
    """Keep thousands of refusals that are meant out of the output."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def build(tmp_path: Path, settings: Any) -> Path:
    """Built pages of three files, served instead of the real ones."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Reader Study</title>")
    (folder / "assets" / "index-1.js").write_text("console.log(1)")
    settings.FRONTEND_BUILD = folder
    settings.STATICFILES_DIRS = [folder]
    return folder
