"""What a response says to who undoes its wrappings."""

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

DEPTH = 2
"""Base64 in a gzip file is found, and three wrappings around each other are not."""

GREATEST_INFLATED = 512 * 2**20
LONG = 2**20
_READABLE = re.compile(rb"[ -~]{6,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{12,}")
_ESCAPED = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_GZIP = b"\x1f\x8b\x08"


def unwrapped(content: bytes, depth: int = DEPTH) -> Iterator[tuple[str, bytes]]:
    """Yield the content, and what is found within it, each with how it was written.

    Looks into percent-encoding, HTML entities, JSON and JavaScript escapes, base64 at each
    alignment, hex, UTF-16 and gzip. Of what is long, as images are, only readable runs are kept.
    """
    plain = b"\n".join(_READABLE.findall(content)) if len(content) > LONG else content
    yield "plain", plain
    if not depth:
        return
    layers = [("gzip", inflated(content))] if content.startswith(_GZIP) else _one_layer(plain)
    for form, inner in layers:
        for deeper, innermost in unwrapped(inner, depth - 1):
            yield (form if deeper == "plain" else f"{deeper} in {form}"), innermost


def _one_layer(content: bytes) -> Iterator[tuple[str, bytes]]:
    if b"%" in content:
        yield "URL-encoded", unquote_to_bytes(content.replace(b"+", b" "))
    if b"&" in content and b";" in content:
        yield "HTML entities", html.unescape(content.decode("utf-8", "replace")).encode()
    if b"\\" in content:
        yield "escaped", _ESCAPED.sub(_character, content).replace(b"\\/", b"/")
    if b"\0" in content:
        yield "UTF-16", content.replace(b"\0", b"")
    encoded = b"\n".join(_from_base64(run) for run in _BASE64.findall(content))
    if encoded:
        yield "base64", encoded
    digits = b"\n".join(_from_hex(run) for run in _HEX.findall(content))
    if digits:
        yield "hex", digits


def inflated(content: bytes) -> bytes:
    """Return what a gzip file holds, as far as it can be read."""
    stream = zlib.decompressobj(wbits=31)
    try:
        return stream.decompress(content, GREATEST_INFLATED)
    except zlib.error:
        return b""


def _character(match: re.Match[bytes]) -> bytes:
    return chr(int(match[1] or match[2], 16)).encode("utf-8", "replace")


def _from_base64(run: bytes) -> bytes:
    run = run.translate(bytes.maketrans(b"-_", b"+/"))
    return b"\n".join(_decoded(run[start:]) for start in range(4))


def _decoded(run: bytes) -> bytes:
    whole = run[:-1] if len(run) % 4 == 1 else run  # one letter alone is not even a byte
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _from_hex(run: bytes) -> bytes:
    return b"\n".join(
        binascii.unhexlify(run[start : start + (len(run) - start) // 2 * 2]) for start in (0, 1)
    )
