"""What stands between a study and its next step, in words and with the page that helps."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from reader_study.cohorts.models import Case, CasePurpose
from reader_study.reading.blocks import is_signed, signatures_required
from reader_study.reading.models import Stage
from reader_study.reading.selectors import (
    RaterProgress,
    rater_progress,
    ready_packs,
    unfinished_uploads,
)
from reader_study.segmentation.selectors import waiting_cases
from reader_study.studies.models import Study, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import protocol_in_force, raters_of

LEAST_RATERS = 2


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the study's way.

    Attributes
    ----------
    text
        What it is and what to do, in words.
    page
        The coordinator's page on which it can be removed: ``cases``, ``review``, ``people``,
        ``protocol``; None where there is nothing to do but to wait.
    """

    text: str
    page: str | None = None


def open_blockers(study: Study) -> list[str]:
    """Why the study cannot be opened for reading, in words; empty when it can."""
    return [obstacle.text for obstacle in obstacles_to_opening(study)]


def lock_blockers(study: Study) -> list[str]:
    """Why the study cannot be locked, in words; empty when it can."""
    return [obstacle.text for obstacle in obstacles_to_locking(study)]


def obstacles_to_opening(study: Study) -> list[Obstacle]:
    """What stands between the study and its reading; nothing when it can be opened."""
    if study.state != StudyState.SETUP:
        return [Obstacle("The study was opened already.")]
    obstacles = []
    cases = Case.objects.filter(study=study, withdrawn_at__isnull=True)
    ready = ready_packs(study).filter(segmentation__case__in=cases).count()
    count = cases.count()
    if not cases.filter(purpose=CasePurpose.STUDY).exists():
        obstacles.append(Obstacle("There are no cases yet: upload the cohort.", "cases"))
    waiting = waiting_cases(cases).count()
    obstacles += _waiting_obstacles(waiting)
    if ready + waiting < count:
        obstacles.append(
            Obstacle(
                f"{_plural(count - ready - waiting, 'case is', 'cases are')} not ready: "
                "wait for the segmentation, or see the Cases page.",
                "cases",
            )
        )
    unfinished = unfinished_uploads(study).count()
    if unfinished:
        obstacles.append(
            Obstacle(f"{_plural(unfinished, 'upload is', 'uploads are')} still being read in.")
        )
    return [
        *obstacles,
        *_too_few_raters(raters_of(study).count()),
        *_calibration_obstacles(cases, protocol_in_force(study)),
    ]


def _waiting_obstacles(waiting: int) -> list[Obstacle]:
    if not waiting:
        return []
    text = (
        f"{_plural(waiting, 'case waits', 'cases wait')} for somebody to look for names in the "
        "images: see the Release page."
    )
    return [Obstacle(text, "review")]


def _too_few_raters(raters: int) -> list[Obstacle]:
    if raters >= LEAST_RATERS:
        return []
    text = f"The study has {_plural(raters, 'rater', 'raters')} and needs two."
    return [Obstacle(text, "people")]


def _calibration_obstacles(cases: QuerySet[Case], protocol: ProtocolDocument) -> list[Obstacle]:
    marked = cases.filter(purpose=CasePurpose.CALIBRATION)
    if protocol.calibration is None:
        if not marked.exists():
            return []
        return [
            Obstacle(
                f"{_plural(marked.count(), 'case is', 'cases are')} marked for calibration, which "
                "the protocol does not ask for: change one of the two.",
                "cases",
            )
        ]
    obstacles = []
    wanted = protocol.calibration.cases
    if marked.count() < wanted:
        text = (
            f"The protocol asks for {_plural(wanted, 'calibration case', 'calibration cases')}; "
            f"{_plural(marked.count(), 'is', 'are')} marked on the Cases page."
        )
        obstacles.append(Obstacle(text, "cases"))
    off_scale = marked.exclude(reference_grade__in=protocol.level_values).count()
    if off_scale:
        text = (
            f"{_plural(off_scale, 'calibration case has', 'calibration cases have')} "
            "a reference grade that is not on the scale."
        )
        obstacles.append(Obstacle(text, "cases"))
    return obstacles


def obstacles_to_locking(study: Study) -> list[Obstacle]:
    """What stands between the study and its lock; nothing when it can be locked."""
    if study.state == StudyState.SETUP:
        return [Obstacle("The study has not been opened for reading.")]
    if study.is_locked:
        return [Obstacle("The study is locked already.")]
    progress = rater_progress(study)
    obstacles = [
        Obstacle(
            f"{rater.full_name or rater.username} has "
            f"{_plural(rater.total - rater.submitted, 'case', 'cases')} to read."
        )
        for rater in progress
        if rater.submitted != rater.total
    ]
    obstacles += _unsigned_obstacles(study, progress)
    present = Case.objects.filter(study=study, withdrawn_at__isnull=True)
    obstacles += _waiting_obstacles(waiting_cases(present).count())
    unlisted = unlisted_cases(study).count()
    if unlisted:
        them = "it" if unlisted == 1 else "them"
        text = (
            f"{_plural(unlisted, 'case is', 'cases are')} not on every rater's list: put {them} "
            f"there or withdraw {them} on the Cases page."
        )
        obstacles.append(Obstacle(text, "cases"))
    return [*obstacles, *_too_few_raters(len(progress))]


def _unsigned_obstacles(study: Study, progress: list[RaterProgress]) -> list[Obstacle]:
    """Who has read everything and not signed it; who still reads is named for that."""
    if not signatures_required(study):
        return []
    done = {row.username for row in progress if row.submitted == row.total}
    return [
        Obstacle(f"{rater.user.get_full_name()} has not signed their readings.")
        for rater in raters_of(study)
        if rater.user.username in done and not is_signed(study, rater.user, Stage.MAIN)
    ]


def unlisted_cases(study: Study) -> QuerySet[Case]:
    """Cases of an opened study that some rater has not been given, ready or not."""
    raters = raters_of(study).values("user")
    given = Count("assignments__rater", filter=Q(assignments__rater__in=raters), distinct=True)
    return (
        Case.objects.filter(study=study, withdrawn_at__isnull=True)
        .annotate(given=given)
        .filter(given__lt=raters.count())
    )
