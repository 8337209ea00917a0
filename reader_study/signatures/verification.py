"""Whether each signature is the one that was given, and what was signed still stands there."""

from collections.abc import Iterator
from dataclasses import dataclass

from reader_study.audit.models import Event
from reader_study.signatures.models import Signature
from reader_study.signatures.records import sha256_now
from reader_study.signatures.services import SIGNED, VOIDED, signature_sha256
from reader_study.studies.models import Study


@dataclass(frozen=True)
class SignatureCheck:
    """What was found of one signature.

    Attributes
    ----------
    fault
        What is wrong with it, in a sentence; None where nothing is.
    """

    id: str
    name: str
    kind: str
    is_voided: bool
    fault: str | None


def check_signatures(study: Study) -> list[SignatureCheck]:
    """Compare every signature with the audit trail, and each that stands with what it signed.

    The trail vouches for the signatures as far as its own chain holds.
    """
    events = Event.objects.filter(study_id=study.pk, action__in=[SIGNED, VOIDED])
    signed = {event.subject: event for event in events if event.action == SIGNED}
    voided = {event.subject for event in events if event.action == VOIDED}
    checks = [
        SignatureCheck(
            str(signature.id),
            signature.printed_name,
            signature.kind,
            signature.voided_at is not None,
            _fault(signature, signed.pop(str(signature.id), None), str(signature.id) in voided),
        )
        for signature in Signature.objects.filter(study=study)
    ]
    return [*checks, *_deleted(signed)]


def _fault(signature: Signature, signed: Event | None, voided: bool) -> str | None:
    if signed is None:
        return "The audit trail knows nothing of this signature: it was not given here."
    if signed.detail.get("signature_sha256") != signature_sha256(signature):
        return "The signature was changed after it was given: the audit trail has another one."
    if voided and signature.voided_at is None:
        return "The signature was voided, and somebody took that back."
    if signature.voided_at is not None:
        return None if voided else "The audit trail does not know that the signature was voided."
    now = sha256_now(signature)
    if now is None:
        return "What was signed is gone."
    if now != signature.record_sha256:
        return (
            f"What was signed was changed since: it had the hash {signature.record_sha256[:12]}…, "
            f"and what stands there has {now[:12]}…."
        )
    return None


def _deleted(signed: dict[str, Event]) -> Iterator[SignatureCheck]:
    for subject, event in signed.items():
        yield SignatureCheck(
            subject,
            str(event.detail.get("printed_name", "")),
            str(event.detail.get("kind", "")),
            False,
            "The audit trail has this signature, and its row is gone: it was deleted.",
        )
