"""One gate before everything of a study: who must give a second factor passes only with one.

It stands before the views, so that no view can forget it. Whatever route is not named among
those that belong to no study is taken for one that does: an address in which no study can be
found is closed to everybody who is in any study with that rule.
"""

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from reader_study.accounts.models import ApiToken, User
from reader_study.accounts.second_factor import SecondFactorNeededError, gave_second_factor
from reader_study.accounts.tokens import TokenAuthentication
from reader_study.api.problems import problem
from reader_study.coordination.unblinded_tokens import named_by
from reader_study.reading.media import SECONDS_BETWEEN_CHECKS
from reader_study.reading.media_tokens import RefusedTokenError, is_session_of, unseal
from reader_study.reading.models import Assignment
from reader_study.studies.models import Membership

OF_NO_STUDY = (
    "health",
    "ready",
    "metrics",
    "policy-reports",
    "api/schema",
    "api/session",
    "api/account",
    "sign-in",
    "api/studies",
    "api/invitations/<str:token>",
    "api/protocol-templates",
    "api/sample-size",
    "api/models",
    "^(?!api/|media/|static/)",
)
"""Routes that tell nothing of a study but its name; what lies below them counts as well."""

_OF_A_STUDY = "api/studies/<uuid:study_id>"
_UNBLINDED = "media/<str:token>/unblinded/<path:name>"
_MEDIA = "media/<str:token>/<path:name>"


def belongs_to_no_study(route: str) -> bool:
    """Whether a route is open to people without a second factor."""
    if route.startswith(_OF_A_STUDY):
        return False
    return any(route == one or route.startswith(f"{one}/") for one in OF_NO_STUDY)


def is_closed(person: User, route: str, named: Mapping[str, Any], *, second_factor: bool) -> bool:
    """Whether what an address names belongs to a study that wants a second factor of the person."""
    if second_factor or belongs_to_no_study(route):
        return False
    strict = Membership.objects.filter(
        user=person, ended_at__isnull=True, study__second_factor_required=True
    )
    study_id = _study_of(route, named)
    return strict.filter(study=study_id).exists() if study_id else strict.exists()


def _study_of(route: str, named: Mapping[str, Any]) -> uuid.UUID | None:
    """Return the study that an address names; None where that cannot be told."""
    if "study_id" in named:
        study_id: uuid.UUID = named["study_id"]
        return study_id
    code = named.get("code")
    if route == _UNBLINDED:
        try:
            return named_by(named["token"])[0]
        except signing.BadSignature:
            return None
    if route == _MEDIA:
        try:
            code = unseal(named["token"])[0].code
        except RefusedTokenError:
            return None
    return Assignment.objects.filter(code=code).values_list("study", flat=True).first()


class StudyGateMiddleware:
    """Stops people without a second factor, by their session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        named: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Answer in place of the view where the gate is closed."""
        match = request.resolver_match
        if match is None or belongs_to_no_study(match.route):
            return None
        if match.route == _MEDIA and _was_open_just_now(request, named["token"]):
            return None
        user = request.user
        if not isinstance(user, User):
            return None
        if is_closed(user, match.route, named, second_factor=gave_second_factor(request)):
            return _refusal()
        if match.route == _MEDIA:
            cache.set(_open_key(request, named["token"]), True, SECONDS_BETWEEN_CHECKS)
        return None


class GatedTokenAuthentication(TokenAuthentication):
    """Stops scripts whose token was made without a second factor."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return whose token it is. Raises as its parent, and SecondFactorNeededError."""
        found = super().authenticate(request)
        match = request._request.resolver_match
        if found is not None and match is not None:
            person, token = found
            if is_closed(person, match.route, match.kwargs, second_factor=token.second_factor):
                raise SecondFactorNeededError
        return found


def _was_open_just_now(request: HttpRequest, token: str) -> bool:
    """Images are asked for by the dozen: the database is not asked about each."""
    session_key = request.session.session_key
    try:
        grant, given_at = unseal(token)
    except RefusedTokenError:
        return False
    if is_session_of(grant, session_key) and time.time() - given_at < SECONDS_BETWEEN_CHECKS:
        return True
    return bool(session_key) and cache.get(_open_key(request, token)) is True


def _open_key(request: HttpRequest, token: str) -> str:
    asked = f"{token} {request.session.session_key}".encode()
    return f"study-gate.{hashlib.sha256(asked).hexdigest()}"


def _refusal() -> HttpResponseBase:
    error = SecondFactorNeededError()
    return problem(
        error.status_code,
        str(error.detail),
        kind=error.kind,
        headers={"Cache-Control": "private, no-store"},
    )
