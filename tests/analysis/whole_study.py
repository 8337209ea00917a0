"""Studies in the database, read by calling the services, for tests of lock and adjudication."""

from collections.abc import Mapping, Sequence
from typing import Any

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case, CasePurpose
from reader_study.reading.answering import Answers, mark_run_opened, reading_of, submit
from reader_study.reading.models import Assignment, Stage
from reader_study.reading.services import open_study
from reader_study.studies.canonical_json import canonical_sha256
from reader_study.studies.models import Membership, Protocol, Role, Study
from reader_study.studies.services import add_rater
from tests.cast import make_study, ready_case

MORE_RATERS = ("rita", "rolf", "rosa", "remy")
RATERS = ("ruth", "rob", *MORE_RATERS)

Grades = Mapping[str, Sequence[int | None]]


def person(username: str) -> User:
    """Return somebody, known already or not."""
    user, _ = User.objects.get_or_create(
        username=username, defaults={"full_name": username.title()}
    )
    return user


def amend(study: Study, **changes: Any) -> Protocol:
    """Store the protocol's next version, with some of its fields changed."""
    before = study.protocols.latest("version")
    document = {**before.document, **changes}
    return Protocol.objects.create(
        study=study,
        version=before.version + 1,
        document=document,
        sha256=canonical_sha256(document),
        reason="The tests need it.",
    )


def join(study: Study, username: str, role: Role) -> Membership:
    """Give somebody a role in the study."""
    return Membership.objects.create(study=study, user=person(username), role=role)


def study_with(
    cases: Sequence[str], *, raters: int = 2, calibration_cases: Sequence[str] = (), **protocol: Any
) -> Study:
    """Return a study in setup with ready cases, alternating between two sites."""
    study = make_study()
    for username in MORE_RATERS[: raters - 2]:
        add_rater(study=study, user=person(username), actor=person("carol"))
    if protocol:
        amend(study, **protocol)
    for number, code in enumerate(cases):
        ready_case(study, code, site="south" if number % 2 else "north")
    for code in calibration_cases:
        ready_case(study, code)
        Case.objects.filter(study=study, code=code).update(
            purpose=CasePurpose.CALIBRATION, reference_grade=4
        )
    return study


def opened(study: Study) -> Study:
    """Open the study for reading."""
    return open_study(study=study, actor=person("carol"))


def read(assignment: Assignment, grade: int | None, **answers: Any) -> None:
    """Let the assignment's rater look at every run and submit a grade; None is unscorable."""
    assignment.refresh_from_db()
    for run in (0, 1):
        mark_run_opened(assignment=assignment, run=run)
    reading = reading_of(assignment)
    given = Answers(
        grade=grade, unscorable_reason="" if grade is not None else "motion", comment="", **answers
    )
    submit(assignment=assignment, answers=given, revision=reading.revision)


def read_all(study: Study, grades: Grades) -> None:
    """Let every rater read the study's cases: case code → one grade for each rater."""
    for place, username in enumerate(RATERS):
        of_rater = Assignment.objects.filter(
            study=study, rater__username=username, stage=Stage.MAIN, repeat_of__isnull=True
        )
        for assignment in of_rater.select_related("case"):
            read(assignment, grades[assignment.case.code][place])
