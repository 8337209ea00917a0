"""The addresses of images, and what can be learned from them and from what lies below them."""

import base64
import gzip
import time
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from reader_study.cohorts.models import Case
from reader_study.reading import media_tokens
from reader_study.reading.media import media_base
from reader_study.reading.models import Assignment
from reader_study.studies.models import Membership
from tests.cast import browser_of, next_code, open_with_cases

pytestmark = pytest.mark.django_db

A_MINUTE = 61


@pytest.fixture
def study():
    return open_with_cases(2)


def opened(study, browser: Client, username: str = "ruth") -> str:
    """Open the rater's next case and return the address of its images."""
    case = browser.get(f"/api/reading/cases/{next_code(study, username)}").json()
    base: str = case["media"]["base"]
    return base


@pytest.fixture
def later(monkeypatch):
    """Let the application's clock go on."""

    def go_on(seconds: float) -> None:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + seconds)

    return go_on


def test_no_file_of_a_case_that_was_just_opened_asks_the_database(study, django_assert_num_queries):
    ruth = browser_of("ruth")
    base = opened(study, ruth)
    with django_assert_num_queries(0):
        for name in ("volume.bin", "labels.bin", "tree.glb", "run1/0.bin", "run2/0.bin"):
            assert ruth.get(f"{base}{name}").status_code == 200


def test_later_on_the_database_is_asked_once_a_minute(study, later, django_assert_num_queries):
    ruth = browser_of("ruth")
    base = opened(study, ruth)
    later(A_MINUTE)
    assert ruth.get(f"{base}volume.bin").status_code == 200
    with django_assert_num_queries(0):
        assert ruth.get(f"{base}labels.bin").status_code == 200


@pytest.mark.parametrize("what", ["left", "withdrawn"])
def test_who_may_no_longer_see_a_case_is_refused_its_images_within_a_minute(study, later, what):
    ruth = browser_of("ruth")
    base = opened(study, ruth)
    assignment = Assignment.objects.get(current_reading__isnull=False)
    now = timezone.now()
    if what == "left":
        membership = Membership.objects.filter(user__username="ruth")
        membership.update(ended_at=now, ended_reason="left")
    else:
        Case.objects.filter(pk=assignment.case_id).update(
            withdrawn_at=now, withdrawn_reason="consent withdrawn"
        )
    later(A_MINUTE)
    assert ruth.get(f"{base}volume.bin").status_code == 404


def test_a_token_expires(study, later, settings):
    ruth = browser_of("ruth")
    base = opened(study, ruth)
    later(settings.MEDIA_TOKEN_SECONDS + 1)
    assert ruth.get(f"{base}volume.bin").status_code == 404


def test_another_session_of_the_rater_may_use_the_address_and_nobody_else(study):
    base = opened(study, browser_of("ruth"))
    assert browser_of("ruth").get(f"{base}volume.bin").status_code == 200
    for other in (browser_of("rob"), browser_of("carol"), browser_of("stan"), Client()):
        assert other.get(f"{base}volume.bin").status_code == 404


def test_a_changed_token_is_refused(study):
    ruth = browser_of("ruth")
    base = opened(study, ruth)
    for place in (10, len(base) // 2, len(base) - 8):
        letter = "A" if base[place] != "A" else "B"
        assert ruth.get(f"{base[:place]}{letter}{base[place + 1 :]}volume.bin").status_code == 404
    assert ruth.get("/media/é/volume.bin").status_code == 404


def test_tokens_of_one_case_have_nothing_in_common_but_their_length(study):
    case = Case.objects.get(code="C001")
    tokens = {
        media_base(assignment, "session").split("/")[2]
        for assignment in Assignment.objects.filter(case=case)
        for _ in range(2)
    }
    assert len(tokens) == 4
    assert len({len(token) for token in tokens}) == 1
    bodies = [token[20:].rstrip("=") for token in tokens]  # before that stands when it was made
    four = {body[i : i + 4] for body in bodies[:1] for i in range(len(body) - 3)}
    common = [part for part in four for body in bodies[1:] if part in body]
    assert len(common) <= 2  # four letters in a row meet by chance once in 30 000 pairs


def test_a_token_tells_nothing_to_who_decodes_it(study):
    assignment: Any = Assignment.objects.first()
    token = media_base(assignment, "session").split("/")[2]
    inside = base64.urlsafe_b64decode(token)
    for secret in (assignment.code, assignment.media_pack.folder, str(assignment.case_id)):
        assert secret.encode() not in inside
    grant, given_at = media_tokens.unseal(token)
    assert grant.folder == assignment.media_pack.folder
    assert given_at == pytest.approx(time.time(), abs=5)


def test_files_that_are_gone_are_not_found(study):
    ruth = browser_of("ruth")
    base = opened(study, ruth)
    assignment: Any = Assignment.objects.get(current_reading__isnull=False)
    default_storage.delete(f"{assignment.media_pack.folder}/volume.bin")
    assert ruth.get(f"{base}volume.bin").status_code == 404


def test_the_headers_of_images_are_the_same_for_every_case(study):
    told = []
    for username in ("ruth", "rob"):
        browser = browser_of(username)
        answer = browser.get(f"{opened(study, browser, username)}volume.bin")
        told.append(dict(answer.headers))
        assert gzip.decompress(answer.getvalue()) == b"volume.bin"
    for headers in told:
        length = int(headers.pop("Content-Length"))
        assert length >= 512
    assert told[0] == told[1]
    assert not {"ETag", "Last-Modified", "Content-Disposition"} & set(told[0])


def test_what_raters_are_answered_is_kept_by_no_browser(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    for address in (f"/api/reading/{study.id}/worklist", f"/api/reading/cases/{code}"):
        answer = ruth.get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer


def test_what_is_added_to_a_manifest_stays_here_unless_it_is_told_on_purpose(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    pack: Any = Assignment.objects.get(code=code).media_pack
    pack.manifest = {
        **pack.manifest,
        "device": "SECRET",
        "volume": {**pack.manifest["volume"], "seriesUid": "SECRET"},
        "runs": [{**run, "station": "SECRET"} for run in pack.manifest["runs"]],
    }
    pack.save()
    answer = ruth.get(f"/api/reading/cases/{code}")
    assert answer.status_code == 200
    assert b"SECRET" not in answer.content
