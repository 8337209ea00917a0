"""One byte string for one JSON value, so that protocols and snapshots can be hashed.

The rules: UTF-8 without escapes beyond those JSON demands, keys sorted by code point, no white
space, numbers as Python writes them (the shortest digits that read back as the same number), no
NaN or infinity, keys are strings. Text is not normalised: equal means equal code points.

Anyone can repeat it with ``json.dumps(value, ensure_ascii=False, sort_keys=True,
separators=(",", ":")).encode()``.
"""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises
    ------
    TypeError
        If the value holds something that JSON has no form for, or a key that is not a string
        (such a key would change its type, and its place, when read back).
    ValueError
        If a number is NaN or infinite, or a text is no valid Unicode.
    """
    _refuse_keys_other_than_strings(value)
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    ).encode()


def canonical_sha256(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes of a JSON value, in 64 hexadecimal digits.

    Raises
    ------
    TypeError, ValueError
        As :func:`canonical_json`.
    """
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _refuse_keys_other_than_strings(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"Keys of JSON objects must be strings; got {key!r}.")
            _refuse_keys_other_than_strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_keys_other_than_strings(item)
