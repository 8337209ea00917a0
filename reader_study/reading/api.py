"""The rater's API. A rater is shown opaque codes, images and the form: nothing else."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.models import User
from reader_study.accounts.requests import person
from reader_study.api_errors import ConflictError
from reader_study.reading import services
from reader_study.reading.media import media_base
from reader_study.reading.models import Assignment, Reading
from reader_study.reading.selectors import SUBMITTED, assignments_visible_to, next_unread
from reader_study.reading.services import Answers
from reader_study.studies.api import RaterProtocolSerializer
from reader_study.studies.models import Role, Study
from reader_study.studies.selectors import current_protocol, studies_with_role


class AnswersSerializer(serializers.Serializer[Answers]):
    """A grade, or the reason why there is none, and a comment."""

    grade = serializers.IntegerField(allow_null=True)
    unscorable_reason = serializers.CharField(allow_null=True, max_length=41)
    comment = serializers.CharField(allow_blank=True, max_length=4000)


class RevisedAnswersSerializer(serializers.Serializer[Any]):
    """Answers with the revision that they were typed upon."""

    revision = serializers.IntegerField(min_value=0)
    answers = AnswersSerializer()


class WorklistSerializer(serializers.Serializer[Any]):
    """A rater's own list: how long it is and what comes next."""

    study_name = serializers.CharField()
    data_notice = serializers.CharField()
    total = serializers.IntegerField()
    submitted = serializers.IntegerField()
    position = serializers.IntegerField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    protocol = RaterProtocolSerializer()


class MediaSerializer(serializers.Serializer[Any]):
    """Where the case's arrays are and what they mean."""

    base = serializers.CharField()
    manifest = serializers.JSONField()


class RaterCaseSerializer(serializers.Serializer[Any]):
    """One case as its rater sees it."""

    code = serializers.CharField()
    position = serializers.IntegerField()
    total = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["new", "draft", "submitted"])
    draft = AnswersSerializer(allow_null=True)
    revision = serializers.IntegerField()
    media = MediaSerializer()
    opened_runs = serializers.ListField(child=serializers.IntegerField())
    next = serializers.CharField(allow_null=True)


class RunSerializer(serializers.Serializer[Any]):
    """An angiography run, counted from 0."""

    run = serializers.IntegerField(min_value=0)


class OpenedRunsSerializer(serializers.Serializer[Reading]):
    """The runs that the rater has looked at."""

    opened_runs = serializers.ListField(child=serializers.IntegerField())


class SavedDraftSerializer(serializers.Serializer[Reading]):
    """What the server holds now."""

    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class SubmittedSerializer(serializers.Serializer[Any]):
    """What comes after a submission."""

    next = serializers.CharField(allow_null=True)
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()


def _answers(reading: Reading) -> dict[str, Any]:
    return {
        "grade": reading.grade,
        "unscorable_reason": reading.unscorable_reason or None,
        "comment": reading.comment,
    }


def _next_code(assignment: Assignment) -> str | None:
    following = next_unread(assignment.study, assignment.rater)
    return following.code if following else None


class WorklistView(APIView):
    """The rater's list in one study."""

    @extend_schema(responses=WorklistSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say how far the rater is and which case comes next."""
        rater = person(request)
        study = _study_as_rater(rater, study_id)
        own = assignments_visible_to(rater).filter(study=study)
        following = next_unread(study, rater)
        return Response(
            WorklistSerializer(
                {
                    "study_name": study.name,
                    "data_notice": study.data_notice,
                    "total": own.count(),
                    "submitted": own.filter(SUBMITTED).count(),
                    "position": following.position if following else None,
                    "next": following.code if following else None,
                    "protocol": current_protocol(study).document,
                }
            ).data
        )


def _study_as_rater(rater: User, study_id: uuid.UUID) -> Study:
    return get_object_or_404(studies_with_role(rater, Role.RATER), pk=study_id)


class RaterCaseBase(APIView):
    """What the views of one case have in common."""

    def assignment(self, request: Request, code: str) -> Assignment:
        """Return the rater's own assignment with media, or 404."""
        own = assignments_visible_to(person(request)).filter(media_pack__isnull=False)
        return get_object_or_404(own.select_related("study", "media_pack", "rater"), code=code)

    def posted_answers(self, request: Request) -> tuple[Answers, int]:
        """Return the posted answers and the revision that they are based on."""
        posted = RevisedAnswersSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data["answers"]
        answers = Answers(
            grade=given["grade"],
            unscorable_reason=given["unscorable_reason"] or "",
            comment=given["comment"],
        )
        return answers, posted.validated_data["revision"]

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the services refuse into the API's answers."""
        if isinstance(exc, services.StaleRevisionError):
            exc = ConflictError(
                str(exc), revision=exc.reading.revision, answers=_answers(exc.reading)
            )
        elif isinstance(exc, services.NotPossibleError):
            exc = ConflictError(str(exc))
        elif isinstance(exc, services.IncompleteReadingError):
            return Response({"detail": str(exc), "missing": exc.missing}, status=400)
        return super().handle_exception(exc)


class RaterCaseView(RaterCaseBase):
    """One case: images, form and what was answered so far."""

    @extend_schema(responses=RaterCaseSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Return the case; asking for it the first time starts the reading."""
        assignment = self.assignment(request, code)
        reading = services.reading_of(assignment)
        touched = reading.revision > 0
        state = reading.state if touched else "new"
        total = assignments_visible_to(assignment.rater).filter(study=assignment.study).count()
        assert assignment.media_pack is not None  # noqa: S101 - filtered above
        return Response(
            RaterCaseSerializer(
                {
                    "code": assignment.code,
                    "position": assignment.position,
                    "total": total,
                    "state": state,
                    "draft": _answers(reading) if touched else None,
                    "revision": reading.revision,
                    "media": {
                        "base": media_base(assignment),
                        "manifest": assignment.media_pack.manifest,
                    },
                    "opened_runs": reading.opened_runs,
                    "next": _next_code(assignment),
                }
            ).data
        )


class DraftView(RaterCaseBase):
    """Unfinished answers."""

    @extend_schema(request=RevisedAnswersSerializer, responses=SavedDraftSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Keep unfinished answers, unless another window changed them meanwhile."""
        answers, revision = self.posted_answers(request)
        reading = services.save_draft(
            assignment=self.assignment(request, code), answers=answers, revision=revision
        )
        return Response(SavedDraftSerializer(reading).data)


class OpenedRunView(RaterCaseBase):
    """Which runs were looked at."""

    @extend_schema(request=RunSerializer, responses=OpenedRunsSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Remember that the rater opened a run."""
        posted = RunSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        reading = services.mark_run_opened(
            assignment=self.assignment(request, code), run=posted.validated_data["run"]
        )
        return Response(OpenedRunsSerializer(reading).data)


class SubmitView(RaterCaseBase):
    """Final answers."""

    @extend_schema(request=RevisedAnswersSerializer, responses=SubmittedSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Lock the answers and say which case comes next."""
        assignment = self.assignment(request, code)
        answers, revision = self.posted_answers(request)
        services.submit(assignment=assignment, answers=answers, revision=revision)
        own = assignments_visible_to(assignment.rater).filter(study=assignment.study)
        return Response(
            SubmittedSerializer(
                {
                    "next": _next_code(assignment),
                    "submitted": own.filter(SUBMITTED).count(),
                    "total": own.count(),
                }
            ).data
        )
