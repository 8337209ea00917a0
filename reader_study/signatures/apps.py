"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard

_SIGNED = (
    "study_id",
    "signer_id",
    "printed_name",
    "role",
    "kind",
    "meaning",
    "record_id",
    "record_sha256",
    "covers",
    "reauthenticated_by",
    "signed_at",
    "id",
)


class SignaturesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.signatures"
    label = "signatures"

    def ready(self) -> None:
        """A signature stays as it was given; it can be voided once, and never is otherwise."""
        guard(Guard("signatures", "signatures_signature", actions=("delete",)))
        guard(
            Guard(
                "signatures",
                "signatures_signature",
                actions=("update",),
                columns=_SIGNED,
                purpose="as_signed",
                refusal="a signature is never changed; it can be voided",
            )
        )
        guard(
            Guard(
                "signatures",
                "signatures_signature",
                "OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL",
                actions=("update",),
                columns=("voided_at", "voided_by_id", "void_reason"),
                purpose="voided_once",
                refusal="a signature is voided once, and for good",
            )
        )
        guard(
            Guard(
                "signatures",
                "signatures_signature",
                "NEW.voided_at IS NOT NULL",
                actions=("insert",),
                refusal="a signature is valid when it is given",
            )
        )
