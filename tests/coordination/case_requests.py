"""What coordinators ask of one case, as their browsers do."""

from typing import Any

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case
from reader_study.reading.models import Assignment
from reader_study.studies.models import Membership, Role, Study
from tests.cast import browser_of


def act(
    study: Study,
    case: Case,
    what: str,
    body: dict[str, Any] | None = None,
    *,
    who: str = "carol",
    upon: str | None = "*",
) -> Any:
    """Post an action on a case, upon a state of it."""
    return browser_of(who).post(
        f"/api/studies/{study.id}/cases/{case.id}/{what}",
        body or {},
        content_type="application/json",
        headers=None if upon is None else {"If-Match": upon},
    )


def unlock_reading(
    study: Study, assignment: Assignment, reason: str = "wrong key", *, who: str = "carol"
) -> Any:
    """Post the unlock of a reading."""
    return browser_of(who).post(
        f"/api/studies/{study.id}/readings/{assignment.pk}/unlock",
        {"reason": reason},
        content_type="application/json",
    )


def detail(study: Study, case: Case, who: str = "carol") -> dict[str, Any]:
    """What a person is told of a case."""
    told: dict[str, Any] = browser_of(who).get(f"/api/studies/{study.id}/cases/{case.id}").json()
    return told


def member(study: Study, username: str, role: Role, *sites: str) -> None:
    """Give a person a role in the study."""
    user, _ = User.objects.get_or_create(username=username)
    membership = Membership.objects.create(study=study, user=user, role=role)
    membership.sites.set(study.sites.filter(code__in=sites))
