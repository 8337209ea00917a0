"""``make demo-check``: a whole two-rater study over HTTP on real processes, checked step by step.

Exits with 0 only if every step really happened. ``--keep`` leaves the data folder behind.
"""

import argparse
import csv
import io
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sklearn.metrics import cohen_kappa_score

from scripts.api_client import ApiClient, ApiError
from scripts.application import Application, CommandError, free_port
from scripts.demo_study import (
    CONSTRUCTED_NAMES,
    PHANTOM_SEEDS,
    STUDY_NAME,
    LogIn,
    ProgressLines,
    find_study,
    make_phantom,
    prepare,
    release_phantoms,
    zipped,
)
from scripts.processes import ChildDiedError, ProcessGroup, stop_on_signals
from scripts.scripted_rater import (
    CheckFailedError,
    expect,
    expect_post_refused,
    expect_refusal,
    read_all_cases,
)
from scripts.tus_client import send_upload

RUNS_OF_A_PHANTOM = 2
READY_SECONDS = 900.0
LOOK_EVERY_SECONDS = 1.0


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print a line for a step once it is done, with its seconds."""
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"✗ {what}", flush=True)
        raise
    print(f"✓ {what} ({time.monotonic() - started:.1f} s)", flush=True)


def upload_phantoms(
    application: Application, coordinator: ApiClient, study_path: str, folder: Path
) -> None:
    """Upload each site's phantom patients as one upload of several zips."""
    for site, seeds in PHANTOM_SEEDS.items():
        with step(f"{len(seeds)} phantom patients of site {site} made"):
            zips = [zipped(make_phantom(application, seed, folder / str(seed))) for seed in seeds]
        with step(f"their zips uploaded ({sum(z.stat().st_size for z in zips) >> 20} MiB)"):
            upload = send_upload(coordinator, study_path, site=site, files=zips)
            expect(upload["state"] in {"received", "scanning", "done"}, f"upload: {upload}")


def wait_until_read_in(
    coordinator: ApiClient, study_path: str, processes: ProcessGroup
) -> list[dict[str, Any]]:
    """Return the cases once all uploads are read in."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        processes.check()
        uploads = coordinator.get(f"{study_path}/uploads")
        failed = [upload for upload in uploads if upload["state"] == "failed"]
        expect(not failed, f"an upload failed: {failed}")
        if all(upload["state"] == "done" for upload in uploads):
            cases: list[dict[str, Any]] = coordinator.get(f"{study_path}/cases")
            return cases
        expect(time.monotonic() < deadline, f"not read in after {READY_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)


def release_all(coordinator: ApiClient, study_path: str, cases: list[dict[str, Any]]) -> None:
    """Check that nothing is ready before the release, and release every run."""
    ready = [case for case in cases if case["state"] == "ready"]
    expect(not ready, f"cases are ready although nobody looked at their runs: {ready}")
    released = release_phantoms(coordinator, study_path, {case["id"] for case in cases})
    expect(len(released) == RUNS_OF_A_PHANTOM * len(cases), f"{len(released)} runs waited")
    expect(coordinator.get(f"{study_path}/review") == [], "a run still waits for its release")


def wait_until_ready(coordinator: ApiClient, study_path: str, processes: ProcessGroup) -> None:
    """Return once all phantoms are ready to read; print how far they are meanwhile."""
    expected = sum(map(len, PHANTOM_SEEDS.values()))
    deadline = time.monotonic() + READY_SECONDS
    progress = ProgressLines()
    while True:
        processes.check()
        uploads = coordinator.get(f"{study_path}/uploads")
        cases = coordinator.get(f"{study_path}/cases")
        progress.show(cases)
        # While an upload is being read in, a patient's CT may still be on its way.
        settled = all(upload["state"] in {"done", "failed"} for upload in uploads)
        failed = [row for row in [*uploads, *cases] if row["state"] == "failed"]
        expect(not (settled and failed), f"an upload or a case failed: {failed}")
        if sum(case["state"] == "ready" for case in cases) == expected:
            return
        expect(time.monotonic() < deadline, f"not ready after {READY_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)


def check_shut_out(rater: ApiClient, other: ApiClient, study_id: str) -> None:
    """Check that a rater reaches nothing of the coordinator's and nothing of the other rater's."""
    for page in ("", "/cases", "/uploads", "/report", "/export.csv", "/export.json"):
        expect_refusal(rater, f"/api/studies/{study_id}{page}", 404)
    code = other.get(f"/api/reading/{study_id}/worklist")["next"]
    expect_refusal(rater, f"/api/reading/cases/{code}", 404)
    media = other.get(f"/api/reading/cases/{code}")["media"]
    expect_refusal(rater, media["base"] + media["manifest"]["volume"]["file"], 404)


def check_report(report: dict[str, Any], exported: str) -> None:
    """Recompute rates and κ from the exported rows and compare them with the report."""
    rows = list(csv.DictReader(io.StringIO(exported)))
    levels = [level["value"] for level in report["levels"]]
    grades = [
        {row["case"]: int(row["grade"]) for row in rows if row["rater"] == rater and row["grade"]}
        for rater in report["raters"]
    ]
    for rate, of_rater in zip(report["rates"], grades, strict=True):
        high = sum(grade >= report["high_from"] for grade in of_rater.values())
        expect((rate["high"], rate["n"]) == (high, len(of_rater)), f"rate differs: {rate}")
    paired = sorted(grades[0].keys() & grades[1].keys())
    expect(len(paired) == report["n_paired"], "the number of paired cases differs")
    for kappa in report["kappas"]:
        weights = None if kappa["weights"] == "none" else kappa["weights"]
        recomputed = float(
            cohen_kappa_score(
                [grades[0][case] for case in paired],
                [grades[1][case] for case in paired],
                labels=levels,
                weights=weights,
            )
        )
        reported = math.nan if kappa["estimate"] is None else kappa["estimate"]
        expect(
            math.isclose(reported, recomputed, abs_tol=1e-12)
            or (math.isnan(reported) and math.isnan(recomputed)),
            f"κ ({kappa['weights']}): reported {reported}, recomputed {recomputed}",
        )


def in_words(report: dict[str, Any]) -> str:
    """Return rates and κ as the paper prints them."""
    rates = ", ".join(
        f"{rate['rater']} {rate['rate']:.1%} ({rate['high']}/{rate['n']})"
        for rate in report["rates"]
    )
    kappa = report["kappa"]
    if kappa["estimate"] is None:
        return f"{rates}, κ undefined"
    interval = f"{kappa['ci'][0]:.2f}–{kappa['ci'][1]:.2f}" if kappa["ci"] else kappa["refused"]
    return f"{rates}, κ {kappa['estimate']:.2f} ({interval})"


def sign_readings(rater: ApiClient, study_id: str, password: str) -> None:
    """Sign a rater's readings: refused with another password, taken with their own."""
    address = f"/api/reading/{study_id}/signature"
    record = {"record_sha256": rater.get(address)["block"]["record_sha256"]}
    expect_post_refused(rater, address, {**record, "password": f"not {password}"}, 403)
    signed = rater.post(address, {**record, "password": password})
    expect(signed["state"] == "signed", f"the readings are not signed: {signed}")


def to_sign(coordinator: ApiClient, study_path: str, kind: str) -> str:
    """Return the hash of what waits for the coordinator's signature."""
    waiting = coordinator.get(f"{study_path}/signatures")["to_sign"]
    expect([row["kind"] for row in waiting] == [kind], f"{kind} does not wait: {waiting}")
    sha256: str = waiting[0]["record_sha256"]
    return sha256


def lock_and_report(coordinator: ApiClient, study_path: str, password: str) -> None:
    """Lock the study, fetch the report and both exports, and recompute the report."""
    with step("study locked by its name and signed; refused without a signature"):
        lock = {"confirm_name": STUDY_NAME}
        expect_post_refused(coordinator, f"{study_path}/lock", lock, 403)
        lock |= {"record_sha256": to_sign(coordinator, study_path, "lock"), "password": password}
        study = coordinator.post(f"{study_path}/lock", lock)
        expect(study["state"] == "locked", "the study is not locked")
    with step("exports refused until the coordinator signs for them"):
        expect_refusal(coordinator, f"{study_path}/export.csv", 409)
        sha256 = to_sign(coordinator, study_path, "export")
        release = {"of": "snapshot", "record_sha256": sha256, "password": password}
        given = coordinator.post(f"{study_path}/signatures", release)["signatures"]
        kinds = [row["kind"] for row in given if row["holds"]]
        expect(kinds == ["readings", "readings", "lock", "export"], f"signatures: {given}")
    with step("report, CSV and JSON fetched; κ and rates recomputed with scikit-learn"):
        report = coordinator.get(f"{study_path}/report")
        check_report(report, coordinator.get_bytes(f"{study_path}/export.csv").decode("utf-8-sig"))
        exported = coordinator.get_bytes(f"{study_path}/export.json").decode()
        expect(report["snapshot_sha256"] in exported, "the JSON export lacks the snapshot's hash")
    print(f"    {STUDY_NAME} (phantoms, scripted raters): {in_words(report)}")


def check_constructed_studies(coordinator: ApiClient) -> None:
    """Check that the constructed ratings print the paper's row."""
    for name in CONSTRUCTED_NAMES:
        study = find_study(coordinator, name)
        words = in_words(coordinator.get(f"/api/studies/{study['id']}/report"))
        print(f"    {name} (not the authors' data): {words}")
        for figure in ("98.9%", "98.3%", "κ 0.74 (0.56–0.89)"):
            expect(figure in words, f"{name}: {figure} is missing")


def run_study(application: Application, people: dict[str, LogIn], processes: ProcessGroup) -> None:
    """Take the demo study from its first upload to its report."""
    with step("coordinator signed in"):
        coordinator = people["coordinator"].client(application.address)
        study = find_study(coordinator, STUDY_NAME)
    study_path = f"/api/studies/{study['id']}"
    upload_phantoms(application, coordinator, study_path, application.var / "phantoms")
    with step("all cases read in"):
        cases = wait_until_read_in(coordinator, study_path, processes)
    with step("every frame of every run fetched, every run released; before that nothing is ready"):
        release_all(coordinator, study_path, cases)
    with step("all cases segmented and prepared"):
        wait_until_ready(coordinator, study_path, processes)
    with step("study opened for reading"):
        expect(coordinator.post(f"{study_path}/open", {})["state"] == "reading", "not open")
    with step("two raters signed in; neither reaches the coordinator's or the other's pages"):
        raters = [people[name].client(application.address) for name in ("rater1", "rater2")]
        check_shut_out(raters[0], raters[1], study["id"])
        expect_refusal(ApiClient(application.address), study_path, 401, 403)
    with step("report refused before the lock"):
        expect_refusal(coordinator, f"{study_path}/report", 409)
    for number, rater in enumerate(raters, start=1):
        with step(f"rater {number} fetched and checked every file and graded every case"):
            read = read_all_cases(rater, study["id"], number)
        total = sum(case.media_bytes for case in read)
        print(f"    {len(read)} cases, {total >> 20} MiB of images")
    with step("both raters signed their readings; a wrong password signs nothing"):
        for name, rater in zip(("rater1", "rater2"), raters, strict=True):
            sign_readings(rater, study["id"], people[name].password)
    lock_and_report(coordinator, study_path, people["coordinator"].password)
    with step("constructed ratings print 98.9 %, 98.3 %, κ 0.74 (0.56–0.89)"):
        check_constructed_studies(coordinator)


def check(folder: Path) -> None:
    """Run the whole check in a fresh data folder."""
    application = Application(var=folder, port=free_port())
    with step("database prepared, demo study created"):
        people = prepare(application)
    with application.running() as processes:
        with step(f"web server, worker and reaper started on {application.address}"):
            application.wait_until_it_answers(processes)
        run_study(application, people, processes)
        with step("all processes still alive; stopped"):
            processes.check()
            processes.stop()


def main() -> int:
    """Run the check; return the exit status."""
    parser = argparse.ArgumentParser(description="Check a whole two-rater study over HTTP.")
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    arguments = parser.parse_args()
    stop_on_signals()
    folder = Path(tempfile.mkdtemp(prefix="reader-study-check-"))
    started = time.monotonic()
    try:
        check(folder)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except (CheckFailedError, ApiError, ChildDiedError, CommandError) as error:
        print(f"demo-check FAILED: {error}")
        return 1
    finally:
        if arguments.keep:
            print(f"Data and logs are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"demo-check passed in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
