"""The tus protocol as a client meets it: what it asks for, and what it is refused."""

import base64
import hashlib
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import parse_http_date

from reader_study.cohorts.models import QuarantinedFile, QuarantinedPart, Upload
from reader_study.cohorts.uploads import receiving
from reader_study.jobs.models import JobState
from tests.cast import add_every_role, browser_of, make_study
from tests.cohorts.files import files_in
from tests.cohorts.sending import begun_upload, stored_sha256

pytestmark = pytest.mark.django_db

STREAM = "application/offset+octet-stream"


def encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


class TusBrowser:
    """Carol's browser with a tus client, at one upload."""

    def __init__(self, upload: Upload, username: str = "carol") -> None:
        self.client = browser_of(username)
        self.files = f"/api/studies/{upload.study_id}/uploads/{upload.id}/files"

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str | None):
        """Ask as tus 1.0.0 has it; headers given replace those, None leaves one out."""
        all_headers = {"Tus-Resumable": "1.0.0", **headers}
        content_type = all_headers.pop("Content-Type", STREAM) or ""
        given = {name: value for name, value in all_headers.items() if value is not None}
        # The test client says nothing of the type of an empty body.
        return self.client.generic(
            method, address, body, content_type, headers=given, CONTENT_TYPE=content_type
        )

    def create(self, size: int | str, name: bytes = b"head/1.dcm", body: bytes = b"", **headers):
        sizes = {"Upload-Length": str(size)}
        metadata = {"Upload-Metadata": f"filetype,name {encoded(name)}"}
        return self.ask("POST", self.files, body, **{**sizes, **metadata, **headers})

    def patch(self, address: str, offset: int | str, body: bytes, **headers):
        return self.ask("PATCH", address, body, **{"Upload-Offset": str(offset), **headers})

    def created(self, size: int, name: bytes = b"head/1.dcm") -> str:
        answer = self.create(size, name)
        assert answer.status_code == 201, answer.content
        return answer["Location"]


@pytest.fixture
def upload():
    return begun_upload(make_study(), files=3, size_bytes=1000)


@pytest.fixture
def carol(upload):
    return TusBrowser(upload)


# -- as it should go -------------------------------------------------------------------------


def test_the_server_says_what_it_speaks(carol):
    for address in (carol.files, carol.created(1)):
        answer = carol.client.options(address)
        assert answer.status_code == 204
        assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
        assert set(answer["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
        }
        assert answer["Tus-Max-Size"] == str(8 * 10**9)
        assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_file_arrives_in_pieces_and_is_whole(carol, upload, tmp_path):
    address = carol.created(6)
    assert carol.patch(address, 0, b"one")["Upload-Offset"] == "3"
    looked = carol.ask("HEAD", address)
    assert (looked.status_code, looked["Upload-Offset"], looked["Upload-Length"]) == (200, "3", "6")
    assert looked["Cache-Control"] == "no-store"
    answer = carol.patch(address, 3, b"two")
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "6")
    assert stored_sha256(upload, tmp_path) == {"head/1.dcm": hashlib.sha256(b"onetwo").hexdigest()}
    assert Upload.objects.get().received_bytes == 6


def test_a_file_may_begin_to_arrive_with_its_name(carol, upload, tmp_path):
    answer = carol.create(6, body=b"one")
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "3")
    carol.patch(answer["Location"], 3, b"two")
    assert stored_sha256(upload, tmp_path) == {"head/1.dcm": hashlib.sha256(b"onetwo").hexdigest()}


def test_an_empty_file_is_here_as_soon_as_it_has_a_name(carol, upload, tmp_path):
    address = carol.created(0)
    assert carol.ask("HEAD", address)["Upload-Offset"] == "0"
    assert carol.patch(address, 0, b"").status_code == 204
    assert stored_sha256(upload, tmp_path) == {"head/1.dcm": hashlib.sha256(b"").hexdigest()}


def test_a_client_that_did_not_hear_the_answer_names_the_file_again(carol):
    first = carol.create(6, body=b"one")
    again = carol.create(6, body=b"one")
    assert (again.status_code, again["Upload-Offset"]) == (201, "3")
    assert again["Location"] == first["Location"]
    assert Upload.objects.get().named_count == 1


def test_a_name_that_is_taken_by_another_file_is_refused(carol):
    carol.created(6)
    answer = carol.create(7)
    assert answer.status_code == 409
    assert "send the other file under another name" in answer.json()["detail"]


def test_everything_that_arrives_puts_the_expiry_off(carol, upload):
    address = carol.created(6)
    soon = timezone.now() + timedelta(minutes=1)
    Upload.objects.update(expires_at=soon)
    answer = carol.patch(address, 0, b"one")
    in_a_week = parse_http_date(answer["Upload-Expires"]) - timezone.now().timestamp()
    assert in_a_week == pytest.approx(7 * 86400, abs=5)
    upload.refresh_from_db()
    assert upload.expires_at > soon + timedelta(days=6)


def test_a_file_can_be_taken_out_and_another_sent_in_its_place(
    carol, django_capture_on_commit_callbacks
):
    address = carol.created(1000)
    carol.patch(address, 0, b"one")
    with django_capture_on_commit_callbacks(execute=True):
        assert carol.ask("DELETE", address).status_code == 204
    assert files_in("quarantine") == []
    assert carol.ask("HEAD", address).status_code == 404
    left = Upload.objects.get()
    assert (left.named_count, left.named_bytes, left.received_bytes) == (0, 0, 0)
    carol.created(1000)


def test_a_client_that_can_only_post_says_the_method_in_a_header(carol):
    address = carol.created(3)
    answer = carol.ask(
        "POST", address, b"one", **{"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    )
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "3")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "../../etc/passwd"),
        ("Kopf/Ünïcödé 頭.dcm", "Kopf/Ünïcödé 頭.dcm"),
        ("a\0b", "a\ufffdb"),
        ("x" * 500, "x" * 500),
    ],
)
def test_a_name_is_for_people_and_never_a_path(carol, sent, kept):
    carol.created(1, sent.encode())
    assert QuarantinedFile.objects.get().sent_name == kept
    carol.patch(f"{carol.files}/{QuarantinedFile.objects.get().id}", 0, b"1")
    (stored,) = files_in("quarantine")
    assert len(stored.name) == 32
    assert int(stored.name, 16)


def test_long_names_keep_their_ends_and_stay_apart(carol):
    for first in "ab":
        carol.created(1, f"{first}{'/folder' * 100}/1.dcm".encode())
    names = list(QuarantinedFile.objects.values_list("sent_name", flat=True))
    assert len(set(names)) == 2
    assert all(len(name) == 500 and name.endswith("/1.dcm") for name in names)


# -- checksums -------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_what_comes_to_its_checksum_is_kept(carol, algorithm):
    address = carol.created(6)
    digest = encoded(hashlib.new(algorithm, b"one").digest())
    answer = carol.patch(address, 0, b"one", **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "3")


def test_what_does_not_come_to_its_checksum_leaves_nothing(carol, monkeypatch):
    monkeypatch.setattr(receiving, "PART_BYTES", 2)
    address = carol.created(6)
    wrong = encoded(hashlib.sha256(b"two").digest())
    answer = carol.patch(address, 0, b"one", **{"Upload-Checksum": f"sha256 {wrong}"})
    assert answer.status_code == 460
    assert carol.ask("HEAD", address)["Upload-Offset"] == "0"
    assert files_in("quarantine") == []
    assert not QuarantinedPart.objects.exists()


def test_nothing_comes_to_the_checksum_of_nothing(carol):
    digest = encoded(hashlib.sha256().digest())
    answer = carol.patch(carol.created(6), 0, b"", **{"Upload-Checksum": f"sha256 {digest}"})
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "0")


# -- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE", "POST"])
def test_another_version_of_the_protocol_is_refused(carol, version, method):
    address = carol.created(6)
    answer = carol.ask(
        method,
        carol.files if method == "POST" else address,
        b"one" if method == "PATCH" else b"",
        **{"Tus-Resumable": version, "Upload-Offset": "0"},
    )
    assert answer.status_code == 412
    assert answer["Tus-Version"] == "1.0.0"
    assert QuarantinedFile.objects.get().received_bytes == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": None}, 400),
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "²"}, 400),
        ({"Upload-Offset": "9" * 30}, 400),
        ({"Upload-Offset": "1"}, 409),
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": None}, 415),
        ({"Upload-Checksum": "md5 rL0Y20zC+Fzt72VPzMSk2A=="}, 400),
        ({"Upload-Checksum": "sha256 ***"}, 400),
        ({"Upload-Checksum": "sha256"}, 460),
    ],
)
def test_a_piece_that_is_not_described_as_it_must_be_is_refused(carol, headers, status):
    address = carol.created(6)
    answer = carol.patch(address, 0, b"one", **headers)
    assert answer.status_code == status
    assert answer["Tus-Resumable"] == "1.0.0"
    assert answer.json()["detail"]
    assert QuarantinedFile.objects.get().received_bytes == 0
    assert files_in("quarantine") == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": None}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": None, "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": "1001"}, 413),
        ({"Upload-Length": str(10**17)}, 413),
        ({"Upload-Metadata": None}, 400),
        ({"Upload-Metadata": "name"}, 400),
        ({"Upload-Metadata": "name ***"}, 400),
        ({"Upload-Metadata": "filename YQ=="}, 400),
    ],
)
def test_a_file_that_is_not_announced_as_it_must_be_is_refused(carol, headers, status):
    answer = carol.create(6, **headers)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert not QuarantinedFile.objects.exists()


def test_more_files_and_bytes_than_were_announced_are_refused(carol):
    for number in range(3):
        carol.created(1, f"{number}".encode())
    answer = carol.create(1, b"one too many")
    assert answer.status_code == 413
    assert "more than was announced: 3 files of 1 kB" in answer.json()["detail"]


def test_more_than_the_file_has_is_refused(carol):
    address = carol.created(2)
    answer = carol.patch(address, 0, b"one")
    assert answer.status_code == 413
    assert carol.ask("HEAD", address)["Upload-Offset"] == "0"


def test_a_body_of_unknown_length_is_refused(carol):
    address = carol.created(6)
    answer = carol.patch(address, 0, b"", **{"Transfer-Encoding": "chunked", "Content-Length": ""})
    assert answer.status_code == 411


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE, JobState.FAILED])
def test_an_upload_that_has_ended_takes_nothing(carol, state):
    address = carol.created(6)
    Upload.objects.update(state=state)
    for answer in (
        carol.ask("HEAD", address),
        carol.patch(address, 0, b"one"),
        carol.ask("DELETE", address),
        carol.create(1, b"another"),
    ):
        assert answer.status_code == 410


def test_an_upload_that_expired_takes_nothing_even_before_the_reaper_comes(carol):
    address = carol.created(6)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert carol.ask("HEAD", address).status_code == 410
    assert carol.patch(address, 0, b"one").status_code == 410
    assert carol.create(1, b"another").status_code == 410


def test_an_upload_that_ends_while_a_piece_arrives_keeps_nothing_of_it(carol, monkeypatch):
    address = carol.created(6)
    move_on = receiving._move_on

    def too_late(*arguments):
        Upload.objects.update(state=JobState.FAILED)
        move_on(*arguments)

    monkeypatch.setattr(receiving, "_move_on", too_late)
    assert carol.patch(address, 0, b"one").status_code == 410
    assert files_in("quarantine") == []


def test_a_full_quota_stops_a_file_and_going_on_works_once_there_is_room(
    carol, upload, settings, monkeypatch, tmp_path
):
    monkeypatch.setattr(receiving, "PART_BYTES", 2)
    address = carol.created(6)
    settings.STUDY_QUOTA_BYTES = 5
    answer = carol.patch(address, 0, b"onetwo")
    assert answer.status_code == 507
    assert "what has arrived is kept" in answer.json()["detail"]
    assert carol.ask("HEAD", address)["Upload-Offset"] == "4"
    settings.STUDY_QUOTA_BYTES = None
    assert carol.patch(address, 4, b"wo").status_code == 204
    assert stored_sha256(upload, tmp_path) == {"head/1.dcm": hashlib.sha256(b"onetwo").hexdigest()}


def test_a_disk_that_is_full_is_said_and_leaves_no_half_part(carol, monkeypatch):
    address = carol.created(6)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reader_study.files.durable_storage.os.fsync", full)
    answer = carol.patch(address, 0, b"one")
    assert answer.status_code == 507
    assert files_in("quarantine") == []
    monkeypatch.undo()


def test_a_quota_is_said_when_a_file_is_named(carol, settings):
    settings.STUDY_QUOTA_BYTES = 5
    assert carol.create(6).status_code == 507


# -- who may ---------------------------------------------------------------------------------


def test_only_those_who_may_see_the_upload_learn_that_it_is_there(carol, upload):
    add_every_role(upload.study)
    address = carol.created(6)
    for username, status in {
        "sid": 200,
        "stella": 200,
        "ruth": 404,
        "ada": 404,
        "eve": 404,
        "stan": 404,
    }.items():
        browser = TusBrowser(upload, username)
        assert browser.ask("HEAD", address).status_code == status
        assert browser.client.options(address).status_code == (204 if status == 200 else 404)


def test_a_site_coordinator_does_not_reach_the_other_hospitals_uploads():
    study = make_study()
    add_every_role(study)
    upload = begun_upload(study, site="south")
    address = TusBrowser(upload).created(6)
    sid = TusBrowser(upload, "sid")
    assert sid.ask("HEAD", address).status_code == 404
    assert sid.patch(address, 0, b"one").status_code == 404
    assert sid.create(1).status_code == 404


def test_a_piece_without_the_sites_own_token_is_refused(upload):
    address = TusBrowser(upload).created(6)
    stranger = TusBrowser(upload)
    stranger.client.handler.enforce_csrf_checks = True
    assert stranger.patch(address, 0, b"one").status_code == 403
    method = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    assert stranger.ask("GET", address, b"one", **method).status_code == 403
    assert QuarantinedFile.objects.get().received_bytes == 0


# -- what it costs ---------------------------------------------------------------------------


def queries(ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code in {201, 204}
    return len(captured)


def test_a_piece_costs_as_many_queries_whatever_arrived_before(carol, settings):
    settings.STUDY_QUOTA_BYTES = 10**9
    address = carol.created(900)
    counts = [queries(partial(carol.patch, address, offset, b"x")) for offset in range(20)]
    assert set(counts) == {counts[0]}
    assert counts[0] <= 16


def test_a_new_file_costs_as_many_queries_however_many_there_are(settings):
    carol = TusBrowser(begun_upload(make_study(), files=30))
    counts = [queries(partial(carol.create, 1, b"%d" % n, b"x")) for n in range(20)]
    assert set(counts) == {counts[0]}
    assert counts[0] <= 22
