"""Who makes a request."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from reader_study.accounts.models import User
from reader_study.accounts.permissions import SessionEndedError
from reader_study.accounts.signing_in import has_lost_session


def person(request: Request) -> User:
    """Return the signed-in person. Raises NotAuthenticated or SessionEndedError for others."""
    if not isinstance(request.user, User):
        if has_lost_session(request._request):
            raise SessionEndedError
        raise NotAuthenticated
    return request.user
