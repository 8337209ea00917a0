"""The coordinator's API to the cases: what they are, what for, and who has read them."""

import uuid
from contextlib import AbstractContextManager

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope
from reader_study.accounts.proof import proof_of
from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError
from reader_study.api.preconditions import tagged
from reader_study.cohorts.case_changes import (
    restore_case,
    set_occlusion,
    set_purpose,
    withdraw_case,
)
from reader_study.cohorts.models import Case, CasePurpose
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.coordination.api import StudyView
from reader_study.coordination.case_selectors import (
    case_detail,
    case_findings,
    case_row,
    case_rows,
    case_tag,
)
from reader_study.coordination.case_serializers import (
    CaseDetailSerializer,
    CaseRowSerializer,
    DeletePatientSerializer,
    OcclusionSerializer,
    PurposeSerializer,
)
from reader_study.coordination.deletion.patients import delete_patient
from reader_study.coordination.findings_serializers import CaseFindingsSerializer
from reader_study.coordination.posted import posted_reason
from reader_study.coordination.selectors import overview
from reader_study.coordination.serializers import OverviewSerializer, ReasonSerializer
from reader_study.reading.models import Assignment
from reader_study.reading.services import add_to_lists, unlock
from reader_study.segmentation.services import cancel_case, retry_case
from reader_study.studies.rights import Right
from reader_study.studies.selectors import sites_visible_to, studies_with_right


class CaseView(StudyView):
    """A view of one case, or of several, of the sites that the person may see."""

    right = Right.SEE_STUDY

    def cases(self, request: Request, study_id: uuid.UUID) -> QuerySet[Case]:
        """Return the cases that the person may see, or 404."""
        study = self.study(request, study_id)
        sites = sites_visible_to(person(request), study)
        return Case.objects.filter(study=study, site__in=sites).select_related("study")

    def case(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Case:
        """Return the case, or 404."""
        return get_object_or_404(self.cases(request, study_id), pk=case_id)

    def unchanged_case(self, request: Request, case: Case) -> AbstractContextManager[None]:
        """Make a change upon the state of the case that the caller names."""
        return self.unchanged(request, case.study, lambda: case_tag(Case.objects.get(pk=case.pk)))

    def detail(self, request: Request, case: Case) -> Response:
        """Answer with all that the person may know of the case."""
        results = studies_with_right(person(request), Right.SEE_RESULTS).filter(pk=case.study_id)
        detail = case_detail(case, with_answers=results.exists())
        return tagged(Response(CaseDetailSerializer(detail).data), detail["etag"])

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the cohort refuses into status 409."""
        if isinstance(exc, CaseChangeRefusedError):
            exc = ConflictError(str(exc))
        return super().handle_exception(exc)


class CasesView(StudyView):
    """The study's cases."""

    token_scopes = {"GET": TokenScope.READ}

    right = Right.SEE_STUDY

    @extend_schema(responses=CaseRowSerializer(many=True))
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """List the cases with what was ingested and how far each one is."""
        study = self.study(request, study_id)
        rows = case_rows(study, sites_visible_to(person(request), study))
        return Response(CaseRowSerializer(rows, many=True).data)


class CaseDetailView(CaseView):
    """One case."""

    token_scopes = {"GET": TokenScope.READ}

    @extend_schema(responses=CaseDetailSerializer)
    def get(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Return the case, its history and how far each rater is with it."""
        return self.detail(request, self.case(request, study_id, case_id))


class CaseFindingsView(CaseView):
    """What the model found in a case: for those who care for the cohort, and for no rater."""

    right = Right.CHANGE_COHORT

    @extend_schema(responses=CaseFindingsSerializer)
    def get(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Return the tree's measures with what deserves a second look."""
        findings = case_findings(self.case(request, study_id, case_id))
        return Response(CaseFindingsSerializer(findings).data)


class RetryCaseView(CaseView):
    """A case that failed."""

    right_to_change = Right.CHANGE_COHORT

    @extend_schema(request=None, responses=CaseRowSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Put the failed work of a case back into the queue."""
        case = self.case(request, study_id, case_id)
        retry_case(case=case, actor=person(request))
        return Response(CaseRowSerializer(case_row(case)).data)


class CancelCaseView(CaseView):
    """A case that is segmented or prepared, or waits for it."""

    right_to_change = Right.CHANGE_COHORT

    @extend_schema(request=None, responses=CaseRowSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Stop the work on a case; it can be tried again."""
        case = self.case(request, study_id, case_id)
        if not cancel_case(case=case, actor=person(request)):
            raise ConflictError("Nothing is being done with this case at the moment.")
        return Response(CaseRowSerializer(case_row(case)).data)


class CasePurposeView(CaseView):
    """What a case is read for."""

    if_match = "required"

    @extend_schema(request=PurposeSerializer, responses=CaseDetailSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Mark a case for calibration, or for the study again."""
        case = self.case(request, study_id, case_id)
        posted = PurposeSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        purpose = CasePurpose(posted.validated_data["purpose"])
        grade = posted.validated_data["reference_grade"]
        with self.unchanged_case(request, case):
            changed = set_purpose(
                case=case, purpose=purpose, reference_grade=grade, actor=person(request)
            )
        return self.detail(request, changed)


class CaseOcclusionView(CaseView):
    """Where the vessel was occluded."""

    if_match = "required"

    @extend_schema(request=OcclusionSerializer, responses=CaseDetailSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Correct the side and segment of a case's occlusion."""
        case = self.case(request, study_id, case_id)
        posted = OcclusionSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        with self.unchanged_case(request, case):
            changed = set_occlusion(case=case, actor=person(request), **posted.validated_data)
        return self.detail(request, changed)


class WithdrawCaseView(CaseView):
    """Out of the study."""

    if_match = "accepted"

    @extend_schema(request=ReasonSerializer, responses=CaseDetailSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Withdraw a case with a reason."""
        case = self.case(request, study_id, case_id)
        reason = posted_reason(request)
        with self.unchanged_case(request, case):
            changed = withdraw_case(case=case, reason=reason, actor=person(request))
        return self.detail(request, changed)


class RestoreCaseView(CaseView):
    """Back into the study."""

    if_match = "accepted"

    @extend_schema(request=None, responses=CaseDetailSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Restore a withdrawn case."""
        case = self.case(request, study_id, case_id)
        with self.unchanged_case(request, case):
            changed = restore_case(case=case, actor=person(request))
        return self.detail(request, changed)


class DeletePatientView(CaseView):
    """A patient who wants to be forgotten."""

    right = Right.RUN_STUDY

    @extend_schema(request=DeletePatientSerializer, responses=CaseDetailSerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Delete images, identity and comments for good; grades and the audit trail stay."""
        case = self.case(request, study_id, case_id)
        posted = DeletePatientSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data
        if given["confirm_code"] != case.code:
            raise ConflictError(f"Type the case's code, “{case.code}”, to delete its data.")
        proof = proof_of(request, given)
        delete_patient(case=case, reason=given["reason"], actor=proof.person)
        return self.detail(request, case)


class UnlockReadingView(CaseView):
    """A submitted reading."""

    @extend_schema(request=ReasonSerializer, responses=CaseDetailSerializer)
    def post(self, request: Request, study_id: uuid.UUID, assignment_id: int) -> Response:
        """Let the rater correct a submitted case; the original stays."""
        cases = self.cases(request, study_id)
        assignment = get_object_or_404(Assignment, case__in=cases, pk=assignment_id)
        unlock(assignment=assignment, actor=person(request), reason=posted_reason(request))
        return self.detail(request, cases.get(pk=assignment.case_id))


class AddToListsView(StudyView):
    """The raters' lists."""

    @extend_schema(request=None, responses=OverviewSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Put ready cases that came after the opening on the raters' lists."""
        study = self.study(request, study_id)
        add_to_lists(study=study, actor=person(request))
        return Response(OverviewSerializer(overview(study, person(request))).data)
