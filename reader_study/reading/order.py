"""Draw the order in which a rater reads: pure, seeded, the same on every database."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from reader_study.studies.protocol import HiddenRepeats

ROUNDING = 1e-9
"""7 % of 100 cases are 7, though 0.07 · 100 is a little more in floating point."""


@dataclass(frozen=True)
class Listed:
    """A place on a rater's list: a case for the first time, or as a hidden repeat."""

    case: str
    is_repeat: bool


def generator_of(*seeds: object) -> random.Random:
    """Return the random numbers that belong to these seeds, on any machine."""
    return random.Random(":".join(map(str, seeds)))  # noqa: S311 - an order is no secret key


def shuffled(cases: Sequence[str], generator: random.Random) -> list[str]:
    """Return the cases, which are sorted first, in a drawn order."""
    order = sorted(cases)
    generator.shuffle(order)
    return order


def repeat_count(cases: int, repeats: HiddenRepeats) -> int:
    """How many of so many cases are shown again."""
    share = math.ceil(repeats.share * cases - ROUNDING)
    return min(cases, max(share, repeats.minimum))


def with_repeats(order: Sequence[str], count: int, generator: random.Random) -> list[Listed]:
    """Mix ``count`` hidden repeats into the later part of a rater's order.

    The repeated cases are drawn from the first half of the order (from more of it, where half
    is too few), which is itself a random sample, and stand at random places after it, never right
    behind the case that they repeat: neither a block at the end nor a neighbour tells the rater
    which cases come twice.
    """
    early = max(count, math.ceil(len(order) / 2))
    repeated = generator.sample(list(order[:early]), count)
    later = [Listed(case, is_repeat=False) for case in order[early:]]
    places = set(generator.sample(range(len(later) + count), count))
    of_later, of_repeated = iter(later), iter(repeated)
    mixed = [
        Listed(next(of_repeated), is_repeat=True) if place in places else next(of_later)
        for place in range(len(later) + count)
    ]
    if len(mixed) > 1 and mixed[0] == Listed(order[early - 1], is_repeat=True):
        mixed[0], mixed[1] = mixed[1], mixed[0]
    return [Listed(case, is_repeat=False) for case in order[:early]] + mixed
