"""Read untrusted files in a process of their own, which may die of them without harm.

The reading process has limits on memory, on computing time for each file and on the clock. If a
file kills it, a new one goes on with the files that are left, and the culprit is named.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from types import TracebackType
from typing import Any, TypeVar, cast

import numpy as np

from .begin import Progress, untold
from .ct_volume import CTVolume
from .deidentification import FileReport, Pseudonym
from .errors import ImagingError
from .gates import Gate, SeriesRefusedError
from .hashed_zip import WrittenZip
from .painting import Rectangle
from .plain_data import field_types, from_plain, to_plain
from .previews import Grey
from .reading_process import PIXELS_OF
from .series import CTSeries, Refusal, Scan, XARunFile
from .sizes import size_in_words
from .xa_run import AngiographyRun

READING_PROCESS = "reader_study.imaging.reading_process"
MAX_DEATHS = 8
LONGEST_ANSWER_BYTES = 256 * 2**20
NOT_BEGUN = -1
SECONDS_TO_DIE = 10.0
_READ_BYTES = 2**16

Decoded = TypeVar("Decoded", CTVolume, AngiographyRun)


@dataclass(frozen=True)
class Limits:
    """What the reading process may use.

    Attributes
    ----------
    memory_bytes
        Address space, the program itself included.
    cpu_seconds
        Computing time from the beginning of one file to that of the next.
    clock_seconds
        Time by the clock, the same.
    """

    memory_bytes: int = 4 * 10**9
    cpu_seconds: int = 60
    clock_seconds: float = 120.0


class ReaderDiedError(ImagingError):
    """A file killed the process that read it.

    Attributes
    ----------
    name, number
        The file, by its name for people and in the order of reading.
    reason
        What it did.
    """

    def __init__(self, name: str, number: int, reason: str) -> None:
        self.name, self.number, self.reason = name, number, reason
        super().__init__(f"{name}: {reason}")


class SupervisedReader:
    """Does what the functions of the same names do, in a process of its own.

    Use it as a context manager; the process starts when it is first needed, or told to.
    """

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = b""

    def __enter__(self) -> "SupervisedReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._stop()

    def start(self) -> None:
        """Start the process now, that it be ready when it is needed."""
        if self._process is None:
            self._start()

    def scan(
        self,
        paths: Sequence[Path],
        work_directory: Path,
        *,
        names: Mapping[Path, str] | None = None,
        progress: Progress = untold,
    ) -> Scan:
        """Sort an upload; a file that kills the reading process is refused like any other.

        What `progress` raises ends the scan.
        """
        deaths: list[ReaderDiedError] = []
        while len(deaths) < MAX_DEATHS:
            unpacked = Path(mkdtemp(prefix="scan-", dir=work_directory.absolute()))
            request = {
                "task": "scan",
                "paths": [str(path.absolute()) for path in paths],
                "names": {str(path.absolute()): name for path, name in (names or {}).items()},
                "work_directory": str(unpacked),
            }
            against = {str(death.number): death.reason for death in deaths}
            try:
                return from_plain(Scan, self._ask(request, against, progress))
            except ReaderDiedError as death:
                shutil.rmtree(unpacked)
                deaths.append(death)
        return _given_up(deaths)

    def build_ct_volume(self, series: CTSeries) -> CTVolume:
        """Build an upright volume.

        Raises
        ------
        ImagingError
            As ``build_ct_volume`` does, or if a file kills the reading process.
        """
        return self._read("build_ct_volume", CTVolume, {"series": to_plain(series)})

    def read_xa_run(self, run: XARunFile) -> AngiographyRun:
        """Decode an angiography run.

        Raises
        ------
        ImagingError
            As ``read_xa_run`` does, or if the file kills the reading process.
        """
        return self._read("read_xa_run", AngiographyRun, {"run": to_plain(run)})

    def paint_over(
        self, source: Path, target: Path, name: str, rectangles: Sequence[Rectangle]
    ) -> None:
        """Write a de-identified file anew with rectangles painted over.

        Raises
        ------
        ImagingError
            As ``paint_over`` does, or if the file kills the reading process.
        """
        request = {
            "task": "paint_over",
            "source": str(source.absolute()),
            "target": str(target.absolute()),
            "name": name,
            "rectangles": to_plain(list(rectangles)),
        }
        self._ask(request, {})

    def deidentify_series(
        self, files: Sequence[tuple[Path, str]], target: Path, pseudonym: Pseudonym
    ) -> WrittenZip:
        """De-identify the files of a series into a new zip.

        Raises
        ------
        ImagingError
            As ``deidentify_series`` does, or if a file kills the reading process.
        """
        request = {
            "task": "deidentify_series",
            "files": _plain_files(files),
            "target": str(target.absolute()),
            **_plain_pseudonym(pseudonym),
        }
        return from_plain(WrittenZip, self._ask(request, {}))

    def deidentify_file(self, source: Path, target: Path, pseudonym: Pseudonym) -> FileReport:
        """De-identify a file into a new one.

        Raises
        ------
        ImagingError
            As ``deidentify_file`` does, or if the file kills the reading process; `target` is then
            not there.
        """
        request = {
            "task": "deidentify_file",
            "source": str(source.absolute()),
            "target": str(target.absolute()),
            **_plain_pseudonym(pseudonym),
        }
        try:
            return from_plain(FileReport, self._ask(request, {}))
        except ReaderDiedError:
            target.unlink(missing_ok=True)
            raise

    def pictures_of_files(self, files: Sequence[tuple[Path, str]]) -> Grey:
        """Return a few frames of the files as they are displayed.

        Raises
        ------
        ImagingError
            As ``pictures_of_files`` does, or if a file kills the reading process.
        """
        with TemporaryDirectory(prefix="reader-study-array-") as folder:
            array = Path(folder) / "pixels.npy"
            request = {"task": "pictures_of_files", "array": str(array)}
            self._ask({**request, "files": _plain_files(files)}, {})
            return cast("Grey", np.load(array, allow_pickle=False))

    def _read(self, task: str, kind: type[Decoded], request: dict[str, Any]) -> Decoded:
        with TemporaryDirectory(prefix="reader-study-array-") as folder:
            array = Path(folder) / "pixels.npy"
            facts = self._ask({"task": task, "array": str(array), **request}, {})
            hints = field_types(kind)
            built = {name: from_plain(hints[name], plain) for name, plain in facts.items()}
            built[PIXELS_OF[kind]] = np.load(array, allow_pickle=False)
        return kind(**built)

    def _ask(
        self, request: dict[str, Any], against: dict[str, str], progress: Progress = untold
    ) -> Any:
        """Send a request and wait for its result, watching the process."""
        asked = {**request, "against": against, "cpu_seconds": self._limits.cpu_seconds}
        name, number = "", NOT_BEGUN
        try:
            self._send(json.dumps(asked).encode())
            while (answer := json.loads(self._receive())).keys() & {"begin", "progress"}:
                if "progress" in answer:
                    progress(float(answer["progress"]))
                else:
                    name, number = str(answer["begin"]), int(answer["number"])
        except (EOFError, BrokenPipeError, TimeoutError) as error:
            reason = self._cause_of_death(error)
            if number == NOT_BEGUN:
                raise RuntimeError(f"the reading process does not start: {reason}") from error
            raise ReaderDiedError(name, number, reason) from error
        if "done" in answer:
            return answer["done"]
        if "gates" in answer:
            raise SeriesRefusedError(from_plain(tuple[Gate, ...], answer["gates"]))
        if "refused" in answer:
            raise ImagingError(str(answer["refused"]))
        if "out_of_memory" in answer:
            self._stop()
            raise ReaderDiedError(name, number, self._too_much_memory())
        if "disk_is_full" in answer:
            raise OSError(answer["disk_is_full"], os.strerror(answer["disk_is_full"]))
        raise RuntimeError(f"the reading process failed:\n{answer['broken']}")

    def _send(self, request: bytes) -> None:
        self.start()
        stdin = self._process.stdin if self._process else None
        if stdin is None:
            raise BrokenPipeError
        stdin.write(request + b"\n")
        stdin.flush()

    def _start(self) -> None:
        # The environment holds the study's secrets, which a hijacked reader must not find.
        environment = {
            "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path),
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            # Large arrays in large pages: handing memory out took longer than decoding a run.
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        }
        self._pending = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", READING_PROCESS, str(self._limits.memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def _receive(self) -> bytes:
        """Return one line of the process.

        Raises
        ------
        EOFError, TimeoutError
            If the process died, or is silent for longer than a file may take.
        """
        stdout = self._process.stdout if self._process else None
        if stdout is None:
            raise EOFError
        source = stdout.fileno()
        poll = select.poll()
        poll.register(source, select.POLLIN)
        deadline = time.monotonic() + self._limits.clock_seconds
        pieces, received = [self._pending], 0
        while b"\n" not in pieces[-1]:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise TimeoutError
            piece = os.read(source, _READ_BYTES)
            received += len(piece)
            if not piece or received > LONGEST_ANSWER_BYTES:
                raise EOFError
            pieces.append(piece)
        line, _, self._pending = b"".join(pieces).partition(b"\n")
        return line

    def _cause_of_death(self, error: Exception) -> str:
        """Say in words why the process ended, and clear it away."""
        if isinstance(error, TimeoutError):
            self._stop()
            return f"took longer than {self._limits.clock_seconds:.0f} s to read; refused"
        code = self._exit_code()
        if code == -signal.SIGXCPU:
            return f"took longer than {self._limits.cpu_seconds} s of computing to read; refused"
        if code == -signal.SIGKILL:
            return "was too much for the server's memory; refused"
        if code == -signal.SIGABRT:
            return self._too_much_memory()
        return "made the program that reads it crash: it is damaged or forged; refused"

    def _exit_code(self) -> int:
        """Wait a moment for a process that closed its end, then end it."""
        process = self._process
        if process is None:
            return 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_DIE)
        code = process.poll()
        self._stop()
        return code or 0

    def _too_much_memory(self) -> str:
        allowed = size_in_words(self._limits.memory_bytes)
        return f"needs more memory to read than the {allowed} allowed; refused"

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _plain_files(files: Sequence[tuple[Path, str]]) -> list[tuple[str, str]]:
    return [(str(path.absolute()), name) for path, name in files]


def _plain_pseudonym(pseudonym: Pseudonym) -> dict[str, str]:
    return {"key": pseudonym.key.hex(), "case_code": pseudonym.case_code}


def _given_up(deaths: Sequence[ReaderDiedError]) -> Scan:
    """What is left to say of an upload in which one file after the other kills its reader."""
    refused = [Refusal(death.name, death.reason, (death.name,)) for death in deaths]
    reason = f"not read, since {len(deaths)} files stopped the program that reads them"
    rest = "the other files of the upload"
    return Scan((), (), (), (*refused, Refusal(rest, reason, (rest,))), ())
