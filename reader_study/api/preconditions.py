"""Refuse a change that was made upon an older state than there is: ETag and If-Match (RFC 9110).

An entity tag here is ``"STATE-CONTENT"``. The first half stands for what can be changed; If-Match
looks at it alone, as progress in the background must not refuse anybody's change. The whole stands
for the answer, so that If-None-Match saves a body that is the same. The first half is in the
answer as well, as ``etag``, for pages whose form was opened before the answer was fetched again.
"""

import hashlib
import json
import re
from http import HTTPStatus

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from reader_study.api.errors import ProblemError

_TAG = re.compile(r'(W/)?"([^"]*)"')
_DIGITS = 16


class PreconditionRequiredError(ProblemError):
    """The change would overwrite what somebody else may have changed. Status 428."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    kind = "precondition-required"
    default_detail = (
        "Say in If-Match upon which state this is changed: the ETag that you were answered, or * "
        "for whatever it is now."
    )


class ChangedMeanwhileError(ProblemError):
    """Somebody changed it since it was read. Status 412; nothing was changed."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    kind = "changed-meanwhile"
    default_detail = (
        "Somebody else changed this meanwhile, or you did in another window. Nothing was saved, "
        "and what you entered is still here."
    )


def state_tag(*state: object) -> str:
    """Return what stands for a state: equal for equal values."""
    return _digest(json.dumps(state, cls=JSONEncoder, ensure_ascii=False).encode())


def tagged(answer: Response, tag: str) -> Response:
    """Give an answer the ETag of a state."""

    def set_tag(rendered: HttpResponse) -> None:
        rendered["ETag"] = f'"{tag}-{_digest(rendered.content)}"'

    answer.add_post_render_callback(set_tag)
    return answer


def check_if_match(request: Request, tag: str, *, required: bool = False) -> None:
    """Refuse a change of another state than the caller names.

    Whoever calls holds a lock, so that the state stays until the change is made.

    Raises
    ------
    PreconditionRequiredError
        No state is named, and one is required.
    ChangedMeanwhileError
        The state is another one.
    """
    named = request.headers.get("If-Match")
    if named is None:
        if required:
            raise PreconditionRequiredError
        return
    if named.strip() == "*":
        return
    # A weak tag never matches here, by RFC 9110, 13.1.1.
    states = {found[2].split("-")[0] for found in _TAG.finditer(named) if not found[1]}
    if tag not in states:
        raise ChangedMeanwhileError


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
