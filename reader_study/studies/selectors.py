"""Which studies a person may see, and in which role."""

from collections.abc import Collection

from django.db.models import F, QuerySet

from reader_study.accounts.models import User
from reader_study.studies.models import Invitation, Membership, Protocol, Role, Site, Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.rights import ROLES_WITH, Right


def active_memberships(user: User, roles: Collection[Role]) -> QuerySet[Membership]:
    """The person's memberships in one of these roles that have not ended."""
    return Membership.objects.filter(user=user, role__in=roles, ended_at__isnull=True)


def studies_with_role(user: User, *roles: Role) -> QuerySet[Study]:
    """Studies in which the person has one of these roles."""
    return Study.objects.filter(pk__in=active_memberships(user, roles).values("study"))


def studies_with_right(user: User, right: Right) -> QuerySet[Study]:
    """Studies in which the person may do this."""
    return studies_with_role(user, *ROLES_WITH[right])


def may_administer(user: User) -> bool:
    """Whether a person administers the installation, and is told how good its models are.

    Nobody who reads in a study is: it would sway what they say of the masks.
    """
    reads = active_memberships(user, [Role.RATER, Role.ADJUDICATOR]).exists()
    return user.is_superuser and not reads


def role_of(user: User, study: Study) -> Role:
    """The person's role in a study that they may see."""
    return Role(active_memberships(user, list(Role)).get(study=study).role)


def sites_visible_to(user: User, study: Study) -> QuerySet[Site]:
    """The sites whose cases the person may see: a site coordinator's own, else all."""
    sites = Site.objects.filter(study=study)
    own = active_memberships(user, [Role.SITE_COORDINATOR]).filter(study=study)
    if own.exists():
        return sites.filter(membership__in=own)
    return sites if studies_with_right(user, Right.SEE_STUDY).contains(study) else sites.none()


def raters_of(study: Study) -> QuerySet[Membership]:
    """The study's raters, those who left it excepted, in the order of their numbers."""
    return (
        Membership.objects.filter(study=study, role=Role.RATER, ended_at__isnull=True)
        .select_related("user")
        .order_by("rater_number")
    )


def members_of(study: Study) -> QuerySet[Membership]:
    """Everybody who has or had a role in the study, those who left it last."""
    return (
        Membership.objects.filter(study=study)
        .select_related("user")
        .prefetch_related("sites")
        .order_by(F("ended_at").asc(nulls_first=True), "role", "rater_number", "joined_at")
    )


def invitations_of(study: Study) -> QuerySet[Invitation]:
    """The study's invitations, newest first."""
    return (
        Invitation.objects.filter(study=study)
        .select_related("accepted_by")
        .prefetch_related("sites")
    )


def current_protocol(study: Study) -> Protocol:
    """The protocol in force: the latest version."""
    return Protocol.objects.filter(study=study).latest("version")


def protocol_in_force(study: Study) -> ProtocolDocument:
    """The rules in force, as the services use them."""
    return ProtocolDocument.model_validate(current_protocol(study).document)
