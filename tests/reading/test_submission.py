"""A submission that is sent again, and answers to the protocol's items."""

import uuid
from typing import Any

import pytest

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.reading.services import unlock
from reader_study.studies.models import Study
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db

ITEMS = {
    "territories": (
        {"code": "m1", "label": "M1"},
        {"code": "a1", "label": "A1", "required": False},
    ),
    "questions": (
        {"code": "usable", "label": "Usable?"},
        {"code": "surprised", "label": "Surprised?", "required": False},
    ),
}
COMPLETE = {"territory_grades": {"m1": 3}, "question_answers": {"usable": True}}


@pytest.fixture
def study() -> Study:
    return open_with_cases(2)


@pytest.fixture
def ruth_with_items() -> RaterAtWork:
    return RaterAtWork(open_with_cases(2, protocol=protocol_with(**ITEMS)))


def submission(rater: RaterAtWork, code: str, key: str, grade: int = 3) -> dict[str, Any]:
    case = rater.open(code).json()
    for run in (0, 1):
        rater.send("post", code, "opened", {"run": run})
    return {
        "revision": case["revision"],
        "answers": rater.answers(grade),
        "submission_key": key,
    }


def test_a_submission_whose_answer_was_lost_is_answered_again_and_counts_once(study):
    ruth = RaterAtWork(study)
    code = ruth.next
    sent = submission(ruth, code, str(uuid.uuid4()))
    first, again = (ruth.send("post", code, "submit", sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert Reading.objects.filter(state=ReadingState.SUBMITTED).count() == 1
    assert Event.objects.filter(action="reading submitted").count() == 1


@pytest.mark.parametrize("key", ["00000000-0000-4000-8000-000000000001", None])
def test_another_submission_of_the_same_case_is_refused(study, key):
    ruth = RaterAtWork(study)
    code = ruth.next
    sent = submission(ruth, code, str(uuid.uuid4()))
    ruth.send("post", code, "submit", sent)
    other = {**sent, "answers": ruth.answers(1)}
    other.pop("submission_key")
    if key:
        other["submission_key"] = key
    answer = ruth.send("post", code, "submit", other)
    assert answer.status_code == 409
    assert "locked" in answer.json()["detail"]
    assert Reading.objects.get(state=ReadingState.SUBMITTED).grade == 3


def test_a_submission_that_arrives_again_after_an_unlock_leaves_the_correction_alone(study):
    ruth = RaterAtWork(study)
    code = ruth.next
    # One draft was saved, so that the submission has the revision that a correction begins with.
    ruth.send("put", code, "draft", {"revision": 0, "answers": ruth.answers(2)})
    sent = submission(ruth, code, str(uuid.uuid4()))
    assert ruth.send("post", code, "submit", sent).status_code == 200
    original = Reading.objects.get(state=ReadingState.SUBMITTED)
    unlock(assignment=original.assignment, actor=User.objects.get(username="carol"), reason="slip")
    late = ruth.send("post", code, "submit", sent)
    assert late.status_code == 200
    assert late.json()["next"] == code
    assert Reading.objects.get(attempt=2).state == ReadingState.DRAFT
    assert Event.objects.filter(action="reading submitted").count() == 1


def test_a_refused_submission_may_be_sent_complete_under_the_same_key(ruth_with_items):
    ruth = ruth_with_items
    code = ruth.next
    sent = submission(ruth, code, str(uuid.uuid4()))
    assert ruth.send("post", code, "submit", sent).status_code == 400
    sent["answers"] = ruth.answers(3, **COMPLETE)
    assert ruth.send("post", code, "submit", sent).status_code == 200


def test_what_the_protocol_requires_is_said_by_name(ruth_with_items):
    answer = ruth_with_items.submit(ruth_with_items.next, 3)
    assert answer.status_code == 400
    assert answer.json()["missing"] == ["a grade for M1", "an answer to “Usable?”"]


def test_what_is_missing_is_said_in_one_breath():
    territories = [{"code": code.lower(), "label": code} for code in ("M1", "M2", "A1")]
    study = open_with_cases(1, protocol=protocol_with(territories=territories))
    ruth = RaterAtWork(study)
    body = {"revision": 0, "answers": ruth.answers(3)}
    answer = ruth.send("post", ruth.next, "submit", body)
    assert answer.json()["missing"] == [
        "a grade for M1, M2 and A1",
        "DSA runs 1 and 2 have not been opened",
    ]


def test_required_items_are_enough_and_all_of_them_are_kept(ruth_with_items):
    ruth = ruth_with_items
    assert ruth.submit(ruth.next, 3, **COMPLETE).status_code == 200
    everything = {
        "territory_grades": {"m1": "not-opacified", "a1": 1},
        "question_answers": {"usable": False, "surprised": True},
    }
    place = ruth.read_next(2, **everything)
    assert place.current_reading is not None
    assert place.current_reading.territory_grades == everything["territory_grades"]
    assert place.current_reading.question_answers == everything["question_answers"]
    assert ruth.open(place.code).json()["draft"]["territory_grades"] == {
        "m1": "not-opacified",
        "a1": 1,
    }


def test_an_unscorable_case_needs_no_items(ruth_with_items):
    assert ruth_with_items.submit(ruth_with_items.next, None).status_code == 200


@pytest.mark.parametrize(
    ("items", "status", "said"),
    [
        ({"territory_grades": {"m9": 3}}, 409, "m9"),
        ({"territory_grades": {"m1": 7}}, 409, "7 is not a level"),
        ({"territory_grades": {"m1": "good"}}, 400, "m1"),
        ({"territory_grades": {"m1": True}}, 400, "m1"),
        ({"territory_grades": {"m1": None}}, 400, "m1"),
        ({"question_answers": {"other": True}}, 409, "other"),
        ({"question_answers": {"usable": "perhaps"}}, 400, "usable"),
        ({"question_answers": {"usable": None}}, 400, "usable"),
        ({"grade": True}, 400, "grade"),
        ({"unscorable_reason": "motion"}, 409, "never both"),
    ],
)
def test_answers_that_the_protocol_does_not_know_are_refused(ruth_with_items, items, status, said):
    ruth = ruth_with_items
    code = ruth.next
    body = {"revision": 0, "answers": {**ruth.answers(3), **items}}
    answer = ruth.send("put", code, "draft", body)
    assert answer.status_code == status, answer.content
    assert said in answer.content.decode()
    assert not Reading.objects.exclude(revision=0).exists()


class TestOpeningTheNextCaseWithASubmission:
    """The page asks for it in one request; who asks for the list opens nothing."""

    def submit(self, rater: RaterAtWork, code: str, key: str | None = None) -> dict[str, Any]:
        sent = {**submission(rater, code, key or str(uuid.uuid4())), "open_next": True}
        answer = rater.send("post", code, "submit", sent)
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        return told

    def test_tells_what_opening_it_would_tell(self):
        ruth = RaterAtWork(open_with_cases(3))
        told = self.submit(ruth, ruth.next)
        asked = ruth.open(told["next"]).json()
        opened = told["opened"]
        # Their tokens differ, as they do each time a case is opened.
        assert ruth.get(f"{opened['media'].pop('base')}volume.bin").status_code == 200
        asked["media"].pop("base")
        assert opened == asked
        assert (opened["state"], opened["position"], opened["next"]) == ("new", 2, told["next"])

    def test_begins_its_reading_after_the_submission(self):
        ruth = RaterAtWork(open_with_cases(2))
        code = ruth.next
        told = self.submit(ruth, code)
        submitted = Reading.objects.get(assignment__code=code)
        begun = Reading.objects.get(assignment__code=told["next"])
        assert begun.state == ReadingState.DRAFT
        assert submitted.submitted_at is not None
        assert submitted.submitted_at < begun.started_at

    def test_leaves_the_way_back_open(self):
        ruth = RaterAtWork(open_with_cases(2))
        code = ruth.next
        self.submit(ruth, code)
        assert ruth.take_back(code).status_code == 200

    def test_opens_the_same_case_where_the_answer_was_lost(self):
        ruth = RaterAtWork(open_with_cases(3))
        code, key = ruth.next, str(uuid.uuid4())
        first, again = (self.submit(ruth, code, key) for _ in range(2))
        assert first["opened"]["code"] == again["opened"]["code"]
        assert Reading.objects.count() == 2

    def test_opens_nothing_unless_it_is_asked_for(self):
        ruth = RaterAtWork(open_with_cases(2))
        told = ruth.submit(ruth.next).json()
        assert told["opened"] is None
        assert Assignment.objects.get(code=told["next"]).current_reading is None

    def test_opens_nothing_after_the_last_case(self):
        ruth = RaterAtWork(open_with_cases(1))
        told = self.submit(ruth, ruth.next)
        assert (told["next"], told["opened"]) == (None, None)

    def test_opens_nothing_of_the_list_that_a_calibration_leads_to(self):
        rules = {"cases": 1, "pass_mark": 1.0, "tolerance_levels": 0}
        ruth = RaterAtWork(
            open_with_cases(2, protocol=protocol_with(calibration=rules), references=(3,))
        )
        told = self.submit(ruth, ruth.next)
        assert (told["stage"], told["opened"]) == ("main", None)
        assert Assignment.objects.get(code=told["next"]).current_reading is None

    def test_opens_nothing_once_the_days_cases_are_read(self):
        ruth = RaterAtWork(open_with_cases(3, protocol=protocol_with(cases_per_day=1)))
        told = self.submit(ruth, ruth.next)
        assert (told["next"], told["opened"]) == (None, None)
