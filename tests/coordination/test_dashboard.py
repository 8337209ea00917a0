"""The dashboard says who is how far and what waits, and before the lock nothing of the grades."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case
from reader_study.jobs.models import JobState
from reader_study.reading.answering import reading_of
from reader_study.reading.models import Assignment, CalibrationResult, Reading, ReadingState, Stage
from reader_study.reading.services import open_study, unlock
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.studies.models import Membership, Role, Study
from reader_study.studies.protocol import Calibration, HiddenRepeats
from reader_study.studies.selectors import protocol_in_force
from reader_study.studies.services import add_rater
from tests.cast import QUICK_PROTOCOL, browser_of, grade, make_study, open_with_cases, ready_case

pytestmark = pytest.mark.django_db

CAROL = "carol"


def progress(study: Study, who: str = CAROL) -> dict[str, Any]:
    answer = browser_of(who).get(f"/api/studies/{study.id}/progress")
    assert answer.status_code == 200, answer.content
    return answer.json()


def rater(study: Study, username: str = "ruth") -> dict[str, Any]:
    return next(row for row in progress(study)["raters"] if row["username"] == username)


def places(study: Study, username: str, stage: Stage = Stage.MAIN) -> list[Assignment]:
    own = Assignment.objects.filter(study=study, rater__username=username, stage=stage)
    return list(own.order_by("position"))


def submit_at(assignment: Assignment, when: datetime, *, minutes: float = 3, **answer: Any) -> None:
    """Store a submission of another day, which began twice its active minutes before."""
    reading = reading_of(assignment)
    Reading.objects.filter(pk=reading.pk).update(
        state=ReadingState.SUBMITTED,
        submitted_at=when,
        saved_at=when,
        started_at=when - timedelta(minutes=2 * minutes),
        last_active_at=None,
        active_ms=int(minutes * 60_000),
        **({"grade": 3} | answer),
    )


def noon(days_ago: int) -> datetime:
    today = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    return min(today - timedelta(days=days_ago), timezone.now())


def study_with(cases: int, **protocol: Any) -> Study:
    study = make_study()
    document = QUICK_PROTOCOL.model_copy(update=protocol).model_dump(mode="json")
    first = study.protocols.get()
    study.protocols.create(version=2, document=document, sha256=first.sha256, reason="For a test.")
    for number in range(1, cases + 1):
        ready_case(study, f"C{number:03d}")
    return study


def opened(study: Study) -> Study:
    return open_study(study=study, actor=User.objects.get(username=CAROL))


def test_a_rater_is_shown_with_count_pace_and_the_day_of_the_end():
    study = open_with_cases(12)
    for days_ago, assignment in zip([2, 2, 1, 1], places(study, "ruth"), strict=False):
        submit_at(assignment, noon(days_ago), minutes=4)
    row = rater(study)
    assert (row["submitted"], row["total"], row["read_today"]) == (4, 12, 0)
    assert (row["median_active_minutes"], row["median_wall_minutes"]) == (4, 8)
    assert row["last_activity_at"] == noon(1).isoformat().replace("+00:00", "Z")
    assert row["finish_on"] == str(timezone.localdate() + timedelta(days=4))


def test_where_no_day_of_the_end_can_be_told_the_reason_is():
    study = open_with_cases(2)
    assert rater(study)["no_finish_because"] == "known after 2 days of reading"
    for assignment in places(study, "ruth"):
        submit_at(assignment, noon(0))
    done = rater(study)
    assert (done["finish_on"], done["no_finish_because"], done["read_today"]) == (None, "done", 2)


def test_calibration_is_told_by_state_and_attempt_and_never_by_its_score():
    study = study_with(3, calibration=Calibration(cases=1, pass_mark=1))
    Case.objects.filter(code="C003").update(purpose="calibration", reference_grade=4)
    opened(study)
    assert rater(study)["calibration"]["state"] == "not-begun"
    assert rater(study)["no_finish_because"] == "calibration comes first"
    assert progress(study)["calibration_cases"] == 1
    submit_at(places(study, "ruth", Stage.CALIBRATION)[0], noon(0), grade=1)
    CalibrationResult.objects.create(
        study=study,
        rater=User.objects.get(username="ruth"),
        attempt=1,
        agreed=0,
        total=1,
        passed=False,
    )
    assert rater(study)["calibration"] == {
        "state": "under-way",
        "attempt": 2,
        "submitted": 0,
        "total": 0,
    }
    assert "agreed" not in json.dumps(progress(study))


def test_repeats_in_washout_are_announced_to_the_coordinator():
    repeats = HiddenRepeats(share=0.5, minimum=1, washout_days=10)
    study = opened(study_with(4, repeats=repeats))
    for days_ago, assignment in enumerate(
        row for row in places(study, "ruth") if row.repeat_of_id is None
    ):
        submit_at(assignment, noon(days_ago))
    row = rater(study)
    assert (row["submitted"], row["total"], row["opening_later"]["count"]) == (4, 6, 2)
    repeated = Reading.objects.filter(assignment__repeat__isnull=False)
    submitted_at = repeated.order_by("submitted_at").values_list("submitted_at", flat=True)
    opens = [moment + timedelta(days=10) for moment in submitted_at if moment]
    assert row["opening_later"]["first_at"][:10] == str(opens[0].date())
    assert row["finish_on"] == str(opens[-1].date())


def test_an_unlocked_case_waits_for_its_rater_and_is_no_activity_of_theirs():
    study = open_with_cases(2)
    for assignment in places(study, "ruth"):
        submit_at(assignment, noon(3))
    before = rater(study)
    assignment = Assignment.objects.get(rater__username="ruth", case__code="C001")
    unlock(assignment=assignment, actor=User.objects.get(username=CAROL), reason="Wrong key.")
    after = rater(study)
    assert [row["case_code"] for row in after["unlocked"]] == ["C001"]
    assert after["submitted"] == 1
    assert after["last_activity_at"] == before["last_activity_at"]


def test_the_queue_tells_what_runs_and_how_long_it_will_take():
    study = make_study()
    for code in ("C001", "C002", "C003", "C004"):
        ready_case(study, code)
    jobs = {job.case.code: job for job in SegmentationJob.objects.select_related("case")}
    MediaPack.objects.exclude(segmentation=jobs["C004"]).delete()
    SegmentationJob.objects.filter(pk=jobs["C001"].pk).update(state=JobState.QUEUED)
    SegmentationJob.objects.filter(pk=jobs["C003"].pk).update(state=JobState.FAILED)
    SegmentationJob.objects.filter(pk=jobs["C002"].pk).update(
        state=JobState.RUNNING,
        token=study.id,
        lease_until=timezone.now(),
        started_at=timezone.now() - timedelta(seconds=60),
        progress=0.5,
    )
    queue = progress(study)["queue"]
    counts = [queue[key] for key in ("waiting", "preparing", "failed", "ready")]
    assert counts == [1, 0, 1, 1]
    (running,) = queue["running"]
    assert (running["case_code"], running["step"], running["seconds_left"]) == (
        "C002",
        "segmenting",
        60,
    )


def test_obstacles_name_the_page_on_which_they_are_removed():
    study = make_study()
    Membership.objects.filter(user__username="rob").update(
        ended_at=timezone.now(), ended_reason="Left."
    )
    pages = {row["text"]: row["page"] for row in progress(study)["obstacles"]}
    assert pages == {
        "There are no cases yet: upload the cohort.": "cases",
        "The study has 1 rater and needs two.": "people",
    }


def without_what_differs_anyway(told: dict[str, Any]) -> dict[str, Any]:
    """A dashboard without moments, identifiers and the time that the test itself took."""
    for row in told["raters"]:
        row.update(last_activity_at=None, median_active_minutes=0, median_wall_minutes=0)
    for row in told["unscorable"]:
        row.update(case_id=None)
    return told | {"time_per_case": None}


@pytest.mark.parametrize(
    ("ruth", "rob"),
    [
        ({"C001": 4, "C002": 4, "C003": None}, {"C001": 4, "C002": 4, "C003": 4}),
        ({"C001": 1, "C002": 4, "C003": 2}, {"C001": 4, "C002": 1, "C003": None}),
        ({"C001": 1, "C002": 1, "C003": None}, {"C001": 4, "C002": 4, "C003": None}),
    ],
)
def test_the_dashboard_is_the_same_whatever_the_raters_said_and_whether_they_agree(ruth, rob):
    told = []
    for slug, grades in (
        ("agreed", ({"C001": 3, "C002": 3, "C003": None}, {"C001": 3, "C002": 3, "C003": None})),
        ("graded", (ruth, rob)),
    ):
        study = open_with_cases(3, slug=slug)
        for username, given in zip(("ruth", "rob"), grades, strict=True):
            for assignment in places(study, username):
                grade_of = given[assignment.case.code]
                reason = "motion" if grade_of is None else ""
                submit_at(assignment, noon(0), grade=grade_of, unscorable_reason=reason)
        told.append(without_what_differs_anyway(progress(study)))
    assert told[0] == told[1]
    assert [(row["case_code"], row["reasons"]) for row in told[0]["unscorable"]] == [
        ("C003", ["Motion"])
    ]


def test_no_key_of_the_dashboard_names_a_grade_or_agreement():
    study = open_with_cases(2)
    for username in ("ruth", "rob"):
        grade(study, username, {"C001": 4, "C002": 1})

    def keys(told: Any) -> Iterable[str]:
        if isinstance(told, dict):
            for key, value in told.items():
                yield key
                yield from keys(value)
        if isinstance(told, list):
            for value in told:
                yield from keys(value)

    forbidden = ("grade", "agree", "kappa", "answer", "comment", "high")
    assert [key for key in keys(progress(study)) if any(word in key for word in forbidden)] == []


def test_times_and_days_are_those_of_first_submissions():
    study = open_with_cases(3)
    for minutes, assignment in zip([2, 3, 10], places(study, "ruth"), strict=True):
        submit_at(assignment, noon(1), minutes=minutes)
    told = progress(study)
    assert told["time_per_case"]["median"] == 3
    assert sum(told["time_per_case"]["counts"]) == 3
    days = told["submissions_per_day"]
    assert len(days) == 30
    assert [row["count"] for row in days[-3:]] == [0, 3, 0]


def test_a_withdrawn_case_is_counted_apart_and_calls_for_nothing():
    study = open_with_cases(2)
    for assignment in places(study, "ruth"):
        submit_at(assignment, noon(0), grade=None, unscorable_reason="motion")
    Case.objects.filter(code="C001").update(
        withdrawn_at=timezone.now(), withdrawn_reason="No consent."
    )
    told = progress(study)
    assert told["withdrawn_cases"] == 1
    assert [row["case_code"] for row in told["unscorable"]] == ["C002"]
    assert rater(study)["total"] == 1


def test_a_site_coordinator_is_told_of_the_own_sites_cases_alone():
    study = open_with_cases(2)
    for assignment in places(study, "ruth"):
        submit_at(assignment, noon(0), grade=None, unscorable_reason="motion")
    stan = Membership.objects.create(
        study=study, user=User.objects.get(username="stan"), role=Role.SITE_COORDINATOR
    )
    stan.sites.set(study.sites.filter(code="south"))
    told = progress(study, "stan")
    assert [row["case_code"] for row in told["unscorable"]] == ["C002"]
    for assignment in places(study, "ruth"):
        unlock(assignment=assignment, actor=User.objects.get(username=CAROL), reason="Wrong key.")
    ruth, _ = progress(study, "stan")["raters"]
    assert [row["case_code"] for row in ruth["unlocked"]] == ["C002"]
    assert told["queue"]["ready"] == 1


def test_polling_an_unchanged_dashboard_costs_no_body():
    study = open_with_cases(1)
    carol = browser_of(CAROL)
    address = f"/api/studies/{study.id}/progress"
    again = carol.get(address, headers={"If-None-Match": carol.get(address)["ETag"]})
    assert again.status_code == 304


def test_the_number_of_queries_grows_neither_with_raters_nor_with_what_they_read():
    few, many = open_with_cases(2, slug="few"), open_with_cases(9, slug="many")
    for number in range(3):
        user = User.objects.create(username=f"rater{number}")
        add_rater(study=many, user=user, actor=None)
    for assignment in places(many, "ruth") + places(many, "rob"):
        submit_at(assignment, noon(1))
    assert protocol_in_force(many).calibration is None
    counts = []
    for study in (few, many):
        case = Case.objects.filter(study=study)[0]
        for page in ("progress", "cases", f"cases/{case.id}"):
            browser = browser_of(CAROL)
            with CaptureQueriesContext(connection) as captured:
                browser.get(f"/api/studies/{study.id}/{page}")
            counts.append(len(captured))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 30
