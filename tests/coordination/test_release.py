"""A person looks for names in the pixels: releases, paints over, keeps out, or looks again."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage, storages
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.cohorts.arrays import load_xa_run, stored_array
from reader_study.cohorts.models import Case, Review, Series, SeriesBuild
from reader_study.cohorts.series.phases import propose_phases_of
from reader_study.cohorts.series.store import unpack_dicom
from reader_study.cohorts.tasks import build_series_task
from reader_study.jobs.models import JobState
from reader_study.studies.models import Role, StudyState
from tests.cast import browser_of, make_study, open_with_cases, ready_case
from tests.coordination.case_requests import act, member
from tests.coordination.image_requests import images, overrule, review, waiting
from tests.stored_series import add_ct, add_run, frames_with_name, new_case

pytestmark = pytest.mark.django_db

NAME = {"left": 5, "top": 4, "width": 20, "height": 6}


@pytest.fixture
def case():
    return new_case(make_study())


def first_run(case: Case) -> Series:
    return case.series.get(kind="DSA", position=1)


def fresh(series: Series) -> Series:
    return Series.objects.get(pk=series.pk)


def build(series: Series) -> SeriesBuild:
    """Let a worker do what a decision asked for."""
    job = SeriesBuild.objects.get(series=series)
    build_series_task(str(job.pk))
    job.refresh_from_db()
    return job


def stored_files() -> list[bytes]:
    root = Path(default_storage.path(""))
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]


# -- release ---------------------------------------------------------------------------------


def test_a_run_after_recanalization_is_used_once_it_is_released(case, tmp_path):
    run = add_run(case, tmp_path)
    assert [row["id"] for row in waiting(case)] == [run.pk]
    answer = review(run, "release", phase="after", note="Nothing to be seen.")
    assert answer.status_code == 200
    (told,) = answer.json()["series"]
    assert (told["used"], told["review"], told["phase"]) == (True, "released", "after")
    assert (told["reviewed_by"], told["review_note"]) == ("carol", "Nothing to be seen.")
    assert waiting(case) == []
    event = Event.objects.get(action="series released")
    assert (event.actor, event.subject) == (User.objects.get(username="carol"), "C001")
    assert event.detail["reason"] == "Nothing to be seen."


def test_a_run_before_recanalization_is_released_and_not_shown(case, tmp_path):
    run = add_run(case, tmp_path)
    review(run, "release", phase="before")
    assert (fresh(run).used, fresh(run).review) == (False, Review.RELEASED)


def test_a_run_is_not_released_without_its_phase(case, tmp_path):
    run = add_run(case, tmp_path)
    answer = review(run, "release")
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "Say of C001, DSA 1 whether it was taken before or after recanalization."
    )
    assert fresh(run).review == Review.WAITING


def test_a_run_that_could_not_be_read_is_neither_waited_for_nor_released(case, tmp_path):
    run = add_run(case, tmp_path, stored_name=None)
    assert waiting(case) == []
    assert review(run, "release", phase="after").json()["detail"] == (
        "C001, DSA 1 could not be read: there is nothing to release."
    )


def test_keeping_out_needs_a_reason_and_keeps_the_run_from_the_raters(case, tmp_path):
    run = add_run(case, tmp_path)
    assert review(run, "keep-out").json()["detail"] == "Say why C001, DSA 1 is kept out."
    answer = review(run, "keep-out", note="The name moves with the table.")
    (told,) = answer.json()["series"]
    assert (told["used"], told["review"]) == (False, "kept-out")
    assert Event.objects.get(action="series kept out").detail["reason"].startswith("The name")


@pytest.mark.parametrize("first", ["release", "keep-out"])
def test_of_two_who_decide_one_wins_and_the_other_is_told(first, case, tmp_path):
    run = add_run(case, tmp_path)
    member(case.study, "cora", Role.COORDINATOR)
    assert review(run, first, phase="after", note="seen", who="cora").status_code == 200
    second = review(run, "release", phase="before")
    assert second.status_code == 409
    words = "released" if first == "release" else "kept out"
    assert second.json()["detail"] == (
        f"C001, DSA 1 is decided on already: {words} by cora. Look at it again, and take that "
        "back first if you see it differently."
    )
    assert fresh(run).reviewed_by == User.objects.get(username="cora")


def test_a_decision_is_taken_back_and_stays_in_the_audit_trail(case, tmp_path):
    run = add_run(case, tmp_path)
    review(run, "release", phase="after")
    answer = review(run, "look-again", note="There is a name in frame 3.")
    (told,) = answer.json()["series"]
    assert (told["used"], told["review"], told["phase"]) == (False, "waiting", "")
    assert (told["reviewed_by"], told["reviewed_at"]) == (None, None)
    event = Event.objects.get(action="series to be looked at again")
    assert (event.detail["former"], event.detail["former_phase"]) == ("released", "after")
    assert review(run, "look-again").json()["detail"] == "C001, DSA 1 waits for a look already."


def test_what_an_earlier_release_took_in_gets_pictures_when_it_is_to_be_looked_at(case, tmp_path):
    ct, run = add_ct(case, tmp_path), add_run(case, tmp_path)
    review(run, "release", phase="after")
    Series.objects.update(preview_name="")
    for series in (ct, run):
        assert review(series, "look-again").status_code == 200
    counts = {row["id"]: row["preview_count"] for row in waiting(case)}
    assert counts == {ct.pk: 20, run.pk: 6}


def test_a_ct_in_which_text_was_found_is_used_once_it_is_released(case, tmp_path):
    ct = add_ct(case, tmp_path, review=Review.WAITING, used=False)
    assert [row["id"] for row in waiting(case)] == [ct.pk]
    (row,) = browser_of("carol").get(f"/api/studies/{case.study_id}/cases").json()
    assert (row["ct_waits"], row["dsa_waits"]) == (True, False)
    review(ct, "release")
    assert (fresh(ct).used, fresh(ct).phase) == (True, "")


def test_a_ct_that_nobody_needs_is_not_in_the_queue(case, tmp_path):
    add_ct(case, tmp_path)
    add_ct(case, tmp_path, review=Review.WAITING, used=False, slices=10)
    assert waiting(case) == []


# -- the queue -------------------------------------------------------------------------------


def test_the_queue_keeps_cases_together_and_the_planes_of_a_pair_side_by_side(tmp_path):
    study = make_study()
    second, first = new_case(study, "C002"), new_case(study, "C001")
    later = add_run(second, tmp_path)
    plane_a, single, plane_b = (add_run(first, tmp_path) for _ in range(3))
    Series.objects.filter(pk=plane_a.pk).update(biplane_partner=plane_b)
    Series.objects.filter(pk=plane_b.pk).update(biplane_partner=plane_a)
    rows = waiting(first)
    assert [row["id"] for row in rows] == [plane_a.pk, plane_b.pk, single.pk, later.pk]
    assert [row["case_code"] for row in rows] == ["C001", "C001", "C001", "C002"]


def test_a_case_whose_run_waits_is_not_counted_as_one_without_dsa(case, tmp_path):
    def told() -> tuple[bool, int]:
        base = f"/api/studies/{case.study_id}"
        (row,) = browser_of("carol").get(f"{base}/cases").json()
        return row["dsa_waits"], browser_of("carol").get(base).json()["counts"]["without_dsa"]

    assert told() == (False, 1)
    run = add_run(case, tmp_path)
    assert told() == (True, 0)
    review(run, "keep-out", note="A name moves with the table.")
    assert told() == (False, 1)


def test_a_site_coordinator_looks_at_runs_of_their_own_sites_alone(tmp_path):
    study = make_study()
    member(study, "sid", Role.SITE_COORDINATOR, "south")
    run = add_run(new_case(study), tmp_path)
    assert waiting(run.case, "sid") == []
    assert review(run, "release", phase="after", who="sid").status_code == 404
    assert fresh(run).review == Review.WAITING


def test_withdrawn_cases_wait_for_nobody(case, tmp_path):
    run = add_run(case, tmp_path)
    act(case.study, case, "withdraw", {"reason": "No consent."})
    assert waiting(case) == []
    assert images(case)["fixed_because"] == "C001 is withdrawn: restore it first."
    assert review(run, "release", phase="after").status_code == 409


def test_pictures_are_sent_as_they_were_stored_and_kept_by_no_cache(case, tmp_path):
    run = add_run(case, tmp_path)
    base = f"/api/studies/{case.study_id}/cases/{case.id}/series/{run.pk}"
    for address in (f"{base}/thumbnail", f"{base}/pictures/5"):
        answer = browser_of("carol").get(address)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.content.startswith(b"\x89PNG")
    assert browser_of("carol").get(f"{base}/pictures/6").status_code == 404
    assert images(case)["series"][0]["preview_count"] == 6


# -- what is fixed ---------------------------------------------------------------------------


def test_what_is_on_the_raters_lists_stays_as_it_is():
    study = open_with_cases(1)
    case = study.cases.get()
    run = first_run(case)
    reason = "C001 is on the raters' lists: what they are shown of it stays as it is."
    assert images(case)["fixed_because"] == reason
    for answer in (
        review(run, "look-again"),
        review(run, "keep-out", note="late"),
        overrule(run, "other"),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (409, reason)
    assert fresh(run).used


def test_a_locked_study_says_so():
    study = make_study()
    run = first_run(ready_case(study, "C001"))
    study.state = StudyState.READING
    study.save()
    study.state = StudyState.LOCKED
    study.locked_at = run.reviewed_at
    study.save()
    answer = review(run, "look-again")
    assert answer.json()["detail"] == "The study is locked: its images stay as they are."


@pytest.mark.parametrize(
    "change",
    [
        "review = 'waiting', reviewed_at = NULL, used = TRUE",
        "review = 'kept-out', used = TRUE",
        "review = 'released', phase = 'before', used = TRUE",
        "review = 'released', phase = '', used = TRUE",
        "review = 'not-needed', reviewed_at = NULL",
        "kind = 'other', used = TRUE",
        "stored_name = NULL, used = TRUE",
    ],
)
def test_the_database_itself_refuses_to_use_what_nobody_released(change):
    run = first_run(ready_case(make_study(), "C001"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cohorts_series SET {change} WHERE id = %s", [run.pk])  # noqa: S608


# -- painting over ---------------------------------------------------------------------------


def test_a_run_is_painted_over_and_then_released(case, tmp_path, monkeypatch):
    monkeypatch.setattr("reader_study.cohorts.series.pictures.text_boxes_in", lambda images: [])
    run = add_run(case, tmp_path, frames_with_name(), text_boxes=[{**NAME, "frame": None}])
    before = fresh(run)
    former = [before.dicom_name, stored_array(before), before.preview_name]
    answer = review(run, "release", phase="after", blackouts=[NAME], note="A name, painted over.")
    (told,) = answer.json()["series"]
    assert (told["review"], told["used"], told["build"]["state"]) == ("waiting", False, "queued")
    assert build(run).state == JobState.DONE
    painted = fresh(run)
    assert (painted.review, painted.used, painted.phase) == (Review.RELEASED, True, "after")
    assert painted.reviewed_by == User.objects.get(username="carol")
    assert (painted.blackouts, painted.text_boxes) == ([NAME], [])
    assert load_xa_run(stored_array(painted)).frames.max() == 2000
    assert not any(default_storage.exists(name) for name in former)
    (tmp_path / "out").mkdir()
    (file,) = unpack_dicom(painted, tmp_path / "out")
    bright = np.full(4, 4000, "<u2").tobytes()
    assert bright not in file.read_bytes()
    assert not any(bright in content for content in stored_files())
    actions = list(Event.objects.order_by("pk").values_list("action", flat=True))[-4:]
    assert actions == [
        "series to be painted over and released",
        "series images made anew",
        "former images of a series destroyed",
        "series released",
    ]


def test_nothing_else_is_decided_while_a_run_is_painted(case, tmp_path):
    run = add_run(case, tmp_path, frames_with_name())
    review(run, "release", phase="after", blackouts=[NAME])
    answer = review(run, "release", phase="after")
    assert answer.json()["detail"] == (
        "The images of C001, DSA 1 are being made anew after a decision; wait until that is done."
    )
    assert overrule(run, "other").status_code == 409
    assert waiting(case)[0]["build"]["state"] == "queued"


@pytest.mark.parametrize("outside", [{"left": 60}, {"top": 60}, {"width": 65}])
def test_a_rectangle_outside_of_the_frames_is_refused(outside, case, tmp_path):
    run = add_run(case, tmp_path)
    answer = review(run, "release", phase="after", blackouts=[{**NAME, **outside}])
    assert answer.status_code == 409
    assert "lies outside of the frames of 64 × 64" in answer.json()["detail"]
    assert not SeriesBuild.objects.exists()


def test_a_ct_is_not_painted_over(case, tmp_path):
    ct = add_ct(case, tmp_path, review=Review.WAITING, used=False)
    assert (
        review(ct, "release", blackouts=[NAME])
        .json()["detail"]
        .startswith("A CT is released or kept out, not painted over")
    )


def test_a_run_that_cannot_be_painted_stays_as_it_was(case, tmp_path):
    run = add_run(case, tmp_path, frames_with_name())
    with default_storage.open(run.dicom_name, "r+b") as blob:
        blob.seek(-2000, 2)
        blob.write(bytes(2000))
    review(run, "release", phase="after", blackouts=[NAME])
    job = build(run)
    assert job.state == JobState.FAILED
    assert "damaged" in job.error
    assert job.error.startswith("C001, DSA 1 stays as it was: ")
    left = fresh(run)
    assert (left.review, left.used, left.blackouts) == (Review.WAITING, False, [])
    assert left.stored_name == run.stored_name
    assert review(run, "keep-out", note="It cannot be painted.").status_code == 200


def test_a_painter_that_died_before_the_end_is_followed_by_one_that_ends_it(
    case, tmp_path, monkeypatch
):
    run = add_run(case, tmp_path, frames_with_name())
    former = run.dicom_name
    review(run, "release", phase="after", blackouts=[NAME])

    class Killed(BaseException):
        pass

    def killed(name):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(storages["default"], "delete", killed)
        with pytest.raises(Killed):
            build(run)
    assert (fresh(run).used, default_storage.exists(former)) == (False, True)
    SeriesBuild.objects.update(state=JobState.QUEUED, token=None, lease_until=None)
    assert build(run).state == JobState.DONE
    assert (fresh(run).used, default_storage.exists(former)) == (True, False)
    assert fresh(run).blackouts == [NAME]


def test_files_that_another_series_shares_are_not_destroyed(case, tmp_path):
    run = add_run(case, tmp_path, frames_with_name())
    twin = add_run(case, tmp_path, dicom_name=run.dicom_name)
    review(run, "release", phase="after", blackouts=[NAME])
    build(run)
    assert default_storage.exists(fresh(twin).dicom_name)


# -- overruling ------------------------------------------------------------------------------


def test_another_ct_is_used_instead_of_the_one_that_was_chosen(case, tmp_path):
    chosen = add_ct(case, tmp_path)
    other = add_ct(case, tmp_path, used=False, stored_name=None, slices=10)
    assert {row["id"]: row["may_become"] for row in images(case)["series"]} == {
        chosen.pk: ["other"],
        other.pk: ["NCCT", "other"],
    }
    overrule(other, "NCCT", "The thin one moves.")
    assert fresh(chosen).used
    assert build(other).state == JobState.DONE
    assert (fresh(chosen).used, fresh(other).used) == (False, True)
    assert fresh(other).overruled_reason == "The thin one moves."
    overrule(chosen, "NCCT", "It does not.")
    assert (fresh(chosen).used, fresh(other).used) == (True, False)
    event = Event.objects.filter(action="series overruled").latest("pk")
    assert event.detail["instead_of"] == other.pk


def test_a_ct_in_which_text_is_found_once_it_is_built_waits_for_a_look(case, tmp_path, monkeypatch):
    box = {"frame": None, "left": 2, "top": 3, "width": 20, "height": 8}
    monkeypatch.setattr("reader_study.cohorts.series.pictures.text_boxes_in", lambda _: [box])
    chosen = add_ct(case, tmp_path)
    other = add_ct(case, tmp_path, used=False, stored_name=None, slices=10)
    overrule(other, "NCCT", "The thin one moves.")
    assert build(other).state == JobState.DONE
    assert (fresh(chosen).used, fresh(other).used) == (True, False)
    assert [(row["id"], row["text_boxes"]) for row in waiting(case)] == [(other.pk, [box])]
    review(other, "release")
    assert (fresh(chosen).used, fresh(other).used) == (False, True)


def test_a_run_that_is_none_goes_out_and_comes_back_to_be_looked_at(case, tmp_path):
    run = add_run(case, tmp_path)
    review(run, "release", phase="after")
    overrule(run, "other", "A roadmap.")
    assert (fresh(run).kind, fresh(run).used, fresh(run).review) == ("other", False, "waiting")
    assert waiting(case) == []
    assert images(case)["series"][0]["may_become"] == ["DSA"]
    overrule(run, "DSA", "No, a run.")
    assert (fresh(run).kind, fresh(run).used, fresh(run).review) == ("DSA", False, "waiting")
    assert len(waiting(case)) == 1


def test_a_ct_that_was_set_aside_is_built_and_waits_for_a_look(case, tmp_path):
    ct = add_ct(case, tmp_path, kind="other", used=False, stored_name=None, review=Review.WAITING)
    assert images(case)["series"][0]["may_become"] == ["NCCT"]
    overrule(ct, "NCCT", "No contrast agent after all.")
    assert build(ct).state == JobState.DONE
    assert (fresh(ct).kind, fresh(ct).used) == ("NCCT", False)
    assert [row["id"] for row in waiting(case)] == [ct.pk]
    review(ct, "release")
    assert fresh(ct).used


def test_what_cannot_be_made_of_a_series_is_said(case, tmp_path):
    run = add_run(case, tmp_path)
    assert overrule(run, "NCCT").json()["detail"] == (
        "C001, DSA 1 cannot be read as a non-contrast CT."
    )
    assert overrule(run, "DSA").json()["detail"] == "C001, DSA 1 is that already."
    assert overrule(run, "other", " ").json()["detail"] == (
        "Say why; the reason is kept with C001, DSA 1 for good."
    )


def test_a_ct_that_cannot_be_built_stays_as_it_was(case, tmp_path):
    files = add_run(case, tmp_path).dicom_name
    ct = add_ct(case, tmp_path, used=False, stored_name=None, dicom_name=files)
    overrule(ct, "NCCT")
    job = build(ct)
    assert job.state == JobState.FAILED
    assert job.error == (
        "C001, NCCT 1 stays as it was: its files hold no slices of a CT that can be placed in "
        "space."
    )
    assert (fresh(ct).used, fresh(ct).overruled_reason) == (False, "")


# -- before and after ------------------------------------------------------------------------


def test_phases_are_proposed_anew_when_a_run_turns_out_to_be_none(case, tmp_path):
    puncture = timezone.now()
    minutes = [0, 30, 50]
    runs = [
        add_run(case, tmp_path, acquired_at=puncture + timedelta(minutes=later))
        for later in minutes
    ]
    propose_phases_of(case)
    assert [fresh(run).proposed_phase for run in runs] == ["before", "", "after"]
    overrule(runs[2], "other", "A roadmap.")
    assert [fresh(run).proposed_phase for run in runs[:2]] == ["before", "after"]


def test_a_plane_without_a_time_gets_the_proposal_of_its_partner(case, tmp_path):
    puncture = timezone.now()
    plane_a, late = (
        add_run(case, tmp_path, acquired_at=puncture + timedelta(minutes=later))
        for later in (0, 30)
    )
    plane_b = add_run(case, tmp_path, biplane_partner=plane_a)
    propose_phases_of(case)
    assert fresh(plane_b).proposed_phase == fresh(plane_a).proposed_phase == "before"
    assert fresh(late).proposed_phase == "after"
