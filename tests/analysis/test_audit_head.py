"""Every export shows how far the audit trail went, so that a trail cut later can be told."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pypdf import PdfReader

from reader_study.analysis.exports import EXPORT_FILES
from reader_study.analysis.models import Snapshot
from reader_study.analysis.services import lock_study
from reader_study.analysis.snapshot import printed_audit_head
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.audit import guards
from reader_study.audit.models import ChainHead, Event
from tests.analysis.snapshots import constructed_a, sealed
from tests.cast import browser_of, grade, open_with_cases

MAC = "0123456789abcdef" * 4
PRINTED = "1234:0123456789abcdef"


def text_of(kind: str, body: bytes) -> str:
    """What a person reads in a file."""
    if kind == "pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(body))
        return " ".join(str(cell) for row in book["Read me"].values for cell in row)
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(body)) as bundle:
            return "".join(
                bundle.read(name).decode() for name in bundle.namelist() if "README" in name
            )
    return body.decode()


def shown(kind: str) -> str:
    """The head as this kind of file has it."""
    return {"imrmc": PRINTED.replace(":", " "), "json": MAC}.get(kind, PRINTED)


@pytest.mark.parametrize("kind", EXPORT_FILES)
def test_every_export_shows_the_head_and_is_the_same_bytes_each_time(kind):
    snapshot = sealed({**constructed_a(), "audit_head": {"sequence": 1234, "mac": MAC}})
    report = report_from_snapshot(snapshot)
    bodies = [EXPORT_FILES[kind].body(snapshot, report) for _ in range(2)]
    assert bodies[0] == bodies[1]
    body = bodies[0].encode() if isinstance(bodies[0], str) else bodies[0]
    assert shown(kind) in text_of(kind, body)


@pytest.mark.parametrize("kind", EXPORT_FILES)
def test_a_snapshot_of_a_release_without_chain_still_leaves_as_every_file(kind):
    snapshot = constructed_a()
    assert EXPORT_FILES[kind].body(snapshot, report_from_snapshot(snapshot))


@pytest.fixture
def locked() -> Snapshot:
    study = open_with_cases(2)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4, "C002": 3})
    return lock_study(study=study, actor=None)


def in_full(snapshot: Snapshot) -> Mapping[str, object]:
    head: Mapping[str, object] = snapshot.document["audit_head"]
    return head


@pytest.mark.django_db
def test_the_snapshot_names_the_event_before_the_lock_and_the_lock_names_the_snapshot(locked):
    lock, before = Event.objects.filter(study_id=locked.study_id).order_by("-sequence")[:2]
    assert in_full(locked) == {"sequence": before.sequence, "mac": before.mac}
    assert (lock.action, lock.subject) == ("study locked", locked.sha256)


@pytest.mark.django_db
def test_downloads_lengthen_the_trail_and_leave_the_files_as_they_are(locked):
    address = f"/api/studies/{locked.study_id}/export.csv"
    first, second = (browser_of("carol").get(address).content for _ in range(2))
    assert first == second
    row = next(csv.DictReader(io.StringIO(first.decode())))
    assert row["audit_head"] == printed_audit_head(locked.document["audit_head"])


@pytest.mark.django_db
def test_the_command_says_unbroken_and_compares_with_what_was_printed(locked, capsys):
    head = printed_audit_head(locked.document["audit_head"])
    call_command("verify_audit", "--study", "arteries", "--expect-head", f"arteries:{head}")
    assert "arteries: unbroken" in capsys.readouterr().out
    sequence, mac = head.split(":")
    wrong = f"arteries:{int(sequence) + 1}:{mac}"
    with pytest.raises(CommandError, match="broken: arteries"):
        call_command("verify_audit", "--expect-head", wrong)
    assert "not the one that an export shows" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_says_in_json_where_a_trail_is_broken(locked, capsys):
    guards.remove(connection)
    Event.objects.filter(study_id=locked.study_id, sequence=3).delete()
    with pytest.raises(CommandError):
        call_command("verify_audit", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["state"] == "broken"
    (chain,) = (one for one in found["chains"] if one["study"] == "arteries")
    assert chain["fault"]["kind"] == "deleted"
    assert chain["fault"]["sentence"] == "Event 3 is missing: deleted."
    assert chain["checked"] == 2


@pytest.mark.django_db
def test_a_study_whose_chain_is_gone_altogether_is_named(locked, capsys):
    guards.remove(connection)
    Event.objects.all().delete()
    ChainHead.objects.all().delete()
    with pytest.raises(CommandError, match="broken: arteries"):
        call_command("verify_audit")
    assert "whole chain is gone" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no study"):
        call_command("verify_audit", "--study", "nowhere")
