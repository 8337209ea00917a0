"""``make demo``: a demo study of six phantom patients, served until Ctrl-C."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from scripts.api_client import ApiClient
from scripts.application import REPOSITORY, Application, CommandError, free_port
from scripts.demo_study import (
    PHANTOM_SEEDS,
    STUDY_NAME,
    STUDY_SLUG,
    LogIn,
    ProgressLines,
    find_study,
    make_phantom,
    prepare,
    release_phantoms,
)
from scripts.processes import ChildDiedError, ProcessGroup, stop_on_signals

FIRST_PORT = 8000
LOOK_EVERY_SECONDS = 2.0


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def announce(application: Application, people: dict[str, LogIn]) -> None:
    """Print where to go and who to be."""
    rows = "\n".join(
        f"    {person.username:<12} password: {person.password}" for person in people.values()
    )
    say(
        f"\n  The demo is ready:  {application.address}\n\n{rows}\n\n"
        "  Phantom patients, a demo model trained on phantoms, constructed ratings.\n"
        "  Not for clinical use.  Ctrl-C stops everything.\n"
    )


def ingest_missing_phantoms(
    application: Application, coordinator: ApiClient, processes: ProcessGroup
) -> None:
    """Make and ingest the phantom patients that the demo study does not have yet."""
    study = find_study(coordinator, STUDY_NAME)
    if study["state"] != "setup":
        return
    study_path = f"/api/studies/{study['id']}"
    cases = coordinator.get(f"{study_path}/cases")
    present = Counter(case["site"] for case in cases)
    total = sum(map(len, PHANTOM_SEEDS.values()))
    for site, seeds in PHANTOM_SEEDS.items():
        for seed in seeds[present[site] :]:
            processes.check()
            say(f"Making and ingesting a phantom patient of site {site} (seed {seed})")
            with tempfile.TemporaryDirectory(prefix="reader-study-phantom-") as folder:
                phantom = make_phantom(application, seed, Path(folder))
                application.manage("ingest", str(phantom), "--study", STUDY_SLUG, "--site", site)
            known = {case["id"] for case in cases}
            cases = coordinator.get(f"{study_path}/cases")
            new = {case["id"] for case in cases} - known
            release_phantoms(coordinator, study_path, new)
    say(f"All {total} phantom patients are ingested and their runs released")


def watch(coordinator: ApiClient, processes: ProcessGroup) -> None:
    """Print how far the cases are whenever that changes, for as long as all processes live."""
    study = find_study(coordinator, STUDY_NAME)
    progress = ProgressLines()
    while True:
        processes.check()
        progress.show(coordinator.get(f"/api/studies/{study['id']}/cases"))
        time.sleep(LOOK_EVERY_SECONDS)


def serve(application: Application, model: Path | None) -> None:
    """Prepare the demo, serve it, and return only by an exception."""
    say("Preparing the database")
    people = prepare(application, model)
    with application.running() as processes:
        application.wait_until_it_answers(processes)
        announce(application, people)
        coordinator = people["coordinator"].client(application.address)
        ingest_missing_phantoms(application, coordinator, processes)
        watch(coordinator, processes)


def main() -> int:
    """Read the command line and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--port", type=int, default=FIRST_PORT, help="first port to try (default %(default)s)"
    )
    parser.add_argument(
        "--model", type=Path, help="directory of the model, for a demo study that is new"
    )
    arguments = parser.parse_args()
    stop_on_signals()
    application = Application(var=REPOSITORY / "var", port=free_port(arguments.port))
    try:
        serve(application, arguments.model)
    except KeyboardInterrupt:
        say("\nStopped.")
        return 0
    except (ChildDiedError, CommandError) as error:
        say(f"\n{error}\nEverything was stopped.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
