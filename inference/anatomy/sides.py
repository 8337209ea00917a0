"""Left and right of an artery tree: by the labels' names, or by the middle of the head."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]

_WORDS: dict[str, Side] = {"l": "left", "left": "left", "r": "right", "right": "right"}


@dataclass(frozen=True)
class Pair:
    """The labels of one artery on both sides."""

    name: str
    left: str
    right: str


def side_of_name(label: str) -> tuple[Side, str] | None:
    """Tell the side of a label's name and what the artery is called without it.

    ``L-M1``, ``M1_L``, ``left M1``, ``M1 (left)`` and ``LeftM1`` are left and are called M1.

    Returns
    -------
    tuple or None
        None where the name has no side, or both.
    """
    apart = re.sub(r"(?i)(left|right)", r" \1 ", label)
    words = [word for word in re.split(r"[^0-9A-Za-z]+", apart) if word]
    sides = [word for word in words if word.lower() in _WORDS]
    rest = [word for word in words if word.lower() not in _WORDS]
    if len(sides) != 1 or not rest:
        return None
    return _WORDS[sides[0].lower()], " ".join(rest)


def pairs_of(labels: Collection[str]) -> list[Pair]:
    """Return the arteries that have a label on each side, in the labels' order."""
    found: dict[str, dict[Side, str]] = {}
    for label in labels:
        told = side_of_name(label)
        if told is not None:
            side, name = told
            found.setdefault(name, {})[side] = label
    return [
        Pair(name, left=sides["left"], right=sides["right"])
        for name, sides in found.items()
        if len(sides) == 2
    ]


def labels_of_side(labels: Mapping[str, int], pairs: Collection[Pair], side: Side) -> list[int]:
    """Return the label values of all pairs' arteries on one side."""
    return [labels[getattr(pair, side)] for pair in pairs]
