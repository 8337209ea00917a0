"""Sign a record, and void a signature."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.audit.chain import written_time
from reader_study.audit.services import record
from reader_study.signatures.models import MEANINGS, Reauthentication, Signature
from reader_study.signatures.records import SignedRecord
from reader_study.studies.canonical_json import canonical_sha256
from reader_study.studies.models import Study
from reader_study.studies.selectors import role_of

SIGNED = "record signed"
VOIDED = "signature voided"


@transaction.atomic
def sign(*, study: Study, record_signed: SignedRecord, proof: Reauthenticated) -> Signature:
    """Put a person's signature under a record; a record that they signed already stays as it is.

    Call it in the transaction that read the record, with the study's row locked, so that what is
    signed is what stands there.
    """
    signer = proof.person
    kind, sha256 = record_signed.kind, record_signed.sha256
    given = standing(study).filter(signer=signer, kind=kind, record_sha256=sha256).first()
    if given is not None:
        return given
    signature = Signature.objects.create(
        study=study,
        signer=signer,
        printed_name=signer.get_full_name(),
        role=role_of(signer, study),
        kind=kind,
        meaning=MEANINGS[kind],
        record_id=record_signed.record_id,
        record_sha256=sha256,
        covers=list(record_signed.covers),
        reauthenticated_by=Reauthentication(proof.how),
        signed_at=timezone.now(),
    )
    record(
        action=SIGNED,
        actor=signer,
        study_id=study.id,
        subject=str(signature.id),
        kind=kind,
        printed_name=signature.printed_name,
        meaning=signature.meaning,
        record_sha256=sha256,
        reauthenticated_by=signature.reauthenticated_by,
        signature_sha256=signature_sha256(signature),
    )
    return signature


@transaction.atomic
def void(*, signature: Signature, by: User, reason: str) -> None:
    """Take a signature's force, for good; it stays on record."""
    now = timezone.now()
    changed = Signature.objects.filter(pk=signature.pk, voided_at__isnull=True).update(
        voided_at=now, voided_by=by, void_reason=reason
    )
    if changed:
        record(
            action=VOIDED,
            actor=by,
            study_id=signature.study_id,
            subject=str(signature.id),
            kind=signature.kind,
            printed_name=signature.printed_name,
            record_sha256=signature.record_sha256,
            reason=reason,
        )


def void_covering(*, study: Study, rows: Collection[str], by: User, reason: str) -> None:
    """Void every signature under a record that was written from one of these rows."""
    for signature in standing(study):
        if not set(rows).isdisjoint(signature.covers):
            void(signature=signature, by=by, reason=reason)


def standing(study: Study) -> QuerySet[Signature]:
    """Return the study's signatures that are not voided, the earliest first."""
    return Signature.objects.filter(study=study, voided_at__isnull=True)


def signature_sha256(signature: Signature) -> str:
    """Return the hash of a signature itself, which its event in the audit trail carries."""
    content: dict[str, Any] = {
        "id": str(signature.id),
        "study": str(signature.study_id),
        "signer": signature.signer_id,
        "printed_name": signature.printed_name,
        "role": signature.role,
        "kind": signature.kind,
        "meaning": signature.meaning,
        "record_id": signature.record_id,
        "record_sha256": signature.record_sha256,
        "covers": signature.covers,
        "reauthenticated_by": signature.reauthenticated_by,
        "signed_at": written_time(signature.signed_at),
    }
    return canonical_sha256(content)
