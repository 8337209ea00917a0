"""What is signed of a locked study: its lock, its consensus, and what is made of them."""

from typing import Any

from django.db import transaction

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.analysis.adjudication import consensus_sha256
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.snapshot import SnapshotDocument, snapshot_sha256
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
    document = _document(SignedKind.LOCK, snapshot.study, SNAPSHOT, snapshot.sha256)
    signed = SignedRecord(SignedKind.LOCK, f"{SNAPSHOT}:{snapshot.sha256}", document)
    return sign(study=snapshot.study, record_signed=signed, proof=proof)


def sign_consensus(consensus: Consensus, proof: Reauthenticated) -> Signature:
    """Sign the conclusion, bound to the hash of the consensus."""
    document = _document(SignedKind.CONSENSUS, consensus.study, CONSENSUS, consensus.sha256)
    signed = SignedRecord(SignedKind.CONSENSUS, f"{CONSENSUS}:{consensus.sha256}", document)
    return sign(study=consensus.study, record_signed=signed, proof=proof)


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
    document = _document(SignedKind.EXPORT, study, of, sha256)
    signed = SignedRecord(SignedKind.EXPORT, f"{of}:{sha256}", document)
    return sign(study=study, record_signed=signed, proof=proof)


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


def lock_written_again(signature: Signature) -> dict[str, Any] | None:
    """Return the document under the signature of a lock, from the snapshot as it stands now."""
    return _written_again(signature, SNAPSHOT)


def consensus_written_again(signature: Signature) -> dict[str, Any] | None:
    """Return the document under the signature of a conclusion, from the consensus as it stands."""
    return _written_again(signature, CONSENSUS)


def export_written_again(signature: Signature) -> dict[str, Any] | None:
    """Return the document under the signature of an export, from the result as it stands now."""
    return _written_again(signature, signature.record_id.partition(":")[0])


def _written_again(signature: Signature, of: str) -> dict[str, Any] | None:
    now = _hash_now(signature.study, of)
    return _document(SignedKind(signature.kind), signature.study, of, now) if now else None


def _hash_now(study: Study, of: str) -> str | None:
    """Return the hash of a result's content as it stands, whatever hash it carries."""
    if of == SNAPSHOT:
        snapshot = Snapshot.objects.filter(study=study).first()
        return snapshot_sha256(snapshot.document) if snapshot else None
    consensus = Consensus.objects.filter(study=study).first()
    return consensus_sha256(consensus.document) if consensus else None


def _document(kind: SignedKind, study: Study, of: str, sha256: str) -> dict[str, Any]:
    return {"record": kind.value, "study": str(study.pk), "of": of, "sha256": sha256}
