"""After the lock: the rule, a third reader who knows of nobody's grade, and the consensus."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from reader_study.analysis.adjudication import raters_differ
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.services import lock_study
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.audit.models import Event
from reader_study.coordination.constructed_studies import STUDY_OF_TABLE_A
from reader_study.coordination.demo import load_constructed_study
from reader_study.reading.models import Assignment, Stage
from reader_study.studies.models import Membership, Role, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_templates import FOUR_POINT_PROTOCOL
from tests.analysis.whole_study import join, opened, person, read, read_all, study_with
from tests.cast import browser_of

pytestmark = pytest.mark.django_db

GRADES = {
    "C1": (4, 4),
    "C2": (4, 3),
    "C3": (3, 2),
    "C4": (1, 4),
    "C5": (2, None),
    "C6": (None, None),
}
DECIDED_BY = {
    "none": set(),
    "any-difference": {"C2", "C3", "C4", "C5"},
    "across-cut-point": {"C3", "C4", "C5"},
    "two-levels-apart": {"C4", "C5"},
}


def locked_study(rule="any-difference", grades=GRADES, raters=2, adjudicator="adam"):
    study = study_with(list(grades), raters=raters, adjudication=rule)
    join(study, "stella", Role.STATISTICIAN)
    if adjudicator:
        join(study, adjudicator, Role.ADJUDICATOR)
    opened(study)
    read_all(study, grades)
    lock_study(study=study, actor=person("carol"))
    study.refresh_from_db()
    return study


def post(study, what, body, who="carol"):
    return browser_of(who).post(
        f"/api/studies/{study.id}/{what}", body, content_type="application/json"
    )


def begin(study, username="adam"):
    return post(study, "adjudication", {"username": username})


def adjudicate(study, grades):
    for assignment in Assignment.objects.filter(study=study, stage=Stage.ADJUDICATION):
        read(assignment, grades[assignment.case.code])


def finish(study):
    return post(study, "conclude", {"confirm_name": study.name})


@pytest.mark.parametrize("rule", DECIDED_BY)
def test_the_rule_says_which_pairs_of_grades_differ(rule):
    found = {case for case, pair in GRADES.items() if raters_differ(pair, rule, high_from=3)}

    assert found == DECIDED_BY[rule]


@pytest.mark.parametrize(
    ("grades", "differ"), [((4, 4, 4, 3), True), ((4, 4, 4, 4), False), ((4, 4, None), True)]
)
def test_of_several_raters_any_two_who_differ_suffice(grades, differ):
    assert raters_differ(grades, "any-difference", high_from=3) is differ


@pytest.mark.parametrize("rule", ["any-difference", "across-cut-point", "two-levels-apart"])
def test_the_adjudicator_is_given_the_cases_of_the_rule(rule):
    study = locked_study(rule)

    answer = begin(study)

    assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == StudyState.ADJUDICATING
    assert answer.json()["total"] == len(DECIDED_BY[rule])
    listed = Assignment.objects.filter(study=study, stage=Stage.ADJUDICATION)
    assert {row.case.code for row in listed} == DECIDED_BY[rule]
    assert {row.rater.username for row in listed} == {"adam"}
    for row in listed:
        raters = Assignment.objects.filter(case=row.case, stage=Stage.MAIN)
        assert {seen.media_pack_id for seen in raters} == {row.media_pack_id}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"rule": "none"}, "The protocol asks for no adjudication."),
        ({"grades": {"C1": (4, 4)}}, "There is nothing to adjudicate"),
        ({"adjudicator": None}, "The study has no adjudicator"),
    ],
)
def test_an_adjudication_that_cannot_begin_says_why(setting, said):
    study = locked_study(**setting)
    stated = browser_of("carol").get(f"/api/studies/{study.id}/adjudication").json()

    answer = begin(study)

    assert said in stated["blockers"]["begin"][0]
    assert answer.status_code == 409
    study.refresh_from_db()
    assert study.state == StudyState.LOCKED
    assert not Assignment.objects.filter(stage=Stage.ADJUDICATION).exists()


def test_ratings_without_images_cannot_be_adjudicated():
    protocol = ProtocolDocument.model_validate(
        {**FOUR_POINT_PROTOCOL.model_dump(), "adjudication": "any-difference"}
    )
    study = load_constructed_study(replace(STUDY_OF_TABLE_A, protocol=protocol))
    join(study, "adam", Role.ADJUDICATOR)

    answer = post(study, "adjudication", {"username": "adam"}, "coordinator")

    assert answer.status_code == 409
    assert answer.json()["detail"] == "8 of 8 cases have no images, so nobody can adjudicate them."


@pytest.mark.parametrize("username", ["ruth", "carol", "nobody"])
def test_nobody_but_an_adjudicator_of_the_study_can_be_chosen(username):
    study = locked_study()

    answer = begin(study, username)

    assert answer.status_code == 409
    assert "is not an adjudicator of this study" in answer.json()["detail"]


def test_an_adjudicator_who_left_cannot_be_chosen():
    study = locked_study()
    Membership.objects.filter(user__username="adam").update(
        ended_at=timezone.now(), ended_reason="Left."
    )

    assert begin(study).status_code == 409


def test_nothing_is_said_of_adjudication_before_the_lock():
    study = opened(study_with(["C1"], adjudication="any-difference"))
    join(study, "adam", Role.ADJUDICATOR)

    answer = browser_of("carol").get(f"/api/studies/{study.id}/adjudication")

    assert answer.status_code == 409
    assert "shown to nobody before" in answer.json()["detail"]
    assert begin(study).status_code == 409


@pytest.mark.parametrize("who", ["ruth", "adam", "stan"])
def test_adjudication_exists_for_coordinators_and_statisticians_alone(who):
    study = locked_study()

    for path in ("adjudication", "consensus.csv", "consensus.json", "report", "export.csv"):
        assert browser_of(who).get(f"/api/studies/{study.id}/{path}").status_code == 404
    assert post(study, "adjudication", {"username": "adam"}, who).status_code == 404
    assert post(study, "conclude", {"confirm_name": study.name}, who).status_code == 404


def test_a_statistician_follows_and_exports_but_changes_nothing():
    study = locked_study()
    stella = browser_of("stella")

    assert stella.get(f"/api/studies/{study.id}/adjudication").status_code == 200
    assert stella.get(f"/api/studies/{study.id}/export.csv").status_code == 200
    assert stella.get(f"/api/studies/{study.id}/report").status_code == 200
    assert post(study, "adjudication", {"username": "adam"}, "stella").status_code == 404


def test_the_adjudicator_reads_in_the_raters_room_and_learns_nothing_of_the_raters():
    study = locked_study()
    words = {"ruth", "rob", "Rater", "motion", "Ruth", "Rob", "secret", "C3", "C4"}
    comments = Assignment.objects.filter(study=study, stage=Stage.MAIN)
    words |= {row.code for row in comments}
    begin(study)
    adam = browser_of("adam")
    bodies = []

    def ask(path, body=None):
        url = f"/api/reading/{path}"
        answer = adam.post(url, body, content_type="application/json") if body else adam.get(url)
        assert answer.status_code == 200, answer.content
        bodies.append(answer.content.decode() + str(answer.headers))
        return answer.json()

    worklist = ask(f"{study.id}/worklist")
    assert (worklist["stage"], worklist["total"], worklist["submitted"]) == ("adjudication", 4, 0)
    code = worklist["next"]
    case = ask(f"cases/{code}")
    assert (case["draft"], case["state"], case["revision"]) == (None, "new", 0)
    for run in (0, 1):
        ask(f"cases/{code}/opened", {"run": run})
    answers = {"grade": 2, "unscorable_reason": None, "comment": ""}
    after = ask(f"cases/{code}/submit", {"revision": 0, "answers": answers})
    assert after["submitted"] == 1
    bodies.append(adam.get("/api/studies").content.decode())

    told = " ".join(body.replace(json.dumps(case["media"]["manifest"]), "") for body in bodies)
    labels = {reason["label"] for reason in worklist["protocol"]["unscorable_reasons"]}
    codes = {reason["code"] for reason in worklist["protocol"]["unscorable_reasons"]}
    # Short words only whole: tokens are random letters, and two of them are soon a case's code.
    whole = set(re.findall(r"[\w-]+", told))
    assert not [
        word for word in words - labels - codes if word in (whole if len(word) < 5 else told)
    ]


def test_the_adjudicator_can_open_no_raters_case_and_no_rater_the_adjudicators():
    study = locked_study()
    begin(study)
    theirs = Assignment.objects.filter(study=study, stage=Stage.MAIN)
    own = Assignment.objects.filter(study=study, stage=Stage.ADJUDICATION)

    for row in theirs:
        assert browser_of("adam").get(f"/api/reading/cases/{row.code}").status_code == 404
    for row in own:
        assert browser_of("ruth").get(f"/api/reading/cases/{row.code}").status_code == 404


def test_the_order_of_the_adjudicators_list_is_not_that_of_the_cases():
    grades = {f"C{number:02d}": (1, 4) for number in range(12)}
    study = locked_study(grades=grades)
    begin(study)

    listed = Assignment.objects.filter(stage=Stage.ADJUDICATION).order_by("position")

    assert [row.case.code for row in listed] != sorted(grades)


def test_a_study_is_not_concluded_before_all_is_read_nor_without_its_name():
    study = locked_study()
    early = finish(study)
    assert early.json()["detail"] == "There is no adjudication under way."
    begin(study)

    answer = finish(study)

    assert answer.status_code == 409
    assert answer.json()["detail"] == "4 cases are still to be adjudicated."
    assert post(study, "conclude", {"confirm_name": "another"}).status_code == 409


@pytest.fixture
def concluded():
    study = locked_study("across-cut-point")
    begin(study)
    adjudicate(study, {"C3": 3, "C4": None, "C5": 1})
    answer = finish(study)
    assert answer.status_code == 200, answer.content
    study.refresh_from_db()
    return study


def test_the_consensus_says_how_each_case_was_settled(concluded):
    cases = {row["case"]: row for row in concluded.consensus.document["cases"]}

    assert {
        case: (row["how"], row["grade"], row["high"], row["unscorable"])
        for case, row in cases.items()
    } == {
        "C1": ("agreed", 4, True, False),
        "C2": ("not adjudicated", None, True, False),
        "C3": ("adjudicated", 3, True, False),
        "C4": ("adjudicated", None, None, True),
        "C5": ("adjudicated", 1, False, False),
        "C6": ("agreed", None, None, True),
    }
    summary = browser_of("carol").get(f"/api/studies/{concluded.id}/adjudication").json()
    assert summary["state"] == "concluded"
    counts = {key: value for key, value in summary["consensus"].items() if value in range(10)}
    assert counts == {
        "agreed": 2,
        "adjudicated": 3,
        "not_adjudicated": 1,
        "high": 3,
        "low": 1,
        "unscorable": 2,
        "undecided": 0,
    }


def test_the_adjudication_never_enters_snapshot_report_or_ratings(concluded):
    snapshot = Snapshot.objects.get(study=concluded)
    before = snapshot.report
    carol = browser_of("carol")

    assert report_from_snapshot(snapshot.document) == before
    assert carol.get(f"/api/studies/{concluded.id}/report").json() == before
    assert sum(map(sum, before["table"])) == 4
    ratings = carol.get(f"/api/studies/{concluded.id}/export.csv").content.decode()
    assert "djudicator" not in ratings
    assert len(list(csv.DictReader(io.StringIO(ratings)))) == 12


def test_the_consensus_leaves_as_files_of_its_own_and_each_is_recorded(concluded):
    carol = browser_of("carol")

    table = carol.get(f"/api/studies/{concluded.id}/consensus.csv")
    whole = carol.get(f"/api/studies/{concluded.id}/consensus.json")

    rows = {row["case"]: row for row in csv.DictReader(io.StringIO(table.content.decode()))}
    assert (rows["C2"]["consensus_grade"], rows["C2"]["consensus_high"]) == ("", "1")
    assert (rows["C4"]["how"], rows["C4"]["unscorable"]) == ("adjudicated", "1")
    assert {row["consensus_sha256"] for row in rows.values()} == {concluded.consensus.sha256}
    assert json.loads(whole.content) == concluded.consensus.document
    assert "attachment" in table["Content-Disposition"]
    kinds = [event.detail["kind"] for event in Event.objects.filter(action="exported")]
    assert kinds == ["consensus.csv", "consensus.json"]


def test_there_is_no_consensus_file_before_the_conclusion():
    study = locked_study()

    answer = browser_of("carol").get(f"/api/studies/{study.id}/consensus.csv")

    assert answer.status_code == 409
    assert "There is no consensus yet" in answer.json()["detail"]


def test_the_database_refuses_to_change_a_consensus(concluded):
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Consensus.objects.update(sha256="0" * 64)


def test_a_concluded_study_takes_no_more_adjudication(concluded):
    assert begin(concluded).status_code == 409
    assert finish(concluded).status_code == 409


def test_four_raters_are_adjudicated_where_any_two_differ():
    grades = {"C1": (4, 4, 4, 4), "C2": (4, 4, 4, 1), "C3": (3, 4, 3, 3), "C4": (2, 2, 2, None)}
    study = locked_study("across-cut-point", grades, raters=4)
    begin(study)
    adjudicate(study, {"C2": 4, "C4": 2})

    finish(study)

    cases = {row["case"]: row for row in Consensus.objects.get().document["cases"]}
    assert [cases[code]["how"] for code in grades] == [
        "agreed",
        "adjudicated",
        "not adjudicated",
        "adjudicated",
    ]
    assert cases["C3"]["high"] is True
