"""A write that is sent twice with one key is done once: Idempotency-Key.

The answer is kept for a day under person, address and key. Only what succeeded is kept: a refusal
changed nothing, and its key may be used again. Between the change and the keeping of its answer the
server may stop; then nobody knows, and the next request with the key says so instead of doing it a
second time.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError, InvalidError, ProblemError
from reader_study.api.models import KeptAnswer

KEPT_FOR = timedelta(days=1)
KEY_PATTERN = r"^[!-~]{1,200}$"
_SALT = "api.idempotency"


class UnderWayError(ConflictError):
    """The same request is being done, or its end is not known. Status 409."""

    kind = "under-way"
    default_detail = (
        "The same request is under way, or the server stopped in the middle of it. Look whether "
        "it was done before you do it again."
    )


class OtherBodyError(ProblemError):
    """The key was used for something else. Status 422."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "key-used-before"
    default_detail = "This Idempotency-Key was used for another request. Take a new one."


class _AnsweredBeforeError(Exception):
    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


class OnceOnlyView(APIView):
    """A view whose POST is done once for each Idempotency-Key of a person."""

    takes_idempotency_key = True

    def check_address(self, request: Request, **kwargs: Any) -> None:
        """Raise what the view raises to who has no right to what the address names."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then whether it was done before."""
        self._claim: KeptAnswer | None = None
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or not self.takes_idempotency_key:
            return
        if not re.fullmatch(KEY_PATTERN, key):
            raise InvalidError("An Idempotency-Key has 1 to 200 ASCII characters without spaces.")
        self.check_address(request, **kwargs)
        self._sealer = _sealer(key)
        self._claim = self._claimed(request, key)

    def _claimed(self, request: Request, key: str) -> KeptAnswer:
        KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
        body = hashlib.sha256(request._request.body).digest()
        body_digest = salted_hmac(f"{_SALT}.body {key}", body, algorithm="sha256").hexdigest()
        claim, is_new = KeptAnswer.objects.get_or_create(
            person=person(request),
            address=request.path,
            key_digest=salted_hmac(_SALT, key, algorithm="sha256").hexdigest(),
            defaults={"body_digest": body_digest},
        )
        if is_new:
            return claim
        if claim.body_digest != body_digest:
            raise OtherBodyError
        if claim.status is None:
            raise UnderWayError
        content = self._sealer.decrypt(bytes(claim.sealed))
        answer = HttpResponse(content, status=claim.status, content_type="application/json")
        raise _AnsweredBeforeError(answer)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer what was answered before; let a key be used again after a refusal."""
        if isinstance(exc, _AnsweredBeforeError):
            return exc.answer  # type: ignore[return-value]  # any response will do
        answer = super().handle_exception(exc)
        if self._claim is not None:
            self._claim.delete()
            self._claim = None
        return answer

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep the answer."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if getattr(self, "_claim", None) is not None:
            answer.add_post_render_callback(self._keep)
        return answer

    def _keep(self, answer: HttpResponse) -> None:
        sealed = self._sealer.encrypt(answer.content)
        assert self._claim is not None  # noqa: S101 - asked for where there is one
        KeptAnswer.objects.filter(pk=self._claim.pk).update(
            status=answer.status_code, sealed=sealed
        )


def _sealer(key: str) -> Fernet:
    secret = hashlib.sha256(f"{_SALT}.seal {settings.SECRET_KEY} {key}".encode()).digest()
    return Fernet(urlsafe_b64encode(secret))
