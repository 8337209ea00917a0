"""Lumen radii: trunks as published, branches by the number of end points that they feed."""

import numpy as np
from numpy.typing import NDArray

from inference.phantom.branching import Branch
from inference.phantom.labels import ARTERY_LABELS
from inference.phantom.morphometry import BRAVA, TRUNK_RADIUS_MM, Territory

Values = NDArray[np.float64]

_NAMES = {value: name for name, value in ARTERY_LABELS.items()}
_TERRITORY_OF: dict[str, Territory] = {"M": "MCA", "A": "ACA", "P": "PCA"}
_STEM: dict[Territory, str] = {"MCA": "M1", "ACA": "A1", "PCA": "P1"}
_STEM_SHARE = 0.8
_TRUNK_TAPER = (1.06, 0.92)
_BRANCH_TAPER = (1.0, 0.94)
_END_TAPER = (1.05, 0.74)
_CEREBELLAR_RADIUS_MM = (0.62, 0.48)


def lumen_radii(branches: list[Branch], rng: np.random.Generator) -> dict[int, Values]:
    """Return the radius at every point of every branch, mm, by the branch's `id`.

    Within a territory the radius grows with the number n of end points fed as n to a power (the
    form of Murray's law); the power joins the median radius that BraVa shows for the territory with
    the radius of its trunk.

    Parameters
    ----------
    branches : list of Branch
        All branches, parents before children.
    rng : numpy.random.Generator
        Random stream: persons and territories differ by some 5 %.
    """
    person = rng.uniform(0.95, 1.06)
    radii: dict[int, Values] = {}
    for group in _territories(branches):
        territory, members = group
        if territory == "trunks":
            radii.update(_trunk_radii(members, person))
        else:
            radii.update(_territory_radii(territory, members, person * rng.uniform(0.97, 1.03)))
    return radii


def _territories(branches: list[Branch]) -> list[tuple[Territory, list[Branch]]]:
    groups: dict[str, list[Branch]] = {}
    for branch in branches:
        name = _NAMES[int(branch.labels[0])]
        paired = name[:2] in {"R-", "L-"} and name[2] in _TERRITORY_OF
        groups.setdefault(name[:3] if paired else "trunks", []).append(branch)
    return [
        ("trunks" if key == "trunks" else _TERRITORY_OF[key[2]], members)
        for key, members in groups.items()
    ]


def _tapered(branch: Branch, radius_mm: float, taper: tuple[float, float]) -> Values:
    return radius_mm * np.linspace(*taper, len(branch.points))


def _trunk_radii(members: list[Branch], person: float) -> dict[int, Values]:
    radii: dict[int, Values] = {}
    seen: set[int] = set()
    for branch in members:
        label = int(branch.labels[0])
        if label not in seen:
            seen.add(label)
            name = _NAMES[label]
            trunk = TRUNK_RADIUS_MM[name.removeprefix("R-").removeprefix("L-")]
            radii[id(branch)] = _tapered(branch, person * trunk, _TRUNK_TAPER)
        else:
            start, end = _CEREBELLAR_RADIUS_MM
            radius = start if branch.tips > 1 else end
            radii[id(branch)] = _tapered(branch, person * radius, _END_TAPER)
    return radii


def _territory_radii(
    territory: Territory, members: list[Branch], person: float
) -> dict[int, Values]:
    stem = TRUNK_RADIUS_MM[_STEM[territory]]
    trunks = [b for b in members if _NAMES[int(b.labels[0])][2:] in {"M1", "A1", "P1"}]
    branches = [b for b in members if b not in trunks]
    most = sum(b.tips for b in branches if b.parent in trunks)
    wanted = person * BRAVA[territory].median_radius_mm[1]
    end_radius = wanted
    radii: dict[int, Values] = {}
    for _ in range(3):
        power = np.log(_STEM_SHARE * stem / end_radius) / np.log(max(most, 2))
        radii = {
            id(b): _tapered(
                b, end_radius * b.tips**power, _END_TAPER if b.tips == 1 else _BRANCH_TAPER
            )
            for b in branches
        }
        radii |= {id(b): _tapered(b, person * stem, _TRUNK_TAPER) for b in trunks}
        end_radius *= wanted / float(np.median(np.concatenate(list(radii.values()))))
    return radii
