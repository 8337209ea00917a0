"""Log in by a directory, such as the hospital's, that vouches for people (OpenID Connect).

It opens accounts that are there and never makes one. An account is found by a link that its owner
made on the page Account, or by an e-mail address that both the directory has verified and an
operator has entered for exactly one person.
"""

from dataclasses import dataclass
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from requests import RequestException

from reader_study.accounts.models import User
from reader_study.accounts.signing_in import enter
from reader_study.audit.services import record


class DirectoryUnreachableError(Exception):
    """The directory does not answer; the message says so."""


@dataclass(frozen=True)
class Directory:
    """A directory of the installation, and whether a person's account is linked to it."""

    id: str
    name: str
    linked: bool = False


def directories(person: User | None = None) -> list[Directory]:
    """Return the installation's directories."""
    linked = set(_links(person).values_list("provider", flat=True)) if person else set()
    openid: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    return [
        Directory(app["provider_id"], app["name"], app["provider_id"] in linked)
        for app in openid["APPS"]
    ]


def address_at(request: HttpRequest, directory: Directory, *, link: bool) -> str:
    """Return where the browser goes to be vouched for; it comes back to the callback.

    Raises
    ------
    DirectoryUnreachableError
    """
    provider = DirectoryAdapter(request).get_provider(request, directory.id)
    process = AuthProcess.CONNECT if link else AuthProcess.LOGIN
    try:
        answer = provider.redirect(request, process=process, next_url="/account" if link else "/")
    except RequestException as error:
        raise DirectoryUnreachableError(f"{directory.name} does not answer.") from error
    return str(answer["Location"])


@transaction.atomic
def unlink(person: User, directory: Directory) -> None:
    """Let the directory open the person's account no more."""
    if _links(person).filter(provider=directory.id).delete()[0]:
        record(action="directory unlinked", actor=person, subject=directory.id)


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Decides what comes of what a directory said; allauth's own pages are never reached."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody gets an account by a directory."""
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing; the audit trail has it."""

    def on_authentication_error(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Lead back to the log-in where the directory refused or could not be asked."""
        raise _leave("/login?problem=directory")

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Link the account of whoever is signed in, or sign in whose account it is."""
        provider = sociallogin.account.provider
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise _leave(self._linked(request, sociallogin, provider))
        person = sociallogin.user if sociallogin.is_existing else _known_by_email(sociallogin)
        if not isinstance(person, User) or not person.is_active:
            record(action="sign-in refused", actor=None, because="unknown at the directory")
            raise _leave("/login?problem=no-account")
        if not sociallogin.is_existing:
            self._link(request, sociallogin, person)
        enter(request, person, by=provider)
        raise _leave("/")

    def _linked(self, request: HttpRequest, sociallogin: Any, provider: str) -> str:
        person = request.user
        if not isinstance(person, User):
            return "/login"
        if sociallogin.is_existing:
            return "/account" if sociallogin.user == person else "/account?problem=linked"
        if _links(person).filter(provider=provider).exists():
            return "/account?problem=linked"
        self._link(request, sociallogin, person)
        return "/account"

    def _link(self, request: HttpRequest, sociallogin: Any, person: User) -> None:
        with transaction.atomic():
            sociallogin.connect(request, person)
            record(action="directory linked", actor=person, subject=sociallogin.account.provider)


def _known_by_email(sociallogin: Any) -> User | None:
    verified = [one.email for one in sociallogin.email_addresses if one.verified is True]
    if len(verified) != 1 or not verified[0]:
        return None
    found = list(User.objects.filter(email__iexact=verified[0])[:2])
    # Not where the person chose another account of the directory to be theirs.
    if len(found) != 1 or _links(found[0]).filter(provider=sociallogin.account.provider).exists():
        return None
    return found[0]


def _links(person: User) -> Any:
    return SocialAccount.objects.filter(user=person)


def _leave(address: str) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(HttpResponseRedirect(address))
