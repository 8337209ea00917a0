"""Sizes as people read them."""

import pytest

from reader_study.imaging.sizes import size_in_words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (900, "900 bytes"),
        (1000, "1 kB"),
        (12_400_000, "12 MB"),
        (999_700, "1.0 MB"),
        (8 * 10**9, "8.0 GB"),
        (3 * 10**12, "3.0 TB"),
    ],
)
def test_they_are_said_as_on_the_pages(size_bytes, words):
    assert size_in_words(size_bytes) == words
