"""Which studies a person may see, and in which role."""

from django.db.models import QuerySet

from reader_study.accounts.models import User
from reader_study.studies.models import Membership, Protocol, Role, Study


def studies_with_role(user: User, role: Role) -> QuerySet[Study]:
    """Studies in which the person has this role."""
    return Study.objects.filter(memberships__user=user, memberships__role=role)


def raters_of(study: Study) -> QuerySet[Membership]:
    """The study's raters in the order of their numbers."""
    return (
        Membership.objects.filter(study=study, role=Role.RATER)
        .select_related("user")
        .order_by("rater_number")
    )


def current_protocol(study: Study) -> Protocol:
    """The protocol in force: the latest version."""
    return Protocol.objects.filter(study=study).latest("version")
