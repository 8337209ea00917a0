"""A person's own account: password, second factor, sessions and tokens."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.api import PasskeyQuestionSerializer
from reader_study.accounts.models import ApiToken, BrowserSession, TokenScope, User
from reader_study.accounts.proof import ProofSerializer, proof_of
from reader_study.accounts.requests import person
from reader_study.accounts.second_factor import (
    WrongCodeError,
    add_app,
    add_passkey,
    begin_new_passkey,
    gave_second_factor,
    has_second_factor,
    new_recovery_codes,
    new_secret,
    note_second_factor,
    remove_app,
    remove_passkey,
    second_factors_of,
)
from reader_study.accounts.signing_in import change_password, end_other_sessions
from reader_study.accounts.tokens import MOST_DAYS, USUAL_DAYS, create_token, revoke_token
from reader_study.api.strict import BodySerializer


class PasskeyNameSerializer(serializers.Serializer[Any]):
    """A passkey on the person's list."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="data.name")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class BrowserSessionSerializer(serializers.ModelSerializer[BrowserSession]):
    """One of the person's sessions."""

    here = serializers.SerializerMethodField()

    class Meta:
        model = BrowserSession
        fields = read_only_fields = ["signed_in_at", "active_at", "address", "browser", "here"]

    def get_here(self, session: BrowserSession) -> bool:
        """Whether it is the session that asks."""
        return bool(session.pk == self.context["session_key"])


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """What is known of a token once it was made."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=TokenScope.choices))

    class Meta:
        model = ApiToken
        fields = read_only_fields = [
            "id",
            "name",
            "prefix",
            "scopes",
            "only_study",
            "created_at",
            "expires_at",
            "last_used_at",
        ]


class NewApiTokenSerializer(serializers.Serializer[Any]):
    """A token just made: the one answer that holds it."""

    token = serializers.CharField()


class AccountSerializer(serializers.Serializer[Any]):
    """A person's account, as they see it."""

    username = serializers.CharField()
    full_name = serializers.CharField()
    app_since = serializers.DateTimeField(allow_null=True)
    recovery_codes_left = serializers.IntegerField()
    passkeys = PasskeyNameSerializer(many=True)
    sessions = BrowserSessionSerializer(many=True)
    tokens = ApiTokenSerializer(many=True)


class NewPasswordSerializer(ProofSerializer):
    """Another password."""

    new_password = serializers.CharField(max_length=200, trim_whitespace=False)


class NewSecretSerializer(serializers.Serializer[Any]):
    """What an app needs to make codes."""

    secret = serializers.CharField()
    address = serializers.CharField()
    qr_svg = serializers.CharField()


class AppCodeSerializer(BodySerializer):
    """The code that the app shows."""

    code = serializers.CharField(max_length=40)


class NewPasskeySerializer(BodySerializer):
    """A passkey that a browser has made."""

    name = serializers.CharField(max_length=60)
    credential = serializers.DictField()


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """Recovery codes, shown in this answer only; none where the person has some already."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class TokenWishSerializer(ProofSerializer):
    """What a token is to be good for."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=TokenScope.choices), allow_empty=False
    )
    only_study = serializers.UUIDField(default=None, allow_null=True)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS)


@method_decorator(never_cache, name="dispatch")
class AccountBase(APIView):
    """What the views of an account have in common: everybody sees and changes their own alone."""

    proof: Callable[..., ProofSerializer] = ProofSerializer

    def handle_exception(self, exc: Exception) -> Response:
        """Say what is wrong with what was typed."""
        if isinstance(exc, WrongCodeError):
            exc = ValidationError(str(exc))
        return super().handle_exception(exc)

    def proven(self, request: Request) -> dict[str, Any]:
        """Return what was posted, once password and second factor have proven who posted it."""
        posted = self.proof(data=request.data)
        posted.is_valid(raise_exception=True)
        found: dict[str, Any] = posted.validated_data
        proof_of(request, found)
        return found


class AccountView(AccountBase):
    """The account."""

    @extend_schema(responses=AccountSerializer)
    def get(self, request: Request) -> Response:
        """Return second factors, sessions and tokens."""
        who = person(request)
        factors = second_factors_of(who)
        now = timezone.now()
        account = {
            "username": who.username,
            "full_name": who.full_name,
            "app_since": factors.app_since,
            "recovery_codes_left": factors.recovery_codes_left,
            "passkeys": factors.passkeys,
            "sessions": who.sessions.filter(expire_date__gt=now).order_by("-active_at"),
            "tokens": who.api_tokens.filter(revoked_at__isnull=True, expires_at__gt=now),
        }
        context = {"session_key": request._request.session.session_key}
        return Response(AccountSerializer(account, context=context).data)


class PasswordView(AccountBase):
    """The password."""

    proof = NewPasswordSerializer

    @extend_schema(request=NewPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change the password; all other sessions of the person end."""
        new = self.proven(request)["new_password"]
        try:
            change_password(request._request, person(request), new)
        except DjangoValidationError as error:
            raise ValidationError(error.messages) from error
        return Response(status=204)


class AppSecretView(AccountBase):
    """The beginning of setting up an app."""

    @extend_schema(request=ProofSerializer, responses=NewSecretSerializer)
    def post(self, request: Request) -> Response:
        """Make a secret, as a picture and as text; nothing counts before the app's code."""
        self.proven(request)
        return Response(NewSecretSerializer(new_secret(request._request, person(request))).data)


class AppView(AccountBase):
    """The app that shows codes."""

    @extend_schema(request=AppCodeSerializer, responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Take the app, once it shows a right code; former apps count no more."""
        posted = AppCodeSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        codes = add_app(request._request, person(request), posted.validated_data["code"])
        note_second_factor(request._request)
        request._request.session.cycle_key()
        return Response({"recovery_codes": codes})


class RemoveAppView(AccountBase):
    """The end of an app."""

    @extend_schema(request=ProofSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Take no more codes of the app."""
        self.proven(request)
        remove_app(person(request))
        _forget_if_none(request)
        return Response(status=204)


class NewPasskeyQuestionView(AccountBase):
    """The beginning of a new passkey."""

    @extend_schema(request=ProofSerializer, responses=PasskeyQuestionSerializer)
    def post(self, request: Request) -> Response:
        """Return what the browser needs to make a passkey."""
        self.proven(request)
        return Response(begin_new_passkey(person(request)))


class PasskeysView(AccountBase):
    """Passkeys."""

    @extend_schema(request=NewPasskeySerializer, responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Take a passkey that the browser has made."""
        posted = NewPasskeySerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        codes = add_passkey(person(request), **posted.validated_data)
        note_second_factor(request._request)
        request._request.session.cycle_key()
        return Response({"recovery_codes": codes})


class RemovePasskeyView(AccountBase):
    """The end of a passkey."""

    @extend_schema(request=ProofSerializer, responses={204: None})
    def post(self, request: Request, passkey_id: int) -> Response:
        """Take no more heed of a passkey."""
        who = person(request)
        passkeys = {one.pk: one for one in second_factors_of(who).passkeys}
        if passkey_id not in passkeys:
            raise Http404
        self.proven(request)
        remove_passkey(passkeys[passkey_id], who)
        _forget_if_none(request)
        return Response(status=204)


class RecoveryCodesView(AccountBase):
    """Codes for the day on which the phone is lost."""

    @extend_schema(request=ProofSerializer, responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Make new codes; the former ones are good for nothing."""
        who = person(request)
        self.proven(request)
        if not has_second_factor(who):
            raise ValidationError("Recovery codes come with a second factor: set one up first.")
        return Response({"recovery_codes": new_recovery_codes(who)})


class OtherSessionsView(AccountBase):
    """The person's sessions elsewhere."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """End all sessions of the person but this one."""
        end_other_sessions(request._request, person(request))
        return Response(status=204)


class ApiTokensView(AccountBase):
    """Tokens for scripts."""

    proof = TokenWishSerializer

    @extend_schema(request=TokenWishSerializer, responses={201: NewApiTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token; it is shown in this answer only."""
        wish = self.proven(request)
        _, token = create_token(
            person=person(request),
            name=wish["name"],
            scopes={TokenScope(scope) for scope in wish["scopes"]},
            only_study=wish["only_study"],
            days=wish["days"],
            second_factor=gave_second_factor(request._request),
        )
        return Response({"token": token}, status=201)


class ApiTokenView(AccountBase):
    """One token."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Make a token useless."""
        who: User = person(request)
        revoke_token(token=get_object_or_404(ApiToken, person=who, pk=token_id), actor=who)
        return Response(status=204)


def _forget_if_none(request: Request) -> None:
    """A session does not keep what its person no longer has."""
    if not has_second_factor(person(request)):
        request._request.session.pop("second_factor_at", None)
