"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.models import User
from reader_study.api.strict import BodySerializer
from reader_study.audit.services import record


class PersonSerializer(serializers.ModelSerializer[User]):
    """The signed-in person, as shown in the page's corner."""

    administrator = serializers.BooleanField(source="is_superuser", read_only=True)

    class Meta:
        model = User
        fields = read_only_fields = ["username", "full_name", "administrator"]


class SessionSerializer(serializers.Serializer[Any]):
    """Who is signed in, if anybody."""

    user = PersonSerializer(allow_null=True)
    version = serializers.CharField()


class CredentialsSerializer(BodySerializer):
    """What a person types to sign in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


def _session(request: Request) -> Response:
    user = request.user if request.user.is_authenticated else None
    version = settings.SPECTACULAR_SETTINGS["VERSION"]
    return Response(SessionSerializer({"user": user, "version": version}).data)


# DRF checks CSRF only for people who are signed in already; a log-in needs it too.
@method_decorator([never_cache, ensure_csrf_cookie, csrf_protect], name="dispatch")
class SessionView(APIView):
    """The browser's session."""

    permission_classes = [AllowAny]

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Say who is signed in; also hands out the CSRF cookie."""
        return _session(request)

    @extend_schema(request=CredentialsSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Sign in."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = authenticate(request, **credentials.validated_data)
        if not isinstance(user, User):
            record(action="sign-in refused", actor=None)
            raise ValidationError("User name or password is wrong.")
        login(request, user)
        request.user = user
        record(action="signed in", actor=user)
        return _session(request)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        if isinstance(request.user, User):
            record(action="signed out", actor=request.user)
        logout(request)
        return Response(status=status.HTTP_204_NO_CONTENT)
