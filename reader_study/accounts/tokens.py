"""Tokens for a person's scripts: they open little, for a while, and never a case to read."""

import hashlib
import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from reader_study.accounts.models import ApiToken, TokenScope, User
from reader_study.audit.services import record

KIND = "rst_"
"""What every token begins with: programs that look for leaked secrets find them by it."""

PREFIX_LENGTH = len(KIND) + 6
USUAL_DAYS = 90
MOST_DAYS = 365
_BETWEEN_NOTES = timedelta(minutes=1)


class TokenNotTakenError(APIException):
    """The address takes no tokens, or not this one. Status 403."""

    status_code = 403
    default_code = kind = "token-not-taken"
    default_detail = "This address takes no API token, or none of this scope and study."


@transaction.atomic
def create_token(
    *,
    person: User,
    name: str,
    scopes: Collection[TokenScope],
    only_study: uuid.UUID | None,
    days: int,
    second_factor: bool,
) -> tuple[ApiToken, str]:
    """Make a token; return what is kept of it, and the token itself, which is not kept."""
    token = KIND + secrets.token_urlsafe(32)
    kept = ApiToken.objects.create(
        person=person,
        name=name,
        prefix=token[:PREFIX_LENGTH],
        sha256=_sha256(token),
        scopes=sorted(scope.value for scope in scopes),
        only_study=only_study,
        second_factor=second_factor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(
        action="API token made",
        actor=person,
        subject=kept.prefix,
        name=name,
        scopes=kept.scopes,
        only_study=str(only_study or ""),
        expires_at=kept.expires_at.isoformat(),
    )
    return kept, token


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User) -> ApiToken:
    """Make a token useless; a second time nothing happens."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(action="API token revoked", actor=actor, subject=token.prefix, name=token.name)
    return token


def _sha256(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()


def find_token(token: str) -> ApiToken | None:
    """Return the token that may be used now."""
    now = timezone.now()
    found = ApiToken.objects.filter(
        sha256=_sha256(token),
        revoked_at__isnull=True,
        expires_at__gt=now,
        person__is_active=True,
    )
    usable = found.select_related("person").first()
    if usable and (usable.last_used_at is None or now - usable.last_used_at > _BETWEEN_NOTES):
        ApiToken.objects.filter(pk=usable.pk).update(last_used_at=now)
    return usable


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer rst_…``; only for views that say which scope a method takes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return whose token it is.

        Raises
        ------
        AuthenticationFailed
            The token is unknown, expired or revoked.
        TokenNotTakenError
            The view takes none, or none of this scope or study.
        """
        sent = request.headers.get("Authorization", "")
        if not sent.startswith("Bearer "):
            return None
        token = find_token(sent.removeprefix("Bearer "))
        if token is None:
            raise AuthenticationFailed("This API token is unknown, has expired or was revoked.")
        context = request.parser_context or {}
        taken: Mapping[str, TokenScope] = getattr(context.get("view"), "token_scopes", {})
        scope = taken.get(request.method or "")
        if scope is None or scope.value not in token.scopes:
            raise TokenNotTakenError
        self._check_study(token, context.get("kwargs", {}))
        return token.person, token

    def _check_study(self, token: ApiToken, named: Mapping[str, Any]) -> None:
        if token.only_study is not None and named.get("study_id", token.only_study) != (
            token.only_study
        ):
            raise TokenNotTakenError

    def authenticate_header(self, request: Request) -> str | None:
        """Ask for a token only where one was sent; pages are to show their own log-in."""
        return "Bearer" if "Authorization" in request.headers else None
