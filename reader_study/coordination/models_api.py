"""The API of models: a study's model for its coordinators, all models for administrators."""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.errors import ModelError
from reader_study.accounts.models import User
from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError
from reader_study.api.idempotency import OnceOnlyView
from reader_study.api.preconditions import state_tag, tagged
from reader_study.coordination.api import StudyView
from reader_study.coordination.model_cards import card_of
from reader_study.coordination.model_serializers import (
    BegunImportSerializer,
    ModelChoiceSerializer,
    ModelsSerializer,
    NewModelSerializer,
    StudyModelSerializer,
)
from reader_study.coordination.tus_api import LeftUnread, unread_body
from reader_study.jobs.models import JobState
from reader_study.segmentation.model_imports import begin_import, receive_import
from reader_study.segmentation.models import ModelImport, StudyModel, VesselModel
from reader_study.segmentation.selectors import why_model_is_fixed
from reader_study.segmentation.services import ModelIsFixedError, choose_model
from reader_study.studies.models import Study
from reader_study.studies.selectors import may_administer

RECENT_IMPORTS = 20


def _model_tag(study: Study) -> str:
    return state_tag(*StudyModel.objects.filter(study=study).values_list("model__sha256"))


def _model_answer(study: Study) -> Response:
    page = _model_page(study)
    return tagged(Response(StudyModelSerializer(page).data), page["etag"])


def _model_page(study: Study) -> dict[str, Any]:
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    fixed = why_model_is_fixed(study)
    others = VesselModel.objects.exclude(sha256=choice.model.sha256 if choice else "")
    return {
        "model": card_of(choice.model) if choice else None,
        "choices": VesselModel.objects.none() if fixed else others,
        "fixed": fixed,
        "etag": _model_tag(study),
    }


class StudyModelView(StudyView):
    """A study's model. Its quality would sway whoever judges its masks: coordinators only."""

    if_match = "required"

    @extend_schema(responses=StudyModelSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Return the model's card, and which others may be named."""
        return _model_answer(self.study(request, study_id))

    @extend_schema(request=ModelChoiceSerializer, responses=StudyModelSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Name another model; the cases are segmented anew."""
        study = self.study(request, study_id)
        choice = ModelChoiceSerializer(data=request.data)
        choice.is_valid(raise_exception=True)
        model = VesselModel.objects.filter(sha256=choice.validated_data["sha256"]).first()
        if model is None:
            raise ValidationError("No model with this SHA-256 is registered.")
        try:
            with self.unchanged(request, study, lambda: _model_tag(study)):
                choose_model(study=study, model=model, actor=person(request))
        except ModelIsFixedError as error:
            raise ConflictError(str(error)) from error
        study.refresh_from_db()
        return _model_answer(study)


class ModelsView(OnceOnlyView):
    """All models, for administrators; 404 to anybody else."""

    refuses = refuses_changes = (404,)

    def check_address(self, request: Request, **kwargs: Any) -> None:
        """Raise Http404 for anybody else."""
        _administrator(request)

    @extend_schema(responses=ModelsSerializer)
    def get(self, request: Request) -> Response:
        """List the registered models, who uses them, and the imports asked for lately."""
        _administrator(request)
        return Response(ModelsSerializer(_models_page()).data)

    @extend_schema(request=NewModelSerializer, responses={201: BegunImportSerializer})
    def post(self, request: Request) -> Response:
        """Announce an exported zip."""
        administrator = _administrator(request)
        new = NewModelSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            job = begin_import(actor=administrator, **new.validated_data)
        except ModelError as error:
            raise ValidationError(str(error)) from error
        return Response(BegunImportSerializer(job).data, status=status.HTTP_201_CREATED)


class ModelFileView(APIView):
    """The zip that was announced."""

    parser_classes = [LeftUnread]

    @extend_schema(request={"application/zip": OpenApiTypes.BINARY}, responses={204: None})
    def put(self, request: Request, import_id: uuid.UUID) -> Response:
        """Take the file as it is; a worker imports it."""
        administrator = _administrator(request)
        announced = ModelImport.objects.filter(requested_by=administrator, state=JobState.AWAITING)
        job = get_object_or_404(announced, pk=import_id)
        try:
            receive_import(job=job, body=unread_body(request))
        except ModelError as error:
            raise ValidationError(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _administrator(request: Request) -> User:
    user = person(request)
    if not may_administer(user):
        raise Http404
    return user


def _models_page() -> dict[str, Any]:
    names: dict[int, list[str]] = {}
    for model_id, name in StudyModel.objects.order_by("study__name").values_list(
        "model_id", "study__name"
    ):
        names.setdefault(model_id, []).append(name)
    return {
        "models": [
            {"card": card_of(model), "studies": names.get(model.pk, [])}
            for model in VesselModel.objects.all()
        ],
        "imports": ModelImport.objects.exclude(state=JobState.AWAITING).select_related(
            "requested_by"
        )[:RECENT_IMPORTS],
        "max_bytes": settings.MAX_MODEL_BYTES,
    }
