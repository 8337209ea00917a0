"""Identifiers of what is somebody else's lead to the same answer as those of nothing."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.coordination.blinding.addresses import ROUTES
from reader_study.coordination.unblinded_api import SALT as UNBLINDED_SALT
from reader_study.reading.media import media_base
from reader_study.reading.models import Assignment
from reader_study.segmentation.models import MediaPack
from tests.cast import browser_of, grade, next_code
from tests.coordination.test_rights import ANONYMOUS, GRANTED
from tests.security.attacker import JSON, Attacker
from tests.security.elsewhere import NOWHERE, study_elsewhere

pytestmark = pytest.mark.django_db

PARTS = re.compile(r"<\w+:(\w+)>")
HERE_ALONE = {"kind", "name", "number", "token"}
"""Parts that name no thing of a study; tokens have tests of their own."""

Told = tuple[int, bytes, dict[str, str]]


def with_ids() -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield every route that names something, its methods, and who may use it."""
    for route, of_method in GRANTED.items():
        names = [name for name in PARTS.findall(route) if name not in HERE_ALONE]
        if names and not route.startswith("media/"):
            for method, granted in of_method.items():
                for username in sorted(granted - {ANONYMOUS}):
                    yield route, method, username, names


def told(attacker: Attacker, username: str, method: str, address: str) -> tuple[Told, list[str]]:
    """Return an answer without what differs each time, and what the database was asked."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = attacker.send(username, method, address, *_body(address))
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Date", "X-Request-Id", "ETag", "Content-Security-Policy"}
    }
    questions = [query["sql"].split(" WHERE ")[0] for query in asked.captured_queries]
    return (answer.status_code, answer.read, headers), questions


def _body(address: str) -> tuple[bytes, str]:
    """Return what the address reads, so that it is not refused for its kind."""
    if address.endswith("/protocol/examples"):
        return b"--b--", "multipart/form-data; boundary=b"
    return b"{}", JSON


def address(attacker: Attacker, route: str, **changed: Any) -> str:
    """Return the route's address with some parts changed."""
    filled = f"/{route}"
    for name, value in {**attacker.scene.named, **changed}.items():
        filled = re.sub(rf"<\w+:{name}>", str(value), filled)
    return filled


def differences(attacker: Attacker, foreign: dict[str, Any]) -> list[str]:
    """Say where something foreign is answered otherwise than something that is not."""
    found = []
    for route, method, username, names in with_ids():
        for name in names:
            if name not in foreign:
                continue
            theirs = told(
                attacker, username, method, address(attacker, route, **{name: foreign[name]})
            )
            none = told(
                attacker, username, method, address(attacker, route, **{name: NOWHERE[name]})
            )
            where = f"{method} {route} as {username} with another {name}"
            if theirs[0] != none[0]:
                found.append(f"{where}: {theirs[0][0]} in place of {none[0][0]}")
            elif theirs[0][0] not in {404, 409}:
                found.append(f"{where}: {theirs[0][0]}")
            elif len(theirs[1]) != len(none[1]):
                found.append(f"{where}: {len(theirs[1])} questions in place of {len(none[1])}")
    return found


def test_everything_that_an_address_can_name_has_something_foreign_and_something_that_is_not():
    names = {name for route in ROUTES for name in PARTS.findall(route)} - HERE_ALONE
    assert names - set(NOWHERE) == set()


def test_what_belongs_to_another_study_is_as_if_it_were_not(attacker):
    """An attacker who learned an identifier of another study tries it at every address."""
    foreign = study_elsewhere()
    assert {name for *_, names in with_ids() for name in names} - set(foreign) == set()
    assert differences(attacker, foreign) == []


def test_nor_is_it_once_the_study_is_locked(attacker):
    """The same where there is a report, and cases are named by their codes."""
    foreign = study_elsewhere()
    grade(attacker.scene.study, "ruth", {"C001": 4, "C002": 3})
    grade(attacker.scene.study, "rob", {"C001": 4, "C002": 1})
    lock_study(study=attacker.scene.study, actor=User.objects.get(username="carol"))
    assert differences(attacker, foreign) == []


def test_everything_of_another_study_under_its_own_address_is_as_if_it_were_not(attacker):
    """An attacker knows the whole address of something in another study."""
    foreign = study_elsewhere()
    found = []
    for route, method, username, names in with_ids():
        if "study_id" not in names:
            continue
        theirs, _ = told(attacker, username, method, address(attacker, route, **foreign))
        none, _ = told(
            attacker,
            username,
            method,
            address(attacker, route, **{name: NOWHERE[name] for name in names}),
        )
        if theirs != none or theirs[0] != 404:
            found.append(f"{method} {route} as {username}: {theirs[0]}")
    assert found == []


def test_a_case_of_one_study_is_not_reached_through_another_of_the_same_coordinator(attacker):
    """An attacker who runs one study and is guest in another mixes both in one address."""
    foreign = study_elsewhere()
    carol = User.objects.get(username="carol")
    colin = User.objects.get(username="colin")
    colin.memberships.update(user=carol)
    found = []
    for route, method, username, names in with_ids():
        for name in names:
            if username != "carol" or name in {"study_id", "code"}:
                continue
            mixed, _ = told(
                attacker, "carol", method, address(attacker, route, **{name: foreign[name]})
            )
            if mixed[0] not in {404, 409}:
                found.append(f"{method} {route} with another {name}: {mixed[0]}")
    assert found == []


def test_a_site_coordinator_reaches_nothing_of_the_other_hospital(attacker):
    """A coordinator of the north tries every identifier of the south."""
    study = attacker.scene.study
    south = study.cases.get(site__code="south")
    series = south.series.first()
    assert series is not None
    upload = study.uploads.get()
    upload.site = study.sites.get(code="south")
    upload.save()
    theirs = {
        "case_id": south.pk,
        "series_id": series.pk,
        "upload_id": upload.pk,
        "file_id": upload.files.get().pk,
    }
    reached = []
    for route, method, username, names in with_ids():
        if username != "sid" or not set(names) & {"case_id", "upload_id"}:
            continue
        own, _ = told(attacker, "sid", method, address(attacker, route, **theirs))
        none, _ = told(
            attacker,
            "sid",
            method,
            address(attacker, route, **{name: NOWHERE[name] for name in names[1:]}),
        )
        if own != none or own[0] != 404:
            reached.append(f"{method} {route}: {own[0]}")
    assert reached == []


@pytest.mark.parametrize("thief", ["rob", "ada", "carol", "stella", "eve", "stan", "adam"])
def test_another_raters_code_is_as_if_it_were_not(attacker, thief):
    """A rater, or anybody else, tries the code under which another rater reads a case."""
    code = next_code(attacker.scene.study, "ruth")
    for route, of_method in GRANTED.items():
        if not route.startswith("api/reading/cases/"):
            continue
        for method in of_method:
            theirs = told(attacker, thief, method, address(attacker, route, code=code))
            none = told(attacker, thief, method, address(attacker, route, code=NOWHERE["code"]))
            assert theirs[0] == none[0], (method, route)
            assert theirs[0][0] == 404
            assert len(theirs[1]) == len(none[1])


def test_the_code_of_a_later_case_is_as_if_it_were_not(attacker):
    """A rater who saw a code over somebody's shoulder jumps ahead in the own list."""
    study = attacker.scene.study
    later = Assignment.objects.filter(study=study, rater__username="ruth").exclude(
        code=next_code(study, "ruth")
    )
    for route in ("", "/following"):
        answer = attacker.send("ruth", "GET", f"/api/reading/cases/{later.get().code}{route}")
        assert answer.status_code == 404


# -- tokens of images -------------------------------------------------------------------------


def base_of(attacker: Attacker, username: str) -> str:
    """Return the address of the images that a rater is shown now."""
    code = next_code(attacker.scene.study, username)
    base: str = browser_of(username).get(f"/api/reading/cases/{code}").json()["media"]["base"]
    return base


def nothing(attacker: Attacker, username: str) -> Any:
    """Return what is answered to a token of nobody."""
    return attacker.send(username, "GET", "/media/no-such-token/volume.bin").read


@pytest.mark.parametrize("thief", ["rob", "carol", "stella", "ada", "stan", "adam", ANONYMOUS])
def test_anothers_token_is_as_good_as_none(attacker, thief):
    """Somebody copies the address of an image from a rater's screen or a proxy's log."""
    base = base_of(attacker, "ruth")
    for name in ("volume.bin", "labels.bin", "tree.glb", "run1/0.bin"):
        answer = attacker.send(thief, "GET", f"{base}{name}")
        assert answer.status_code == 404
        assert answer.read == nothing(attacker, thief)
    assert attacker.send("ruth", "GET", f"{base}volume.bin").status_code in {200, 404}


def test_no_flipped_bit_makes_another_token(attacker):
    """An attacker changes a token bit by bit, to move its end, its case or its rater."""
    token = base_of(attacker, "ruth").split("/")[2]
    inside = bytearray(base64.urlsafe_b64decode(token))
    for place in range(len(inside)):
        changed = bytearray(inside)
        changed[place] ^= 1 << (place % 8)
        forged = base64.urlsafe_b64encode(bytes(changed)).decode()
        assert attacker.send("ruth", "GET", f"/media/{forged}/volume.bin").status_code == 404


def test_no_part_of_a_token_is_one(attacker):
    """An attacker cuts a token short, doubles it, or lets its seal away."""
    token = base_of(attacker, "ruth").split("/")[2]
    for forged in (token[:-1], token[:40], token[1:], token + token, token[:-44], "=", "gAAAAA"):
        answer = attacker.send("ruth", "GET", f"/media/{forged}/volume.bin")
        assert answer.status_code == 404
        assert answer.read == nothing(attacker, "ruth")


@pytest.mark.parametrize("thief", ["ruth", "rob", "ada", "sid", "stan", "adam", "eve", ANONYMOUS])
def test_a_token_of_unblinded_images_serves_nobody_who_may_not_see_results(attacker, thief):
    """A rater is sent the address under which a statistician sees the images unblinded."""
    address = attacker.scene.address("media/<str:token>/unblinded/<path:name>")
    assert attacker.send(thief, "GET", address).status_code == 404


def test_a_token_of_one_kind_is_none_of_another(attacker):
    """A rater tries a token of blinded images where unblinded ones are, and forges one."""
    token = base_of(attacker, "ruth").split("/")[2]
    assert attacker.send("stella", "GET", f"/media/{token}/unblinded/volume.bin").status_code == 404
    pack = MediaPack.objects.first()
    assert pack is not None
    for key, salt in (("guessed", UNBLINDED_SALT), (None, "another salt")):
        forged = signing.dumps([str(attacker.scene.study.pk), str(pack.pk)], key=key, salt=salt)
        answer = attacker.send("stella", "GET", f"/media/{forged}/unblinded/volume.bin")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../volume.bin",
        "..%2f..%2fvolume.bin",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/etc/passwd",
        "volume.bin/../unlisted.bin",
        "unlisted.bin",
        "manifest.json",
        "run1/../../x.bin",
        "run1\\0.bin",
        "volume.bin%00.png",
        "volume.bin%0a",
        "VOLUME.BIN",
        "run99999999999999999999/0.bin",
        "",
    ],
)
def test_no_name_leads_out_of_the_cases_own_images(attacker, name):
    """A rater with a token of the own case asks for other files of the store by it."""
    assignment = Assignment.objects.get(code=attacker.scene.named["code"])
    blinded = media_base(assignment, None)
    assert attacker.send("ruth", "GET", f"{blinded}volume.bin").status_code == 200
    assert attacker.send("ruth", "GET", f"{blinded}{name}").status_code == 404
    grade(attacker.scene.study, "ruth", {"C001": 4, "C002": 3})
    grade(attacker.scene.study, "rob", {"C001": 4, "C002": 1})
    lock_study(study=attacker.scene.study, actor=User.objects.get(username="carol"))
    unblinded = attacker.scene.address("media/<str:token>/unblinded/<path:name>")
    assert attacker.send("stella", "GET", unblinded).status_code == 200
    unblinded = unblinded.removesuffix("volume.bin")
    assert attacker.send("stella", "GET", f"{unblinded}{name}").status_code == 404
