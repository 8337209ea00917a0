"""Web server, worker and reaper at work on what names patients: their logs name none."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.api_client import ApiClient, ApiError
from scripts.application import Application, free_port
from scripts.tus_client import send_upload
from tests.imaging.synthetic_dicom import write_ct_series

pytestmark = pytest.mark.xdist_group("logs")

PLANTED = ["GERTRUDMUSTER", "PID4711007", "gertrudmuster"]
PASSWORD = "a password of gertrudmuster"
MAKE_STUDY = f"""
from tests.cast import make_study
from reader_study.accounts.models import User
study = make_study()
mara = User.objects.get(username="carol")
mara.full_name = "Gertrudmuster"
mara.set_password("{PASSWORD}")
mara.save()
print(study.pk)
"""
# The database's own words name what the view wants.
BREAK_REAPER = (
    "DROP TABLE cohorts_quarantinedfile",
    "CREATE VIEW cohorts_quarantinedfile AS SELECT * FROM gertrudmuster",
)
SETTINGS_OF_PRODUCTION = {
    "READER_STUDY_PRODUCTION": "true",
    "READER_STUDY_SECRET_KEY": "long and random, or so it is said to be here",
    "READER_STUDY_PSEUDONYM_KEY": "another one of 32 and more characters",
    "READER_STUDY_AUDIT_KEY": "a third one of 32 and more characters",
}


class BehindTheProxy(ApiClient):
    """A person whose browser reaches the server through a proxy with TLS, as in production."""

    def session_headers(self) -> dict[str, str]:
        return {**super().session_headers(), **self.proxy_headers}

    @property
    def proxy_headers(self) -> dict[str, str]:
        return {
            "X-Forwarded-Proto": "https",
            "Referer": f"{self.address.replace('http', 'https', 1)}/GERTRUDMUSTER",
            "User-Agent": "GERTRUDMUSTER",
        }

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        for cookie in self._cookies:
            cookie.secure = False  # the proxy's work; here is none
        return super()._send(method, path, body, {**self.proxy_headers, **(headers or {})})


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the three processes wrote."""
    var = tmp_path_factory.mktemp("var")
    application = Application(
        var,
        free_port(),
        {"DATABASE_URL": "", "CELERY_BROKER_URL": "", **SETTINGS_OF_PRODUCTION},
    )
    application.manage("migrate", "--verbosity", "0")
    study = application.manage("shell", "--no-imports", "-c", MAKE_STUDY).strip()
    files = patients(tmp_path_factory.mktemp("GERTRUDMUSTER"))
    with application.running() as processes:
        carol = BehindTheProxy(application.address)
        wait_for_web(carol)
        ask_for_much(carol, study)
        send_upload(carol, f"/api/studies/{study}", site="north", files=files)
        wait_for_line(var / "log" / "worker.log", "job left")
        processes.check()
        break_reaper(application)
        wait_for_line(var / "log" / "reaper.log", "exception")
    yield {path.stem: path.read_text() for path in (var / "log").iterdir()}
    shutil.rmtree(var)


def patients(folder: Path) -> list[Path]:
    """A CT that names its patient wherever it can, one that is broken, and a list of patients."""
    named = {
        "PatientName": "GERTRUDMUSTER^A",
        "PatientID": "PID4711007",
        "StudyDescription": "GERTRUDMUSTER",
        "SeriesDescription": "GERTRUDMUSTER",
        "InstitutionName": "GERTRUDMUSTER",
        "Modality": "CT",
    }
    good = write_ct_series(folder / "good", slices=12, elements=named, patient_id="PID4711007")
    for number, path in enumerate(good):
        good[number] = path.rename(folder / f"GERTRUDMUSTER-{number}.dcm")
    torn = folder / "GERTRUDMUSTER-torn.dcm"
    torn.write_bytes(good[0].read_bytes()[:700])
    zip_of_nothing = folder / "gertrudmuster.zip"
    zip_of_nothing.write_bytes(b"PK\x03\x04 gertrudmuster PID4711007")
    return [*good, torn, zip_of_nothing]


def wait_for_web(client: ApiClient) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            client.get("/api/session")
        except (ApiError, OSError):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


def ask_for_much(client: ApiClient, study: str) -> None:
    """Log in, wrongly first, and ask for what there is and what there is not."""
    for attempt in (
        lambda: client.log_in("gertrudmuster", "gertrudmuster"),
        lambda: client.get("/api/studies/GERTRUDMUSTER?patient=PID4711007"),
        lambda: client.get("/media/GERTRUDMUSTER/volume.bin?PID4711007"),
        lambda: client.post("/api/invitations/GERTRUDMUSTER/accept", {"name": "GERTRUDMUSTER"}),
        lambda: client._send(
            "POST", "/api/session", b"{GERTRUDMUSTER", {"Content-Type": "application/json"}
        ),
        lambda: client._send("POST", "/api/session", b"{}", {"Content-Type": "GERTRUDMUSTER"}),
        lambda: client._send("GET", "/", headers={"Host": "GERTRUDMUSTER.example.org"}),
    ):
        with pytest.raises(ApiError):
            attempt()
    client.log_in("carol", PASSWORD)
    client.get(f"/api/studies/{study}/cases?search=GERTRUDMUSTER")


def break_reaper(application: Application) -> None:
    script = (
        "from django.db import connection\n"
        f"for statement in {BREAK_REAPER!r}: connection.cursor().execute(statement)"
    )
    application.manage("shell", "--no-imports", "-c", script)


def wait_for_line(log: Path, text: str) -> None:
    deadline = time.monotonic() + 120
    while text not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("name", ["web", "worker", "reaper"])
def test_no_patient_is_in_the_log(logs: dict[str, str], name: str) -> None:
    found = [word for word in (*PLANTED, PASSWORD) if word.lower() in logs[name].lower()]
    assert found == [], re.findall(rf".*(?:{'|'.join(found)}).*", logs[name], re.IGNORECASE)[:3]


@pytest.mark.parametrize("name", ["web", "worker", "reaper"])
def test_the_log_tells_what_was_done(logs: dict[str, str], name: str) -> None:
    lines = json_lines(logs[name])
    assert lines
    told: dict[str, dict[str, Any]] = {
        "web": {"route": "/api/session", "status": 400},
        "worker": {"kind": "cohorts.ingest_upload", "state": "done", "event": "job left"},
        "reaper": {"event": "A step of the reaper failed; it is tried again."},
    }
    assert any(line.items() >= told[name].items() for line in lines), logs[name][-3000:]


@pytest.mark.parametrize("name", ["web", "worker", "reaper"])
def test_every_line_is_one_for_machines(logs: dict[str, str], name: str) -> None:
    printed = [line for line in logs[name].splitlines() if not line.startswith("{")]
    # Celery prints when it is told to end, and before it begins that it should not be root.
    assert all(name == "worker" for line in printed if line)
    assert len([line for line in printed if line]) < 10, printed


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
