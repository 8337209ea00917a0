"""Take browsers' reports of what the page's policy stopped: logged and counted, nothing more."""

import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)

LARGEST_REPORT_BYTES = 16_384
LOGGED_A_MINUTE = 20
"""Anybody can send reports: they must not fill the logs."""

_COUNT = "policy-reports.count"
_LOGGED = "policy-reports.logged"
_DIRECTIVE = re.compile(r"[a-z-]{1,40}")


# Browsers send reports by themselves, without any of the page's tokens.
@csrf_exempt
@require_POST
def policy_reports(request: HttpRequest) -> HttpResponse:
    """Log and count a report. What else it says is not kept: anybody may have written it."""
    report = _report(request)
    if report is not None:
        _add_one(_COUNT, None)
        if _add_one(_LOGGED, 60) <= LOGGED_A_MINUTE:
            logger.warning(
                "The page's policy stopped something: %s, from %s",
                _directive(report),
                _host(report),
            )
    return HttpResponse(status=204)


def policy_report_count() -> int:
    """Return how many reports came since the cache was emptied last."""
    return int(cache.get(_COUNT, 0))


def _report(request: HttpRequest) -> dict[str, Any] | None:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    if not 0 < length <= LARGEST_REPORT_BYTES:
        return None
    try:
        posted = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    report = posted.get("csp-report") if isinstance(posted, dict) else None
    return report if isinstance(report, dict) else None


def _directive(report: dict[str, Any]) -> str:
    named = str(report.get("effective-directive") or report.get("violated-directive") or "")
    found = _DIRECTIVE.match(named)
    return found.group() if found else "an unnamed rule"


def _host(report: dict[str, Any]) -> str:
    """Say where the blocked thing lay; an address in full may hold an invitation's token."""
    blocked = str(report.get("blocked-uri") or "")
    if blocked in {"inline", "eval", "data", "blob"}:
        return blocked
    try:
        host = urlsplit(blocked).hostname or ""
    except ValueError:
        host = ""
    return host if re.fullmatch(r"[a-z0-9.:-]{1,200}", host) else "somewhere"


def _add_one(key: str, seconds: int | None) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two
        return 1
