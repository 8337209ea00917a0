"""Somebody signed in, somebody else's things, and what an attacker can send."""

import logging
from collections.abc import Iterator

import pytest

from tests.coordination.test_rights import Scene
from tests.coordination.test_rights import scene as scene
from tests.security.attacker import Attacker


@pytest.fixture
def attacker(scene: Scene) -> Attacker:
    """A browser that can be anybody, whose forged requests are checked as real ones are."""
    return Attacker(scene)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are expected here; a failing test says which answer was wrong."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
