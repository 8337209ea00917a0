"""Secrets are found however they are wrapped, and words of chance are not taken for them."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from reader_study.coordination.blinding.answers import Answer
from reader_study.coordination.blinding.checks import order_leaks, size_leaks, token_leaks
from reader_study.coordination.blinding.search import Search, Secret
from reader_study.coordination.blinding.unwrapping import LONG

SECRET = "St. Änna's <North> Hospital 7"


def answer(body: bytes = b"", *, header: str = "", address: str = "/api/x") -> Answer:
    return Answer("ruth", "GET", address, 200, (("X-Note", header),), body)


def leaks(body: bytes = b"", *, secret: str = SECRET, **more: str) -> list[str]:
    search = Search([Secret(secret, "Site.name")])
    return [leak.what for leak in search.leaks_in(answer(body, **more))]


@pytest.mark.parametrize(
    "wrapped",
    [
        SECRET.encode(),
        SECRET.encode().upper(),
        quote(SECRET).encode(),
        b"?next=" + quote(quote(SECRET)).encode(),
        json.dumps({"site": SECRET}).encode(),
        b"St. &#196;nna&#x27;s &lt;North&gt; Hospital 7",
        base64.b64encode(SECRET.encode()),
        base64.b64encode(b"/" + SECRET.encode()),
        base64.b64encode(b"//" + SECRET.encode()),
        base64.urlsafe_b64encode(json.dumps([SECRET], ensure_ascii=False).encode()),
        SECRET.encode().hex().encode(),
        b"a" + SECRET.encode().hex().encode(),
    ],
)
def test_a_secret_is_found_in_each_wrapping(wrapped):
    assert len(leaks(wrapped)) == 1
    assert len(leaks(b"before: " + wrapped + b" after")) == 1


def test_a_secret_is_found_in_gzip_and_in_utf_16():
    assert leaks(gzip.compress(SECRET.encode()))
    assert leaks(gzip.compress(base64.b64encode(SECRET.encode())))
    assert leaks("x North Hospital y".encode("utf-16"), secret="North Hospital")


def test_a_secret_is_found_in_a_header():
    assert leaks(header=quote(SECRET))


def test_a_secret_is_found_between_pixels():
    pixels = bytes(range(256)) * (LONG // 256 + 1)
    assert leaks(pixels + b"DOE_JOHN_1950" + pixels, secret="DOE_JOHN_1950")


def test_parts_of_other_words_are_no_secret():
    assert leaks(b"C0011 XC001 C002", secret="C001") == []
    assert leaks(b"case-C001.bin", secret="C001")


def test_short_words_are_not_looked_for_in_images_nor_plain_words_in_programmes():
    image = {"address": "/media/token/volume.bin"}
    assert leaks(b" C001 ", secret="C001", **image) == []
    assert leaks(b" DOE_JOHN ", secret="DOE_JOHN", **image)
    assert leaks(b" north ", secret="north", address="/static/a.js") == []
    assert leaks(b" S-2B77QX ", secret="S-2B77QX", address="/static/a.js")


def test_a_length_that_is_a_secret_number_by_chance_is_no_leak():
    search = Search([Secret("65536", "Reading.active_ms")])

    def told(name: str, value: str, address: str = "/api/x") -> list[str]:
        asked = Answer("ruth", "GET", address, 200, ((name, value),), b"")
        return [leak.what for leak in search.leaks_in(asked)]

    assert told("Content-Length", "65536") == []
    assert told("ETag", '"65536-1f"', "/static/a.js") == []
    assert told("X-Active", "65536")


def test_an_order_of_chance_is_no_leak_and_a_shared_one_is_none_where_it_is_meant():
    cases = [f"C{number:02d}" for number in range(12)]
    mixed = [cases[place] for place in (7, 2, 10, 0, 5, 11, 3, 9, 1, 8, 4, 6)]
    other = [cases[place] for place in (4, 9, 1, 11, 6, 2, 8, 0, 10, 5, 3, 7)]
    assert list(order_leaks({"ruth": mixed, "rob": other}, shared=False)) == []
    assert list(order_leaks({"ruth": mixed, "rob": mixed}, shared=True)) == []
    assert list(order_leaks({"ruth": mixed, "rob": mixed}, shared=False))
    assert list(order_leaks({"ruth": mixed, "rob": mixed[::-1]}, shared=False))
    assert list(order_leaks({"ruth": cases}, shared=True))


def test_tokens_that_share_a_part_or_differ_in_length_are_leaks():
    assert (
        list(token_leaks({"A": "t" * 16 + "abcdefghijklmnop", "B": "t" * 16 + "qrstuvwxyz012345"}))
        == []
    )
    assert list(
        token_leaks({"A": "t" * 16 + "abcdefghijklmnop", "B": "t" * 16 + "zabcdefghijklmno"})
    )
    assert list(token_leaks({"A": "t" * 32, "B": "t" * 33}))


def test_sizes_are_judged_by_many_pairs():
    def image(code: str, name: str, length: int) -> Answer:
        headers = (("Content-Length", str(length)),)
        return Answer("r", "GET", f"/media/{code}/{name}", 200, headers, b"", ("C001", name))

    names = [str(number) for number in range(20)]
    same = [image(code, name, 1024) for code in "AB" for name in names]
    apart = [
        image(code, name, 1024 if (int(name) % 2) ^ (code == "A") else 1152)
        for code in "AB"
        for name in names
    ]
    assert [leak.kind for leak in size_leaks(same)] == ["size"]
    assert list(size_leaks(apart)) == []
    assert list(size_leaks([image("A", "x", 1025)]))
