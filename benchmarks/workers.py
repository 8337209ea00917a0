"""Time one and two segmentation workers over the same queue.

``python -m benchmarks.workers`` (``make bench-workers``) starts PostgreSQL, Redis and segmentation
workers as an installation runs them, lets them segment the same small phantoms with the demo model,
and prints a Markdown table. Each worker has half of the machine's cores, whether one or two of them
run, so that two are compared with one that has the same means. Loading the model is not timed: each
worker has segmented a case before. The last line is one JSON object: cases an hour with one and
with two workers, how many times one two are (`scaling`), and, of one worker, how many seconds a
case takes beside the network (`overhead_s_per_job`) and the share of the time that is spent in the
network (`share_in_network`).
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django
import numpy as np

from inference.demo.model import DEMO_MODEL_DIRECTORY
from inference.phantom import make_phantom
from scripts.application import REPOSITORY, Application, free_port
from scripts.processes import ProcessGroup, stop_on_signals
from tests.services import running_postgres, running_redis

if TYPE_CHECKING:
    from reader_study.cohorts.models import Case
    from reader_study.segmentation.models import VesselModel

SHAPE_ZYX, SPACING_ZYX_MM = (64, 128, 128), (1.5, 1.2, 1.2)
CASES = 16
NUMBERS_OF_WORKERS = (1, 2)
LONGEST_SECONDS = 1800.0
LOOK_EVERY_SECONDS = 0.02
STAGES = ("preprocess", "network", "export", "measures")


@dataclass(frozen=True)
class Measured:
    """What some workers needed for all cases.

    Attributes
    ----------
    workers
        How many there were.
    seconds
        From the first message sent to the last case done.
    stages
        Seconds in each stage of each case, float64 [case, stage].
    """

    workers: int
    seconds: float
    stages: np.ndarray[tuple[int, int], np.dtype[np.float64]]

    @property
    def cases_per_hour(self) -> float:
        """Cases an hour."""
        return 3600 * len(self.stages) / self.seconds

    @property
    def seconds_per_case(self) -> float:
        """How long a worker has for a case, with all that is between two cases."""
        return self.workers * self.seconds / len(self.stages)

    def stage(self, name: str) -> float:
        """Mean seconds of a stage."""
        return float(self.stages[:, STAGES.index(name)].mean())


@contextmanager
def installation(folder: Path) -> Iterator[Application]:
    """Start PostgreSQL and Redis with an empty installation, also for this process."""
    with ExitStack() as stack:
        services = {
            "DATABASE_URL": stack.enter_context(running_postgres()),
            "CELERY_BROKER_URL": stack.enter_context(running_redis()),
        }
        application = Application(var=folder, port=free_port(), services=services)
        application.manage("migrate", "--no-input")
        os.environ |= application.environment | {
            "DJANGO_SETTINGS_MODULE": "reader_study.settings",
        }
        django.setup()
        yield application


def store_phantoms(count: int) -> "list[Case]":
    """Store phantoms' CT volumes as the ingest does, in a study of its own."""
    from reader_study.cohorts.arrays import save_ct_volume
    from reader_study.cohorts.models import Case, Review, Series, SeriesKind
    from reader_study.coordination.demo import create_demo_study
    from reader_study.imaging.ct_volume import CTVolume

    study = create_demo_study()
    cases = []
    for seed in range(count):
        phantom = make_phantom(seed, shape_zyx=SHAPE_ZYX, spacing_zyx_mm=SPACING_ZYX_MM)
        case = Case.objects.create(
            study=study, site=study.sites.earliest("code"), code=f"P{seed}", patient_key=f"{seed}"
        )
        volume = CTVolume(phantom.hu, SPACING_ZYX_MM, phantom.origin_lps_mm, ())
        Series.objects.create(
            case=case,
            kind=SeriesKind.NCCT,
            series_key=case.code,
            position=1,
            stored_name=save_ct_volume(f"cases/{case.id}/ct.npz", volume),
            description="",
            instance_count=len(phantom.hu),
            used=True,
            review=Review.NOT_NEEDED,
        )
        cases.append(case)
    return cases


def measure(application: Application, cases: "Sequence[Case]", workers: int) -> Measured:
    """Let some workers segment all cases, anew if they were segmented before."""
    from reader_study.celery import app
    from reader_study.segmentation.models import SegmentationJob, VesselModel

    _forget_segmentations()
    model = VesselModel.objects.get()
    threads = str(max(1, (os.cpu_count() or 1) // max(NUMBERS_OF_WORKERS)))
    with ProcessGroup(application.var / f"log-{workers}") as processes:
        for number in range(workers):
            processes.start(
                f"worker-{number}",
                [
                    *(sys.executable, "-m", "celery", "--app", "reader_study.celery", "worker"),
                    *("--pool", "solo", "--queues", f"gpu,warm-{number}", "--loglevel", "INFO"),
                    *("--without-gossip", "--without-mingle", "--hostname", f"w{number}@%h"),
                ],
                environment=application.environment | {"OMP_NUM_THREADS": threads},
                folder=REPOSITORY,
            )
        # One case to each worker, by a queue of its own.
        for number, case in enumerate(cases[:workers]):
            job = SegmentationJob.objects.create(case=case, model=model)
            app.send_task(job.task_name, args=[str(job.pk)], queue=f"warm-{number}")
        wait_until(lambda: _done() == workers, processes)
        _forget_segmentations()
        return _timed(cases, model, workers, processes)


def _forget_segmentations() -> None:
    from reader_study.segmentation.models import MediaPack, SegmentationJob

    # Finished segmentations queue packs, which nobody makes here.
    MediaPack.objects.all().delete()
    SegmentationJob.objects.all().delete()


def _timed(
    cases: "Sequence[Case]", model: "VesselModel", workers: int, processes: ProcessGroup
) -> Measured:
    from reader_study.jobs.services import send
    from reader_study.segmentation.models import SegmentationJob

    jobs = [SegmentationJob.objects.create(case=case, model=model) for case in cases]
    started = time.monotonic()
    for job in jobs:
        send(job)
    wait_until(lambda: _done() == len(jobs), processes)
    seconds = time.monotonic() - started
    stages = [
        [job.provenance["seconds"][stage] for stage in STAGES]
        for job in SegmentationJob.objects.all()
    ]
    return Measured(workers, seconds, np.array(stages))


def _done() -> int:
    from reader_study.jobs.models import JobState
    from reader_study.segmentation.models import SegmentationJob

    failed = SegmentationJob.objects.filter(state=JobState.FAILED).first()
    if failed is not None:
        raise RuntimeError(f"{failed} failed: {failed.error}")
    return SegmentationJob.objects.filter(state=JobState.DONE).count()


def wait_until(true: Callable[[], bool], processes: ProcessGroup) -> None:
    """Return once something is true; raise if a worker ends or it takes too long."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not true():
        processes.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done within {LONGEST_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)


def print_table(rows: Sequence[Measured]) -> None:
    """Print a Markdown table, one row for each number of workers."""
    heads = ["workers", "cases/h", "s a case and worker", *STAGES, "all else"]
    print(f"| {' | '.join(heads)} |\n|{'---:|' * len(heads)}")
    for row in rows:
        stages = [row.stage(name) for name in STAGES]
        seconds = [row.seconds_per_case, *stages, row.seconds_per_case - sum(stages)]
        cells = [str(row.workers), f"{row.cases_per_hour:.0f}", *(f"{one:.2f}" for one in seconds)]
        print(f"| {' | '.join(cells)} |")


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help=f"phantoms, {CASES} by default")
    count = max(parser.parse_args().cases, max(NUMBERS_OF_WORKERS))
    stop_on_signals()
    with (
        tempfile.TemporaryDirectory(prefix="reader-study-workers-") as folder,
        installation(Path(folder)) as application,
    ):
        cases = store_phantoms(count)
        rows = [measure(application, cases, workers) for workers in NUMBERS_OF_WORKERS]
    print(
        f"{count} phantoms of {' × '.join(map(str, SHAPE_ZYX))} voxels, {os.cpu_count()} cores, "
        f"demo model in {DEMO_MODEL_DIRECTORY.name}; seconds are means.\n"
    )
    print_table(rows)
    one, two = rows
    overhead = one.seconds_per_case - one.stage("network")
    result = {
        "cases_per_hour_1": round(one.cases_per_hour, 1),
        "cases_per_hour_2": round(two.cases_per_hour, 1),
        "scaling": round(two.cases_per_hour / one.cases_per_hour, 2),
        "overhead_s_per_job": round(overhead, 2),
        "share_in_network": round(one.stage("network") / one.seconds_per_case, 3),
    }
    print(f"\n{json.dumps(result)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
