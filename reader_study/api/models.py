"""What was answered to requests that may be sent again."""

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """The answer to a write, kept for a day for a request with the same key.

    Neither the key nor the answer stands here in clear: an answer may hold a link that is shown
    once. Whoever has the key can read it, and the server does not keep the key.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=300)
    key_digest = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, help_text="Null while it is under way.")
    sealed = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "address", "key_digest"], name="one_answer_a_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.status or 'under way'}"
