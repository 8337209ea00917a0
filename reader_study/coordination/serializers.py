"""What the API says to coordinators. Raters have serializers of their own."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.cohorts.models import Upload, UploadMessage
from reader_study.jobs.models import JobState
from reader_study.segmentation.models import VesselModel
from reader_study.signatures.api import OptionalSignatureSerializer
from reader_study.studies.api import ProtocolSerializer, SiteSerializer
from reader_study.studies.models import Role, StudyState

UPLOAD_STATES = {
    JobState.AWAITING: "receiving",
    JobState.QUEUED: "received",
    JobState.RUNNING: "scanning",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


class ModelSerializer(serializers.ModelSerializer[VesselModel]):
    """The model that a study judges."""

    class Meta:
        model = VesselModel
        fields = read_only_fields = ["name", "sha256", "notice"]


class CountsSerializer(serializers.Serializer[Any]):
    """How many cases are where."""

    cases = serializers.IntegerField()
    ready = serializers.IntegerField()
    segmenting = serializers.IntegerField()
    review = serializers.IntegerField(help_text="Cases that wait for somebody's look at their DSA.")
    failed = serializers.IntegerField()
    without_dsa = serializers.IntegerField()


class RaterProgressSerializer(serializers.Serializer[Any]):
    """How far a rater is; never what the rater said."""

    username = serializers.CharField()
    full_name = serializers.CharField(allow_blank=True)
    rater_number = serializers.IntegerField()
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()


class BlockersSerializer(serializers.Serializer[Any]):
    """What stands in the way, in words."""

    open = serializers.ListField(child=serializers.CharField())
    lock = serializers.ListField(child=serializers.CharField())


class OverviewSerializer(serializers.Serializer[Any]):
    """A study's overview page."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=StudyState.choices)
    role = serializers.ChoiceField(choices=Role.choices)
    data_notice = serializers.CharField(allow_blank=True)
    protocol = ProtocolSerializer()
    protocol_sha256 = serializers.CharField()
    model = ModelSerializer(allow_null=True)
    counts = CountsSerializer()
    raters = RaterProgressSerializer(many=True)
    blockers = BlockersSerializer()
    sites = SiteSerializer(many=True)


class UploadMessageSerializer(serializers.ModelSerializer[UploadMessage]):
    """One clear sentence about a file or a series."""

    class Meta:
        model = UploadMessage
        fields = read_only_fields = ["level", "name", "text"]


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """An upload and what became of it."""

    state = serializers.SerializerMethodField()
    site = serializers.CharField(source="site.code", read_only=True)
    uploaded_by = serializers.CharField(
        source="uploaded_by.username", default=None, allow_null=True, read_only=True
    )
    messages = UploadMessageSerializer(many=True, read_only=True)

    class Meta:
        model = Upload
        fields = read_only_fields = [
            "id",
            "filename",
            "file_count",
            "size_bytes",
            "received_bytes",
            "expires_at",
            "uploaded_by",
            "created_at",
            "state",
            "progress",
            "error",
            "note",
            "site",
            "cases_added",
            "instances_accepted",
            "messages",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=list(UPLOAD_STATES.values())))
    def get_state(self, upload: Upload) -> str:
        """Return the job's state in the words of the page."""
        return UPLOAD_STATES[JobState(upload.state)]


class ConfirmationSerializer(BodySerializer):
    """The study's name, typed to confirm what cannot be undone."""

    confirm_name = serializers.CharField()


class SignedConfirmationSerializer(OptionalSignatureSerializer, ConfirmationSerializer):
    """The study's name, and the signature where the study asks for one."""


class ReasonSerializer(BodySerializer):
    """Why something is done; it is kept for good."""

    reason = serializers.CharField(max_length=500, allow_blank=True)
