"""The addresses that the pages of a study ask, taken from the application itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from reader_study.reading.models import Assignment
from reader_study.studies.models import Study

COORDINATOR, RATER = "simulated-coordinator", "simulated-rater-1"

NO_PAGE_OF_A_STUDY = (
    "api/schema",
    "api/models",
    "api/invitations/",
    "api/reading/<uuid:study_id>/examples/",
    "api/studies/<uuid:study_id>/protocol/examples/",
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/series/",
    "api/studies/<uuid:study_id>/export.",
    "api/studies/<uuid:study_id>/consensus.",
    "api/studies/<uuid:study_id>/audit.",
    "api/studies/<uuid:study_id>/uploads/",
)
"""Addresses of files, downloads, links, what is sent, and the administrators' page."""


@dataclass(frozen=True)
class PageAddress:
    """What a page asks: the route, the address in one study, and who asks."""

    route: str
    address: str
    username: str


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every route below ``api/`` that answers GET."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif route.startswith("api/") and hasattr(_view_class(entry), "get"):
            yield route


def _view_class(entry: URLPattern) -> type | None:
    return getattr(entry.callback, "view_class", None)


def pages_of(study: Study) -> list[PageAddress]:
    """The addresses of a simulated study, as its coordinator and its first rater ask them.

    The page of a rater's case is among them once the rater has opened one.
    """
    named = _named(study)
    return [
        PageAddress(route, _filled(route, named), _who_asks(route))
        for route in routes()
        if not route.startswith(NO_PAGE_OF_A_STUDY)
        if named["<str:code>"] or "<str:code>" not in route
    ]


def _who_asks(route: str) -> str:
    return RATER if route.startswith("api/reading/") else COORDINATOR


def _named(study: Study) -> dict[str, str]:
    """What stands for each part of an address; the case is the last that the rater opened."""
    opened = Assignment.objects.filter(
        study=study, rater__username=RATER, current_reading__isnull=False
    )
    last = opened.order_by("current_reading__started_at").last()
    case = study.cases.earliest("code")
    return {
        "<uuid:study_id>": str(study.pk),
        "<uuid:case_id>": str(case.pk),
        "<str:case_code>": case.code,
        "<str:code>": last.code if last else "",
    }


def _filled(route: str, named: Mapping[str, str]) -> str:
    address = route
    for part, value in named.items():
        address = address.replace(part, value)
    if "<" in address:
        raise LookupError(f"say in {__name__} what the parts of {route} name")
    return f"/{address}"
