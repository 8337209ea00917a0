"""A rater's submitted readings as one block that they sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.reading.models import Assignment, Reading, Stage
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.selectors import COUNTED, SUBMITTED, worklist
from reader_study.reading.written_readings import written_reading
from reader_study.signatures.models import Signature, SignedKind
from reader_study.signatures.records import SignedRecord, still_holds
from reader_study.signatures.services import sign, standing
from reader_study.studies.models import Study, StudyState
from reader_study.studies.selectors import protocol_in_force

CHANGED = "Your readings changed since this page was loaded. Look at them again, then sign."


def signatures_required(study: Study) -> bool:
    """Whether the protocol in force asks for signatures."""
    return protocol_in_force(study).signatures == "required"


@dataclass(frozen=True)
class Block:
    """Readings of one rater that wait for their signature.

    Attributes
    ----------
    readings
        The last attempt at each case, in the order in which they were submitted.
    """

    stage: Stage
    readings: list[Reading]
    record: SignedRecord


@dataclass(frozen=True)
class Signing:
    """Where a rater stands with their signature.

    Attributes
    ----------
    block
        What is to be signed now; None while cases are left, and when everything is signed.
    is_complete
        Everything was read and signed.
    signed
        The signature that was given last, of those that stand.
    voided
        The one that was voided last, where the readings were not signed again since.
    """

    block: Block | None
    is_complete: bool
    signed: Signature | None
    voided: Signature | None


def signing_of(study: Study, rater: User) -> Signing | None:
    """Say what a rater has signed and what they are to sign; None where nobody is asked to."""
    stands = worklist(study, rater)
    if stands.stage == Stage.CALIBRATION or not signatures_required(study):
        return None
    own = Signature.objects.filter(study=study, signer=rater, kind=SignedKind.READINGS)
    own = own.filter(record_id__startswith=f"{stands.stage}:").order_by("signed_at", "pk")
    last = own.last()
    finished = stands.wait is not None and stands.wait.reason == "finished"
    block = _block(study, rater, stands.stage) if finished else None
    return Signing(
        block=block if _is_open(study, stands.stage) else None,
        is_complete=finished and block is None,
        signed=own.filter(voided_at__isnull=True).last(),
        voided=last if last is not None and last.voided_at is not None else None,
    )


def _is_open(study: Study, stage: Stage) -> bool:
    adjudication = stage == Stage.ADJUDICATION
    return study.state == (StudyState.ADJUDICATING if adjudication else StudyState.READING)


def _block(study: Study, rater: User, stage: Stage) -> Block | None:
    readings = list(unsigned_readings(study, rater, stage))
    if not readings:
        return None
    return Block(stage, readings, _record(study, rater.pk, stage, readings))


def unsigned_readings(study: Study, rater: User, stage: Stage) -> QuerySet[Reading]:
    """Return the rater's submitted readings that count and that no signature covers."""
    signed = [
        row
        for signature in standing(study).filter(signer=rater, kind=SignedKind.READINGS)
        for row in signature.covers
    ]
    own = Assignment.objects.filter(COUNTED, SUBMITTED, study=study, rater=rater, stage=stage)
    return (
        Reading.objects.filter(assignment__in=own, assignment__current_reading=F("pk"))
        .exclude(pk__in=signed)
        .select_related("assignment__case", "protocol")
        .order_by("submitted_at", "pk")
    )


def _record(study: Study, rater: int, stage: str, readings: Iterable[Reading]) -> SignedRecord:
    rows = list(readings)
    document: dict[str, Any] = {
        "record": "readings",
        "study": str(study.pk),
        "rater": rater,
        "stage": stage,
        "readings": [written_reading(row) for row in sorted(rows, key=lambda row: str(row.pk))],
    }
    covers = tuple(sorted(str(row.pk) for row in rows))
    return SignedRecord(SignedKind.READINGS, f"{stage}:{rater}", document, covers)


def block_written_again(signature: Signature) -> dict[str, Any] | None:
    """Return what a signature under readings covers as it stands now; None where one is gone."""
    stage, rater = signature.record_id.split(":")
    rows = Reading.objects.filter(pk__in=signature.covers).select_related(
        "assignment__case", "protocol"
    )
    if len(rows) != len(signature.covers):
        return None
    return _record(signature.study, int(rater), stage, rows).document


@transaction.atomic
def sign_block(*, study: Study, proof: Reauthenticated, sha256: str) -> Signature:
    """Sign the readings that wait for it. What was signed already is answered like the first time.

    Parameters
    ----------
    sha256
        Hash of what the rater was shown.

    Raises
    ------
    NotPossibleError
        Cases are left to read, nothing is to be signed, or the readings changed meanwhile.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    rater = proof.person
    signing = signing_of(study, rater)
    if signing is None:
        raise NotPossibleError("This study does not ask you for a signature.")
    if signing.block is None:
        if signing.signed is not None and signing.signed.record_sha256 == sha256:
            return signing.signed
        raise NotPossibleError(
            "You sign your readings once all cases are submitted; there is nothing to sign now."
        )
    if signing.block.record.sha256 != sha256:
        raise NotPossibleError(CHANGED)
    return sign(study=study, record_signed=signing.block.record, proof=proof)


def is_signed(study: Study, rater: User, stage: Stage) -> bool:
    """Whether every reading that counts stands under a signature that still holds."""
    if unsigned_readings(study, rater, stage).exists():
        return False
    given = standing(study).filter(signer=rater, kind=SignedKind.READINGS)
    return all(map(still_holds, given))
