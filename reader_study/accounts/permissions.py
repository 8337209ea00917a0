"""Who may use the API at all."""

from typing import TYPE_CHECKING

from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from reader_study.accounts.signing_in import has_lost_session

if TYPE_CHECKING:
    from rest_framework.views import APIView


class SessionEndedError(APIException):
    """The browser had a session, and it is over. Status 403."""

    status_code = 403
    default_code = kind = "session-ended"
    default_detail = "Your session has ended. Log in again; what you see on this page is kept."


class SignedIn(IsAuthenticated):
    """Everybody who is signed in; somebody whose session ran out is told so."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Say whether there is a person behind the request."""
        if super().has_permission(request, view):
            return True
        if has_lost_session(request._request):
            raise SessionEndedError
        return False
