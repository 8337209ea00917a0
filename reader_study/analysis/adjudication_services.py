"""Begin and conclude the adjudication of a locked study."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.analysis.adjudication import (
    cases_to_adjudicate,
    consensus_cases,
    rule_of,
    sealed_consensus,
)
from reader_study.analysis.adjudication_selectors import (
    adjudications,
    begin_blockers,
    conclude_blockers,
    packs_of,
)
from reader_study.analysis.collection import audit_head_of, rating_of
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.signing import (
    CHANGED,
    asks_for_signatures,
    check_proof,
    sign_consensus,
)
from reader_study.analysis.snapshot import SnapshotRating
from reader_study.audit.services import record
from reader_study.reading.lists import draw_adjudication
from reader_study.reading.models import Stage
from reader_study.reading.refusals import NotPossibleError
from reader_study.signatures.models import Signature, SignedKind
from reader_study.signatures.printed import printed
from reader_study.signatures.services import standing
from reader_study.studies.canonical_json import canonical_sha256
from reader_study.studies.lifecycle import Transition
from reader_study.studies.models import Membership, Role, Study
from reader_study.studies.selectors import protocol_in_force

ADJUDICATOR = "Adjudicator"


@transaction.atomic
def begin_adjudication(*, study: Study, adjudicator: Membership, actor: User) -> Study:
    """Give the adjudicator the cases on which the raters differ by the protocol's rule.

    Raises
    ------
    NotPossibleError
        The study is not locked, its protocol asks for no adjudication, the person is no
        adjudicator of it, or there is nothing to decide or nothing to look at.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = begin_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    adjudicates = adjudicator.role == Role.ADJUDICATOR and adjudicator.ended_at is None
    if adjudicator.study_id != study.pk or not adjudicates:
        raise NotPossibleError(
            f"{adjudicator.user} is not an adjudicator of this study. Choose one who is, or invite "
            "one on the People page."
        )
    snapshot = Snapshot.objects.get(study=study)
    cases = cases_to_adjudicate(snapshot.document)
    draw_adjudication(
        membership=adjudicator,
        packs=packs_of(study, cases),
        protocol=protocol_in_force(study),
    )
    study.state = Transition.BEGIN_ADJUDICATION.value.after
    study.save(update_fields=["state"])
    record(
        action="adjudication begun",
        actor=actor,
        study_id=study.id,
        subject=adjudicator.user.get_username(),
        cases=len(cases),
        snapshot_sha256=snapshot.sha256,
    )
    return study


@transaction.atomic
def conclude(
    *, study: Study, actor: User, proof: Reauthenticated | None = None, seen_sha256: str = ""
) -> Consensus:
    """Store the consensus once everything was adjudicated; the study's life ends here.

    ``proof`` that ``actor`` signs, and the hash of what they were shown, are wanted where the
    protocol asks for signatures.

    Raises
    ------
    NotPossibleError
        There is no adjudication under way, cases are still to be read or their readings to be
        signed, or the conclusion is not signed.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = conclude_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    snapshot = Snapshot.objects.get(study=study)
    signs = None
    if asks_for_signatures(snapshot.document):
        signs = check_proof(proof, actor, "the conclusion")
        if seen_sha256 != sha256_to_be_concluded(study):
            raise NotPossibleError(CHANGED)
    given = _adjudicated(study)
    document = sealed_consensus(
        {
            "study": snapshot.document["study"],
            "snapshot_sha256": snapshot.sha256,
            "protocol_sha256": snapshot.document["protocol_sha256"],
            "rule": rule_of(snapshot.document),
            "adjudicator": ADJUDICATOR,
            "concluded_at": timezone.now().isoformat(),
            "cases": consensus_cases(snapshot.document, given),
            "adjudication": given,
            "signatures": [
                printed(signature, "Readings of the adjudicator")
                for signature in adjudicator_signatures(study)
            ],
            "audit_head": audit_head_of(study),
            "consensus_sha256": "",
        }
    )
    consensus = Consensus.objects.create(
        study=study, document=document, sha256=document["consensus_sha256"], created_by=actor
    )
    study.state = Transition.CONCLUDE.value.after
    study.save(update_fields=["state"])
    record(
        action="study concluded",
        actor=actor,
        study_id=study.id,
        subject=consensus.sha256,
        snapshot_sha256=snapshot.sha256,
    )
    if signs:
        sign_consensus(consensus, signs)
    return consensus


def sha256_to_be_concluded(study: Study) -> str:
    """Return the hash of what a conclusion would seal now, whenever it comes."""
    signed = [printed(signature) for signature in adjudicator_signatures(study)]
    return canonical_sha256({"adjudication": _adjudicated(study), "signatures": signed})


def adjudicator_signatures(study: Study) -> QuerySet[Signature]:
    """Return the signatures under the adjudicator's readings, as they stand."""
    return standing(study).filter(
        kind=SignedKind.READINGS, record_id__startswith=f"{Stage.ADJUDICATION}:"
    )


def _adjudicated(study: Study) -> list[SnapshotRating]:
    readings = [assignment.current_reading for assignment in adjudications(study)]
    return sorted(
        (rating_of(reading, ADJUDICATOR) for reading in readings if reading is not None),
        key=lambda rating: rating["case"],
    )
