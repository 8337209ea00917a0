"""A patient who wants to be forgotten: images, identity and words go; numbers and trail stay."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone

from reader_study.analysis.models import Snapshot
from reader_study.audit.models import Event
from reader_study.audit.verification import check_chain
from reader_study.cohorts.models import Case, PatientDeletion, SealedIdentity, Series
from reader_study.coordination.deletion import ledger, patients
from reader_study.coordination.deletion.again import apply_deletions, finish_and_agree
from reader_study.jobs.models import JobState
from reader_study.reading.models import Reading
from reader_study.reading.obstacles import lock_blockers
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.signatures.verification import check_signatures
from reader_study.studies.models import Study
from tests.cast import browser_of
from tests.signatures.signing import PASSWORD, Signer, person, post, signed_study
from tests.signatures.test_lock_and_exports import lock, release

pytestmark = pytest.mark.django_db(transaction=True)

FILES = ("dicom/aa/x.zip", "previews/aa/x.zip", "masks/x.npz")


@pytest.fixture(autouse=True)
def own_list(tmp_path: Path, settings) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "deletions.jsonl"


@pytest.fixture
def study() -> Study:
    study = signed_study(2)
    for name in ("ruth", "rob"):
        rater = Signer(study, name)
        while rater.worklist()["next"]:
            rater.read_next(3, comment="Mrs Doe, M2 short")
        assert rater.sign().status_code == 200
    case = study.cases.get(code="C001")
    for name in FILES:
        default_storage.save(name, ContentFile(b"image"))
    Series.objects.filter(case=case, kind="NCCT").update(dicom_name=FILES[0], preview_name=FILES[1])
    SegmentationJob.objects.filter(case=case).update(mask_name=FILES[2])
    SealedIdentity.objects.create(case=case, sealed=b"sealed")
    return study


def delete(study: Study, code: str = "C001", **changes: str):
    person("carol")
    case = study.cases.get(code=code)
    body = {"confirm_code": code, "reason": "Asked by the patient.", "password": PASSWORD}
    return post("carol", f"/api/studies/{study.id}/cases/{case.id}/delete-patient", body | changes)


def stored() -> set[str]:
    """Every stored file that belongs to the case."""
    case = Case.objects.get(code="C001")
    pack = [f"packs/{case.id}/volume.bin", f"packs/{case.id}/run1/0.bin"]
    return {name for name in (*FILES, *pack) if default_storage.exists(name)}


def test_images_identity_and_comments_go_and_the_case_leaves_the_study(study):
    assert len(stored()) == 5
    answer = delete(study)
    assert answer.status_code == 200, answer.content
    assert answer.json()["deleted"] is True
    case = study.cases.get(code="C001")
    assert stored() == set()
    assert not case.series.exists()
    assert not SealedIdentity.objects.exists()
    assert case.withdrawn_at is not None
    readings = Reading.objects.filter(assignment__case=case)
    assert {(row.comment, row.grade) for row in readings} == {("", 3)}
    assert Reading.objects.filter(comment="Mrs Doe, M2 short").count() == 2  # of the other case
    assert not MediaPack.objects.filter(segmentation__case=case).exclude(manifest={}).exists()
    [event] = Event.objects.filter(action="patient deleted")
    assert (event.subject, event.detail["comments"]) == ("C001", 2)


def test_signatures_still_hold_and_the_study_can_still_be_locked(study):
    assert delete(study).status_code == 200
    assert [check.fault for check in check_signatures(study)] == [None, None]
    assert lock_blockers(study) == []
    assert lock(study).status_code == 200
    document = Snapshot.objects.get().document
    assert {row["case"] for row in document["ratings"]} == {"C002"}
    assert [row["case"] for row in document["withdrawn_cases"]] == ["C001"]


def test_after_the_lock_the_numbers_stay_and_the_page_says_that_images_are_gone(study):
    assert lock(study).status_code == 200
    before = Snapshot.objects.get().sha256
    assert delete(study).status_code == 200
    snapshot = Snapshot.objects.get()
    assert snapshot.sha256 == before
    assert study.cases.get(code="C001").withdrawn_at is None
    assert [check.fault for check in check_signatures(study)] == [None] * 3
    told = browser_of("carol").get(f"/api/studies/{study.id}/report/cases/C001").json()
    assert told["media"] is None
    assert {row["comment"] for row in told["ratings"]} == {""}
    assert {row["grade"] for row in told["ratings"]} == {3}
    row = browser_of("carol").get(f"/api/studies/{study.id}/cases").json()[0]
    assert (row["deleted"], row["message"]) == (
        True,
        "The patient's data were deleted on request.",
    )
    assert release(study).status_code == 200
    assert browser_of("carol").get(f"/api/studies/{study.id}/export.csv").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"confirm_code": "C002"}, 409), ({"password": "wrong"}, 403), ({"reason": ""}, 400)],
)
def test_nothing_is_deleted_without_code_reason_and_password(study, changes, status):
    assert delete(study, **changes).status_code == status
    assert len(stored()) == 5
    assert not PatientDeletion.objects.exists()


def test_twice_is_once(study):
    assert delete(study).status_code == 200
    assert delete(study, reason="Once more.").status_code == 200
    assert PatientDeletion.objects.get().reason == "Asked by the patient."
    assert Event.objects.filter(action="patient deleted").count() == 1


def test_a_case_that_a_worker_has_in_hand_waits(study):
    MediaPack.objects.filter(segmentation__case__code="C001").update(
        state=JobState.RUNNING,
        token="00000000-0000-4000-8000-000000000001",
        lease_until=timezone.now() + timedelta(minutes=1),
    )
    answer = delete(study)
    assert answer.status_code == 409
    assert "has the images of C001 in hand" in answer.json()["detail"]


def test_files_that_a_kill_left_go_with_the_next_round_of_the_reaper(study, monkeypatch):
    def killed(deletion):
        raise KeyboardInterrupt

    monkeypatch.setattr(patients, "delete_files", killed)
    case = study.cases.get(code="C001")
    with pytest.raises(KeyboardInterrupt):
        patients.delete_patient(case=case, reason="Asked.", actor=None)
    monkeypatch.undo()
    assert len(stored()) == 5
    assert not case.series.exists()
    finish_and_agree()
    assert stored() == set()
    assert PatientDeletion.objects.get().files == []


def test_the_list_outside_the_database_deletes_again_after_a_restored_backup(study, own_list):
    assert delete(study).status_code == 200
    [noted] = ledger.noted_deletions(own_list)
    other = study.cases.get(code="C002")
    own_list.write_text(own_list.read_text().replace(str(noted.case_id), str(other.id)))
    assert apply_deletions() == 1  # as if the backup had brought it back
    assert not other.series.exists()
    assert apply_deletions() == 0
    assert PatientDeletion.objects.get(case=other).reason.startswith("Deleted before")
    finish_and_agree()
    assert {row.case_id for row in ledger.noted_deletions(own_list)} == {noted.case_id, other.id}


def test_a_line_that_was_cut_short_spoils_no_other(study, own_list):
    own_list.write_text('{"study": "0')
    assert delete(study).status_code == 200
    assert len(list(ledger.noted_deletions(own_list))) == 1


def test_a_deleted_case_neither_comes_back_nor_is_tried_again(study):
    assert delete(study).status_code == 200
    case = study.cases.get(code="C001")
    base = f"/api/studies/{study.id}/cases/{case.id}"
    assert post("carol", f"{base}/restore", {}).status_code == 409
    assert post("carol", f"{base}/retry", {}).status_code == 200
    assert SegmentationJob.objects.get(case=case).state == JobState.FAILED


def test_the_database_keeps_that_it_was_deleted(study):
    assert delete(study).status_code == 200
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        PatientDeletion.objects.update(reason="Nothing happened.")
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        PatientDeletion.objects.all().delete()
    assert check_chain(str(study.pk)).fault is None


def test_the_command_wants_the_code_twice(study):
    with pytest.raises(CommandError, match="--confirm C001"):
        call_command("delete_patient", "arteries", "C001", "--reason", "Asked.")
    out = StringIO()
    call_command(
        "delete_patient", "arteries", "C001", "--reason", "Asked.", "--confirm", "C001", stdout=out
    )
    assert "C001: deleted" in out.getvalue()
