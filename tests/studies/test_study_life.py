"""A study's life: every step, from every state, as everybody; and the same on the database."""

import itertools
import re
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.studies.lifecycle import Transition
from reader_study.studies.models import Role, Study, StudyState
from reader_study.studies.rights import ROLES_WITH, Right
from scripts.application import REPOSITORY
from tests.cast import (
    QUICK_PROTOCOL,
    add_every_role,
    browser_of,
    grade,
    make_study,
    ready_case,
)

pytestmark = pytest.mark.django_db

PERSON_WITH = {
    Role.COORDINATOR: "carol",
    Role.SITE_COORDINATOR: "sid",
    Role.RATER: "ruth",
    Role.ADJUDICATOR: "ada",
    Role.STATISTICIAN: "stella",
}
FORMER_COORDINATOR = "eve"
STRANGER = "stan"
NOBODY = ""


@dataclass(frozen=True)
class Door:
    """Where a step is taken, and what is sent."""

    path: str
    body: dict[str, str]


DOORS = {
    Transition.OPEN: Door("open", {}),
    Transition.LOCK: Door("lock", {"confirm_name": "Study of arteries"}),
    Transition.BEGIN_ADJUDICATION: Door("adjudication", {"username": "ada"}),
    Transition.CONCLUDE: Door("conclude", {"confirm_name": "Study of arteries"}),
}


def take(step: Transition, study: Study, username: str):
    browser = browser_of(username) if username else Client()
    door = DOORS[step]
    return browser.post(
        f"/api/studies/{study.id}/{door.path}", door.body, content_type="application/json"
    )


def bring(study: Study, step: Transition) -> None:
    """Take a step as the coordinator."""
    answer = take(step, study, "carol")
    assert answer.status_code == 200, answer.content


def study_in(state: StudyState) -> Study:
    """A study in which everything is done that the next step asks for."""
    study = make_study(
        protocol=QUICK_PROTOCOL.model_copy(update={"adjudication": "any-difference"})
    )
    add_every_role(study)
    for code in ("C001", "C002"):
        ready_case(study, code)
    order = [step.value.before for step in Transition]
    for step in list(Transition)[: (order.index(state) if state in order else len(order))]:
        bring(study, step)
        if step == Transition.OPEN:
            grade(study, "ruth", {"C001": 4, "C002": 3})
            grade(study, "rob", {"C001": 4, "C002": 1})
        if step == Transition.BEGIN_ADJUDICATION:
            grade(study, "ada", {"C002": 2})
    study.refresh_from_db()
    assert study.state == state
    return study


@pytest.mark.parametrize("state", StudyState)
@pytest.mark.parametrize("step", Transition)
def test_every_step_from_every_state_as_everybody(step, state):
    study = study_in(state)
    events = Event.objects.count()
    may = {PERSON_WITH[role] for role in ROLES_WITH[step.value.right]}
    everybody = {*PERSON_WITH.values(), FORMER_COORDINATOR, STRANGER, NOBODY}

    for username in sorted(everybody - may):
        answer = take(step, study, username)
        assert answer.status_code == (404 if username else 403), username
    for username in sorted(may) if state != step.value.before else ():
        answer = take(step, study, username)
        assert answer.status_code == 409, username
        assert answer.json()["detail"]
        assert step.refusal(state)
    study.refresh_from_db()
    assert study.state == state
    assert Event.objects.count() == events

    if state == step.value.before:
        assert step.refusal(state) is None
        answer = take(step, study, "carol")
        assert answer.status_code == 200, answer.content
        study.refresh_from_db()
        assert study.state == step.value.after
        assert Event.objects.count() > events


# -- the database itself ---------------------------------------------------------------------

STEPS = {(step.value.before, step.value.after) for step in Transition}


def put_into(state: StudyState) -> Study:
    """A study that the database was led along its path into this state."""
    study = make_study()
    for step in Transition:
        if study.state == state:
            break
        study.state = step.value.after
        changed = ["state"]
        if step == Transition.LOCK:
            study.locked_at = timezone.now()
            changed.append("locked_at")
        study.save(update_fields=changed)
    return study


@pytest.mark.parametrize(
    ("before", "after"),
    [pair for pair in itertools.permutations(StudyState, 2) if pair not in STEPS],
)
def test_sql_cannot_take_a_study_off_its_path(before, after):
    study = put_into(before)
    with (
        pytest.raises(DatabaseError, match="this row is final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE studies_study SET state = %s", [after.value])
    study.refresh_from_db()
    assert study.state == before


@pytest.mark.parametrize("state", [state for state in StudyState if state != StudyState.SETUP])
def test_sql_cannot_delete_a_study_that_was_opened(state):
    put_into(state)
    with (
        pytest.raises(DatabaseError, match="this row is final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM studies_study")


# -- the documentation -----------------------------------------------------------------------

DOCUMENT = (REPOSITORY / "docs" / "study-life.md").read_text(encoding="utf-8")


def test_the_diagram_draws_exactly_the_states_and_steps():
    diagram = DOCUMENT.split("```mermaid")[1].split("```")[0]
    arrows = re.findall(r"^ *(\S+) --> (\S+?)(?:: (.+))?$", diagram, re.MULTILINE)
    begin, *steps = arrows
    assert begin == ("[*]", StudyState.SETUP, "")
    assert steps == [
        (step.value.before, step.value.after, step.name.lower().replace("_", " "))
        for step in Transition
    ]
    assert {state for before, after, _ in steps for state in (before, after)} == set(StudyState)


def test_the_table_of_rights_grants_exactly_what_is_granted():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCUMENT.splitlines()
        if line.startswith("|")
    ]
    head = next(row for row in rows if row[0] == "may")
    roles = [next(role for role in Role if role.label.lower() == name) for name in head[1:]]
    written = {
        row[0]: {role for role, cell in zip(roles, row[1:], strict=True) if cell != "–"}
        for row in rows
        if row[0] in {right.value for right in Right}
    }
    assert written == {right.value: set(ROLES_WITH[right]) for right in Right}
