"""Who makes a request."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from reader_study.accounts.models import User


def person(request: Request) -> User:
    """Return the signed-in person. Raises NotAuthenticated for anybody else."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
