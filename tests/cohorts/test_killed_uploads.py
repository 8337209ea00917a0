"""An upload survives cut connections and killed servers, on a real server and its own data."""

import hashlib
import os
import random
import re
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from scripts.api_client import ApiClient, ApiError
from scripts.application import HOST, REPOSITORY, Application, free_port
from scripts.processes import ProcessGroup, end_with_the_parent
from scripts.tus_client import OFFSET_MOVED, TusClient, send_upload

MEBIBYTE = 2**20
ROUNDS = 20
UPLOAD_BYTES = 64 * MEBIBYTE
LARGE_BYTES = 256 * MEBIBYTE
MOST_MEMORY_FOR_A_LARGE_FILE = 48 * MEBIBYTE
STUDY = [
    *("create_study", "killed", "--name", "Killed", "--site", "north=North Hospital"),
    *("--coordinator", "mara", "--rater", "ruth", "--model", "inference/demo/phantoms_only_model"),
]


class Server:
    """The web server alone, on an installation of its own."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            self.application.programs["web"],
            env=self.application.environment,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_the_parent,
        )
        with ProcessGroup(self.application.var / "log") as nobody:
            self.application.wait_until_it_answers(nobody)

    def kill(self) -> None:
        """Kill all its processes at once, without a word."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def peak_memory(self) -> int:
        """The most that any of its processes ever had in memory, in bytes."""
        assert self._process is not None
        peaks = []
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                if os.getsid(int(status.parent.name)) == self._process.pid:
                    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
                    peaks.append(int(found[1]) if found else 0)
            except OSError:
                continue
        return max(peaks) * 1024


@pytest.fixture(scope="module")
def installation() -> Iterator[tuple[Server, str]]:
    """A running server with a study, and the password of its coordinator mara."""
    with tempfile.TemporaryDirectory(prefix="reader-study-killed-") as folder:
        embedded = {"DATABASE_URL": "", "CELERY_BROKER_URL": ""}
        application = Application(var=Path(folder), port=free_port(), services=embedded)
        application.manage("migrate", "--no-input")
        printed = application.manage(*STUDY)
        found = re.search(r"New person mara, password (\S+)", printed)
        assert found, printed
        server = Server(application)
        server.start()
        try:
            yield server, found[1]
        finally:
            server.kill()


@pytest.fixture
def server(installation) -> Server:
    return installation[0]


@pytest.fixture
def mara(installation) -> ApiClient:
    server, password = installation
    client = ApiClient(server.application.address)
    client.log_in("mara", password)
    return client


def study_path(client: ApiClient) -> str:
    (study,) = client.get("/api/studies")
    return f"/api/studies/{study['id']}"


def begin(client: ApiClient, size_bytes: int) -> str:
    path = f"{study_path(client)}/uploads"
    announced = {"site": "north", "name": "cut", "files": 1, "size_bytes": size_bytes}
    return f"{path}/{client.post(path, announced)['id']}"


def stored_sha256(server: Server, upload_id: str) -> str:
    """The SHA-256 of an upload's only file, put together from its parts."""
    digest = hashlib.sha256()
    with sqlite3.connect(server.application.var / "db.sqlite3") as database:
        parts = database.execute(
            'select stored_name, "offset", part.size_bytes from cohorts_quarantinedpart part '
            "join cohorts_quarantinedfile file on file.id = part.file_id "
            'where file.upload_id = ? order by "offset"',
            [upload_id.replace("-", "")],
        ).fetchall()
    end = 0
    for stored_name, offset, size_bytes in parts:
        content = (server.application.var / "quarantine" / stored_name).read_bytes()
        assert (offset, len(content)) == (end, size_bytes)
        digest.update(content)
        end += size_bytes
    return digest.hexdigest()


def send_and_break_off(
    mara: ApiClient,
    server: Server,
    location: str,
    rest: bytes,
    *,
    offset: int,
    after: int,
    how: str,
) -> None:
    """Announce all that is left, send so many bytes of it, and end as ``how`` says."""
    headers = {
        **mara.session_headers(),
        "Host": f"{HOST}:{server.application.port}",
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(rest)),
        "Upload-Offset": str(offset),
    }
    lines = [f"PATCH {location} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((HOST, server.application.port)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + rest[:after])
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how == "server killed":
            server.kill()


def offset_of(sender: TusClient, location: str) -> int:
    """Ask how much has arrived, over a connection that may be of a server that is no more."""
    try:
        return sender.offset(location)
    except (OSError, HTTPException):
        return sender.offset(location)


def test_an_upload_killed_twenty_times_at_random_bytes_resumes_and_is_whole(server, mara, tmp_path):
    chance = random.Random(20)
    content = chance.randbytes(UPLOAD_BYTES)
    upload_path = begin(mara, len(content))
    sender = TusClient(mara, f"{upload_path}/files")
    location, _ = sender.announce("cut.zip", len(content))
    arrived = 0
    for left in range(ROUNDS, 0, -1):
        offset = offset_of(sender, location)
        assert offset >= arrived, "what had arrived was lost"
        arrived = offset
        rest = content[offset:]
        how = ("server killed", "reset", "hung up", "reset")[left % 4]
        after = chance.randrange(min(len(rest), 2 * len(rest) // left))
        send_and_break_off(mara, server, location, rest, offset=offset, after=after, how=how)
        if how == "server killed":
            server.start()
    file = tmp_path / "cut.zip"
    file.write_bytes(content)
    send_the_rest(sender, location, file)
    completed = mara.post(f"{upload_path}/complete", {})
    assert completed["state"] == "received"
    upload_id = upload_path.rsplit("/", 1)[1]
    assert stored_sha256(server, upload_id) == hashlib.sha256(content).hexdigest()


def send_the_rest(sender: TusClient, location: str, file: Path) -> None:
    """Send what is left; the last connection that broke may still be counted meanwhile."""
    while True:
        # The server hangs up on who says nothing for two seconds, which a slow machine may take.
        sender.close()
        try:
            return sender.go_on(location, file)
        except ApiError as error:
            if error.status != OFFSET_MOVED:
                raise


def test_a_large_file_in_one_request_takes_little_memory(server, mara, tmp_path):
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(LARGE_BYTES)
    before = server.peak_memory()
    upload = send_upload(mara, study_path(mara), site="north", files=[large])
    assert upload["received_bytes"] == LARGE_BYTES
    assert server.peak_memory() - before < MOST_MEMORY_FOR_A_LARGE_FILE
