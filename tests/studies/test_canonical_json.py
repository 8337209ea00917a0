"""Canonical JSON: equal values, equal bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_study.studies.canonical_json import canonical_json, canonical_sha256

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


def test_keys_are_sorted_and_nothing_is_escaped_without_need():
    value = {"b": [1, 2.5, None], "a": {"κ": "“0.74”", "B": True}}

    assert canonical_json(value) == '{"a":{"B":true,"κ":"“0.74”"},"b":[1,2.5,null]}'.encode()


def test_the_hash_is_the_published_one_of_the_bytes():
    # sha256sum of the two characters {}
    assert canonical_sha256({}) == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


@given(values)
def test_reading_and_writing_again_gives_the_same_bytes(value):
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)


@given(st.dictionaries(st.text(), scalars))
def test_the_order_of_keys_does_not_matter(value):
    backwards = dict(reversed(value.items()))

    assert canonical_sha256(backwards) == canonical_sha256(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_does_not_know_are_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"se": number})


@pytest.mark.parametrize("value", [{1: "artery"}, [{"labels": {1: "artery"}}], ({None: 1},)])
def test_keys_that_are_no_text_are_refused(value):
    with pytest.raises(TypeError, match="must be strings"):
        canonical_json(value)


def test_text_that_is_no_unicode_is_refused():
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")
