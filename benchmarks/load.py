"""Fifty raters at once: how long a rating write takes, and whether any is lost or doubled.

``python -m benchmarks.load`` (``make load``) starts gunicorn as the image does on PostgreSQL and
Redis (``--only sqlite``: on the embedded database). Fifty raters each write every 3 s, most often a
draft, at times the submission, and fetch the volume and the runs of each case beside; first all of
them in one study, whose submissions wait for each other at the end of its audit trail, then in
five. When it begins, each is somewhere else in their first case, as people are. Meanwhile a bare
transaction (INSERT, COMMIT) is timed on the same database. At last 100 writes a second for 30 s.
Everything that was acknowledged is compared with the database.

Times are those on the clock at the client, which shares the machine. Goal: the 95th percentile of
a write at most 50 ms, or at most ten times that of the bare transaction of the same run. The last
line is one JSON object.
"""

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.load_study import Seat, prepare, session_headers
from scripts.application import HOST, Application, free_port
from scripts.processes import stop_on_signals
from tests.services import running_postgres, running_redis

WRITE_EVERY_SECONDS, STEADY_SECONDS = 3.0, 120.0
BURST_WRITES_PER_SECOND, BURST_SECONDS = 100, 30.0
WRITES_A_CASE = 6
BARE_EVERY_SECONDS = 0.25
GOAL_MS, GOAL_TIMES_BARE = 50.0, 10.0
# gunicorn closes connections that say nothing for 2 s.
KEPT_SECONDS = 1.0
OK = 200


@dataclass
class Written:
    """What raters were told, and how long it took, in ms."""

    drafts_ms: list[float] = field(default_factory=list)
    submissions_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)
    kept: dict[str, tuple[int, str]] = field(default_factory=dict)
    submitted: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    fetched_bytes: int = 0


class Connection:
    """A kept connection to the server, with a session."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._port, self._headers = port, headers
        self._http: http.client.HTTPConnection | None = None
        self._used_at = 0.0

    def ask(self, method: str, path: str, content: Any = None) -> bytes:
        """Return the body of the answer.

        Raises
        ------
        OSError
            If there is no answer, or it is no success.
        """
        if self._http is None or time.monotonic() - self._used_at > KEPT_SECONDS:
            self.close()
            self._http = http.client.HTTPConnection(HOST, self._port, timeout=60)
        body = None if content is None else json.dumps(content)
        try:
            self._http.request(method, path, body, self._headers)
            answer = self._http.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise OSError(f"{method}: {error!r}") from error
        self._used_at = time.monotonic()
        if answer.status != OK:
            raise OSError(f"{method} answered {answer.status}: {said[:200].decode()}")
        return said

    def close(self) -> None:
        """Give the connection up."""
        if self._http is not None:
            self._http.close()
            self._http = None


class Rater:
    """One rater, who writes at a steady pace and never two things at once."""

    def __init__(self, seat: Seat, port: int, written: Written) -> None:
        headers = session_headers(seat.username)
        self._writing, self._fetching = Connection(port, headers), Connection(port, headers)
        self._study, self._name, self._written = seat.study_id, seat.username, written
        self._code: str | None = None
        self._revision = self._writes = 0
        self._fetch: threading.Thread | None = None

    def begin_amid_a_case(self, writes: int) -> None:
        """Open the first case, which the rater has before them since so many writes."""
        self._open_next(fetches=False)
        self._writes = writes

    def work(self, *, first_at: float, every: float, until: float, fetches: bool) -> None:
        """Write every so many seconds; what is late is not left out."""
        write_at = first_at
        while write_at < until:
            time.sleep(max(0.0, write_at - time.monotonic()))
            try:
                if self._code is None:
                    self._open_next(fetches=fetches)
                self._write()
            except OSError as error:
                self._written.errors.append(str(error))
                self._code = None
            write_at += every
        if self._fetch is not None:
            self._fetch.join()

    def _open_next(self, *, fetches: bool) -> None:
        asked = self._writing.ask("GET", f"/api/reading/{self._study}/worklist")
        code = json.loads(asked)["next"]
        if code is None:
            raise OSError("the list is read to its end: give it more cases")
        case = json.loads(self._writing.ask("GET", f"/api/reading/cases/{code}"))
        for run in range(len(case["media"]["manifest"]["runs"])):
            self._writing.ask("POST", f"/api/reading/cases/{code}/opened", {"run": run})
        self._code, self._revision, self._writes = code, case["revision"], 0
        if fetches and (self._fetch is None or not self._fetch.is_alive()):
            self._fetch = threading.Thread(target=self._fetch_images, args=(case["media"],))
            self._fetch.start()

    def _fetch_images(self, media: dict[str, Any]) -> None:
        manifest = media["manifest"]
        names = [manifest["volume"]["file"], manifest["labels"]["file"], manifest["tree"]["file"]]
        names += [frame for run in manifest["runs"] for frame in run["frames"]]
        try:
            for name in names:
                self._written.fetched_bytes += len(self._fetching.ask("GET", media["base"] + name))
        except OSError as error:
            self._written.errors.append(str(error))

    def _write(self) -> None:
        self._writes += 1
        path = f"/api/reading/cases/{self._code}"
        comment = f"{self._name} {self._revision + 1}"
        answers = {"grade": 3, "unscorable_reason": None, "comment": comment}
        posted: dict[str, Any] = {"revision": self._revision, "answers": answers}
        assert self._code is not None  # noqa: S101 (a case was opened)
        if self._writes == WRITES_A_CASE:
            posted["submission_key"] = str(uuid.uuid4())
            _, took = _timed(lambda: self._writing.ask("POST", f"{path}/submit", posted))
            self._written.submissions_ms.append(took)
            self._written.submitted.add(self._code)
            self._written.kept[self._code] = (self._revision + 1, comment)
            self._code = None
            return
        said, took = _timed(lambda: self._writing.ask("PUT", f"{path}/draft", posted))
        self._written.drafts_ms.append(took)
        self._revision = json.loads(said)["revision"]
        self._written.kept[self._code] = (self._revision, comment)


def _timed(ask: Callable[[], bytes]) -> tuple[bytes, float]:
    started = time.perf_counter()
    said = ask()
    return said, 1000 * (time.perf_counter() - started)


def rate(seats: list[Seat], port: int, *, seconds: float, every: float, fetches: bool) -> Written:
    """Let all raters write for some time, and time bare transactions beside them."""
    written = Written()
    raters = [Rater(seat, port, written) for seat in seats]
    for number, rater in enumerate(raters):
        rater.begin_amid_a_case(writes=number % WRITES_A_CASE)
    begin = time.monotonic() + 0.5
    until = begin + seconds
    threads = [
        threading.Thread(
            target=rater.work,
            kwargs={
                "first_at": begin + every * number / len(raters),
                "every": every,
                "until": until,
                "fetches": fetches,
            },
        )
        for number, rater in enumerate(raters)
    ]
    threads.append(threading.Thread(target=_bare_transactions, args=(written, until)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return written


def _bare_transactions(written: Written, until: float) -> None:
    """Time INSERT and COMMIT, as durable as the application's own."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS load_bare (written varchar(40))")
    while time.monotonic() < until:
        started = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO load_bare VALUES (%s)", [str(started)])
        written.bare_ms.append(1000 * (time.perf_counter() - started))
        time.sleep(BARE_EVERY_SECONDS)
    connection.close()


def lost_and_doubled(written: Written) -> tuple[int, int]:
    """Compare what was acknowledged with the database."""
    from django.db import connection

    from reader_study.audit.models import Event
    from reader_study.reading.models import Reading, ReadingState

    lost = doubled = 0
    for code, (revision, comment) in written.kept.items():
        readings = list(Reading.objects.filter(assignment__code=code))
        submissions = [one for one in readings if one.state == ReadingState.SUBMITTED]
        events = Event.objects.filter(action="reading submitted", subject=code).count()
        last = readings[-1] if readings else None
        lost += last is None or (last.revision, last.comment) != (revision, comment)
        if code in written.submitted:
            lost += not submissions or not events
        doubled += len(readings) > 1 or events > 1
    connection.close()
    return lost, doubled


def figures(written: Written) -> dict[str, Any]:
    """Return percentiles and counts of one stretch."""
    writes = [*written.drafts_ms, *written.submissions_ms]
    lost, doubled = lost_and_doubled(written)
    result: dict[str, Any] = {"writes": len(writes), "errors": len(written.errors)}
    result |= {"lost": lost, "doubled": doubled}
    for name, times in (
        ("write", writes),
        ("draft", written.drafts_ms),
        ("submission", written.submissions_ms),
        ("bare", written.bare_ms),
    ):
        result |= {f"{name}_{key}_ms": round(value, 1) for key, value in _percentiles(times)}
    result["times_bare_p95"] = round(result["write_p95_ms"] / max(result["bare_p95_ms"], 0.1), 1)
    result["fetched_mb"] = round(written.fetched_bytes / 1e6)
    for error in sorted(set(written.errors))[:5]:
        print(error, file=sys.stderr)
    return result


def _percentiles(times: list[float]) -> Iterator[tuple[str, float]]:
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else [0.0] * 99
    yield from (("p50", cuts[49]), ("p95", cuts[94]), ("p99", cuts[98]))


def is_as_wanted(name: str, stretch: dict[str, Any]) -> bool:
    """Whether a stretch met the goal: no error, none lost or doubled, and at their pace fast."""
    fast = stretch["write_p95_ms"] <= GOAL_MS or stretch["times_bare_p95"] <= GOAL_TIMES_BARE
    right = not (stretch["errors"] or stretch["lost"] or stretch["doubled"])
    return right and (fast or name == "burst")


def measure(application: Application, share: float) -> dict[str, dict[str, Any]]:
    """Measure each stretch; ``share`` shortens all of them."""
    port = application.port
    one = prepare(application.environment, studies=1, prefix="one")
    five = prepare(application.environment, studies=5, prefix="five")
    many = prepare(application.environment, studies=1, prefix="many")
    with application.running() as processes:
        application.wait_until_it_answers(processes)
        steady = {"seconds": share * STEADY_SECONDS, "every": WRITE_EVERY_SECONDS}
        burst = {
            "seconds": share * BURST_SECONDS,
            "every": len(many) / BURST_WRITES_PER_SECOND,
        }
        return {
            "one_study": figures(rate(one, port, **steady, fetches=True)),
            "five_studies": figures(rate(five, port, **steady, fetches=True)),
            "burst": figures(rate(many, port, **burst, fetches=False)),
        }


@dataclass(frozen=True)
class WebServer(Application):
    """The web server alone, as the image starts it."""

    @property
    def programs(self) -> dict[str, list[str]]:
        """Gunicorn with two processes of 16 threads."""
        (web,) = (command for name, command in super().programs.items() if name == "web")
        web = list(web)
        web[web.index("--workers") + 1] = "2"
        return {"web": web}


def main() -> int:
    """Run, print, and return 1 where the goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the time")
    parser.add_argument("--only", choices=["postgresql", "sqlite"], default="postgresql")
    arguments = parser.parse_args()
    stop_on_signals()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reader-study-load-"))
        services = {}
        if arguments.only == "postgresql":
            services["DATABASE_URL"] = stack.enter_context(running_postgres())
            services["CELERY_BROKER_URL"] = stack.enter_context(running_redis())
        application = WebServer(var=Path(folder), port=free_port(), services=services)
        application.manage("migrate", "--no-input")
        stretches = measure(application, 0.1 if arguments.quick else 1.0)
    rows = list(next(iter(stretches.values())))
    print(f"| | {' | '.join(stretches)} |\n|---|{'---:|' * len(stretches)}")
    for row in rows:
        cells = [str(stretch[row]) for stretch in stretches.values()]
        print(f"| {row.replace('_', ' ')} | {' | '.join(cells)} |")
    missed = [name for name, stretch in stretches.items() if not is_as_wanted(name, stretch)]
    result = {"database": arguments.only, "missed": missed, **stretches}
    print(f"\n{json.dumps(result)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
