"""People who sign in, their browsers' sessions, and the tokens of their scripts."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from reader_study.accounts.session_store import SessionStore


class User(AbstractUser):
    """A person. What they may do follows from their memberships in studies."""

    # Django's way to drop an inherited field: names are not cut in two here.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(max_length=150, blank=True)

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.username


class BrowserSession(AbstractBaseSession):
    """A browser's session; once somebody signed in, it is theirs and they can end it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    signed_in_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField(help_text="When the person last did something.")
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        from reader_study.accounts.session_store import SessionStore

        return SessionStore


class TokenScope(models.TextChoices):
    """What a script may do with a token."""

    READ = "read", "Read what the person may read"
    UPLOAD = "upload", "Send images"
    EXPORT = "export", "Fetch reports and exports of locked studies"


class ApiToken(models.Model):
    """A key for a script of one person; of the key itself only the hash is kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    only_study = models.UUIDField(null=True, help_text="The study; empty means all of the person's")
    second_factor = models.BooleanField(
        help_text="Whether it was made in a session with a second factor."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
