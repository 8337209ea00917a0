"""What a program with child processes took: read from /proc, so Linux only."""

import os
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_PARENT, _USER, _SYSTEM, _ENDED_USER, _ENDED_SYSTEM = 1, 11, 12, 13, 14
"""Places in /proc/PID/stat after the program's name."""


def _stat(pid: int) -> list[str]:
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return []


def _pids() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def find_process(argument: str) -> int:
    """Return the eldest process that has ``argument`` in its command line."""
    found = []
    for pid in _pids():
        try:
            command = (_PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(argument.encode() in part for part in command) and b"--type" not in b" ".join(
            command
        ):
            found.append(pid)
    if not found:
        raise LookupError(f"no process has {argument} in its command line")
    return min(found)


def tree_of(root: int) -> list[int]:
    """Return a process and all its descendants that run now."""
    parents = {pid: int(stat[_PARENT]) for pid in _pids() if (stat := _stat(pid))}
    tree = {root}
    for _ in range(8):
        tree |= {pid for pid, parent in parents.items() if parent in tree}
    return sorted(tree)


def cpu_seconds(root: int) -> float:
    """Return the processor time of a tree, of those of its processes that have ended too."""
    ticks = 0
    for pid in tree_of(root):
        stat = _stat(pid)
        if stat:
            ticks += sum(int(stat[place]) for place in (_USER, _SYSTEM, _ENDED_USER, _ENDED_SYSTEM))
    return ticks / _TICKS_PER_SECOND


def memory_mb(root: int) -> float:
    """Return the memory of a tree in MB; what several of its processes share counts once."""
    kilobytes = 0
    for pid in tree_of(root):
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1000
