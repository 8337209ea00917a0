"""What the API says to coordinators of image series: all of them, used or not."""

from typing import Any

from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.cohorts.models import Phase, Review, SeriesKind
from reader_study.imaging.gates import Verdict
from reader_study.jobs.models import JobState


class GateSerializer(serializers.Serializer[Any]):
    """One check of a series and how it ended."""

    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    sentence = serializers.CharField()


class GeometrySerializer(serializers.Serializer[Any]):
    """How a series lies, as its headers say."""

    size = serializers.ListField(
        child=serializers.IntegerField(), help_text="Columns, rows, and slices or frames."
    )
    spacing_mm = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="Between columns, rows and, for CT, slices.",
    )
    tilt_deg = serializers.FloatField(allow_null=True)
    orientation = serializers.CharField(allow_blank=True)


class RectangleSerializer(BodySerializer):
    """A part of an image, in pixels from its upper left corner."""

    left = serializers.IntegerField(min_value=0)
    top = serializers.IntegerField(min_value=0)
    width = serializers.IntegerField(min_value=1)
    height = serializers.IntegerField(min_value=1)


class TextBoxSerializer(RectangleSerializer):
    """Where something like text was found."""

    frame = serializers.IntegerField(
        allow_null=True, help_text="None where it stands in all frames."
    )


class BuildSerializer(serializers.Serializer[Any]):
    """The making of a series' volume or run anew."""

    state = serializers.ChoiceField(choices=[state.value for state in JobState])
    progress = serializers.FloatField()
    error = serializers.CharField(allow_blank=True)


class CaseSeriesSerializer(serializers.Serializer[Any]):
    """One series of a case, whether it is used or not."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=SeriesKind.values)
    position = serializers.IntegerField()
    used = serializers.BooleanField()
    instance_count = serializers.IntegerField()
    description = serializers.CharField()
    geometry = GeometrySerializer(allow_null=True)
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    gates = GateSerializer(many=True)
    acquired_at = serializers.DateTimeField(
        allow_null=True, help_text="Moved with all dates of the case."
    )
    biplane_partner = serializers.IntegerField(allow_null=True)
    overruled_reason = serializers.CharField(allow_blank=True)
    review = serializers.ChoiceField(choices=Review.values)
    reviewed_by = serializers.CharField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    review_note = serializers.CharField(allow_blank=True)
    text_boxes = TextBoxSerializer(many=True)
    blackouts = RectangleSerializer(many=True)
    phase = serializers.ChoiceField(choices=Phase.values, allow_blank=True)
    proposed_phase = serializers.ChoiceField(choices=Phase.values, allow_blank=True)
    build = BuildSerializer(allow_null=True)
    preview_count = serializers.IntegerField(
        help_text="How many pictures there are; the thumbnail is the one in the middle."
    )
    picture_frames = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The slice of the volume or frame of the run that each picture shows, counted "
        "from 0; empty while nothing was built of the series.",
    )
    may_become = serializers.ListField(
        child=serializers.ChoiceField(choices=SeriesKind.values),
        help_text="What a coordinator may say it is instead.",
    )


class CaseImagesSerializer(serializers.Serializer[Any]):
    """All series of a case, and whether anything about them can still be changed."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    site = serializers.CharField()
    occlusion_side = serializers.CharField(allow_blank=True)
    occlusion_segment = serializers.CharField(allow_blank=True)
    fixed_because = serializers.CharField(
        allow_blank=True, help_text="Why nothing can be changed any more; empty while it can."
    )
    series = CaseSeriesSerializer(many=True)


class OverruleSerializer(BodySerializer):
    """What a coordinator says a series is, or which CT is to be used."""

    kind = serializers.ChoiceField(choices=SeriesKind.values)
    reason = serializers.CharField(max_length=500, allow_blank=True)


class ReviewDecisionSerializer(BodySerializer):
    """What a person decided who looked for names in the pixels of a series."""

    decision = serializers.ChoiceField(
        choices=["release", "keep-out", "look-again"],
        help_text="To look again takes a release or a keeping out back.",
    )
    phase = serializers.ChoiceField(
        choices=Phase.values, allow_blank=True, default="", help_text="Needed to release a run."
    )
    blackouts = RectangleSerializer(
        many=True, default=list, help_text="Painted over before the release; runs only."
    )
    note = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="Needed to keep out."
    )


class WaitingSeriesSerializer(CaseSeriesSerializer):
    """A series in the queue of those that wait for a person's look."""

    case_id = serializers.UUIDField()
    case_code = serializers.CharField()
