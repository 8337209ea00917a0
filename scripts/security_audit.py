"""``make audit``: known weaknesses in our code and in what it is made of, and a list of the latter.

Findings that docs/security-findings.md explains pass; any other is named. Advisories live in
databases on the internet: where one cannot be asked, or answers without knowing even an old hole
that everybody knows, this says so and never calls anything clean.

Exit status: 0 nothing new, 1 a finding that nobody explained (or an explanation without its
finding), 3 a database could not be asked.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
EXPLANATIONS = REPOSITORY / "docs" / "security-findings.md"
OUR_CODE = ("reader_study", "inference", "scripts", "manage.py")
FOUND, NOT_ASKED = 1, 3
PYTHON_CANARY = "urllib3==1.24.1"
NPM_CANARY = ("lodash", "4.17.4")
LONGEST_SECONDS = 600

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Finding = tuple[str, str]
"""What was found, such as ``bandit B603``, and where: a file or a package."""


class NotAskedError(Exception):
    """A tool or its database gave no answer that means anything; the message says why."""


@dataclass
class Part:
    """What one tool said.

    Attributes
    ----------
    name
        For people.
    findings
        Each finding with how often it was found.
    not_asked
        Why the tool could say nothing; empty if it could.
    """

    name: str
    findings: Counter[Finding] = field(default_factory=Counter)
    not_asked: str = ""


def run(command: Sequence[str], folder: Path = REPOSITORY) -> "subprocess.CompletedProcess[str]":
    """Run a tool; return what it said, whatever its exit status.

    Raises
    ------
    NotAskedError
        If it is not there, or is silent for too long.
    """
    try:
        return subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except FileNotFoundError:
        raise NotAskedError(f"{command[0]} is not installed: run `make setup`") from None
    except subprocess.TimeoutExpired:
        raise NotAskedError(f"{command[0]} said nothing for {LONGEST_SECONDS} s") from None


def _json_of(command: Sequence[str], done: "subprocess.CompletedProcess[str]") -> Any:
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        raise NotAskedError(f"{Path(command[0]).name} said: {said[:300]}") from None


def python_code(ask: Run = run) -> Counter[Finding]:
    """Look through our Python code with bandit."""
    command = [sys.executable, "-m", "bandit", "-q", "-r", *OUR_CODE, "-f", "json"]
    said = _json_of(command, ask(command))
    if said.get("errors"):
        raise NotAskedError(f"bandit could not read {said['errors'][0]['filename']}")
    return Counter(
        (f"bandit {result['test_id']}", str(result["filename"]).removeprefix("./"))
        for result in said["results"]
    )


def python_packages(ask: Run = run) -> Counter[Finding]:
    """Ask for advisories about every pinned package from PyPI."""
    with tempfile.TemporaryDirectory(prefix="reader-study-audit-") as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(f"{PYTHON_CANARY}\n")
        known, _ = _advisories_of(canary, ask)
    if not known:
        raise NotAskedError(
            f"the database that answers here knows nothing even of {PYTHON_CANARY}, whose holes "
            "are years old: it has no advisories"
        )
    found, skipped = _advisories_of(REPOSITORY / "constraints.txt", ask)
    if skipped:
        raise NotAskedError(f"nothing is known there of {', '.join(skipped[:5])}")
    return found


def _advisories_of(requirements: Path, ask: Run) -> tuple[Counter[Finding], list[str]]:
    """Return what is known of pinned packages, and those of which nobody was asked."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements)]
    command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    packages = _json_of(command, ask(command))["dependencies"]
    found = Counter(
        (hole["id"], package["name"]) for package in packages for hole in package.get("vulns", [])
    )
    return found, [package["name"] for package in packages if "skip_reason" in package]


def npm_packages(ask: Run = run) -> Counter[Finding]:
    """Ask for advisories about every package of the pages from npm."""
    name, version = NPM_CANARY
    with tempfile.TemporaryDirectory(prefix="reader-study-audit-") as folder:
        project = {"name": "canary", "version": "1.0.0", "dependencies": {name: version}}
        packages = {"": project, f"node_modules/{name}": {"version": version}}
        lock = {**project, "lockfileVersion": 3, "packages": packages}
        (Path(folder) / "package.json").write_text(json.dumps(project))
        (Path(folder) / "package-lock.json").write_text(json.dumps(lock))
        if not _npm_advisories_of(Path(folder), ask):
            raise NotAskedError(
                f"the database that answers here knows nothing even of {name} {version}: it has "
                "no advisories"
            )
    return _npm_advisories_of(REPOSITORY / "frontend", ask)


def _npm_advisories_of(folder: Path, ask: Run) -> Counter[Finding]:
    command = ["npm", "audit", "--json", "--package-lock-only"]
    said = _json_of(command, ask(command, folder))
    if "vulnerabilities" not in said:
        raise NotAskedError(f"npm said: {said.get('message', 'nothing that means anything')}")
    advisories = (
        (via, package)
        for package, entry in said["vulnerabilities"].items()
        for via in entry["via"]
        if isinstance(via, dict)  # else the name of the package through which it came
    )
    return Counter((str(via["url"]).rpartition("/")[2], package) for via, package in advisories)


def write_bills(folder: Path, ask: Run = run) -> list[str]:
    """Write what the program is made of, in CycloneDX JSON; return a sentence for each file."""
    folder.mkdir(parents=True, exist_ok=True)
    python = [sys.executable, "-m", "cyclonedx_py", "environment", sys.executable]
    python += ["--pyproject", "pyproject.toml", "--output-format", "JSON"]
    npm = ["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]
    sentences = []
    for name, command, where in (
        ("python", python, REPOSITORY),
        ("npm", npm, REPOSITORY / "frontend"),
    ):
        bill = _json_of(command, ask(command, where))
        path = folder / f"{name}.cdx.json"
        path.write_text(json.dumps(bill, indent=1))
        sentences.append(f"{path}: {len(bill['components'])} components")
    return sentences


def explained() -> Counter[Finding]:
    """Return the findings that are explained, with how often each may be found."""
    rows = re.findall(
        r"^\| `([^`|]+)` \| `([^`|]+)` \| (\d+) \| \S.*\|$",
        EXPLANATIONS.read_text(),
        re.MULTILINE,
    )
    return Counter({(what, where): int(times) for what, where, times in rows})


def judge(parts: Sequence[Part], known: Counter[Finding]) -> tuple[int, list[str]]:
    """Return the exit status and what to tell people."""
    lines, status = [], 0
    found: Counter[Finding] = Counter()
    for part in parts:
        found += part.findings
        new = part.findings - known
        if part.not_asked:
            lines.append(f"{part.name}: NOT ASKED, so nothing is known: {part.not_asked}.")
        elif new:
            lines.append(f"{part.name}: {new.total()} NEW, {(part.findings & known).total()} known")
            lines += [f"    {what} in {where} ({times})" for (what, where), times in new.items()]
            status = FOUND
        else:
            lines.append(f"{part.name}: nothing new, {part.findings.total()} explained")
    if not any(part.not_asked for part in parts):
        for (what, where), times in (known - found).items():
            lines.append(f"No longer found, take it out of {EXPLANATIONS.name}: {what} in {where}")
            lines[-1] += f" ({times})"
            status = FOUND
    return status or (NOT_ASKED if any(part.not_asked for part in parts) else 0), lines


def main() -> int:
    """Ask all tools; print what they said and return the exit status."""
    parts = []
    for name, tool in (
        ("Our Python code (bandit)", python_code),
        ("Python packages (pip-audit)", python_packages),
        ("npm packages (npm audit)", npm_packages),
    ):
        try:
            parts.append(Part(name, tool()))
        except NotAskedError as error:
            parts.append(Part(name, not_asked=str(error)))
    status, lines = judge(parts, explained())
    print("\n".join(lines))
    try:
        print("\n".join(write_bills(REPOSITORY / "var" / "audit")))
    except NotAskedError as error:
        print(f"Bill of materials: NOT WRITTEN: {error}.")
        status = status or NOT_ASKED
    return status


if __name__ == "__main__":
    sys.exit(main())
