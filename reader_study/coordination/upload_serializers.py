"""What the API says to coordinators of uploads while they arrive, and is told of them."""

from typing import Any

from rest_framework import serializers

from reader_study.api.strict import BodySerializer
from reader_study.cohorts.models import QuarantinedFile


class BeginUploadSerializer(BodySerializer):
    """What is about to be sent."""

    site = serializers.CharField(help_text="The code of the site that sent the files.")
    name = serializers.CharField(max_length=255, help_text="What people know the upload by.")
    files = serializers.IntegerField(min_value=1, help_text="How many files will be sent.")
    size_bytes = serializers.IntegerField(min_value=0, help_text="What they have together.")
    manifest = serializers.CharField(
        allow_null=True, default=None, trim_whitespace=False, help_text="The list of cases, as CSV."
    )


class SentFileSerializer(serializers.ModelSerializer[QuarantinedFile]):
    """A file of an upload and how much of it has arrived."""

    name = serializers.CharField(source="sent_name", read_only=True)

    class Meta:
        model = QuarantinedFile
        fields = read_only_fields = ["id", "name", "size_bytes", "received_bytes"]


class RoomSerializer(serializers.Serializer[Any]):
    """How much room a study has."""

    used_bytes = serializers.IntegerField(
        help_text="What its raw uploads and de-identified DICOM take."
    )
    quota_bytes = serializers.IntegerField(allow_null=True, help_text="None where there is none.")
    free_bytes = serializers.IntegerField(
        allow_null=True, help_text="On the server's disk; None where files do not lie on one."
    )
