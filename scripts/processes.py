"""Keep several child processes running together, and leave none of them behind."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

STOP_SECONDS = 5.0
KILL_SECONDS = 2.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class ChildDiedError(Exception):
    """One of the processes ended by itself; the message says which, how and where its log is."""


@dataclass(frozen=True)
class Child:
    """A running process, the leader of a process group of its own."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class ProcessGroup:
    """Children that live and die together: leaving the ``with`` block stops all of them.

    Each child leads its own session, so Ctrl-C in a terminal reaches only the parent, which
    stops the children in order; the kernel stops them should the parent be killed outright.
    """

    def __init__(self, log_folder: Path) -> None:
        self._children: list[Child] = []
        self._log_folder = log_folder
        log_folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path
    ) -> None:
        """Start a child whose output goes to ``NAME.log`` in the log folder."""
        log = self._log_folder / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_the_parent,
            )
        self._children.append(Child(name=name, process=process, log=log))

    def process_id(self, name: str) -> int:
        """Return the process of a child."""
        return next(child.process.pid for child in self._children if child.name == name)

    def check(self) -> None:
        """Raise ``ChildDiedError`` if a child has ended."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                raise ChildDiedError(
                    f"The {child.name} process ended (exit status {status}). "
                    f"Its log is {child.log}; the last lines:\n{last_lines(child.log)}"
                )

    def stop(self) -> None:
        """Ask every process of every group to end; after ``STOP_SECONDS``, make it."""
        for child in self._children:
            send(child, signal.SIGTERM)
        self._wait_for_the_end(STOP_SECONDS)
        for child in self._children:
            send(child, signal.SIGKILL)
            child.process.wait()
        # A killed process takes a moment to go, and grandchildren cannot be waited for by name.
        self._wait_for_the_end(KILL_SECONDS)
        self._children.clear()

    def _wait_for_the_end(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(map(is_alive, self._children)):
            time.sleep(0.05)


def end_with_the_parent() -> None:
    """In a new child: ask the kernel for SIGTERM on the parent's death."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def is_alive(child: Child) -> bool:
    """Tell whether any process of the child's group is left."""
    child.process.poll()
    try:
        os.killpg(child.process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def send(child: Child, number: signal.Signals) -> None:
    """Signal the child's whole group, if any of it is left."""
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, indented."""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join(f"    {line}" for line in lines)


def stop_on_signals() -> None:
    """Make SIGTERM and SIGINT end the program through every ``finally``.

    SIGINT too, because a shell starts background jobs with it ignored.
    """

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
