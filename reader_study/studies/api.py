"""The studies a person has a role in, and how a protocol is written in the API."""

from typing import Any, get_args

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.models import ApiToken, TokenScope
from reader_study.accounts.requests import person
from reader_study.studies.models import Membership, Role, Site, StudyState
from reader_study.studies.protocol import TreeOverDsa


class LevelSerializer(serializers.Serializer[Any]):
    """One level of the scale."""

    value = serializers.IntegerField()
    name = serializers.CharField()
    anchor = serializers.CharField()
    example_image = serializers.CharField(default=None, allow_null=True)


class UnscorableReasonSerializer(serializers.Serializer[Any]):
    """Why a case could not be graded."""

    code = serializers.CharField()
    # The field is called as in the protocol; DRF's own attribute of that name is per instance.
    label = serializers.CharField()  # type: ignore[assignment]


class TerritorySerializer(serializers.Serializer[Any]):
    """A territory that is graded on the scale, or not opacified."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    # Called as in the protocol, like the label.
    required = serializers.BooleanField(default=True)  # type: ignore[assignment]


class QuestionSerializer(TerritorySerializer):
    """A question that is answered with yes or no."""


class CalibrationSerializer(serializers.Serializer[Any]):
    """Training cases to be passed before the study's own."""

    cases = serializers.IntegerField()
    pass_mark = serializers.FloatField()
    tolerance_levels = serializers.IntegerField()


class HiddenRepeatsSerializer(serializers.Serializer[Any]):
    """Cases shown again, unannounced."""

    share = serializers.FloatField()
    minimum = serializers.IntegerField()
    washout_days = serializers.IntegerField()


class RaterProtocolSerializer(serializers.Serializer[Any]):
    """What a rater needs of the protocol: the form, and nothing of the analysis."""

    title = serializers.CharField()
    levels = LevelSerializer(many=True)
    unscorable_reasons = UnscorableReasonSerializer(many=True)
    territories = TerritorySerializer(many=True, default=list)
    questions = QuestionSerializer(many=True, default=list)
    require_all_runs_opened = serializers.BooleanField()
    tree_over_dsa = serializers.ChoiceField(choices=get_args(TreeOverDsa))


class ProtocolSerializer(serializers.Serializer[Any]):
    """The whole protocol in force, for coordinators."""

    title = serializers.CharField()
    levels = LevelSerializer(many=True)
    high_from = serializers.IntegerField()
    unscorable_reasons = UnscorableReasonSerializer(many=True)
    territories = TerritorySerializer(many=True)
    questions = QuestionSerializer(many=True)
    require_all_runs_opened = serializers.BooleanField()
    tree_over_dsa = serializers.ChoiceField(choices=get_args(TreeOverDsa))
    calibration = CalibrationSerializer(allow_null=True)
    repeats = HiddenRepeatsSerializer(allow_null=True)
    reading_order = serializers.ChoiceField(choices=["random-per-rater", "random-shared"])
    cases_per_day = serializers.IntegerField(allow_null=True)
    weights = serializers.ChoiceField(choices=["none", "linear", "quadratic"])
    confidence = serializers.FloatField()
    ci_method = serializers.ChoiceField(choices=["percentile", "bca"])
    resamples = serializers.IntegerField()
    resampling_unit = serializers.ChoiceField(choices=["case", "site"])
    seed = serializers.IntegerField()
    adjudication = serializers.ChoiceField(
        choices=["none", "any-difference", "across-cut-point", "two-levels-apart"]
    )
    signatures = serializers.ChoiceField(choices=["required", "off"])


class SiteSerializer(serializers.ModelSerializer[Site]):
    """A hospital that sends cases."""

    class Meta:
        model = Site
        fields = read_only_fields = ["code", "name"]


class MyStudySerializer(serializers.Serializer[Any]):
    """A study on the list of a person who has a role in it."""

    id = serializers.UUIDField(source="study.id")
    name = serializers.CharField(source="study.name")
    state = serializers.ChoiceField(choices=StudyState.choices, source="study.state")
    data_notice = serializers.CharField(source="study.data_notice")
    roles = serializers.SerializerMethodField()
    second_factor_required = serializers.BooleanField(source="study.second_factor_required")

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Role.choices)))
    def get_roles(self, membership: Membership) -> list[str]:
        """Return the person's roles in the study."""
        return [Role(membership.role).value]


class MyStudiesView(APIView):
    """The list after signing in."""

    token_scopes = {"GET": TokenScope.READ}

    @extend_schema(responses=MyStudySerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the studies in which the person has a role."""
        memberships = (
            Membership.objects.filter(user=person(request), ended_at__isnull=True)
            .select_related("study")
            .order_by("study__name")
        )
        if isinstance(request.auth, ApiToken) and request.auth.only_study:
            memberships = memberships.filter(study=request.auth.only_study)
        return Response(MyStudySerializer(memberships, many=True).data)
