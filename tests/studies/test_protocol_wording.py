"""Whatever is sent as a protocol, the answer is a protocol or a list of problems in words."""

import contextlib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from reader_study.studies.canonical_json import canonical_json
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_templates import PER_SEGMENT_PROTOCOL
from reader_study.studies.protocol_wording import problems_of

WHOLE = PER_SEGMENT_PROTOCOL.model_dump(mode="json")

PLACES: list[tuple[Any, ...]] = [
    *((field,) for field in WHOLE),
    ("colour",),
    *(("levels", 1, field) for field in (*WHOLE["levels"][1], "colour")),
    *((part, 0, field) for part in ("territories", "questions") for field in WHOLE[part][0]),
    ("unscorable_reasons", 2, "label"),
    *(("calibration", field) for field in WHOLE["calibration"]),
    *(("repeats", field) for field in (*WHOLE["repeats"], "colour")),
    ("levels", 3),
    ("questions", 0),
]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["\x00", "\ud800", "x" * 600]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(PLACES), values, min_size=1, max_size=4))
def test_every_document_is_a_protocol_or_has_problems_in_words(changes):
    document = deepcopy(WHOLE)
    for (*way, last), value in changes.items():
        part: Any = document
        # An earlier change may have taken the way to this one.
        with contextlib.suppress(LookupError, TypeError):
            for step in way:
                part = part[step]
            part[last] = value
    try:
        protocol = ProtocolDocument.model_validate(document)
    except ValidationError as error:
        problems = problems_of(error, document)
        assert problems
        for problem in problems:
            assert problem.message[0].isupper() or problem.message[0] == "“"
            assert "Input should" not in problem.message
    else:
        assert b"\\u0000" not in canonical_json(protocol.model_dump(mode="json"))


@pytest.mark.parametrize("text", ["M1\x00", "M1\ud800"])
def test_characters_that_no_database_stores_are_refused(text):
    document = deepcopy(WHOLE)
    document["title"] = document["territories"][0]["label"] = text
    with pytest.raises(ValidationError) as refusal:
        ProtocolDocument.model_validate(document)
    assert [problem.message for problem in problems_of(refusal.value, document)] == [
        "The title has control characters in it",
        "Territory 1 needs a name without control characters",
    ]
