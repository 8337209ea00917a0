"""Begin and conclude the adjudication of a locked study."""

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
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
from reader_study.audit.services import record
from reader_study.reading.lists import draw_adjudication
from reader_study.reading.refusals import NotPossibleError
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
def conclude(*, study: Study, actor: User) -> Consensus:
    """Store the consensus once everything was adjudicated; the study's life ends here.

    Raises
    ------
    NotPossibleError
        There is no adjudication under way, or cases are still to be read.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = conclude_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    snapshot = Snapshot.objects.get(study=study)
    readings = [assignment.current_reading for assignment in adjudications(study)]
    given = sorted(
        (rating_of(reading, ADJUDICATOR) for reading in readings if reading is not None),
        key=lambda rating: rating["case"],
    )
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
    return consensus
