"""How people and invitations are written in the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.reading.models import DisplayCheck
from reader_study.studies.api import SiteSerializer
from reader_study.studies.models import Invitation, Membership, Role

INVITATION_STATES = ["open", "accepted", "revoked", "expired"]


class LastDisplayCheckSerializer(serializers.ModelSerializer[DisplayCheck]):
    """What a rater's screen was last found to show."""

    class Meta:
        model = DisplayCheck
        fields = read_only_fields = [
            "at",
            "verdict",
            "screen_width",
            "screen_height",
            "pixel_ratio",
            "zoom_percent",
            "room_is_dim",
        ]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A person in a study."""

    username = serializers.CharField(source="user.username", read_only=True)
    full_name = serializers.CharField(source="user.full_name", read_only=True)
    sites = SiteSerializer(many=True, read_only=True)
    you = serializers.SerializerMethodField()
    display_check = serializers.SerializerMethodField()
    second_factor = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = read_only_fields = [
            "id",
            "username",
            "full_name",
            "role",
            "sites",
            "rater_number",
            "joined_at",
            "ended_at",
            "ended_reason",
            "you",
            "display_check",
            "second_factor",
        ]

    def get_you(self, membership: Membership) -> bool:
        """Whether this is the person who asks."""
        return bool(membership.user == self.context["request"].user)

    def get_second_factor(self, membership: Membership) -> bool:
        """Whether the person has set up a second factor."""
        return membership.user_id in self.context.get("with_second_factor", ())

    @extend_schema_field(LastDisplayCheckSerializer(allow_null=True))
    def get_display_check(self, membership: Membership) -> Any:
        """Return the check that the person last read after; null where there is none."""
        check = self.context.get("display_checks", {}).get(membership.user_id)
        return LastDisplayCheckSerializer(check).data if check else None


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation, without its link: that is not kept."""

    sites = SiteSerializer(many=True, read_only=True)
    state = serializers.SerializerMethodField()
    accepted_by = serializers.CharField(
        source="accepted_by.username", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Invitation
        fields = read_only_fields = [
            "id",
            "invited",
            "role",
            "sites",
            "created_at",
            "expires_at",
            "state",
            "accepted_by",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=INVITATION_STATES))
    def get_state(self, invitation: Invitation) -> str:
        """Return what became of the invitation."""
        if invitation.accepted_at:
            return "accepted"
        if invitation.revoked_at:
            return "revoked"
        return "expired" if invitation.expires_at <= timezone.now() else "open"


class PeopleSerializer(serializers.Serializer[Any]):
    """Everybody who is, was or is invited to be in a study."""

    members = MemberSerializer(many=True)
    invitations = InvitationSerializer(many=True)
    second_factor_required = serializers.BooleanField()


class SecondFactorRuleSerializer(BodySerializer):
    """Whether a study's people need a second factor."""

    # Called as people say it; DRF's own attribute of that name is per instance.
    required = serializers.BooleanField()  # type: ignore[assignment]


class NewInvitationSerializer(BodySerializer):
    """Whom to invite as what."""

    invited = serializers.CharField(max_length=150, allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices)
    sites = serializers.ListField(child=serializers.CharField(), default=list)


class InvitationWithLinkSerializer(InvitationSerializer):
    """An invitation just made: the one answer that holds its link."""

    link = serializers.SerializerMethodField()

    class Meta(InvitationSerializer.Meta):
        fields = read_only_fields = [*InvitationSerializer.Meta.fields, "link"]

    def get_link(self, invitation: Invitation) -> str:
        """Return the address to send, without the host."""
        return f"/join/{self.context['token']}"


class InvitedSerializer(serializers.ModelSerializer[Invitation]):
    """What a link says to whoever holds it, signed in or not."""

    study_name = serializers.CharField(source="study.name", read_only=True)
    sites = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = read_only_fields = ["study_name", "role", "sites", "expires_at"]

    def get_sites(self, invitation: Invitation) -> list[str]:
        """Return the names of the hospitals that a site coordinator would answer for."""
        return [site.name for site in invitation.sites.all()]


class NewAccountSerializer(BodySerializer):
    """The account that a person creates to join."""

    username = serializers.CharField(max_length=60)
    full_name = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class JoinedSerializer(serializers.ModelSerializer[Membership]):
    """Where a person has arrived."""

    study_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Membership
        fields = read_only_fields = ["study_id", "role"]
