"""Find events of a study's trail, and say of each what may be said at this time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.cohorts.models import Case
from reader_study.coordination.trail.words import NOBODY, Told, sentence_of
from reader_study.reading.models import Assignment
from reader_study.studies.models import Study, StudyState

PAGE_EVENTS = 50
MOST_WORDS = 8

NO_PERSON = "*"
"""Stands for events that no person caused; no user name has this character."""

SUBMISSION = "reading submitted"
TOLD_OF_A_SUBMISSION = ("attempt",)


@dataclass(frozen=True)
class TrailFilter:
    """What to look for; what is empty does not matter."""

    words: str = ""
    person: str = ""
    action: str = ""
    case: str = ""
    since: datetime | None = None
    until: datetime | None = None


def events_of(study: Study) -> QuerySet[Event]:
    """Return the study's events."""
    return Event.objects.filter(chain=str(study.pk)).select_related("actor")


def trail_page(study: Study, wanted: TrailFilter, before: int | None) -> dict[str, Any]:
    """Return the newest events that fit, those before a place in the chain, and what to ask for."""
    found = _filtered(study, wanted).order_by("-sequence")
    if before is not None:
        found = found.filter(sequence__lt=before)
    rows = list(found[: PAGE_EVENTS + 1])
    shown = rows[:PAGE_EVENTS]
    return {
        "events": told(study, shown),
        "next_before": shown[-1].sequence if len(rows) > PAGE_EVENTS else None,
        "actions": _actions(study),
        "people": _people(study),
    }


def told(study: Study, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return events as their readers are told of them."""
    cases = case_codes(study)
    names = _full_names()
    return [_told(event, study, cases, names) for event in events]


def _told(
    event: Event, study: Study, cases: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, Any]:
    withheld = is_withheld(event, study)
    detail = shown_detail(event, study)
    case = cases.get(event.subject, "")
    who = names.get(event.actor_name, event.actor_name) or NOBODY
    sentence = sentence_of(event.action, Told(who, event.subject, case, names, detail))
    return {
        "sequence": event.sequence,
        "at": event.at,
        "username": event.actor_name,
        "name": who,
        "action": event.action,
        "case": case,
        "sentence": sentence,
        "subject": event.subject,
        "detail": detail,
        "withheld": withheld,
        "key_id": event.key_id,
        "mac": event.mac,
    }


def is_withheld(event: Event, study: Study) -> bool:
    """Whether an event tells a grade before its time.

    Grades of raters are told once the study is locked, those of the adjudicator once it is
    concluded: nobody is to reckon agreement from the trail before.
    """
    if event.action != SUBMISSION or study.state == StudyState.CONCLUDED:
        return False
    return study.locked_at is None or event.at > study.locked_at


def shown_detail(event: Event, study: Study) -> dict[str, Any]:
    """Return the details that may be told at this time."""
    if not is_withheld(event, study):
        return dict(event.detail)
    return {key: event.detail[key] for key in TOLD_OF_A_SUBMISSION if key in event.detail}


def case_codes(study: Study) -> dict[str, str]:
    """Return the case code by what events call a case: its own code, or a rater's for it."""
    own = {code: code for code in Case.objects.filter(study=study).values_list("code", flat=True)}
    of_raters = Assignment.objects.filter(study=study).values_list("code", "case__code")
    return {**dict(of_raters), **own}


def _filtered(study: Study, wanted: TrailFilter) -> QuerySet[Event]:
    found = events_of(study)
    if wanted.person:
        found = found.filter(actor_name="" if wanted.person == NO_PERSON else wanted.person)
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.case:
        found = found.filter(subject__in=_called(study, lookup="iexact", code=wanted.case.strip()))
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lte=wanted.until)
    for word in wanted.words.split()[:MOST_WORDS]:
        found = found.filter(pk__in=_with_word(study, word).values("pk"))
    return found


def _with_word(study: Study, word: str) -> QuerySet[Event]:
    """Return the events in which a word stands; nothing is found by a grade that is withheld."""
    # SQLite keeps JSON with letters beyond ASCII escaped.
    in_detail = Q(text__icontains=word) | Q(text__icontains=json.dumps(word)[1:-1])
    return (
        events_of(study)
        .annotate(text=Cast("detail", TextField()))
        .filter(
            Q(action__icontains=word)
            | Q(subject__icontains=word)
            | Q(actor_name__icontains=word)
            | Q(actor__full_name__icontains=word)
            | Q(subject__in=_called(study, lookup="icontains", code=word))
            | (in_detail & _telling(study))
        )
    )


def _telling(study: Study) -> Q:
    """The events of which no detail is withheld, as :func:`is_withheld` has it."""
    if study.state == StudyState.CONCLUDED:
        return Q()
    told_by_now = ~Q(action=SUBMISSION)
    return told_by_now | Q(at__lte=study.locked_at) if study.locked_at else told_by_now


def _called(study: Study, *, lookup: str, code: str) -> list[str]:
    """Return what events call some cases: their own codes, and the raters' codes for them."""
    cases = Case.objects.filter(study=study, **{f"code__{lookup}": code})
    own = cases.values_list("code", flat=True)
    of_raters = Assignment.objects.filter(case__in=cases).values_list("code", flat=True)
    return [*own, *of_raters]


def _actions(study: Study) -> list[str]:
    rows = Event.objects.filter(chain=str(study.pk)).order_by("action")
    return list(rows.values_list("action", flat=True).distinct())


def _people(study: Study) -> list[dict[str, str]]:
    rows = Event.objects.filter(chain=str(study.pk)).order_by("actor_name")
    names = _full_names()
    return [
        {"username": name or NO_PERSON, "name": names.get(name, name) or NOBODY}
        for name in rows.values_list("actor_name", flat=True).distinct()
    ]


def _full_names() -> dict[str, str]:
    rows = User.objects.values_list("username", "full_name")
    return {username: full_name or username for username, full_name in rows}
