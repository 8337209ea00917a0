"""Break an installation in every way while it works, and count what was lost or done twice.

``python -m benchmarks.chaos`` (``make chaos``) does so twice: on PostgreSQL and Redis, and on the
embedded installation whose folder of messages forgets them. Web server, two GPU workers, a CPU
worker and the reaper are real processes. While phantoms are segmented and raters, a coordinator
and a sender of files work over HTTP,

- workers and the web server are killed outright, and workers are asked to stop,
- a GPU worker is stopped (SIGSTOP) until its lease has run out, and then goes on,
- the broker forgets all messages, and is not there while jobs are submitted,
- PostgreSQL is stopped at once (``pg_ctl -m immediate``) and recovers,
- the disks of the stored files and of the uploads are filled to the last byte.

One job's CT is damaged: it must fail, in words. At the end every accepted job must be done once,
with the right mask and whole media, or have failed visibly, and everything that was acknowledged
must be there. Prints a table; the last line is one JSON object. ``--quick`` takes few jobs,
``--nano`` is the test's.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import chaos_study
from benchmarks.chaos_checks import check_jobs, check_ledger
from benchmarks.chaos_installation import (
    GPU_WORKERS,
    LEASE_SECONDS,
    SPARE,
    WORKERS,
    Installation,
    full,
    installed,
)
from benchmarks.chaos_ledger import Writers
from scripts.application import HOST
from scripts.processes import stop_on_signals

KINDS = ("postgresql", "sqlite")
SEED = 20260
ANSWER_SECONDS = 120.0
UNDER_WAY_SECONDS = 15.0


@dataclass(frozen=True)
class Size:
    """How much is done, and how often each fault happens."""

    jobs: int
    kills: int
    deploys: int
    stops: int
    losses: int
    absences: int
    restarts: int
    full_disks: int
    longest_seconds: float = 600.0


SIZES = {
    "full": Size(
        jobs=30, kills=9, deploys=2, stops=2, losses=2, absences=2, restarts=3, full_disks=1
    ),
    "quick": Size(
        jobs=8, kills=2, deploys=1, stops=1, losses=1, absences=1, restarts=1, full_disks=1
    ),
    "nano": Size(
        jobs=3, kills=1, deploys=0, stops=0, losses=1, absences=0, restarts=1, full_disks=0
    ),
}


@dataclass
class Faults:
    """Everything that goes wrong in one run, one after the other, and how often it did."""

    installation: Installation
    scene: chaos_study.Scene
    size: Size
    happened: Counter[str] = field(default_factory=Counter)
    submitted: int = 0

    def happen(self) -> None:
        """Submit the cases in batches, each followed by a fault while work is under way."""
        faults = self._in_order()
        for number, fault in enumerate(faults, start=1):
            self._submit_until(round(len(self.scene.cases) * number / len(faults)), fault)

    def _in_order(self) -> list[Callable[[], None]]:
        size = self.size
        restarts = size.restarts if self.installation.postgres else 0
        disks = size.full_disks if self.installation.small_disks else 0
        faults = [
            *[self.kill_a_worker] * size.kills,
            *[self.kill_the_web_server] * min(1, size.absences),
            *[self.deploy_a_worker] * size.deploys,
            *[self.stop_past_the_lease] * size.stops,
            *[self.lose_messages] * size.losses,
            *[self.submit_without_a_broker] * size.absences,
            *[self.restart_the_database] * restarts,
            *[self.fill_the_disks] * disks,
        ]
        random.Random(SEED).shuffle(faults)  # noqa: S311 (the same order every time)
        return faults

    def _submit_until(self, number: int, fault: Callable[[], None]) -> None:
        if fault == self.submit_without_a_broker:
            with self.installation.broker.absent():
                self._submit(number)
                time.sleep(1.0)
        else:
            self._submit(number)
            self._wait_for_work()
        fault()

    def _submit(self, number: int) -> None:
        batch = self.scene.cases[self.submitted : number]
        self.submitted = number
        if batch:
            chaos_study.submit(self.scene, batch)

    def _wait_for_work(self, jobs: int = 1) -> None:
        deadline = time.monotonic() + UNDER_WAY_SECONDS
        while chaos_study.running() < jobs and time.monotonic() < deadline:
            time.sleep(0.05)

    def kill_a_worker(self) -> None:
        """Kill each worker in turn, the one after the next."""
        victim = WORKERS[self.happened["killed"] % len(WORKERS)]
        self.installation.processes.kill_and_start(victim)
        self.happened["killed"] += 1

    def deploy_a_worker(self) -> None:
        """Ask a GPU worker to stop, as a deploy does, and start it again once it has."""
        worker = GPU_WORKERS[self.happened["asked to stop"] % len(GPU_WORKERS)]
        self.installation.processes.ask_to_stop_and_start(worker)
        self.happened["asked to stop"] += 1

    def kill_the_web_server(self) -> None:
        """Kill the web server in the middle of requests."""
        self.installation.processes.kill_and_start("web")
        self.happened["killed"] += 1

    def stop_past_the_lease(self) -> None:
        """Stop both GPU workers, so that one that works is among them; let them go on late."""
        processes = self.installation.processes
        for name in GPU_WORKERS:
            processes.signal(name, signal.SIGSTOP)
        # A third one gets what they held, before they wake.
        processes.start(SPARE)
        time.sleep(LEASE_SECONDS + 3)
        for name in GPU_WORKERS:
            processes.signal(name, signal.SIGCONT)
        time.sleep(2)
        processes.kill(SPARE)
        self.happened["stopped"] += len(GPU_WORKERS)

    def lose_messages(self) -> None:
        """Let the broker forget everything."""
        self.installation.broker.forget_everything()
        self.happened["messages lost"] += 1

    def submit_without_a_broker(self) -> None:
        """Nothing more: the batch was submitted while there was no broker."""
        self.happened["broker absent"] += 1

    def restart_the_database(self) -> None:
        """Stop PostgreSQL as a power cut does, and start it again."""
        assert self.installation.postgres is not None  # noqa: S101 (only then it is chosen)
        self.installation.postgres.restart_at_once()
        self.happened["database restarted"] += 1

    def fill_the_disks(self) -> None:
        """Fill both small disks for some seconds."""
        with ExitStack() as stack:
            for disk in self.installation.small_disks:
                stack.enter_context(full(disk))
            time.sleep(6)
        self.happened["disks full"] += 1


def run(kind: str, size: Size, folder: Path) -> dict[str, Any]:
    """Break one installation; returns what is to be reported."""
    started = time.monotonic()
    with installed(kind, folder) as installation:
        if not installation.small_disks and size.full_disks:
            say("no small disk can be mounted here (that takes root): full disks are not tried")
        scene = chaos_study.prepare(installation.application.environment, size.jobs)
        say(f"{kind}: database, studies and phantoms are ready")
        installation.processes.start_all()
        wait_for_the_page(installation)
        writers = Writers(
            installation.application.address,
            raters=chaos_study.READERS,
            studies=scene.read,
            coordinator_of=scene.set_up,
        )
        writers.start()
        faults = Faults(installation, scene, size)
        try:
            faults.happen()
            say(f"{kind}: all faults have happened: {words(faults.happened)}")
            until_ended(scene, started + size.longest_seconds)
        finally:
            writers.stop()
        installation.processes.stop_all()
        return report(kind, scene, faults, writers, time.monotonic() - started)


def wait_for_the_page(installation: Installation) -> None:
    """Return once the web server answers."""
    import urllib.error
    import urllib.request

    deadline = time.monotonic() + ANSWER_SECONDS
    address = f"http://{HOST}:{installation.application.port}/health"
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def until_ended(scene: chaos_study.Scene, deadline: float) -> None:
    """Return once every job has ended, or time is up: what has not ended then is lost."""
    while not chaos_study.ended(scene, len(scene.cases)) and time.monotonic() < deadline:
        time.sleep(0.3)


def report(
    kind: str, scene: chaos_study.Scene, faults: Faults, writers: Writers, seconds: float
) -> dict[str, Any]:
    """Compare and return the figures."""
    from django.core.management import call_command

    jobs = check_jobs(scene)
    acknowledged, missing = check_ledger(writers.ledger)
    call_command("verify_audit", verbosity=0)
    for problem in (*jobs.problems, *missing):
        say(f"{kind}: {problem}")
    for failure in jobs.failures:
        say(f"{kind}, failed in words: {failure}")
    ledger = writers.ledger
    figures = asdict(jobs)
    del figures["problems"], figures["failures"]
    return {
        **figures,
        "accepted": len(scene.cases),
        "lost": jobs.lost + len(scene.cases) - jobs.jobs,
        "acknowledged": acknowledged,
        "missing": len(missing),
        "writes": ledger.writes,
        "unanswered": ledger.unanswered,
        "refused_507": ledger.no_room,
        "faults": dict(faults.happened),
        "seconds": round(seconds),
    }


def table(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Lines of a Markdown table: what happened on each kind of installation."""
    rows = [name for name in next(iter(results.values())) if name != "faults"]
    yield f"| | {' | '.join(results)} |\n|---|{'---:|' * len(results)}"
    for row in rows:
        cells = [str(result[row]) for result in results.values()]
        yield f"| {row.replace('_', ' ')} | {' | '.join(cells)} |"
    for fault in dict.fromkeys(name for one in results.values() for name in one["faults"]):
        cells = [str(result["faults"].get(fault, 0)) for result in results.values()]
        yield f"| {fault} | {' | '.join(cells)} |"


def is_as_promised(result: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled or is missing, and the damaged case failed visibly."""
    return not (result["lost"] or result["doubled"] or result["missing"]) and bool(
        result["failed_visible"]
    )


def words(counts: Counter[str]) -> str:
    """Return "3 killed, 1 stopped"."""
    return ", ".join(f"{number} {name}" for name, number in counts.items())


def say(sentence: str) -> None:
    """Tell what is going on, beside the result."""
    print(sentence, file=sys.stderr, flush=True)


def both(arguments: list[str]) -> dict[str, dict[str, Any]]:
    """Run each kind in a process of its own: Django knows one database."""
    results: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        command = [sys.executable, "-m", "benchmarks.chaos", *arguments, "--only", kind]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        results |= json.loads(finished.stdout.splitlines()[-1])["kinds"]
    return results


def main() -> int:
    """Run, print, and return 1 where something was lost, doubled or is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", dest="size", action="store_const", const="quick", default="full")
    sizes.add_argument("--nano", dest="size", action="store_const", const="nano")
    parser.add_argument("--only", choices=KINDS, help="one kind of installation alone")
    arguments = parser.parse_args()
    stop_on_signals()
    if arguments.only:
        with tempfile.TemporaryDirectory(prefix="reader-study-chaos-") as folder:
            result = run(arguments.only, SIZES[arguments.size], Path(folder))
        results = {arguments.only: result}
    else:
        results = both([] if arguments.size == "full" else [f"--{arguments.size}"])
    print("\n".join(table(results)))
    sums = ("jobs", "done", "failed_visible", "lost", "doubled", "acknowledged", "missing")
    summed = {name: sum(result[name] for result in results.values()) for name in sums}
    print(f"\n{json.dumps({**summed, 'kinds': results})}")
    return 0 if all(map(is_as_promised, results.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
