"""Who a patient is: for coordinators of the whole study, with a reason, and never by accident."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.requests import person
from reader_study.cohorts.identities import reveal
from reader_study.coordination.cases_api import CaseView
from reader_study.coordination.posted import posted_reason
from reader_study.coordination.serializers import ReasonSerializer
from reader_study.studies.rights import Right


class IdentitySerializer(serializers.Serializer[Any]):
    """The hospital's own identifier of a patient."""

    patient_id = serializers.CharField()


class CaseIdentityView(CaseView):
    """The hospital's identifier of a case's patient, where the installation keeps it."""

    right = Right.RUN_STUDY
    takes_idempotency_key = False  # who a patient is is kept nowhere else, and each look recorded

    @extend_schema(request=ReasonSerializer, responses=IdentitySerializer)
    def post(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Open the sealed identifier; the reason stays in the audit trail."""
        case = self.case(request, study_id, case_id)
        patient_id = reveal(case=case, reason=posted_reason(request), actor=person(request))
        shown = IdentitySerializer({"patient_id": patient_id}).data
        return Response(shown, headers={"Cache-Control": "private, no-store"})
