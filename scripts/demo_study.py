"""What the demo and its check share: the demo's people, its phantom patients, its progress."""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from scripts.api_client import ApiClient
from scripts.application import Application

STUDY_NAME = "Demo study"
CONSTRUCTED_NAMES = ("Constructed ratings A", "Constructed ratings B")
STUDY_SLUG = "demo"
PHANTOM_SEEDS = {"north": (101, 102, 103), "south": (201, 202, 203)}
PHANTOM_NOTE = "Phantom made by this program: nothing is burned in."
LOG_IN_LINE = re.compile(r"^Log-in (?P<username>\S+) / (?P<password>\S+)", re.MULTILINE)


@dataclass(frozen=True)
class LogIn:
    """A demo user."""

    username: str
    password: str

    def client(self, address: str) -> ApiClient:
        """Return a session of this user."""
        client = ApiClient(address)
        client.log_in(self.username, self.password)
        return client


def prepare(application: Application, model: Path | None = None) -> dict[str, LogIn]:
    """Bring the database up to date and create the demo's studies; return the log-ins by name.

    A demo study that does not exist yet gets the model of the directory, by default the shipped
    one.
    """
    application.manage("migrate", "--no-input")
    named = () if model is None else ("--model", str(model))
    printed = application.manage("create_demo", *named)
    return {
        found["username"]: LogIn(found["username"], found["password"])
        for found in LOG_IN_LINE.finditer(printed)
    }


def find_study(client: ApiClient, name: str) -> dict[str, Any]:
    """Return the study of that name out of the person's own studies."""
    studies: list[dict[str, Any]] = client.get("/api/studies")
    return next(study for study in studies if study["name"] == name)


def release_phantoms(
    coordinator: ApiClient, study_path: str, cases: Collection[str]
) -> list[dict[str, Any]]:
    """Release the runs of phantom cases, by their ids, once every picture of them arrived.

    A person looks at patients' runs; of these it is known that nothing is burned in. Cases that
    are not named, such as somebody's own, are left to people.
    """
    waiting = coordinator.get(f"{study_path}/review")
    phantoms = [series for series in waiting if series["case_id"] in cases]
    for series in phantoms:
        address = f"{study_path}/cases/{series['case_id']}/series/{series['id']}"
        for number in range(series["preview_count"]):
            coordinator.get_bytes(f"{address}/pictures/{number}")
        decision = {"decision": "release", "phase": "after", "note": PHANTOM_NOTE}
        coordinator.post(f"{address}/review", decision)
    return phantoms


def make_phantom(application: Application, seed: int, folder: Path, *options: str) -> Path:
    """Write one phantom patient (CT and two DSA runs) as DICOM; return the patient's folder."""
    application.make_phantoms("--seed", str(seed), "--output", str(folder), *options)
    (patient,) = folder.iterdir()
    return patient


def zipped(patient: Path) -> Path:
    """Pack a patient's folder into a zip beside it, as a hospital would send it; return the zip."""
    archive = patient.with_suffix(".zip")
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=1) as zip_file:
        for file in sorted(patient.rglob("*.dcm")):
            zip_file.write(file, file.relative_to(patient.parent))
    return archive


class ProgressLines:
    """Print how far the cases are: at once where one becomes ready or fails, else now and then."""

    def __init__(self, *, every_seconds: float = 10.0) -> None:
        self._every_seconds = every_seconds
        self._said_at = -every_seconds
        self._said = ""
        self._ended: list[tuple[str, str]] = []

    def show(self, cases: list[dict[str, Any]]) -> None:
        """Print a line about the cases if there is news."""
        line = describe(cases)
        ended = [
            (case["code"], case["state"]) for case in cases if case["state"] in {"ready", "failed"}
        ]
        is_time = time.monotonic() - self._said_at >= self._every_seconds
        if ended != self._ended or (is_time and line != self._said):
            print(f"    {line}", flush=True)
            self._said_at, self._said, self._ended = time.monotonic(), line, ended


def describe(cases: list[dict[str, Any]]) -> str:
    """Say in one line how far the cases are."""
    ready = sum(case["state"] == "ready" for case in cases)
    line = f"{ready} of {len(cases)} cases ready"
    for case in cases:
        if case["state"] == "failed":
            line += f"; {case['code']} failed: {case['message']}"
        elif case["state"] == "segmenting":
            left = case["seconds_left"]
            line += f"; {case['code']} segmenting {case['progress']:.0%}"
            line += f", about {left:.0f} s left" if left is not None else ""
    return line
