"""Time what the server needs for each page of a large study.

``make bench-pages`` makes two simulated studies of 300 cases and 4 raters in a folder of their
own, one that is being read and one that is locked, asks each address that a page asks, and prints
its time and its number of queries. The last line is one JSON object.
"""

import json
import logging
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.study_pages import PageAddress
    from reader_study.studies.models import Study

CASES, RATERS, SEED = 300, 4, 7
REQUESTS = 10
LIMIT_MS = 300.0
OK, NOT_IN_THIS_STATE = 200, 409


@dataclass(frozen=True)
class Timing:
    """One address in one study: server time in ms, and queries of one request.

    The time on the clock is what counts; the processor's tells how much of it other work on the
    machine took.
    """

    state: str
    route: str
    median_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    kilobytes: float


def main() -> int:
    """Run everything; return 1 where a page is slower than the limit."""
    with tempfile.TemporaryDirectory(prefix="reader-study-bench-") as folder:
        os.environ["READER_STUDY_VAR"] = folder
        if "READER_STUDY_TEST_SERVICES" not in os.environ:
            os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "reader_study.settings"
        timings, seconds = _measured()
    print(f"{'':9}{'median ms':>10}{'p95 ms':>9}{'CPU ms':>9}{'queries':>9}{'kB':>9}  address")
    for row in sorted(timings, key=lambda row: -row.median_ms):
        print(
            f"{row.state:9}{row.median_ms:>10.1f}{row.p95_ms:>9.1f}{row.cpu_ms:>9.1f}"
            f"{row.queries:>9}{row.kilobytes:>9.1f}  {row.route}"
        )
    slow = [f"{row.route} ({row.state})" for row in timings if row.p95_ms > LIMIT_MS]
    result = {
        "cases": CASES,
        "raters": RATERS,
        "simulate_seconds": seconds,
        "pages": len(timings),
        "slowest_ms": round(max(row.p95_ms for row in timings), 1),
        "most_queries": max(row.queries for row in timings),
        "limit_ms": LIMIT_MS,
        "slow": slow,
    }
    print(json.dumps(result))
    return 1 if slow else 0


def _measured() -> tuple[list[Timing], dict[str, float]]:
    import django

    django.setup()

    from django.conf import settings
    from django.core.management import call_command

    from reader_study.coordination.simulation import simulate_study, simulated_staff
    from reader_study.studies.models import StudyState

    settings.ALLOWED_HOSTS.append("testserver")
    # What a page is not shown in a state of the study is no error here.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0)
    timings, seconds = [], {}
    for state in (StudyState.READING, StudyState.LOCKED):
        start = time.perf_counter()
        study = simulate_study(
            slug=state,
            name=f"Study of {CASES} cases, {state}",
            cases=CASES,
            seed=SEED,
            staff=simulated_staff(RATERS, "no-password-is-needed"),
            state=state,
        )
        seconds[str(state)] = round(time.perf_counter() - start, 1)
        timings += _timed_pages(study)
    return timings, seconds


def _timed_pages(study: "Study") -> list[Timing]:
    from benchmarks.study_pages import pages_of

    return [timing for page in pages_of(study) if (timing := _timed(page, study.state)) is not None]


def _timed(page: "PageAddress", state: str) -> Timing | None:
    """Ask one address again and again; None where the study's state has nothing to show yet."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from reader_study.accounts.models import User

    browser = Client()
    browser.force_login(User.objects.get(username=page.username))
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(page.address)
        queries = len(captured)
    if answer.status_code == NOT_IN_THIS_STATE:
        return None
    if answer.status_code != OK:
        raise RuntimeError(f"{page.address} answered {answer.status_code}: {answer.content!r}")
    times, cpu_times = [], []
    for _ in range(REQUESTS):
        start, cpu_start = time.perf_counter(), time.process_time()
        browser.get(page.address)
        times.append(1000 * (time.perf_counter() - start))
        cpu_times.append(1000 * (time.process_time() - cpu_start))
    return Timing(
        state=state,
        route=page.route,
        median_ms=median(times),
        p95_ms=quantiles(times, n=20, method="inclusive")[-1],
        cpu_ms=median(cpu_times),
        queries=queries,
        kilobytes=len(answer.content) / 1000,
    )


if __name__ == "__main__":
    sys.exit(main())
