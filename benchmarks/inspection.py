"""What ``manage.py inspect_dicom`` makes of every file of some folders, and what it costs.

``python -m benchmarks.inspection FOLDER…`` runs the command on each file in turn and prints a
Markdown table with the time and the largest resident memory of any of its processes.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent


def inspected(file: Path) -> tuple[dict[str, Any], float, float]:
    """Run the command on one file; returns its report, seconds and MiB."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", "inspect_dicom", str(file), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        report = json.loads(process.stdout.read())
        # Of the command and of the reading process that it waited for, whichever was larger.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{file}: the command ended with {process.returncode}")
    return report, time.monotonic() - started, usage.ru_maxrss / 1024


def findings(report: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, verdict and reasons for each series and each refused file."""
    for series in report["series"]:
        reasons = "; ".join(series["reasons"]) or "every gate passed"
        yield f"{series['kind']}, {geometry(series)}", series["verdict"], reasons
    for out in report["refused"]:
        yield "–", "not read", out["reason"]
    for out in report["left_out"]:
        yield "–", "left out", f"{Path(out['name']).name}: {out['reason']}"


def geometry(series: dict[str, Any]) -> str:
    """Size, spacing and tilt in few words."""
    found = series["geometry"]
    if not found:
        return "no image"
    words = " × ".join(map(str, found["size"]))
    if found["spacing_mm"]:
        words += " at " + " × ".join(f"{mm:.3g}" for mm in found["spacing_mm"]) + " mm"
    if found["tilt_deg"] is not None:
        words += f", tilt {found['tilt_deg']:.1f}°"
    return words


def main() -> None:
    """Inspect and print."""
    print("| file | kind | verdict | reasons | time | memory |")
    print("|---|---|---|---|---|---|")
    for folder in map(Path, sys.argv[1:]):
        for file in sorted(folder.iterdir()):
            report, seconds, mebibytes = inspected(file)
            name, cost = f"{folder.name}/{file.name}", f"{seconds:.1f} s | {mebibytes:.0f} MiB"
            for kind, verdict, reasons in findings(report):
                print(f"| {name} | {kind} | {verdict} | {reasons} | {cost} |", flush=True)
                name, cost = "", " | "


if __name__ == "__main__":
    main()
