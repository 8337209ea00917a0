"""The protocol's life in the API: versions, templates, what was wrong, sample sizes."""

from typing import Any

from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.studies.api import ProtocolSerializer
from reader_study.studies.protocol_versions import MayChange


class ProtocolTemplateSerializer(serializers.Serializer[Any]):
    """A protocol to start from."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    document = ProtocolSerializer()


class ProtocolVersionSerializer(serializers.Serializer[Any]):
    """One line of the protocol's history."""

    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ProtocolInForceSerializer(serializers.Serializer[Any]):
    """The protocol in force, how much of it may change, and its history, newest first."""

    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    document = ProtocolSerializer()
    may_change = serializers.ChoiceField(choices=[choice.value for choice in MayChange])
    fixed = serializers.ListField(child=serializers.CharField())
    versions = ProtocolVersionSerializer(many=True)


class NewProtocolSerializer(BodySerializer):
    """A document to be saved; whether it is a protocol is judged when it is saved."""

    document = serializers.DictField(
        help_text="A protocol, as the protocol in force is answered. It may be incomplete: what is "
        "missing or wrong is then pointed at, field by field."
    )
    based_on = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(allow_blank=True, default="")


class ExampleImageSerializer(serializers.Serializer[Any]):
    """The name under which a level can show the image."""

    sha256 = serializers.CharField()


class SampleSizePlanSerializer(BodySerializer):
    """What is expected of two raters, and wanted of the study. Shares, not per cent."""

    high_rate_1 = serializers.FloatField(min_value=0.001, max_value=0.999)
    high_rate_2 = serializers.FloatField(min_value=0.001, max_value=0.999)
    kappa = serializers.FloatField(min_value=0, max_value=0.99)
    width = serializers.FloatField(min_value=0.01, max_value=1)
    kappa0 = serializers.FloatField(min_value=0, max_value=0.99)
    power = serializers.FloatField(min_value=0.5, max_value=0.99)
    alpha = serializers.FloatField(min_value=0.001, max_value=0.2)
    confidence = serializers.FloatField(min_value=0.8, max_value=0.999, default=0.95)


class SampleSizeSerializer(serializers.Serializer[Any]):
    """Numbers of cases, and what to mind about them."""

    cases_for_width = serializers.IntegerField()
    cases_for_test = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())
