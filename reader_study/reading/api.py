"""The rater's API. A rater is shown opaque codes, images and the form: nothing else."""

import uuid
from http import HTTPStatus
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.models import User
from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError, InvalidError
from reader_study.api.throttles import PersonThrottle
from reader_study.reading import answering, refusals
from reader_study.reading.blocks import signing_of
from reader_study.reading.display_check import checks_that_hold
from reader_study.reading.media import media_base, media_version
from reader_study.reading.media_tokens import session_digest
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.reading.selectors import (
    Worklist,
    assignments_visible_to,
    following,
    is_put_away,
    may_be_opened,
    withdrawn_from,
    worklist,
)
from reader_study.reading.serializers import (
    ActiveTimeSerializer,
    FollowingCaseSerializer,
    HeartbeatSerializer,
    KeptViewUsesSerializer,
    OpenedRunsSerializer,
    RaterCaseSerializer,
    RevisedAnswersSerializer,
    RunSerializer,
    SavedDraftSerializer,
    ScreenQuerySerializer,
    SubmissionSerializer,
    SubmittedSerializer,
    ViewUsesSerializer,
    WorklistSerializer,
    progress_of,
    signature_state,
    told_of_media,
    written_answers,
)
from reader_study.reading.taking_back import take_back
from reader_study.reading.view_use import InvalidUseError, SentUse, record_uses
from reader_study.studies.models import ExampleImage, Role, Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import protocol_in_force, studies_with_role


def study_as_reader(reader: User, study_id: uuid.UUID) -> Study:
    """Return a study in which this person reads, or 404."""
    studies = studies_with_role(reader, Role.RATER, Role.ADJUDICATOR)
    return get_object_or_404(studies, pk=study_id)


class RaterView(APIView):
    """What all answers to raters have in common."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Let nothing of a case stay behind on a computer that others use too."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


class WorklistView(RaterView):
    """The rater's list in one study."""

    @extend_schema(responses=WorklistSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say how far the rater is and which case comes next."""
        rater = person(request)
        study = study_as_reader(rater, study_id)
        stands = worklist(study, rater)
        return Response(
            WorklistSerializer(
                {
                    "study_name": study.name,
                    "data_notice": study.data_notice,
                    **progress_of(stands),
                    "wait": stands.wait,
                    "last_calibration": stands.last_calibration,
                    "protocol": protocol_in_force(study).model_dump(mode="json"),
                    "signature": signature_state(signing_of(study, rater)),
                    "checked_screens": checks_that_hold(
                        study, rater, session_digest(request.session.session_key)
                    ),
                }
            ).data
        )


class ExampleImageView(RaterView):
    """The picture beside a level's anchor."""

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, study_id: uuid.UUID, sha256: str) -> FileResponse:
        """Send one example image of the rater's study."""
        study = study_as_reader(person(request), study_id)
        image = get_object_or_404(ExampleImage, study=study, sha256=sha256)
        response = FileResponse(default_storage.open(image.stored_name), content_type="image/png")
        # Django names the stored file here, and a coordinator's upload named it.
        del response.headers["Content-Disposition"]
        return response


class RaterCaseBase(RaterView):
    """What the views of one case have in common."""

    refuses = refuses_changes = (409,)

    def assignment(self, request: Request, code: str) -> Assignment:
        """Return the rater's own assignment with media, begun or next on the list, or 404.

        A case that was withdrawn while it was being read is a conflict, which says so.
        """
        rater = person(request)
        own = assignments_visible_to(rater).filter(media_pack__isnull=False, code=code)
        assignment = own.select_related(
            "study", "media_pack", "rater", "case", "current_reading__protocol"
        ).first()
        if assignment is None and withdrawn_from(rater).filter(code=code).exists():
            raise ConflictError(
                "This case has been taken out of the study. What you entered is kept, and nothing "
                "more is needed: go on with the next case."
            )
        if assignment is None or not may_be_opened(assignment):
            raise Http404
        return assignment

    def posted_answers(self, posted: RevisedAnswersSerializer) -> tuple[answering.Answers, int]:
        """Return the posted answers and the revision that they are based on."""
        posted.is_valid(raise_exception=True)
        given = posted.validated_data["answers"]
        answers = answering.Answers(
            grade=given["grade"],
            unscorable_reason=given["unscorable_reason"] or "",
            comment=given["comment"],
            territory_grades=given["territory_grades"],
            question_answers=given["question_answers"],
        )
        return answers, posted.validated_data["revision"]

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the services refuse into the API's answers."""
        if isinstance(exc, refusals.StaleRevisionError):
            exc = ConflictError(
                str(exc), revision=exc.reading.revision, answers=written_answers(exc.reading)
            )
        elif isinstance(exc, refusals.NotPossibleError):
            exc = ConflictError(str(exc))
        elif isinstance(exc, InvalidUseError):
            exc = ValidationError(str(exc))
        elif isinstance(exc, refusals.IncompleteReadingError):
            exc = InvalidError(str(exc), missing=exc.missing)
        return super().handle_exception(exc)


class RaterCaseView(RaterCaseBase):
    """One case: images, form and what was answered so far."""

    @extend_schema(
        parameters=[ScreenQuerySerializer], responses={200: RaterCaseSerializer, 204: None}
    )
    def get(self, request: Request, code: str) -> Response:
        """Return the case; asking for it the first time starts the reading.

        Whoever tells the screen gets nothing (204) until the display of that screen was checked.
        """
        assignment = self.assignment(request, code)
        screen = ScreenQuerySerializer(data=request.query_params.dict())
        screen.is_valid(raise_exception=True)
        if screen.validated_data and not _was_checked(request, assignment, screen.validated_data):
            return Response(status=HTTPStatus.NO_CONTENT)
        answering.reading_of(assignment)
        if is_put_away(assignment):
            raise ConflictError(
                "You have submitted this case. It is not shown again, so that every case is "
                "judged by its images alone."
            )
        stands = worklist(assignment.study, assignment.rater)
        return Response(RaterCaseSerializer(_opened(request, assignment, stands)).data)


def _was_checked(request: Request, assignment: Assignment, screen: dict[str, Any]) -> bool:
    session = session_digest(request.session.session_key)
    checks = checks_that_hold(assignment.study, assignment.rater, session)
    return checks.filter(**screen).exists()


def _opened(request: Request, assignment: Assignment, stands: Worklist) -> dict[str, Any]:
    """Return all that is told of a case; its reading begins here, if it had not."""
    reading = answering.reading_of(assignment)
    touched = reading.revision > 0
    return {
        "code": assignment.code,
        "stage": assignment.stage,
        "position": _position(reading, stands),
        "total": stands.total,
        "state": reading.state if touched else "new",
        "unlock_reason": reading.unlock_reason,
        "taken_back": reading.was_taken_back,
        "draft": written_answers(reading) if touched else None,
        "revision": reading.revision,
        "media": _media(request, assignment),
        "opened_runs": reading.opened_runs,
        "active_ms": reading.active_ms,
        "protocol": ProtocolDocument.model_validate(reading.protocol.document).model_dump(
            mode="json"
        ),
        "next": stands.next.code if stands.next else None,
    }


def _media(request: Request, assignment: Assignment) -> dict[str, Any]:
    assert assignment.media_pack is not None  # noqa: S101 - without images no case is shown
    return {
        "base": media_base(assignment, request.session.session_key),
        "manifest": told_of_media(assignment.media_pack.manifest),
        "version": media_version(assignment),
    }


def _position(reading: Reading, stands: Worklist) -> int:
    """Say the how-manieth case this is for the rater.

    Counted from what was submitted, never the stored place: a gap in the places would tell that
    a repeat waits there.
    """
    return stands.submitted + (0 if reading.state == ReadingState.SUBMITTED else 1)


class FollowingCaseView(RaterCaseBase):
    """The case after the one at hand, fetched ahead while that one is read."""

    @extend_schema(responses=FollowingCaseSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Say where the images of the following case are. Its reading does not begin."""
        after = following(self.assignment(request, code))
        known = after is not None and after.media_pack is not None
        return Response(
            FollowingCaseSerializer(
                {
                    "code": after.code if after and known else None,
                    "media": _media(request, after) if after and known else None,
                }
            ).data
        )


class DraftView(RaterCaseBase):
    """Unfinished answers."""

    @extend_schema(request=RevisedAnswersSerializer, responses=SavedDraftSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Keep unfinished answers, unless another window changed them meanwhile."""
        assignment = self.assignment(request, code)
        answers, revision = self.posted_answers(RevisedAnswersSerializer(data=request.data))
        reading = answering.save_draft(assignment=assignment, answers=answers, revision=revision)
        return Response(SavedDraftSerializer(reading).data)


class OpenedRunView(RaterCaseBase):
    """Which runs were looked at."""

    @extend_schema(request=RunSerializer, responses=OpenedRunsSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Remember that the rater opened a run."""
        assignment = self.assignment(request, code)
        posted = RunSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        reading = answering.mark_run_opened(assignment=assignment, run=posted.validated_data["run"])
        return Response(OpenedRunsSerializer(reading).data)


class HeartbeatView(RaterCaseBase):
    """Time at work."""

    @extend_schema(request=HeartbeatSerializer, responses=ActiveTimeSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Count the time since the last heartbeat, or stop the clock while the rater pauses."""
        assignment = self.assignment(request, code)
        posted = HeartbeatSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        reading = answering.heartbeat(assignment=assignment, active=posted.validated_data["active"])
        return Response(ActiveTimeSerializer(reading).data)


class ViewUseThrottle(PersonThrottle):
    """The page sends a batch every few seconds; nobody needs more."""

    scope = "view-use"


class ViewUseView(RaterCaseBase):
    """What the rater did to the images."""

    throttle_classes = (ViewUseThrottle,)

    @extend_schema(request=ViewUsesSerializer, responses=KeptViewUsesSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Record uses of the tree over the DSA, of the head's pose and of the mask."""
        assignment = self.assignment(request, code)
        posted = ViewUsesSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        recorded = record_uses(
            assignment=assignment, uses=[SentUse(**use) for use in posted.validated_data["uses"]]
        )
        return Response(KeptViewUsesSerializer({"recorded": recorded}).data)


class TakeBackView(RaterCaseBase):
    """The submission that was made a moment ago."""

    @extend_schema(request=None, responses=SavedDraftSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Make the answers a draft again, while the next case has not been begun."""
        reading = take_back(assignment=self.assignment(request, code))
        return Response(SavedDraftSerializer(reading).data)


class SubmitView(RaterCaseBase):
    """Final answers."""

    @extend_schema(request=SubmissionSerializer, responses=SubmittedSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Lock the answers and say which case comes next; open it, where that was asked for.

        The answers are locked for good before the next case is begun: two transactions.
        """
        assignment = self.assignment(request, code)
        posted = SubmissionSerializer(data=request.data)
        answers, revision = self.posted_answers(posted)
        answering.submit(
            assignment=assignment,
            answers=answers,
            revision=revision,
            submission_key=posted.validated_data.get("submission_key"),
        )
        stands = worklist(assignment.study, assignment.rater)
        after = _next_of_list(assignment, stands) if posted.validated_data["open_next"] else None
        opened = _opened(request, after, stands) if after else None
        return Response(SubmittedSerializer({**progress_of(stands), "opened": opened}).data)


def _next_of_list(submitted: Assignment, stands: Worklist) -> Assignment | None:
    """Return what comes next on the same list: who comes to another is first told what it is."""
    same_list = (stands.stage, stands.attempt) == (submitted.stage, submitted.attempt)
    shown = stands.next is not None and stands.next.media_pack_id is not None
    return stands.next if same_list and shown else None
