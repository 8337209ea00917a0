"""Links by which people join a study. A link is shown once; what is stored is its hash."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.accounts.services import create_account
from reader_study.audit.services import record
from reader_study.studies.members import MembershipRefusedError, add_member
from reader_study.studies.models import Invitation, Membership, Role, Site, Study

VALID_FOR = timedelta(days=14)
TOKEN_BYTES = 32


class UnknownInvitationError(Exception):
    """No invitation has this token."""


@transaction.atomic
def invite(
    *, study: Study, role: Role, sites: Sequence[Site], invited: str, actor: User
) -> tuple[Invitation, str]:
    """Create an invitation; return it with its token, which is not kept anywhere.

    Raises
    ------
    MembershipRefusedError
        Nobody is named, the sites do not go with the role, or the study takes no more raters.
    """
    if not invited.strip():
        raise MembershipRefusedError("Say whom the invitation is for.")
    if role == Role.SITE_COORDINATOR and not sites:
        raise MembershipRefusedError("Choose the sites that the site coordinator answers for.")
    if role != Role.SITE_COORDINATOR and sites:
        raise MembershipRefusedError("Only site coordinators are limited to sites.")
    _refuse_late_rater(study, role)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        study=study,
        role=role,
        invited=invited.strip(),
        token_sha256=_digest(token),
        created_by=actor,
        expires_at=timezone.now() + VALID_FOR,
    )
    invitation.sites.set(sites)
    record(
        action="invitation created",
        actor=actor,
        study_id=study.id,
        subject=str(invitation.id),
        invited=invitation.invited,
        role=role,
        sites=[site.code for site in sites],
    )
    return invitation, token


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User) -> Invitation:
    """Make a link useless. Raises MembershipRefusedError when it was used or revoked already."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise MembershipRefusedError(
            "This invitation was used already. To take the person out again, end their membership."
        )
    if invitation.revoked_at:
        raise MembershipRefusedError("This invitation was revoked already.")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record(
        action="invitation revoked",
        actor=actor,
        study_id=invitation.study_id,
        subject=str(invitation.id),
        invited=invitation.invited,
    )
    return invitation


def usable_invitation(token: str) -> Invitation:
    """Return the invitation that a link opens. Raises UnknownInvitationError, or says why not."""
    invitation = (
        Invitation.objects.filter(token_sha256=_digest(token)).select_related("study").first()
    )
    if invitation is None:
        raise UnknownInvitationError
    _refuse_dead(invitation)
    return invitation


@transaction.atomic
def accept(*, token: str, user: User) -> Membership:
    """Make a person who has an account a member of the study.

    Raises
    ------
    UnknownInvitationError, MembershipRefusedError
    """
    return _join(_held_invitation(token), user)


@transaction.atomic
def accept_with_new_account(
    *, token: str, username: str, full_name: str, password: str
) -> Membership:
    """Create an account and make its person a member of the study, both or neither.

    Raises
    ------
    UnknownInvitationError, MembershipRefusedError, AccountRefusedError
    """
    invitation = _held_invitation(token)
    person = create_account(username=username, full_name=full_name, password=password)
    return _join(invitation, person)


def _held_invitation(token: str) -> Invitation:
    """Return a usable invitation, its row locked: of two browsers the second finds it used."""
    Invitation.objects.select_for_update().filter(token_sha256=_digest(token)).first()
    return usable_invitation(token)


def _join(invitation: Invitation, user: User) -> Membership:
    study = Study.objects.select_for_update().get(pk=invitation.study_id)
    role = Role(invitation.role)
    _refuse_late_rater(study, role)
    membership = add_member(
        study=study, user=user, role=role, actor=user, sites=invitation.sites.all()
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(
        action="invitation accepted",
        actor=user,
        study_id=study.id,
        subject=str(invitation.id),
        invited=invitation.invited,
    )
    return membership


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _refuse_dead(invitation: Invitation) -> None:
    ask = "Ask the study's coordinator for a new one."
    if invitation.accepted_at:
        raise MembershipRefusedError(
            "This invitation was used already: each link works once. If it was you, log in and "
            "find the study among yours."
        )
    if invitation.revoked_at:
        raise MembershipRefusedError(f"This invitation was withdrawn. {ask}")
    if invitation.expires_at <= timezone.now():
        raise MembershipRefusedError(f"This invitation has expired. {ask}")


def _refuse_late_rater(study: Study, role: Role) -> None:
    if role == Role.RATER and study.is_locked:
        raise MembershipRefusedError("The study is locked: nobody can become its rater any more.")
