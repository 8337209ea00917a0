"""The people of simulated studies, who are the same in each of them."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.studies.models import Membership, Role, Study
from reader_study.studies.services import add_coordinator, add_rater


@dataclass(frozen=True)
class Staff:
    """Who does what; ``newly_made`` had no account before."""

    coordinator: User
    statistician: User
    adjudicator: User
    raters: list[User]
    newly_made: list[User]


def simulated_staff(raters: int, password: str) -> Staff:
    """Return the people; make those who are new, all with this password."""
    stored_password = make_password(password)
    newly_made = []

    def person(title: str) -> User:
        full_name = f"Simulated {title}"
        user, created = User.objects.get_or_create(
            username=full_name.lower().replace(" ", "-"),
            defaults={"full_name": full_name, "password": stored_password},
        )
        if created:
            newly_made.append(user)
        return user

    return Staff(
        coordinator=person("Coordinator"),
        statistician=person("Statistician"),
        adjudicator=person("Adjudicator"),
        raters=[person(f"Rater {number}") for number in range(1, raters + 1)],
        newly_made=newly_made,
    )


def give_roles(study: Study, staff: Staff) -> None:
    """Make the people members of the study."""
    coordinator = staff.coordinator
    add_coordinator(study=study, user=coordinator, actor=coordinator)
    for rater in staff.raters:
        add_rater(study=study, user=rater, actor=coordinator)
    for user, role in (
        (staff.statistician, Role.STATISTICIAN),
        (staff.adjudicator, Role.ADJUDICATOR),
    ):
        Membership.objects.create(study=study, user=user, role=role)
        record(
            action=f"{role} added",
            actor=coordinator,
            study_id=study.id,
            subject=user.get_username(),
        )
