"""The rater's API of the display check."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.requests import person
from reader_study.api.strict import BodySerializer
from reader_study.reading.api import RaterView, study_as_reader
from reader_study.reading.display_check import (
    PATCHES,
    Findings,
    Screen,
    findings_of,
    record_display_check,
)
from reader_study.reading.media_tokens import session_digest
from reader_study.reading.models import DisplayVerdict

MOST_PIXELS = 100_000


class PatchesField(serializers.ListField):
    """Patches of the pattern, counted from black."""

    child = serializers.IntegerField(min_value=0, max_value=PATCHES - 1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=PATCHES, **kwargs)


class ScreenSerializer(BodySerializer):
    """What the browser tells of the screen."""

    screen_width = serializers.IntegerField(min_value=0, max_value=MOST_PIXELS)
    screen_height = serializers.IntegerField(min_value=0, max_value=MOST_PIXELS)
    window_width = serializers.IntegerField(min_value=0, max_value=MOST_PIXELS)
    window_height = serializers.IntegerField(min_value=0, max_value=MOST_PIXELS)
    pixel_ratio = serializers.FloatField(min_value=0.1, max_value=20)
    colour_depth = serializers.IntegerField(min_value=1, max_value=64)
    zoom_percent = serializers.IntegerField(allow_null=True, min_value=10, max_value=1000)


class NewDisplayCheckSerializer(BodySerializer):
    """A check as the rater did it."""

    screen = ScreenSerializer()
    room_is_dim = serializers.BooleanField()
    empty_patches = PatchesField()
    seen_patches = PatchesField()
    goes_on = serializers.BooleanField(default=False)


class DisplayFindingsSerializer(serializers.Serializer[Findings]):
    """What the check found."""

    verdict = serializers.ChoiceField(choices=DisplayVerdict.choices)
    unseen = PatchesField()
    imagined = PatchesField()


class DisplayChecksView(RaterView):
    """The rater's display checks in one study."""

    @extend_schema(request=NewDisplayCheckSerializer, responses={201: DisplayFindingsSerializer})
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Keep a check and say what it found."""
        rater = person(request)
        study = study_as_reader(rater, study_id)
        posted = NewDisplayCheckSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        check = record_display_check(
            study=study,
            rater=rater,
            session=session_digest(request.session.session_key),
            screen=Screen(**posted.validated_data["screen"]),
            room_is_dim=posted.validated_data["room_is_dim"],
            empty=posted.validated_data["empty_patches"],
            seen=posted.validated_data["seen_patches"],
            goes_on=posted.validated_data["goes_on"],
        )
        findings = findings_of(empty=check.empty_patches, seen=check.seen_patches)
        answer = DisplayFindingsSerializer(findings)
        return Response(answer.data, status=status.HTTP_201_CREATED)
