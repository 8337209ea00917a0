"""The API's shapes for a list of cases."""

from typing import Any

from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.cohorts.models import OcclusionSegment, OcclusionSide


class ManifestTextSerializer(BodySerializer):
    """A list of cases as it is sent."""

    manifest = serializers.CharField(help_text="The text of the CSV file.")


class ManifestRowSerializer(serializers.Serializer[Any]):
    """What the list says of one case."""

    line = serializers.IntegerField(help_text="Where it stands; the header is line 1.")
    case_code = serializers.CharField()
    site = serializers.CharField(help_text="Site code.")
    side = serializers.ChoiceField(choices=OcclusionSide.choices, allow_blank=True)
    segment = serializers.ChoiceField(choices=OcclusionSegment.choices, allow_blank=True)
    path = serializers.CharField(help_text="The file, folder or zip with the case's images.")


class ManifestSerializer(serializers.Serializer[Any]):
    """A list of cases without a mistake."""

    rows = ManifestRowSerializer(many=True)
