"""What the API says of models, to coordinators and administrators alone."""

from typing import Any

from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.coordination.serializers import ModelSerializer
from reader_study.segmentation.model_imports import LONGEST_NOTICE
from reader_study.segmentation.models import ModelImport

IMPORT_STATES = ["queued", "running", "done", "failed"]


class FactSerializer(serializers.Serializer[Any]):
    """A single value of a card, named by its place in it."""

    name = serializers.CharField()
    value = serializers.CharField()


class FoldOriginSerializer(serializers.Serializer[Any]):
    """A fold of an imported model, and nnU-Net's own validation of it."""

    fold = serializers.CharField()
    checkpoint = serializers.CharField()
    epochs = serializers.IntegerField(allow_null=True)
    validation_dice = serializers.FloatField(allow_null=True)
    validation_cases = serializers.IntegerField(allow_null=True)


class OriginSerializer(serializers.Serializer[Any]):
    """Where an imported model comes from."""

    format = serializers.CharField()
    # Called as in the card; DRF's own attribute of that name is per instance.
    source = serializers.CharField()  # type: ignore[assignment]
    source_sha256 = serializers.CharField(allow_null=True)
    dataset = serializers.CharField()
    trainer = serializers.CharField()
    imported = serializers.CharField()
    folds = FoldOriginSerializer(many=True)
    remarks = serializers.ListField(child=serializers.CharField())


class MeasureSummarySerializer(serializers.Serializer[Any]):
    """One measure over the cases of a set."""

    measure = serializers.CharField()
    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    ci = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True
    )


class PublishedSerializer(serializers.Serializer[Any]):
    """Mean and SD of one set as published."""

    mean = serializers.FloatField()
    sd = serializers.FloatField(allow_null=True)


class EvaluatedSetSerializer(serializers.Serializer[Any]):
    """A set of cases."""

    name = serializers.CharField()
    n = serializers.IntegerField()
    measures = MeasureSummarySerializer(many=True)
    published = PublishedSerializer(allow_null=True)


class MeasureTitleSerializer(serializers.Serializer[Any]):
    """What people call a measure, its unit and the decimals worth showing."""

    measure = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    decimals = serializers.IntegerField()


class PaperSerializer(serializers.Serializer[Any]):
    """Whence the published figures."""

    # Called as in the card, like the origin's.
    source = serializers.CharField()  # type: ignore[assignment]
    note = serializers.CharField(allow_blank=True)
    measure = serializers.CharField()


class ModelEvaluationSerializer(serializers.Serializer[Any]):
    """How well the model did on which cases."""

    sets = EvaluatedSetSerializer(many=True)
    measures = MeasureTitleSerializer(many=True)
    paper = PaperSerializer(allow_null=True)


class ModelCardSerializer(serializers.Serializer[Any]):
    """All that is known of a model."""

    name = serializers.CharField()
    sha256 = serializers.CharField()
    notice = serializers.CharField(allow_blank=True)
    registered_at = serializers.DateTimeField()
    labels = serializers.ListField(child=serializers.CharField())
    settings = FactSerializer(many=True)
    training = FactSerializer(many=True)
    origin = OriginSerializer(allow_null=True)
    evaluation = ModelEvaluationSerializer(allow_null=True)


class StudyModelSerializer(serializers.Serializer[Any]):
    """A study's model, and the others that it could name."""

    model = ModelCardSerializer(allow_null=True)
    choices = ModelSerializer(many=True)
    fixed = serializers.CharField(
        allow_blank=True, help_text="Why another model cannot be chosen; empty while it can."
    )
    etag = serializers.CharField(help_text="What the choice of a model names in If-Match.")


class ModelChoiceSerializer(BodySerializer):
    """The model to name."""

    sha256 = serializers.CharField(max_length=64)


class RegisteredModelSerializer(serializers.Serializer[Any]):
    """A registered model and who uses it."""

    card = ModelCardSerializer()
    studies = serializers.ListField(child=serializers.CharField())


class ModelImportSerializer(serializers.ModelSerializer[ModelImport]):
    """An import that was asked for on the page."""

    state = serializers.ChoiceField(choices=IMPORT_STATES)
    requested_by = serializers.CharField(source="requested_by.username")

    class Meta:
        model = ModelImport
        fields = read_only_fields = [
            "id",
            "name",
            "file_name",
            "size_bytes",
            "state",
            "error",
            "requested_by",
            "created_at",
        ]


class BegunImportSerializer(serializers.ModelSerializer[ModelImport]):
    """Where to send the file."""

    class Meta:
        model = ModelImport
        fields = read_only_fields = ["id"]


class ModelsSerializer(serializers.Serializer[Any]):
    """The administrators' page."""

    models = RegisteredModelSerializer(many=True)
    imports = ModelImportSerializer(many=True)
    max_bytes = serializers.IntegerField()


class NewModelSerializer(BodySerializer):
    """An exported model that is about to be sent, and what it is to be called."""

    file_name = serializers.CharField(max_length=500)
    size_bytes = serializers.IntegerField(min_value=1)
    name = serializers.RegexField(
        r"^[a-z0-9][a-z0-9.-]{0,99}$",
        error_messages={
            "invalid": "Use small letters, digits, points and dashes, a letter or digit first."
        },
    )
    notice = serializers.CharField(max_length=LONGEST_NOTICE)
    configuration = serializers.CharField(max_length=200, allow_blank=True, default="")
    smallest_component_mm3 = serializers.FloatField(min_value=0, max_value=10_000, default=0.0)
