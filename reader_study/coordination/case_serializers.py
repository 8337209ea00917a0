"""What the API says to coordinators about cases."""

from typing import Any

from rest_framework import serializers

from reader_study.accounts.proof import ProofSerializer
from reader_study.api.strict import BodySerializer
from reader_study.cohorts.models import CasePurpose, OcclusionSegment, OcclusionSide, Series
from reader_study.coordination.case_selectors import PLACE_STATES
from reader_study.coordination.case_states import CASE_STATES
from reader_study.reading.models import Stage


class SeriesSerializer(serializers.ModelSerializer[Series]):
    """A series in words."""

    corrections = serializers.ListField(child=serializers.CharField(), read_only=True)
    flags = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Series
        fields = read_only_fields = ["kind", "description", "corrections", "flags"]


class RatingCountSerializer(serializers.Serializer[Any]):
    """How many of the expected ratings of a case are in."""

    submitted = serializers.IntegerField()
    expected = serializers.IntegerField()


class CaseRowSerializer(serializers.Serializer[Any]):
    """One row of the table of cases."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    site = serializers.CharField()
    state = serializers.ChoiceField(choices=CASE_STATES)
    message = serializers.CharField(allow_blank=True)
    progress = serializers.FloatField()
    seconds_left = serializers.FloatField(allow_null=True)
    series = SeriesSerializer(many=True, help_text="Those in use.")
    ct_waits = serializers.BooleanField(help_text="Whether a CT waits for its release.")
    dsa_waits = serializers.BooleanField(help_text="Whether runs wait for their release.")
    artery_volume_ml = serializers.FloatField(allow_null=True)
    ratings = RatingCountSerializer()
    purpose = serializers.ChoiceField(choices=CasePurpose.choices)
    reference_grade = serializers.IntegerField(allow_null=True)
    occlusion_side = serializers.ChoiceField(choices=OcclusionSide.choices, allow_blank=True)
    occlusion_segment = serializers.ChoiceField(choices=OcclusionSegment.choices, allow_blank=True)
    deleted = serializers.BooleanField(help_text="Whether the images were deleted on request.")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)
    on_lists = serializers.BooleanField(help_text="Whether every rater has been given the case.")
    rater_codes = serializers.ListField(
        child=serializers.CharField(), help_text="The codes under which the raters know the case."
    )


class CaseStepSerializer(serializers.Serializer[Any]):
    """Something that happened to a case."""

    what = serializers.CharField()
    at = serializers.DateTimeField()
    message = serializers.CharField(allow_blank=True)


class AttemptSerializer(serializers.Serializer[Any]):
    """One attempt at a reading. What was answered stays empty until the study is locked."""

    attempt = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    unlock_reason = serializers.CharField(allow_blank=True)
    unlocked_by = serializers.CharField(allow_null=True)
    taken_back = serializers.BooleanField()
    grade = serializers.IntegerField(allow_null=True)
    unscorable_reason = serializers.CharField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)


class PlaceSerializer(serializers.Serializer[Any]):
    """A case's place on a rater's list."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    username = serializers.CharField()
    full_name = serializers.CharField(allow_blank=True)
    rater_number = serializers.IntegerField()
    has_left = serializers.BooleanField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    calibration_attempt = serializers.IntegerField()
    is_repeat = serializers.BooleanField()
    state = serializers.ChoiceField(choices=PLACE_STATES)
    active_minutes = serializers.FloatField()
    attempts = AttemptSerializer(many=True)


class CaseDetailSerializer(CaseRowSerializer):
    """One case with its history and each rater's place."""

    etag = serializers.CharField(help_text="What a change of the case names in If-Match.")
    history = CaseStepSerializer(many=True)
    places = PlaceSerializer(many=True)


class PurposeSerializer(BodySerializer):
    """What a case is read for, and the grade that a calibration case should be given."""

    purpose = serializers.ChoiceField(choices=CasePurpose.choices)
    reference_grade = serializers.IntegerField(allow_null=True, default=None)


class OcclusionSerializer(BodySerializer):
    """Where the vessel was occluded; empty where not known."""

    side = serializers.ChoiceField(choices=OcclusionSide.choices, allow_blank=True)
    segment = serializers.ChoiceField(choices=OcclusionSegment.choices, allow_blank=True)


class DeletePatientSerializer(ProofSerializer):
    """The case's code typed to confirm, why, and the password of who asks for it."""

    confirm_code = serializers.CharField()
    reason = serializers.CharField(max_length=500)
