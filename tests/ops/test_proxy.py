"""The proxy in front: TLS and one name, images that it sends itself, and nothing told."""

import json
import logging
import os
import time
from collections.abc import Iterator
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from structlog.contextvars import get_contextvars

from reader_study.coordination.blinding.answers import Answer
from reader_study.coordination.blinding.checks import header_leaks, size_leaks
from reader_study.reading.handing_over import ADDRESS
from reader_study.reading.models import Assignment
from scripts.nginx import find_nginx
from tests.cast import browser_of, open_with_cases
from tests.ops.proxy import SERVER_NAME, Proxy, running_proxy

NGINX = find_nginx()

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("READER_STUDY_TEST_SERVICES") == "production",
        reason="nothing here depends on the database",
    ),
    pytest.mark.skipif(NGINX is None, reason="there is no nginx: python -m scripts.nginx"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def handed_over(tmp_path: Path, settings: Any) -> Path:
    settings.ACCEL = tmp_path / "handed-over"
    settings.ACCEL.mkdir()
    return tmp_path / "handed-over"


@pytest.fixture
def proxy(live_server: Any, tmp_path: Path, handed_over: Path, settings: Any) -> Iterator[Proxy]:
    settings.ALLOWED_HOSTS = [SERVER_NAME]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60
    folder = tmp_path / "nginx"
    folder.mkdir()
    assert NGINX is not None
    web = live_server.url.removeprefix("http://")
    with running_proxy(NGINX, folder, web=web, handed_over=handed_over) as running:
        yield running


@pytest.fixture
def ruth() -> Client:
    open_with_cases(1)
    return browser_of("ruth")


def images_of(browser: Client) -> list[str]:
    """The addresses of some images of the rater's next case."""
    code = Assignment.objects.filter(rater__username="ruth").order_by("position")[0].code
    case = browser.get(
        f"/api/reading/cases/{code}",
        headers={"host": SERVER_NAME},
        secure=True,
    ).json()
    return [f"{case['media']['base']}{name}" for name in ("volume.bin", "labels.bin", "tree.glb")]


def cookie_of(browser: Client) -> str:
    return f"sessionid={browser.cookies['sessionid'].value}"


def test_an_image_that_is_handed_over_is_the_one_that_the_program_sends(
    proxy: Proxy, ruth: Client, handed_over: Path, settings: Any
) -> None:
    images = images_of(ruth)
    answers = []
    for address in images:
        answer, content = proxy.ask("GET", address, cookie=cookie_of(ruth))
        assert answer.status == 200
        headers = tuple(
            (name, value)
            for name, value in answer.getheaders()
            if name not in {"Server", "Date", "Connection"}
        )
        file = address.rpartition("/")[2]
        answers.append(Answer("ruth", "GET", address, 200, headers, content, ("C001", file)))
    assert len(list(handed_over.iterdir())) == len(images)
    assert [leak for answer in answers for leak in header_leaks(answer)] == []
    assert list(size_leaks(answers)) == []
    told = {name.lower() for answer in answers for name, _ in answer.headers}
    assert told.isdisjoint({"x-accel-redirect", "accept-ranges", "etag", "last-modified"})
    settings.ACCEL = None
    for sent in answers:
        itself = ruth.get(sent.address, headers={"host": SERVER_NAME}, secure=True)
        assert sent.body == itself.getvalue()
        own = {name.lower(): value for name, value in itself.headers.items()}
        proxys = {name.lower(): value for name, value in sent.headers}
        of_proxy = "strict-transport-security"
        assert {**proxys, of_proxy: ""} == {**own, of_proxy: ""}


def test_a_part_of_an_image_is_the_whole_as_ever(proxy: Proxy, ruth: Client) -> None:
    address = images_of(ruth)[0]
    _, whole = proxy.ask("GET", address, cookie=cookie_of(ruth))
    answer, content = proxy.ask("GET", address, cookie=cookie_of(ruth), range="bytes=0-9")
    assert (answer.status, content) == (200, whole)


def test_what_was_handed_over_is_sent_to_nobody_who_asks_for_it(
    proxy: Proxy, ruth: Client, handed_over: Path
) -> None:
    address = images_of(ruth)[0]
    assert proxy.ask("GET", address, cookie=cookie_of(ruth))[0].status == 200
    (file,) = handed_over.iterdir()
    for path in (f"{ADDRESS}{file.name}", f"/x/..{ADDRESS}{file.name}", f"/{ADDRESS}{file.name}"):
        _, content = proxy.ask("GET", path, cookie=cookie_of(ruth))
        assert content != file.read_bytes()
    assert proxy.ask("GET", f"{ADDRESS}{file.name}")[0].status == 404


def test_the_program_still_asks_who_wants_an_image(proxy: Proxy, ruth: Client) -> None:
    address = images_of(ruth)[0]
    assert proxy.ask("GET", address, cookie=cookie_of(ruth))[0].status == 200
    for stranger in ("", cookie_of(browser_of("rob")), "sessionid=forged"):
        assert proxy.ask("GET", address, cookie=stranger)[0].status == 404


def test_browsers_are_led_to_tls_and_told_to_stay_there(proxy: Proxy) -> None:
    answer = proxy.ask_plainly("/join/abc")
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{SERVER_NAME}/join/abc"
    for body in (None, b"x" * 21 * 2**20):  # the second is refused by nginx itself
        answer, _ = proxy.ask("POST" if body else "GET", "/api/session", body=body)
        assert answer.status == (413 if body else 200)
        assert answer.headers.get_all("Strict-Transport-Security") == [
            "max-age=31536000; includeSubDomains"
        ]


def test_nothing_is_answered_under_another_name(proxy: Proxy) -> None:
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        proxy.ask_plainly("/", host="other.example.org")


def test_its_log_tells_no_address_and_shares_its_numbers_with_ours(
    proxy: Proxy, ruth: Client
) -> None:
    seen: list[str] = []

    class Remember(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(get_contextvars().get("request", ""))

    address = images_of(ruth)[0]
    remember = Remember()
    logging.getLogger("reader_study.logs.requests").addHandler(remember)
    try:
        proxy.ask("GET", f"{address}?patient=GERTRUDMUSTER", cookie=cookie_of(ruth))
        proxy.ask("GET", "/GERTRUDMUSTER", user_agent="GERTRUDMUSTER", referer="GERTRUDMUSTER")
    finally:
        logging.getLogger("reader_study.logs.requests").removeHandler(remember)
    assert len(seen) == 2
    deadline = time.monotonic() + 10  # nginx writes a line after it has answered
    while not set(seen) <= {json.loads(line)["request"] for line in proxy.log().splitlines()}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "GERTRUDMUSTER" not in proxy.log()
    assert address.split("/")[2] not in proxy.log()
