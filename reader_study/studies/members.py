"""Who is in a study: how people join, leave and come back."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.studies.models import Membership, Role, Site, Study


class MembershipRefusedError(Exception):
    """The study cannot invite, take, let go or take back somebody; the message says why."""


@transaction.atomic
def add_member(
    *, study: Study, user: User, role: Role, actor: User | None, sites: Iterable[Site] = ()
) -> Membership:
    """Give a person a role in a study; a rater gets the next number.

    Raises
    ------
    MembershipRefusedError
        The person has, or had, a role in the study.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    present = Membership.objects.filter(study=study, user=user).first()
    if present:
        raise MembershipRefusedError(_why_not_again(present))
    membership = Membership.objects.create(
        study=study, user=user, role=role, rater_number=_next_number(study, role)
    )
    membership.sites.set(sites)
    record(
        action=f"{role.label.lower()} added",
        actor=actor,
        study_id=study.id,
        subject=user.get_username(),
        **_particulars(membership),
    )
    return membership


def _why_not_again(present: Membership) -> str:
    name = present.user.get_full_name()
    role = present.get_role_display().lower()
    if present.ended_at:
        return (
            f"{name} had the role of {role} in this study before, and a person keeps one role in a "
            "study for good. Its coordinator can take them back into it on the People page."
        )
    return (
        f"{name} has the role of {role} in this study already, and a person keeps one role in a "
        "study for good."
    )


def _next_number(study: Study, role: Role) -> int | None:
    """Count on from the highest number ever given: one that left keeps theirs."""
    if role != Role.RATER:
        return None
    highest = Membership.objects.filter(study=study).aggregate(Max("rater_number"))
    return (highest["rater_number__max"] or 0) + 1


def _particulars(membership: Membership) -> dict[str, object]:
    detail: dict[str, object] = {}
    if membership.rater_number:
        detail["rater_number"] = membership.rater_number
    codes = [site.code for site in membership.sites.all()]
    if codes:
        detail["sites"] = codes
    return detail


@transaction.atomic
def end_membership(*, membership: Membership, reason: str, actor: User) -> Membership:
    """Take a person out of the study. What they did in it stays.

    Raises
    ------
    MembershipRefusedError
        It is the actor's own or the last coordinator's membership, it ended already, or no
        reason is given.
    """
    # The study's row is the lock: two coordinators could otherwise end one another.
    study = Study.objects.select_for_update().get(pk=membership.study_id)
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    if membership.ended_at:
        raise MembershipRefusedError("This person has left the study already.")
    if membership.user_id == actor.pk:
        raise MembershipRefusedError(
            "You cannot take yourself out of the study: ask another coordinator."
        )
    if membership.role == Role.COORDINATOR and not _other_coordinators(membership):
        raise MembershipRefusedError("A study keeps at least one coordinator.")
    if not reason.strip():
        raise MembershipRefusedError("Say why this person leaves; the reason is kept for good.")
    membership.ended_at = timezone.now()
    membership.ended_reason = reason.strip()
    membership.save(update_fields=["ended_at", "ended_reason"])
    _record_change("membership ended", membership, actor, study, reason=reason.strip())
    return membership


def _other_coordinators(membership: Membership) -> bool:
    return (
        Membership.objects.filter(
            study=membership.study_id, role=Role.COORDINATOR, ended_at__isnull=True
        )
        .exclude(pk=membership.pk)
        .exists()
    )


@transaction.atomic
def restore_membership(*, membership: Membership, actor: User) -> Membership:
    """Take a person back into the role that they had.

    Raises
    ------
    MembershipRefusedError
        The person never left, or is a rater who left before the study was locked: the raters of
        a locked study are those whose readings it holds.
    """
    study = Study.objects.select_for_update().get(pk=membership.study_id)
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    left_at = membership.ended_at
    if left_at is None:
        raise MembershipRefusedError("This person is in the study already.")
    if membership.role == Role.RATER and study.locked_at and left_at < study.locked_at:
        raise MembershipRefusedError(
            "This rater left before the study was locked and is not part of what was locked."
        )
    reason = membership.ended_reason
    membership.ended_at = None
    membership.ended_reason = ""
    membership.save(update_fields=["ended_at", "ended_reason"])
    _record_change("membership restored", membership, actor, study, had_ended_because=reason)
    return membership


def _record_change(
    action: str, membership: Membership, actor: User, study: Study, **why: str
) -> None:
    record(
        action=action,
        actor=actor,
        study_id=study.id,
        subject=membership.user.get_username(),
        role=membership.role,
        **_particulars(membership),
        **why,
    )
