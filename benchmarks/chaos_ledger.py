"""People who go on working over HTTP while everything breaks, and note what was acknowledged.

A write counts as acknowledged once its answer has arrived with success. Whoever hears nothing, or
hears of an error, looks how things stand and goes on from there, as the pages do.
"""

import http.client
import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scripts.api_client import ApiClient, ApiError
from scripts.tus_client import CONTENT_TYPE, TusClient

PASSWORD = "not-for-patients-1"  # noqa: S105 (of people who exist for minutes)
UPLOAD_BYTES = 3 * 2**20
PIECE_BYTES = 48 * 2**10
PAUSE_SECONDS = 0.15
NO_ANSWER = (OSError, http.client.HTTPException)
INSUFFICIENT_STORAGE = 507


@dataclass
class Ledger:
    """What the server acknowledged.

    Attributes
    ----------
    drafts
        Of each case's code, the last revision and the comment that was kept under it.
    submitted
        The codes of the cases that were submitted, with their grades.
    events
        The reasons of what coordinators did, each of which stands in the audit trail.
    uploaded
        Of each file, the seed of its content and how many bytes have arrived.
    signed
        Rater, study and hash of each record that was signed.
    unanswered
        How many requests got no answer, or an error.
    no_room
        How many pieces of files were refused with status 507.
    """

    drafts: dict[str, tuple[int, str]] = field(default_factory=dict)
    submitted: dict[str, int] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    uploaded: dict[str, tuple[int, int]] = field(default_factory=dict)
    signed: list[tuple[str, str, str]] = field(default_factory=list)
    writes: int = 0
    unanswered: int = 0
    no_room: int = 0


def content_of(seed: int) -> bytes:
    """What is sent of a file."""
    return random.Random(seed).randbytes(UPLOAD_BYTES)  # noqa: S311 (no secret)


class Writers:
    """The people, each in a thread of their own."""

    def __init__(
        self, address: str, *, raters: Sequence[str], studies: Sequence[str], coordinator_of: str
    ) -> None:
        self.ledger = Ledger()
        self._address = address
        self._stop = threading.Event()
        self._study = coordinator_of
        work: list[Callable[[], None]] = [
            *(partial(self._read_all, name, studies) for name in raters),
            self._withdraw_and_restore,
            self._upload,
        ]
        self._threads = [threading.Thread(target=self._until_stopped, args=(one,)) for one in work]

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _until_stopped(self, work: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                work()
            except (*NO_ANSWER, ApiError, ValueError):
                self.ledger.unanswered += 1
                self._stop.wait(0.5)

    def _client(self, username: str) -> ApiClient:
        client = ApiClient(self._address)
        client.log_in(username, PASSWORD)
        return client

    def _read_all(self, username: str, studies: Sequence[str]) -> None:
        """Read one study after the other, and sign where a signature is asked for."""
        client = self._client(username)
        for study_id in studies:
            self._read(client, username, study_id)
            if not self._stop.is_set():
                self._sign(client, username, study_id)
        self._stop.wait()

    def _sign(self, client: ApiClient, username: str, study_id: str) -> None:
        path = f"/api/reading/{study_id}/signature"
        block = client.get(path)["block"]
        if block is not None:
            sha256 = block["record_sha256"]
            client.post(path, {"password": PASSWORD, "record_sha256": sha256})
            self.ledger.signed.append((username, study_id, sha256))
            self.ledger.writes += 1

    def _read(self, client: ApiClient, username: str, study_id: str) -> None:
        """Read the list: some drafts of each case, then its submission."""
        while not self._stop.is_set():
            code = client.get(f"/api/reading/{study_id}/worklist")["next"]
            if code is None:
                return
            path = f"/api/reading/cases/{code}"
            case = client.get(path)
            for run in range(len(case["media"]["manifest"]["runs"])):
                client.post(f"{path}/opened", {"run": run})
            revision = case["revision"]
            answers: dict[str, Any] = {"grade": 3, "unscorable_reason": None}
            for number in range(5):
                answers["comment"] = f"{username} {revision} {number}"
                revision = client.put(f"{path}/draft", {"revision": revision, "answers": answers})[
                    "revision"
                ]
                self.ledger.drafts[code] = (revision, answers["comment"])
                self.ledger.writes += 1
                self._stop.wait(PAUSE_SECONDS)
            self._submit(client, path, code, revision, answers)

    def _submit(
        self, client: ApiClient, path: str, code: str, revision: int, answers: dict[str, Any]
    ) -> None:
        """Submit until it is acknowledged: under one key, it counts once."""
        posted = {"revision": revision, "answers": answers, "submission_key": str(uuid.uuid4())}
        while not self._stop.is_set():
            try:
                client.post(f"{path}/submit", posted)
            except NO_ANSWER:
                self.ledger.unanswered += 1
            except ApiError as error:
                if error.status < http.client.INTERNAL_SERVER_ERROR:
                    raise
                self.ledger.unanswered += 1
            else:
                self.ledger.submitted[code] = answers["grade"]
                self.ledger.writes += 1
                return
            self._stop.wait(0.3)

    def _withdraw_and_restore(self) -> None:
        client = self._client("carol")
        path = f"/api/studies/{self._study}/cases"
        while not self._stop.is_set():
            case = client.get(path)[0]
            step = "restore" if case["withdrawn_at"] else "withdraw"
            reason = f"{step} {uuid.uuid4()}"
            client.post(f"{path}/{case['id']}/{step}", {"reason": reason})
            if step == "withdraw":  # a restoration is recorded without a reason
                self.ledger.events.append(reason)
            self.ledger.writes += 1
            self._stop.wait(PAUSE_SECONDS)

    def _upload(self) -> None:
        client = self._client("carol")
        seed = len(self.ledger.uploaded) + 1
        content = content_of(seed)
        uploads = f"/api/studies/{self._study}/uploads"
        announced = {"site": "north", "name": f"{seed}", "files": 1, "size_bytes": len(content)}
        upload = client.post(uploads, announced)
        sender = TusClient(client, f"{uploads}/{upload['id']}/files")
        try:
            location, offset = sender.announce(f"{seed}.zip", len(content))
            key = location.rsplit("/", 1)[-1]
            self.ledger.uploaded[key] = (seed, offset)
            while offset < len(content) and not self._stop.is_set():
                offset = self._piece(sender, location, offset, content)
                self.ledger.uploaded[key] = (seed, offset)
                self.ledger.writes += 1
                self._stop.wait(PAUSE_SECONDS)
        finally:
            sender.close()

    def _piece(self, sender: TusClient, location: str, offset: int, content: bytes) -> int:
        """Send a piece until it has arrived; returns how far the file is then."""
        while not self._stop.is_set():
            try:
                headers = {"Content-Type": CONTENT_TYPE, "Upload-Offset": str(offset)}
                piece = content[offset : offset + PIECE_BYTES]
                answer = sender.request("PATCH", location, body=piece, headers=headers)
                return int(answer["Upload-Offset"])
            except (*NO_ANSWER, ApiError) as error:
                self.ledger.unanswered += 1
                if isinstance(error, ApiError) and error.status == INSUFFICIENT_STORAGE:
                    self.ledger.no_room += 1
                time.sleep(0.3)
            try:
                # What arrived although its answer was lost is acknowledged by this one.
                offset = sender.offset(location)
            except (*NO_ANSWER, ApiError):
                continue
        return offset
