"""Bodies that no page sends: too deep, too large, in odd letters, of odd numbers.

All are refused as the sender's mistake; none makes the server fail, and none costs it much.
"""

import json
import time
import zlib
from typing import Any

import pytest

from tests.security.attacker import JSON, Attacker
from tests.security.posted import bodies, places, spoilt

pytestmark = pytest.mark.django_db

SURROGATE = "\ud800"
HOSTILE: list[Any] = [
    None,
    True,
    -1,
    2**63,
    10**40,
    1.5,
    "",
    "\x00",
    f"a{SURROGATE}",
    "x" * 20_000,
    "../../../../etc/passwd",
    "'; DROP TABLE audit_event; --",
    [],
    [[[]]],
    {},
    {"\x00": 1, SURROGATE: 2, "__proto__": {}},
    {"$ref": "file:///etc/passwd"},
]
WRITTEN = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 5000]
"""Numbers that JSON does not have, or that no computer holds."""


def failures(attacker: Attacker, written: dict[str, str]) -> list[str]:
    """Send every body spoilt at every place; say what the server failed at."""
    failed = []
    for route, method, username, body in bodies():
        address = attacker.scene.address(route)
        for place in places(body):
            for name, text in written.items():
                sent = json.dumps(spoilt(body, place, "HERE")).replace('"HERE"', text)
                answer = attacker.send(username, method, address, sent)
                if answer.status_code >= 500:
                    failed.append(f"{method} {route} with {name[:40]} at {place}")
    return failed


def test_every_route_that_takes_json_is_tried(attacker):
    tried = {route for route, *_ in bodies()}
    assert len(tried) > 15
    assert "api/session" in tried
    refused_as_forms = [
        f"{method} {route}: {answer.status_code}"
        for route, method, username, body in bodies()
        if (
            answer := attacker.send(
                username, method, attacker.scene.address(route), json.dumps(body)
            )
        ).status_code
        in {401, 403, 404, 405, 415}
        # Of a wrong password, which is what the examples have.
        and answer.json()["type"] != "urn:reader-study:problem:not-reauthenticated"
    ]
    assert refused_as_forms == []


def test_no_value_of_another_kind_or_size_makes_the_server_fail(attacker):
    """An attacker puts every odd value at every place of every body."""
    assert failures(attacker, {repr(value): json.dumps(value) for value in HOSTILE}) == []


def test_numbers_that_are_none_are_refused_everywhere(attacker):
    """An attacker writes NaN, infinities and endless digits, which databases choke on."""
    assert failures(attacker, {text: text for text in WRITTEN}) == []


@pytest.mark.parametrize(
    "deep",
    [b"[" * 200_000, b'{"a":' * 100_000, b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 990 + b"1"],
    ids=["open brackets", "open objects", "closed brackets", "just below Python's limit"],
)
def test_endless_nesting_is_refused(attacker, deep):
    """An attacker nests JSON deeper than the reader can follow."""
    for route, method, username, _ in bodies():
        answer = attacker.send(username, method, attacker.scene.address(route), deep)
        assert 400 <= answer.status_code < 500, (method, route)


def test_a_body_larger_than_any_page_sends_is_refused_unread(attacker, settings):
    """An attacker fills the server's memory with one request."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    large = json.dumps({"reason": "x" * 20_000})
    for route, method, username, _ in bodies():
        answer = attacker.send(username, method, attacker.scene.address(route), large)
        assert answer.status_code in {400, 413}, (method, route, answer.status_code)


@pytest.mark.parametrize("charset", ["zlib", "bz2", "hex", "rot13", "undefined", "idna", "utf-7"])
def test_no_other_codec_of_python_unpacks_a_body(attacker, charset):
    """An attacker names one of Python's codecs as the charset; some inflate what is sent."""
    packed = zlib.compress(b'{"reason": "' + b"x" * 10_000_000 + b'"}')
    address = attacker.scene.address("api/studies/<uuid:study_id>/cases/<uuid:case_id>/withdraw")
    for body in (packed, b"\x00\xff", b"{"):
        answer = attacker.send("carol", "POST", address, body, f"{JSON}; charset={charset}")
        assert 400 <= answer.status_code < 500
        assert len(answer.content) < 2000


def test_nor_does_an_address_with_such_a_name_of_letters_fail(attacker):
    """An attacker names an odd codec where no body is read, but a query is."""
    for route, method in (("audit?words=a", "GET"), ("cases", "GET"), ("open", "POST")):
        address = f"/api/studies/{attacker.scene.study.pk}/{route}"
        for charset in ("zlib", "undefined", "no-such"):
            answer = attacker.send("carol", method, address, b"", f"text/plain; charset={charset}")
            assert answer.status_code < 500


def test_many_keys_cost_no_more_than_their_bytes(attacker, django_assert_max_num_queries):
    """An attacker sends a hundred thousand keys, which a loop or a query for each would answer."""
    many = {f"k{number}": 1 for number in range(100_000)}
    answers = {"grade": 3, "unscorable_reason": None, "comment": ""}
    draft = {"revision": 0, "answers": {**answers, "question_answers": many}}
    case, study = attacker.scene.named["code"], attacker.scene.study.pk
    for username, method, address, body in (
        ("nobody", "POST", "/api/session", {"username": "x", "password": "x", **many}),
        ("carol", "POST", f"/api/studies/{study}/invitations", many),
        ("carol", "POST", f"/api/studies/{study}/protocol", {"document": many, "version": 1}),
        ("ruth", "PUT", f"/api/reading/cases/{case}/draft", draft),
        ("ruth", "POST", f"/api/reading/cases/{case}/submit", draft),
    ):
        began = time.process_time()
        with django_assert_max_num_queries(60):
            answer = attacker.send(username, method, address, json.dumps(body))
        assert 400 <= answer.status_code < 500, address
        assert time.process_time() - began < 5, address


def test_a_key_that_stands_twice_has_one_meaning(attacker):
    """An attacker names a harmless role and another beside it: checked and used must be one."""
    address = f"/api/studies/{attacker.scene.study.pk}/invitations"
    body = '{"invited": "x", "role": "rater", "role": "statistician", "sites": []}'
    answer = attacker.send("carol", "POST", f"{address}?role=coordinator&invited=y", body)
    assert answer.status_code == 201
    assert (answer.json()["role"], answer.json()["invited"]) == ("statistician", "x")


def test_nothing_is_taken_from_the_query_that_belongs_into_the_body(attacker):
    """An attacker's link carries the study's name that a coordinator must type to lock it."""
    address = f"/api/studies/{attacker.scene.study.pk}/lock?confirm_name=Study%20of%20arteries"
    assert attacker.send("carol", "POST", address).status_code == 400
    twice = f"/api/studies/{attacker.scene.study.pk}/audit?before=1&before=999999"
    assert attacker.send("carol", "GET", twice).status_code == 200


ODD_TEXT = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF%FE",
    "..%2f..%2fetc%2fpasswd",
    "x" * 5000,
    "%0d%0aX:y",
]


@pytest.mark.parametrize("odd", ODD_TEXT)
def test_no_odd_text_in_an_address_makes_the_server_fail(attacker, odd):
    """An attacker writes NUL, half characters, folders and line breaks into every address."""
    study = f"/api/studies/{attacker.scene.study.pk}"
    for username, address in (
        ("carol", f"{study}/protocol/examples/{odd}"),
        ("carol", f"{study}/report/cases/{odd}"),
        ("carol", f"{study}/export.{odd}"),
        ("carol", f"{study}/consensus.{odd}"),
        ("carol", f"{study}/audit.{odd}"),
        ("ruth", f"/api/reading/cases/{odd}"),
        ("ruth", f"/api/reading/cases/{odd}/following"),
        ("ruth", f"/api/reading/{attacker.scene.study.pk}/examples/{odd}"),
        ("nobody", f"/api/invitations/{odd}"),
        ("ruth", f"/media/{odd}/volume.bin"),
        ("ruth", f"{attacker.scene.address('media/<str:token>/<path:name>')}{odd}"),
        ("ruth", f"/media/{odd}/unblinded/volume.bin"),
    ):
        answer = attacker.send(username, "GET", address)
        assert 400 <= answer.status_code < 500, address
    for query in ("words", "person", "action", "case", "since", "until", "before"):
        answer = attacker.send("carol", "GET", f"{study}/audit?{query}={odd}")
        assert answer.status_code < 500, query


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30, "0" * 5000 + "1", "9" * 5000])
def test_no_number_in_an_address_makes_the_server_fail(attacker, number):
    """An attacker counts beyond what the database can."""
    study = f"/api/studies/{attacker.scene.study.pk}"
    case = f"{study}/cases/{attacker.scene.named['case_id']}/series"
    for method, address in (
        ("GET", f"{case}/{number}/thumbnail"),
        ("GET", f"{case}/{attacker.scene.named['series_id']}/pictures/{number}"),
        ("POST", f"{case}/{number}/overrule"),
        ("POST", f"{study}/people/{number}/end"),
        ("POST", f"{study}/readings/{number}/unlock"),
        ("GET", f"{study}/audit?before={number}"),
    ):
        assert attacker.send("carol", method, address).status_code < 500, address


def test_forms_with_endless_fields_are_refused(attacker):
    """An attacker sends a form of ten thousand fields where a picture is taken."""
    part = '--b\r\nContent-Disposition: form-data; name="f{}"\r\n\r\nx\r\n'
    form = "".join(part.format(number) for number in range(10_000)) + "--b--\r\n"
    address = f"/api/studies/{attacker.scene.study.pk}/protocol/examples"
    answer = attacker.send("carol", "POST", address, form, "multipart/form-data; boundary=b")
    assert 400 <= answer.status_code < 500
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=" + "b" * 5000):
        answer = attacker.send("carol", "POST", address, form, content_type)
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "9" * 40, "", "+5"])
def test_a_length_that_is_none_is_refused(attacker, length):
    """An attacker lies about how much is sent."""
    route = "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/files/<uuid:file_id>"
    answer = attacker.send(
        "carol",
        "PATCH",
        attacker.scene.address(route),
        b"x",
        "application/offset+octet-stream",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_OFFSET="0",
        CONTENT_LENGTH=length,
    )
    assert 200 <= answer.status_code < 500


def test_the_answers_are_json_that_every_reader_reads(attacker):
    """No refusal repeats odd numbers or half characters so that the page's own reader fails."""
    for route, method, username, body in bodies():
        for place in places(body):
            sent = json.dumps(spoilt(body, place, f"\udfff{SURROGATE}<script>"))
            answer = attacker.send(username, method, attacker.scene.address(route), sent)
            if "json" in answer.headers.get("Content-Type", ""):
                json.loads(answer.content.decode("utf-8"), parse_constant=pytest.fail)
