"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest
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

from reader_study.accounts.directories import (
    Directory,
    DirectoryUnreachableError,
    address_at,
    directories,
    unlink,
)
from reader_study.accounts.models import User
from reader_study.accounts.requests import person
from reader_study.accounts.second_factor import (
    WrongCodeError,
    accept_code,
    accept_passkey,
    begin_passkey,
    gave_second_factor,
    has_second_factor,
    note_passkey,
    note_second_factor,
)
from reader_study.accounts.session_store import SessionStore
from reader_study.accounts.signing_in import SignInRefusedError, sign_in, sign_in_with_passkey
from reader_study.api.strict import BodySerializer
from reader_study.audit.services import record


class PersonSerializer(serializers.ModelSerializer[User]):
    """The signed-in person, as shown in the page's corner."""

    administrator = serializers.BooleanField(source="is_superuser", read_only=True)

    class Meta:
        model = User
        fields = read_only_fields = ["username", "full_name", "administrator"]


class DirectorySerializer(serializers.Serializer[Any]):
    """A directory that vouches for people, such as the hospital's."""

    id = serializers.CharField()
    name = serializers.CharField()
    linked = serializers.BooleanField(help_text="Whether it opens this account.")


class DirectoryWishSerializer(BodySerializer):
    """What a directory is asked for."""

    link = serializers.BooleanField(
        default=False, help_text="Link the account that is signed in, rather than sign in."
    )


class DirectoryAddressSerializer(serializers.Serializer[Any]):
    """Where the browser goes."""

    address = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    """Who is signed in, if anybody."""

    user = PersonSerializer(allow_null=True)
    version = serializers.CharField()
    second_factor = serializers.ChoiceField(
        choices=["given", "to-give", "none"],
        help_text="Given in this session; set up, but not given in it; or not set up at all.",
    )
    directories = DirectorySerializer(many=True)
    ends_in_s = serializers.IntegerField(
        allow_null=True, help_text="Until the session ends, if the person does nothing."
    )
    ends_in_any_case_in_s = serializers.IntegerField(
        allow_null=True, help_text="Until the session ends, whatever the person does."
    )


class CredentialsSerializer(BodySerializer):
    """What a person types to sign in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    code = serializers.CharField(max_length=40, default="", allow_blank=True)


class PasskeyQuestionSerializer(serializers.Serializer[Any]):
    """What a browser needs to ask for a passkey, as WebAuthn writes it."""

    publicKey = serializers.DictField()  # noqa: N815 (WebAuthn's own name)


class PasskeySerializer(BodySerializer):
    """What a browser says when a passkey was shown, as WebAuthn writes it."""

    credential = serializers.DictField()


class SecondFactorSerializer(BodySerializer):
    """A code, or what a browser says when a passkey was shown."""

    code = serializers.CharField(max_length=40, default="", allow_blank=True)
    credential = serializers.DictField(default=None, allow_null=True)


def _second_factor(request: HttpRequest, user: User | None) -> str:
    if user is None:
        return "none"
    if gave_second_factor(request):
        return "given"
    return "to-give" if has_second_factor(user) else "none"


def _session(request: Request) -> Response:
    user = request.user if isinstance(request.user, User) else None
    session = request._request.session
    left = session.seconds_left() if isinstance(session, SessionStore) and user else None
    told = {
        "user": user,
        "version": settings.SPECTACULAR_SETTINGS["VERSION"],
        "second_factor": _second_factor(request._request, user),
        "directories": directories(user),
        "ends_in_s": left[0] if left else None,
        "ends_in_any_case_in_s": left[1] if left else None,
    }
    return Response(SessionSerializer(told).data)


class SignInBase(APIView):
    """What the views by which people come in have in common."""

    def handle_exception(self, exc: Exception) -> Response:
        """Say what is wrong with what was typed or shown."""
        if isinstance(exc, SignInRefusedError | WrongCodeError):
            exc = ValidationError(str(exc))
        return super().handle_exception(exc)


# DRF checks CSRF only for people who are signed in already; a log-in needs it too.
@method_decorator([never_cache, ensure_csrf_cookie, csrf_protect], name="dispatch")
class SessionView(SignInBase):
    """The browser's session."""

    permission_classes = [AllowAny]

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Say who is signed in and for how long; also hands out the CSRF cookie."""
        return _session(request)

    @extend_schema(request=CredentialsSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Sign in; the code is wanted of people who have a second factor."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        request.user = sign_in(request._request, **credentials.validated_data)
        return _session(request)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        if isinstance(request.user, User):
            record(action="signed out", actor=request.user)
        logout(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


@method_decorator([never_cache, csrf_protect], name="dispatch")
class PasskeyQuestionView(SignInBase):
    """The question that a passkey answers."""

    permission_classes = [AllowAny]

    @extend_schema(request=None, responses=PasskeyQuestionSerializer)
    def post(self, request: Request) -> Response:
        """Ask for a passkey: of the person who is signed in, else of anybody."""
        return Response(begin_passkey(request.user if isinstance(request.user, User) else None))


@method_decorator([never_cache, csrf_protect], name="dispatch")
class PasskeySessionView(SignInBase):
    """Signing in without a password."""

    permission_classes = [AllowAny]

    @extend_schema(request=PasskeySerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Sign in with a passkey, which needs neither name nor password."""
        posted = PasskeySerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        found = accept_passkey(posted.validated_data["credential"])
        sign_in_with_passkey(request._request, found)
        request.user = found
        return _session(request)


@method_decorator([never_cache, csrf_protect], name="dispatch")
class DirectoryView(SignInBase):
    """Signing in by a directory."""

    permission_classes = [AllowAny]

    @extend_schema(request=DirectoryWishSerializer, responses=DirectoryAddressSerializer)
    def post(self, request: Request, directory_id: str) -> Response:
        """Say where the browser goes to be vouched for."""
        wish = DirectoryWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        try:
            address = address_at(
                request._request, named_directory(directory_id), link=wish.validated_data["link"]
            )
        except DirectoryUnreachableError as error:
            raise ValidationError(str(error)) from error
        return Response({"address": address})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, directory_id: str) -> Response:
        """Let the directory open the person's account no more."""
        unlink(person(request), named_directory(directory_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def named_directory(directory_id: str) -> Directory:
    """Return a directory of the installation, or 404."""
    for directory in directories():
        if directory.id == directory_id:
            return directory
    raise Http404


@method_decorator(never_cache, name="dispatch")
class SecondFactorView(SignInBase):
    """A second factor within a session that began without one."""

    @extend_schema(request=SecondFactorSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Take a code, or a passkey, which may also stand in for a code for two minutes."""
        posted = SecondFactorSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        who, browser = person(request), request._request
        if posted.validated_data["credential"]:
            accept_passkey(posted.validated_data["credential"], who)
            note_passkey(browser)
        elif posted.validated_data["code"]:
            accept_code(browser, who, posted.validated_data["code"], doing="second factor")
            note_second_factor(browser)
        else:
            raise ValidationError("Type the code, or show your passkey.")
        browser.session.cycle_key()
        record(action="second factor given", actor=who)
        return _session(request)
