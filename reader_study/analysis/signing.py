"""What is signed of a locked study: its lock, its consensus, and what is made of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.snapshot import SnapshotDocument
from reader_study.reading.refusals import NotPossibleError
from reader_study.signatures.models import Signature, SignedKind
from reader_study.signatures.printed import PrintedSignature, printed
from reader_study.signatures.records import SignedRecord
from reader_study.signatures.services import sign, standing
from reader_study.studies.models import Study

CHANGED = "Something of this changed since the page was loaded. Look at it again, then sign."

SNAPSHOT, CONSENSUS = "snapshot", "consensus"


def asks_for_signatures(snapshot: SnapshotDocument) -> bool:
    """Whether the protocol that a study was locked under asks for signatures."""
    return bool(snapshot["protocol"].get("signatures") == "required")


def check_proof(proof: Reauthenticated | None, actor: User | None, what: str) -> Reauthenticated:
    """Return the proof that comes with a step which is to be signed.

    Raises
    ------
    NotPossibleError
        There is none, or it is somebody else's.
    """
    if proof is None or proof.person != actor:
        raise NotPossibleError(f"This study asks for signatures: sign {what} with your password.")
    return proof


def sign_lock(snapshot: Snapshot, proof: Reauthenticated) -> Signature:
    """Sign the lock, bound to the snapshot's hash, in the transaction that locks."""
    return _sign(SignedKind.LOCK, snapshot.study, SNAPSHOT, snapshot, proof)


def sign_consensus(consensus: Consensus, proof: Reauthenticated) -> Signature:
    """Sign the conclusion, bound to the hash of the consensus."""
    return _sign(SignedKind.CONSENSUS, consensus.study, CONSENSUS, consensus, proof)


def _sign(
    kind: SignedKind,
    study: Study,
    of: str,
    result: Snapshot | Consensus,
    proof: Reauthenticated,
) -> Signature:
    signed = SignedRecord(kind, f"{of}:{result.sha256}", without_own_hash(result.document))
    return sign(study=study, record_signed=signed, proof=proof)


def without_own_hash(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a result's own hash covers, so that a signature's hash is the same."""
    own = {f"{SNAPSHOT}_sha256"} if "ratings" in document else {f"{CONSENSUS}_sha256"}
    return {key: value for key, value in document.items() if key not in own}


@transaction.atomic
def sign_export(*, study: Study, proof: Reauthenticated, of: str, sha256: str) -> Signature:
    """Sign for the files that the person will make of the snapshot, or of the consensus.

    Raises
    ------
    NotPossibleError
        The study asks for no signatures, has no such result, or has another one than was shown.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    snapshot = Snapshot.objects.filter(study=study).first()
    if snapshot is None or not asks_for_signatures(snapshot.document):
        raise NotPossibleError("Exports of this study are not signed.")
    result: Snapshot | Consensus | None = snapshot
    if of == CONSENSUS:
        result = Consensus.objects.filter(study=study).first()
    if result is None:
        raise NotPossibleError("There is no consensus yet.")
    if result.sha256 != sha256:
        raise NotPossibleError(CHANGED)
    return _sign(SignedKind.EXPORT, study, of, result, proof)


def released_by(study: Study, person: User, of: str) -> Signature | None:
    """Return the signature with which a person released the snapshot or the consensus."""
    return (
        standing(study)
        .filter(signer=person, kind=SignedKind.EXPORT, record_id__startswith=f"{of}:")
        .last()
    )


def signatures_on_files(study: Study, person: User, of: str = SNAPSHOT) -> list[PrintedSignature]:
    """Return what a file that this person makes shows beside the raters' signatures."""
    kinds = [SignedKind.LOCK] if of == SNAPSHOT else [SignedKind.LOCK, SignedKind.CONSENSUS]
    release = released_by(study, person, of)
    given = [*standing(study).filter(kind__in=kinds), *([release] if release else [])]
    return [printed(signature) for signature in given]


def result_written_again(signature: Signature) -> dict[str, Any] | None:
    """Return what a lock, a conclusion or an export was signed for, as it stands now."""
    of = signature.record_id.partition(":")[0]
    model = Snapshot if of == SNAPSHOT else Consensus
    result = model.objects.filter(study=signature.study).first()
    return without_own_hash(result.document) if result else None
