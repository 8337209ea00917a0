"""What the API says to raters: opaque codes, images and the form, nothing else."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reader_study.api.strict import BodySerializer, QuerySerializer
from reader_study.reading.blocks import Signing
from reader_study.reading.models import DisplayCheck, Reading, Stage, ViewUseKind
from reader_study.reading.selectors import Worklist
from reader_study.reading.view_use import LONGEST_DELAY_MS, MOST_AT_ONCE, details_schema
from reader_study.studies.api import RaterProtocolSerializer
from reader_study.studies.protocol import NOT_OPACIFIED

TOLD_OF_VOLUME = {"file", "shape", "spacing", "origin", "clip", "sliceOrder"}
TOLD_OF_LABELS = {"file", "names", "colours"}
TOLD_OF_RUN = {
    "name",
    "partner",
    "frames",
    "rows",
    "columns",
    "bits",
    "frameStartsMs",
    "maskFrames",
    "maskShift",
    "alreadySubtracted",
    "logarithmic",
    "window",
    "primaryDeg",
    "secondaryDeg",
    "sidMm",
    "sodMm",
    "detectorSpacingMm",
    "isocentre",
    "isocentreKnown",
}
"""What the viewer draws a case from; no more of a media pack's manifest goes out to a rater."""

SIGNATURE_STATES = ["off", "reading", "to-sign", "signed"]
WAIT_REASONS = ["finished", "nothing-assigned", "daily-limit", "later"]


@extend_schema_field(
    {"oneOf": [{"type": "integer"}, {"type": "string", "enum": [NOT_OPACIFIED]}]},
    component_name="TerritoryGrade",
)
class TerritoryGradeField(serializers.Field[Any, Any, Any, Any]):
    """A level of the scale, or that no angiography run shows the territory."""

    def to_internal_value(self, data: Any) -> int | str:
        """Return the grade as it was sent."""
        if data == NOT_OPACIFIED:
            return NOT_OPACIFIED
        if isinstance(data, int) and not isinstance(data, bool):
            return data
        raise serializers.ValidationError(f"A level of the scale or “{NOT_OPACIFIED}”, please.")

    def to_representation(self, value: Any) -> Any:
        """Return the grade as it is stored."""
        return value


class AnswersSerializer(BodySerializer):
    """A grade, or the reason why there is none, the protocol's items and a comment."""

    grade = serializers.IntegerField(allow_null=True)
    unscorable_reason = serializers.CharField(allow_null=True, max_length=41)
    comment = serializers.CharField(allow_blank=True, max_length=4000)
    territory_grades = serializers.DictField(child=TerritoryGradeField(), default=dict)
    question_answers = serializers.DictField(child=serializers.BooleanField(), default=dict)


class RevisedAnswersSerializer(BodySerializer):
    """Answers with the revision that they were typed upon."""

    revision = serializers.IntegerField(min_value=0)
    answers = AnswersSerializer()


class SubmissionSerializer(RevisedAnswersSerializer):
    """Final answers. The key tells a request that is sent again from a second submission."""

    submission_key = serializers.UUIDField(required=False)
    open_next = serializers.BooleanField(default=False)


class WaitSerializer(serializers.Serializer[Any]):
    """Why there is no next case now."""

    reason = serializers.ChoiceField(choices=WAIT_REASONS)
    until = serializers.DateTimeField(allow_null=True)


class CalibrationResultSerializer(serializers.Serializer[Any]):
    """How the rater did in the last attempt at the calibration cases."""

    attempt = serializers.IntegerField()
    agreed = serializers.IntegerField()
    total = serializers.IntegerField()
    passed = serializers.BooleanField()


class CheckedScreenSerializer(serializers.ModelSerializer[DisplayCheck]):
    """A screen whose display the rater has checked since they logged in."""

    class Meta:
        model = DisplayCheck
        fields = read_only_fields = ["screen_width", "screen_height", "pixel_ratio"]


class ScreenQuerySerializer(QuerySerializer, serializers.ModelSerializer[DisplayCheck]):
    """The screen that a case is to be shown on; what is not told is not asked about."""

    class Meta:
        model = DisplayCheck
        fields = CheckedScreenSerializer.Meta.fields
        extra_kwargs: ClassVar = {name: {"required": False} for name in fields}


class WorklistSerializer(serializers.Serializer[Any]):
    """A rater's own list: how long it is and what comes next."""

    study_name = serializers.CharField()
    data_notice = serializers.CharField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    attempt = serializers.IntegerField()
    total = serializers.IntegerField()
    submitted = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    wait = WaitSerializer(allow_null=True)
    last_calibration = CalibrationResultSerializer(allow_null=True)
    protocol = RaterProtocolSerializer()
    checked_screens = CheckedScreenSerializer(many=True)
    signature = serializers.ChoiceField(choices=SIGNATURE_STATES)


_PART = {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"]}
_RUN = {
    "type": "object",
    "properties": {"frames": {"type": "array", "items": {"type": "string"}}},
    "required": ["frames"],
}


@extend_schema_field(
    {
        "type": "object",
        "description": "Which files there are below `base` and how the viewer reads them: shape, "
        "spacing, window, timing, angles. It is the viewer's own format and may grow.",
        "properties": {
            "volume": _PART,
            "labels": {**_PART, "nullable": True},
            "tree": {**_PART, "nullable": True},
            "runs": {"type": "array", "items": _RUN},
            "corrections": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["volume", "labels", "tree", "runs", "corrections"],
    },
    component_name="MediaManifest",
)
class MediaManifestField(serializers.JSONField):
    """What a case's files are."""


class MediaSerializer(serializers.Serializer[Any]):
    """Where the case's arrays are and what they mean."""

    base = serializers.CharField()
    manifest = MediaManifestField()


class RaterMediaSerializer(MediaSerializer):
    """The same to a rater, whose browser may have fetched the arrays ahead."""

    version = serializers.CharField()


class RaterCaseSerializer(serializers.Serializer[Any]):
    """One case as its rater sees it, with the version of the form that it is answered under."""

    code = serializers.CharField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    position = serializers.IntegerField()
    total = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["new", "draft", "submitted"])
    unlock_reason = serializers.CharField(allow_blank=True)
    taken_back = serializers.BooleanField()
    draft = AnswersSerializer(allow_null=True)
    revision = serializers.IntegerField()
    media = RaterMediaSerializer()
    opened_runs = serializers.ListField(child=serializers.IntegerField())
    active_ms = serializers.IntegerField()
    protocol = RaterProtocolSerializer()
    next = serializers.CharField(allow_null=True)


class FollowingCaseSerializer(serializers.Serializer[Any]):
    """The images of the case after the one at hand; both null where none is certain to follow."""

    code = serializers.CharField(allow_null=True)
    media = RaterMediaSerializer(allow_null=True)


class RunSerializer(BodySerializer):
    """An angiography run, counted from 0."""

    run = serializers.IntegerField(min_value=0)


class OpenedRunsSerializer(serializers.Serializer[Reading]):
    """The runs that the rater has looked at."""

    opened_runs = serializers.ListField(child=serializers.IntegerField())


class HeartbeatSerializer(BodySerializer):
    """Whether the rater is at work, or pauses."""

    active = serializers.BooleanField()


@extend_schema_field(details_schema(), component_name="ViewUseDetail")
class ViewUseDetailField(serializers.DictField):
    """What a use of its kind says."""


class ViewUseSerializer(BodySerializer):
    """Something that the rater did to the images, and how long ago."""

    key = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ViewUseKind.choices)
    detail = ViewUseDetailField()
    ago_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_DELAY_MS)


class ViewUsesSerializer(BodySerializer):
    """Uses of a few seconds."""

    uses = serializers.ListField(child=ViewUseSerializer(), min_length=1, max_length=MOST_AT_ONCE)


class KeptViewUsesSerializer(serializers.Serializer[Any]):
    """How many uses of this reading are on record now."""

    recorded = serializers.IntegerField()


class ActiveTimeSerializer(serializers.Serializer[Reading]):
    """Time at work on the case so far."""

    active_ms = serializers.IntegerField()


class SavedDraftSerializer(serializers.Serializer[Reading]):
    """What the server holds now."""

    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class SubmittedSerializer(serializers.Serializer[Any]):
    """What comes after a submission. The stage changes when a calibration has been passed.

    ``opened`` is the next case of the same list, where it was asked for.
    """

    next = serializers.CharField(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices)
    attempt = serializers.IntegerField()
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()
    opened = RaterCaseSerializer(allow_null=True)


def told_of_media(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what a rater is told of a media pack, entry by entry: the rest stays here."""
    labels, runs = manifest["labels"], manifest["runs"]
    return {
        "volume": _part(manifest["volume"], TOLD_OF_VOLUME),
        "labels": labels and _part(labels, TOLD_OF_LABELS),
        "tree": manifest["tree"] and _part(manifest["tree"], {"file"}),
        "runs": [_part(run, TOLD_OF_RUN) for run in runs],
        "corrections": manifest["corrections"],
    }


def _part(entry: dict[str, Any], told: set[str]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name in told}


def written_answers(reading: Reading) -> dict[str, Any]:
    """Return a reading's answers as the API writes them."""
    return {
        "grade": reading.grade,
        "unscorable_reason": reading.unscorable_reason or None,
        "comment": reading.comment,
        "territory_grades": reading.territory_grades,
        "question_answers": reading.question_answers,
    }


def signature_state(signing: Signing | None) -> str:
    """Say in one word where a rater stands with their signature."""
    if signing is None:
        return "off"
    if signing.block is not None:
        return "to-sign"
    return "signed" if signing.is_complete else "reading"


def progress_of(worklist: Worklist) -> dict[str, Any]:
    """Return where a rater stands, as the API writes it."""
    return {
        "next": worklist.next.code if worklist.next else None,
        "stage": worklist.stage,
        "attempt": worklist.attempt,
        "submitted": worklist.submitted,
        "total": worklist.total,
    }
