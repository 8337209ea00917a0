"""Lock a study: freeze its ratings under a hash, then compute the report from them alone."""

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.analysis.collection import sealed_document, sha256_to_be_locked
from reader_study.analysis.models import Snapshot
from reader_study.analysis.signing import CHANGED, check_proof, sign_lock
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.audit.services import record
from reader_study.reading.blocks import signatures_required
from reader_study.reading.obstacles import lock_blockers
from reader_study.reading.refusals import NotPossibleError
from reader_study.studies.lifecycle import Transition
from reader_study.studies.models import Study


@transaction.atomic
def lock_study(
    *,
    study: Study,
    actor: User | None,
    proof: Reauthenticated | None = None,
    seen_sha256: str = "",
) -> Snapshot:
    """End the reading for good and store what was read with its hash.

    Parameters
    ----------
    proof
        That ``actor`` signs; wanted where the protocol asks for signatures.
    seen_sha256
        Hash of what the signer was shown, see :func:`sha256_to_be_locked`.

    Raises
    ------
    NotPossibleError
        Something blocks the lock, it is not signed, or what is to be locked changed meanwhile.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = lock_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    signs = check_proof(proof, actor, "the lock") if signatures_required(study) else None
    if signs and seen_sha256 != sha256_to_be_locked(study):
        raise NotPossibleError(CHANGED)
    locked_at = timezone.now()
    document = sealed_document(study, locked_at)
    study.state = Transition.LOCK.value.after
    study.locked_at = locked_at
    study.save(update_fields=["state", "locked_at"])
    snapshot = Snapshot.objects.create(
        study=study,
        document=document,
        sha256=document["snapshot_sha256"],
        report=report_from_snapshot(document),
        created_by=actor,
    )
    record(action="study locked", actor=actor, study_id=study.id, subject=snapshot.sha256)
    if signs:
        sign_lock(snapshot, signs)
    return snapshot
