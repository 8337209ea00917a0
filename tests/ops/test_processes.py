"""The demo's children start, are watched and end together, however the parent ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.processes import ChildDiedError, ProcessGroup

REPOSITORY = Path(__file__).resolve().parents[2]
SLEEPS_WITH_A_CHILD = "sleep 300 & echo started; wait"
IGNORES_TERMINATION = "trap '' TERM; echo started; while true; do sleep 0.1; done"
PARENT = """
import sys, time
from pathlib import Path
from scripts.processes import ProcessGroup, stop_on_signals
stop_on_signals()
with ProcessGroup(Path(sys.argv[1])) as processes:
    processes.start("sleeper", ["sleep", "300"], environment={}, folder=Path("/"))
    print(processes._children[0].process.pid, flush=True)
    time.sleep(300)
"""


def start_shell(processes: ProcessGroup, name: str, script: str, folder: Path) -> None:
    processes.start(name, ["bash", "-c", script], environment=dict(os.environ), folder=folder)


def wait_for_text(log: Path, text: str) -> None:
    deadline = time.monotonic() + 10
    while text not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def processes_of_session(leader: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # "pid (name) state parent group session …"; the name may hold spaces and brackets.
            state, _parent, _group, session = status.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.append(int(status.parent.name))
    return found


def wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while processes_of_session(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("script", [SLEEPS_WITH_A_CHILD, IGNORES_TERMINATION])
def test_leaving_the_block_leaves_no_process_behind(tmp_path: Path, script: str) -> None:
    with ProcessGroup(tmp_path) as processes:
        start_shell(processes, "one", script, tmp_path)
        wait_for_text(tmp_path / "one.log", "started")
        (child,) = processes._children
        assert processes_of_session(child.process.pid)
    assert not processes_of_session(child.process.pid)


def test_a_child_that_ends_is_named_with_its_last_words(tmp_path: Path) -> None:
    with ProcessGroup(tmp_path) as processes:
        start_shell(processes, "worker", "echo out of memory; exit 3", tmp_path)
        processes._children[0].process.wait()
        with pytest.raises(ChildDiedError, match=r"(?s)worker.*exit status 3.*out of memory"):
            processes.check()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_children_end_with_a_parent_that_is_interrupted_terminated_or_killed(
    tmp_path: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=REPOSITORY,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert processes_of_session(child)
        parent.send_signal(number)
    assert wait_until_gone(child)
