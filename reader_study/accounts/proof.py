"""What every request that signs or guards an account has in common: a proof within it."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from reader_study.accounts.reauthentication import (
    CodeNeededError,
    CodeWrongError,
    NotReauthenticatedError,
    Reauthenticated,
    reauthenticate,
)
from reader_study.accounts.requests import person
from reader_study.api.strict import BodySerializer


class NotProvenError(APIException):
    """What was typed does not prove who the person is. Status 403, and the session goes on."""

    status_code = 403
    default_code = "not-reauthenticated"
    kind = "not-reauthenticated"


class ProofSerializer(BodySerializer):
    """What a person types to prove who they are."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    code = serializers.CharField(
        max_length=64,
        allow_blank=True,
        default="",
        help_text="Where the person has a second factor.",
    )


class ProofIncompleteError(NotProvenError):
    """The password is right, and the code of the second factor is wanted too."""

    kind = "code-needed"


class ProofCodeWrongError(NotProvenError):
    """The password is right, and the code of the second factor is wrong."""

    kind = "code-wrong"


def proof_of(request: Request, posted: Mapping[str, Any]) -> Reauthenticated:
    """Return the proof that the person who makes the request is at the keyboard.

    Raises
    ------
    NotProvenError
        What was typed does not prove it.
    """
    try:
        return reauthenticate(
            request, person(request), password=posted["password"], code=posted["code"]
        )
    except CodeNeededError as error:
        raise ProofIncompleteError(str(error)) from error
    except CodeWrongError as error:
        raise ProofCodeWrongError(str(error)) from error
    except NotReauthenticatedError as error:
        raise NotProvenError(str(error)) from error
