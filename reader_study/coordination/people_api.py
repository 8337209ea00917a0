"""People: who is in a study, and how others join it."""

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.models import User
from reader_study.accounts.requests import person
from reader_study.accounts.second_factor import gave_second_factor, people_with_second_factor
from reader_study.accounts.services import AccountRefusedError
from reader_study.accounts.signing_in import enter
from reader_study.api.errors import ConflictError
from reader_study.coordination.api import StudyView
from reader_study.coordination.people_serializers import (
    InvitationSerializer,
    InvitationWithLinkSerializer,
    InvitedSerializer,
    JoinedSerializer,
    MemberSerializer,
    NewAccountSerializer,
    NewInvitationSerializer,
    PeopleSerializer,
    SecondFactorRuleSerializer,
)
from reader_study.coordination.posted import posted_reason
from reader_study.coordination.serializers import ReasonSerializer
from reader_study.reading.display_check import last_display_checks
from reader_study.reading.services import welcome_rater
from reader_study.studies.invitations import (
    UnknownInvitationError,
    accept,
    accept_with_new_account,
    invite,
    revoke,
    usable_invitation,
)
from reader_study.studies.members import (
    MembershipRefusedError,
    end_membership,
    restore_membership,
)
from reader_study.studies.models import Invitation, Membership, Role, Site, Study
from reader_study.studies.selectors import invitations_of, members_of
from reader_study.studies.services import require_second_factor


class PeopleBase(StudyView):
    """The study's people are its coordinators' business alone."""

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the services refuse into status 409."""
        if isinstance(exc, MembershipRefusedError):
            exc = ConflictError(str(exc))
        return super().handle_exception(exc)


class PeopleView(PeopleBase):
    """The study's people."""

    @extend_schema(responses=PeopleSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """List everybody who is, was or is invited to be in the study."""
        study = self.study(request, study_id)
        return Response(_people(request, study))


class SecondFactorRuleView(PeopleBase):
    """Whether the study is open to people with a second factor alone."""

    @extend_schema(request=SecondFactorRuleSerializer, responses=PeopleSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Set the rule; it holds from the next request of everybody on."""
        study = self.study(request, study_id)
        posted = SecondFactorRuleSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        required = posted.validated_data["required"]
        if required and not gave_second_factor(request._request):
            raise ConflictError(
                "Set up a second factor for yourself first, on the page Account in the menu "
                "behind your name: this study would close before you."
            )
        study = require_second_factor(study=study, required=required, actor=person(request))
        return Response(_people(request, study))


def _people(request: Request, study: Study) -> Any:
    members = members_of(study)
    people = {
        "members": members,
        "invitations": invitations_of(study),
        "second_factor_required": study.second_factor_required,
    }
    context = {
        "request": request,
        "display_checks": last_display_checks(study),
        "with_second_factor": people_with_second_factor([member.user_id for member in members]),
    }
    return PeopleSerializer(people, context=context).data


class MemberBase(PeopleBase):
    """What the views of one member have in common."""

    def member(self, request: Request, study_id: uuid.UUID, member_id: int) -> Membership:
        """Return the member of this study, or 404."""
        members = members_of(self.study(request, study_id))
        return get_object_or_404(members, pk=member_id)


class EndMembershipView(MemberBase):
    """A person leaves."""

    @extend_schema(request=ReasonSerializer, responses=MemberSerializer)
    def post(self, request: Request, study_id: uuid.UUID, member_id: int) -> Response:
        """Take a person out of the study; what they did in it stays."""
        member = self.member(request, study_id, member_id)
        member = end_membership(
            membership=member, reason=posted_reason(request), actor=person(request)
        )
        return Response(MemberSerializer(member, context={"request": request}).data)


class RestoreMembershipView(MemberBase):
    """A person comes back."""

    @extend_schema(request=None, responses=MemberSerializer)
    @transaction.atomic
    def post(self, request: Request, study_id: uuid.UUID, member_id: int) -> Response:
        """Take a person back into the role that they had."""
        member = restore_membership(
            membership=self.member(request, study_id, member_id), actor=person(request)
        )
        welcome_rater(membership=member, actor=person(request))
        return Response(MemberSerializer(member, context={"request": request}).data)


class InvitationsView(PeopleBase):
    """New links."""

    @extend_schema(request=NewInvitationSerializer, responses={201: InvitationWithLinkSerializer})
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Make a link by which one person can join; it is shown in this answer only."""
        study = self.study(request, study_id)
        posted = NewInvitationSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        invitation, token = invite(
            study=study,
            role=Role(posted.validated_data["role"]),
            sites=_sites(study, posted.validated_data["sites"]),
            invited=posted.validated_data["invited"],
            actor=person(request),
        )
        answer = InvitationWithLinkSerializer(invitation, context={"token": token})
        return Response(answer.data, status=status.HTTP_201_CREATED)


def _sites(study: Study, codes: list[str]) -> list[Site]:
    sites = list(study.sites.filter(code__in=codes))
    unknown = set(codes) - {site.code for site in sites}
    if unknown:
        raise ValidationError(f"The study has no site {', '.join(sorted(unknown))}.")
    return sites


class RevokeInvitationView(PeopleBase):
    """A link that is not to be used."""

    @extend_schema(request=None, responses=InvitationSerializer)
    def post(self, request: Request, study_id: uuid.UUID, invitation_id: uuid.UUID) -> Response:
        """Make a link useless."""
        study = self.study(request, study_id)
        invitation = get_object_or_404(Invitation, study=study, pk=invitation_id)
        revoked = revoke(invitation=invitation, actor=person(request))
        return Response(InvitationSerializer(revoked).data)


# A link is an address: neither it nor what it says is to be kept by a browser or a proxy.
@method_decorator([never_cache, ensure_csrf_cookie, csrf_protect], name="dispatch")
class LinkBase(APIView):
    """What may be done by whoever holds a link, signed in or not."""

    permission_classes = [AllowAny]
    refuses = refuses_changes = (409,)

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the services refuse into the API's answers."""
        if isinstance(exc, UnknownInvitationError):
            exc = Http404()
        elif isinstance(exc, MembershipRefusedError):
            exc = ConflictError(str(exc))
        elif isinstance(exc, AccountRefusedError):
            exc = ValidationError(exc.reasons)
        return super().handle_exception(exc)


class InvitedView(LinkBase):
    """An invitation."""

    @extend_schema(responses=InvitedSerializer)
    def get(self, request: Request, token: str) -> Response:
        """Say to which study and as what the link invites."""
        return Response(InvitedSerializer(usable_invitation(token)).data)


class AcceptInvitationView(LinkBase):
    """A person joins."""

    @extend_schema(request=NewAccountSerializer, responses=JoinedSerializer)
    def post(self, request: Request, token: str) -> Response:
        """Join as the person who is signed in, or with a new account, which signs in."""
        with transaction.atomic():
            if isinstance(request.user, User):
                if request.data:
                    raise ConflictError(
                        f"You are logged in as {request.user.get_full_name()} already. Load this "
                        "page again to join as that, or log out to create another account."
                    )
                membership = accept(token=token, user=request.user)
                request._request.session.cycle_key()
            else:
                membership = self._accept_with_new_account(request, token)
            welcome_rater(membership=membership, actor=membership.user)
        return Response(JoinedSerializer(membership).data)

    def _accept_with_new_account(self, request: Request, token: str) -> Membership:
        usable_invitation(token)  # a dead link is said before what is wrong with the account
        posted = NewAccountSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        membership = accept_with_new_account(token=token, **posted.validated_data)
        enter(request._request, membership.user, by="invitation")
        return membership
