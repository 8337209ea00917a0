"""Time the way of whole patients in, side by side with Orthanc taking the same zips.

``python -m benchmarks.ingest`` (``make bench-ingest``) starts this application and Orthanc, each
on a port and in a folder of its own, sends each cohort to both and prints a Markdown table. Orthanc
is timed from the first byte sent to its last answer; this application from the first byte sent to
the state "done" of the upload, by when every series is de-identified, hashed, on disk and in the
database. A third, the bare minimum, only inflates, hashes and writes, without HTTP, a look at a
header or a database. The last line is one JSON object: how many times Orthanc's instances/s this
application reaches, with nothing but that (`orthanc_x`), with display volumes
(`orthanc_volume_x`), where compressed frames have to be decoded (`fallback_x`), for angiography
with its arrays (`xa_x`), and what the bare minimum reaches (`bare_minimum_x`).
"""

import hashlib
import http.client
import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from isal import isal_zlib

from benchmarks.ingest_cohorts import Cohort, make_cohorts, make_warm_up
from scripts.api_client import ApiClient
from scripts.application import HOST, REPOSITORY, Application, free_port
from scripts.demo_study import STUDY_NAME, find_study, prepare
from scripts.processes import ProcessGroup, stop_on_signals
from scripts.tus_client import send_upload

ORTHANC = "Orthanc"
STORED = "CT, stored"
LOCAL_HEADER_BYTES = 30  # before an entry's name
READY_SECONDS, LONGEST_SECONDS = 60.0, 1800.0
LOOK_EVERY_SECONDS = 0.25  # each look costs the server 12 ms
FACTORS = {
    "orthanc_x": STORED,
    "orthanc_volume_x": "CT, display volumes built",
    "fallback_x": "CT, stored, frames decoded",
    "xa_x": "XA",
}


@dataclass(frozen=True)
class Measured:
    """What one contender needed for one cohort."""

    seconds: float
    cpu_seconds: float
    instances: int

    @property
    def per_second(self) -> float:
        """Instances a second."""
        return self.instances / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Computing time of an instance, ms."""
        return 1000 * self.cpu_seconds / self.instances


@dataclass(frozen=True)
class Compared:
    """The contenders, for the same cohort."""

    ours: Measured
    orthanc: Measured
    bare_minimum: Measured


def measured(send: Callable[[], None], processes: list[int], instances: int) -> Measured:
    """Time sending, and what the processes and their children compute meanwhile.

    What another left for the system to write is written first: whoever waits for the disk to have
    its files would wait for those, too.
    """
    os.sync()
    computed, started = sum(map(cpu_seconds, processes)), time.monotonic()
    send()
    return Measured(
        time.monotonic() - started, sum(map(cpu_seconds, processes)) - computed, instances
    )


def cpu_seconds(process: int) -> float:
    """Computing time of a process, its children that ended and its children that live."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(pid) for task in threads for pid in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_seconds, children))


@contextmanager
def orthanc(folder: Path) -> Iterator[tuple[int, int]]:
    """Run Orthanc; yields its port and process."""
    port = free_port()
    settings = {
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "AuthenticationEnabled": False,
        "RemoteAccessAllowed": False,
        "Plugins": [],
    }
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(settings))
    with ProcessGroup(folder / "log") as group:
        command = [ORTHANC, str(folder / "settings.json")]
        group.start("orthanc", command, environment=os.environ, folder=folder)
        wait_for(group, lambda: _answers(port))
        yield port, group.process_id("orthanc")


@contextmanager
def application(var: Path) -> Iterator[tuple[ApiClient, str, list[int]]]:
    """Run the application without its segmentation; yields a session, a study, the processes."""
    installed = Application(var, free_port())
    coordinator = prepare(installed)["coordinator"]
    programs = {
        "web": [
            *("-m", "gunicorn", "reader_study.wsgi", "--bind", f"{HOST}:{installed.port}"),
            *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
            *("--timeout", "300", "--no-control-socket"),
        ],
        "worker": [
            *("-m", "celery", "--app", "reader_study.celery", "worker", "--pool", "solo"),
            *("--queues", "cpu", "--without-gossip", "--without-mingle"),
        ],
    }
    with ProcessGroup(var / "log") as group:
        for name, program in programs.items():
            command = [sys.executable, *program]
            group.start(name, command, environment=installed.environment, folder=REPOSITORY)
        installed.wait_until_it_answers(group)
        client = coordinator.client(installed.address)
        study = find_study(client, STUDY_NAME)
        yield client, f"/api/studies/{study['id']}", [group.process_id(name) for name in programs]


def post_to_orthanc(port: int, cohort: Cohort) -> None:
    """Send each zip to Orthanc, which answers once it has stored what is in it."""
    connection = http.client.HTTPConnection(HOST, port, timeout=LONGEST_SECONDS)
    for archive in cohort.zips:
        with archive.open("rb") as body:
            headers = {"Content-Length": str(archive.stat().st_size)}
            connection.request("POST", "/instances", body, headers)
            answer = connection.getresponse()
            said = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"Orthanc refused {archive.name}: {said[:300].decode()}")
    connection.close()


def upload(client: ApiClient, study_path: str, cohort: Cohort) -> None:
    """Send the zips by tus, and wait until the upload is done."""
    sent = send_upload(client, study_path, site="north", files=cohort.zips)
    deadline = time.monotonic() + LONGEST_SECONDS
    while True:
        uploads: list[dict[str, Any]] = client.get(f"{study_path}/uploads")
        now = next(one for one in uploads if one["id"] == sent["id"])
        if now["state"] == "done":
            break
        if now["state"] == "failed" or time.monotonic() > deadline:
            raise SystemExit(f"the upload is {now['state']}: {now['messages']}")
        time.sleep(LOOK_EVERY_SECONDS)
    if now["instances_accepted"] != cohort.instances:
        raise SystemExit(f"{now['instances_accepted']} of {cohort.instances}: {now['messages']}")


def do_the_bare_minimum(cohort: Cohort, folder: Path) -> None:
    """Inflate what is in each zip, hash it and write it into one file, onto the disk."""
    folder.mkdir()
    for archive in cohort.zips:
        with (
            zipfile.ZipFile(archive) as packed,
            archive.open("rb") as source,
            (folder / archive.name).open("wb") as target,
        ):
            hashed = hashlib.sha256()
            for entry in packed.infolist():
                source.seek(entry.header_offset + LOCAL_HEADER_BYTES + len(entry.filename))
                content = isal_zlib.decompress(source.read(entry.compress_size), -zlib.MAX_WBITS)
                hashed.update(content)
                target.write(content)
            target.flush()
            os.fsync(target.fileno())


def wait_for(group: ProcessGroup, is_so: Callable[[], bool]) -> None:
    """Return once something is so."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_so():
        group.check()
        if time.monotonic() > deadline:
            raise SystemExit(f"not ready within {READY_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/system")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def compare(folder: Path) -> dict[str, Compared]:
    """Give every cohort to all, one after the other."""
    warm_up, cohorts = make_warm_up(folder), make_cohorts(folder)
    results = {}
    with (
        orthanc(folder / "orthanc") as (port, process),
        application(folder / "var") as (client, study_path, processes),
    ):
        post_to_orthanc(port, warm_up)
        upload(client, study_path, warm_up)
        for name, cohort in cohorts.items():
            theirs = measured(partial(post_to_orthanc, port, cohort), [process], cohort.instances)
            ours = measured(
                partial(upload, client, study_path, cohort), processes, cohort.instances
            )
            bare_minimum = measured(
                partial(do_the_bare_minimum, cohort, folder / f"bare {name}"),
                [os.getpid()],
                cohort.instances,
            )
            results[name] = Compared(ours, theirs, bare_minimum)
            shutil.rmtree(folder / f"bare {name}")
    return results


def main() -> int:
    """Compare, and print."""
    if shutil.which(ORTHANC) is None:
        print("Orthanc is not installed: apt-get install orthanc (its service need not run)")
        return 1
    stop_on_signals()
    with tempfile.TemporaryDirectory(prefix="reader-study-ingest-bench-") as folder:
        results = compare(Path(folder))
    header = (
        "| cohort | instances | instances/s | CPU ms each | Orthanc: instances/s | CPU ms each "
        "| bare minimum: instances/s | CPU ms each |"
    )
    print(f"{header}\n|{'---|' * header.count(' | ')}---|")
    for name, compared in results.items():
        figures = " | ".join(
            f"{one.per_second:.1f} | {one.cpu_ms:.1f}"
            for one in (compared.ours, compared.orthanc, compared.bare_minimum)
        )
        print(f"| {name} | {compared.ours.instances} | {figures} |")
    factors = {
        factor: _times(results[name].ours, results[name].orthanc)
        for factor, name in FACTORS.items()
    }
    factors["bare_minimum_x"] = _times(results[STORED].bare_minimum, results[STORED].orthanc)
    print(json.dumps(factors))
    return 0


def _times(one: Measured, other: Measured) -> float:
    return round(one.per_second / other.per_second, 2)


if __name__ == "__main__":
    sys.exit(main())
