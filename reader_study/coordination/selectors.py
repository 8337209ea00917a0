"""What a coordinator sees of a study: progress and obstacles, never agreement before the lock."""

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case, Upload
from reader_study.coordination.case_states import STOPPED_CASES, with_states
from reader_study.reading.obstacles import lock_blockers, open_blockers
from reader_study.reading.selectors import rater_progress, unfinished_uploads
from reader_study.segmentation.models import StudyModel
from reader_study.studies.models import Site, Study
from reader_study.studies.selectors import (
    current_protocol,
    protocol_in_force,
    role_of,
    sites_visible_to,
)


def uploads_of(study: Study) -> QuerySet[Upload]:
    """The study's uploads with their messages, newest first."""
    return (
        Upload.objects.filter(study=study)
        .select_related("site", "uploaded_by")
        .prefetch_related("messages")
    )


def overview(study: Study, user: User) -> dict[str, Any]:
    """The study's overview page: what is there, who has read how much, what stands in the way.

    Somebody who answers for some of the sites is shown those sites and counts of their cases.
    """
    sites = sites_visible_to(user, study)
    protocol = current_protocol(study)
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    return {
        "id": study.id,
        "name": study.name,
        "state": study.state,
        "role": role_of(user, study),
        "data_notice": study.data_notice,
        "protocol": protocol_in_force(study).model_dump(mode="json"),
        "protocol_sha256": protocol.sha256,
        "model": choice.model if choice else None,
        "counts": _counts(study, sites),
        "raters": rater_progress(study),
        "blockers": {"open": open_blockers(study), "lock": lock_blockers(study)},
        "sites": sites,
    }


def _counts(study: Study, sites: QuerySet[Site]) -> dict[str, int]:
    """How many cases are where; withdrawn cases are nowhere."""
    cases = with_states(
        Case.objects.filter(study=study, site__in=sites, withdrawn_at__isnull=True),
        reading_in=unfinished_uploads(study).exists(),
    )
    states: Counter[str] = Counter()
    without_dsa = 0
    rows = cases.order_by().values_list("preparation", "has_dsa", "dsa_waits")
    for state, has_dsa, dsa_waits, count in rows.annotate(count=Count("pk")):
        states[state] += count
        without_dsa += 0 if has_dsa or dsa_waits else count
    return {
        "cases": states.total(),
        "ready": states["ready"],
        "segmenting": states["segmenting"] + states["waiting"] + states["preparing"],
        "review": states["review"],
        "failed": sum(states[state] for state in STOPPED_CASES),
        "without_dsa": without_dsa,
    }
