"""What coordinators ask of a case's images, as their browsers do."""

from typing import Any

from reader_study.cohorts.models import Case, Series
from tests.cast import browser_of


def images(case: Case, who: str = "carol") -> dict[str, Any]:
    """All series of a case, as a person is told of them."""
    told: dict[str, Any] = (
        browser_of(who).get(f"/api/studies/{case.study_id}/cases/{case.id}/images").json()
    )
    return told


def review(series: Series, decision: str, *, who: str = "carol", **body: Any) -> Any:
    """Post a decision about a series' pixels."""
    return _post(series, "review", {"decision": decision, **body}, who)


def overrule(series: Series, kind: str, reason: str = "I looked.", *, who: str = "carol") -> Any:
    """Post what a series is."""
    return _post(series, "overrule", {"kind": kind, "reason": reason}, who)


def _post(series: Series, what: str, body: dict[str, Any], who: str) -> Any:
    case = series.case
    return browser_of(who).post(
        f"/api/studies/{case.study_id}/cases/{case.id}/series/{series.pk}/{what}",
        body,
        content_type="application/json",
    )


def waiting(case: Case, who: str = "carol") -> list[dict[str, Any]]:
    """The queue of what waits for a look."""
    rows: list[dict[str, Any]] = browser_of(who).get(f"/api/studies/{case.study_id}/review").json()
    return rows
