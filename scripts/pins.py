"""Write ``constraints.txt``: the exact version of every package that this project brings in.

``make pins`` installs the newest versions that pyproject.toml allows, runs this, and leaves it to
you to run the tests and to commit. What is pinned is what is installed beside the interpreter that
runs this, as far as the project needs it.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PLACE = REPOSITORY / "constraints.txt"
HEADER = f"""\
# Exact versions of everything that pyproject.toml brings in; `make pins` renews them.
# torch and torchvision are raised by hand, together, in {Path(__file__).name}: only some builds for
# the processor alone are to be had, and any other version is gigabytes for a GPU.
"""
HELD = {"torch": "2.13.0", "torchvision": "0.28.0"}
# Builds of torch for a GPU bring their own, of the versions that they need.
_OF_A_PLATFORM = re.compile(r"(nvidia|cuda|triton)\b.*")


def pins() -> dict[str, str]:
    """Return the version of each package that the project needs, itself left out.

    Versions carry no suffix of a platform (``+cpu``).
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = list(_parts(_of_project()))
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            there = distribution(name)
        except PackageNotFoundError:
            continue  # wanted on other platforms
        if not _OF_A_PLATFORM.fullmatch(name):
            found[name] = there.version.partition("+")[0]
        waiting.extend(_parts(there.requires or [], extra))
    return dict(sorted(found.items()))


def _of_project() -> list[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    optional = [text for texts in extras.values() for text in texts]
    return [text for text in project["dependencies"] + optional if project["name"] not in text]


def _parts(requirements: Iterable[str], extra: str = "") -> Iterator[tuple[str, str]]:
    """Yield each required package by name, once plainly and once for each of its wanted extras."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            name = canonicalize_name(requirement.name)
            yield name, ""
            yield from ((name, more) for more in requirement.extras)


def main() -> int:
    """Write the file; refuse where another torch is installed than the one that is held."""
    found = pins()
    other = {name: found.get(name) for name in HELD if found.get(name) != HELD[name]}
    if other:
        print(f"Held are {HELD}, installed are {other}: nothing was written.", file=sys.stderr)
        return 1
    lines = [f"{name}=={version}" for name, version in found.items()]
    PLACE.write_text(HEADER + "\n".join(lines) + "\n")
    print(f"{len(lines)} packages are pinned in {PLACE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
