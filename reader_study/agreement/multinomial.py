"""Many draws of units with replacement, counted by kind, by whichever of three ways is quickest.

All three draw the same distribution: each row of the result is a multinomial draw of as many units
as there are, each kind with its share. What differs is how long it takes, and the digits.

* *By kind*: numpy's multinomial. Its time grows with the number of kinds alone.
* *One by one*: every unit of every row. Quickest where most units are of their own kind.
* *In two stages* (Brown & Bromberg 1984, Am Stat 38:216): independent Poisson counts of the kinds,
  of somewhat fewer units than are wanted, then the missing units one by one. Given their sum,
  Poisson counts are multinomial, so a row whose sum is too large can be thrown away without a
  bias. The Poisson counts come from alias tables (Walker 1977, ACM Trans Math Softw 3:253), at the
  cost of one random number each.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_HELD = 131_072  # numbers held at once; the digits do not depend on it
_KIND_IN_SINGLE_DRAWS = 12  # drawing one kind by multinomial takes as long as twelve single draws

# Between these the two stages are quickest. With fewer kinds they would be too, but there a
# multinomial is quick enough, and anybody can repeat it with one line of numpy.
_TWO_STAGES_FROM_KINDS_PER_ROOT_OF_UNITS = 0.8
_TWO_STAGES_FROM_UNITS_PER_KIND = 6
_TWO_STAGES_TO_KINDS = 200

_ROWS_AT_ONCE = 4_096  # in two stages; the digits depend on it
_SURPLUS = 1.25  # rows drawn for each that is wanted; about 1.2 are needed
_NEGLIGIBLE = 2.0**-64  # of the largest weight of a table


def drawn_units(
    generator: np.random.Generator, multiplicity: Integers, rows: int
) -> Iterator[Integers]:
    """Yield (m, U) counts of each kind in successive draws, ``rows`` rows in all.

    Parameters
    ----------
    generator
        What the random numbers are taken from.
    multiplicity
        (U,) units of each kind, each 1 or more; every row draws as many as their sum.
    rows
        How many draws, 1 or more.
    """
    kinds, units = len(multiplicity), int(multiplicity.sum())
    if _two_stages_are_quickest(kinds, units):
        yield from _drawn_in_two_stages(generator, multiplicity, rows)
        return
    one_by_one = kinds * _KIND_IN_SINGLE_DRAWS > units
    at_once = max(_HELD // (units if one_by_one else kinds), 1)
    draw = _drawn_one_by_one if one_by_one else _drawn_by_kind
    for start in range(0, rows, at_once):
        yield draw(generator, multiplicity, min(at_once, rows - start))


def _two_stages_are_quickest(kinds: int, units: int) -> bool:
    fewest = _TWO_STAGES_FROM_KINDS_PER_ROOT_OF_UNITS * math.sqrt(units)
    return fewest <= kinds <= min(units / _TWO_STAGES_FROM_UNITS_PER_KIND, _TWO_STAGES_TO_KINDS)


def _drawn_by_kind(generator: np.random.Generator, multiplicity: Integers, rows: int) -> Integers:
    units = int(multiplicity.sum())
    return generator.multinomial(units, multiplicity / units, size=rows)


def _drawn_one_by_one(
    generator: np.random.Generator, multiplicity: Integers, rows: int
) -> Integers:
    kinds, units = len(multiplicity), int(multiplicity.sum())
    kind_of_unit = np.repeat(np.arange(kinds), multiplicity)
    drawn = kind_of_unit[generator.integers(units, size=(rows, units))]
    drawn += kinds * np.arange(rows)[:, None]
    return np.bincount(drawn.ravel(), minlength=rows * kinds).reshape(rows, kinds)


def _drawn_in_two_stages(
    generator: np.random.Generator, multiplicity: Integers, rows: int
) -> Iterator[Integers]:
    units = int(multiplicity.sum())
    mean_units = units - math.sqrt(units)
    tables = [_poisson_table(float(mean_units * count / units)) for count in multiplicity]
    while rows > 0:
        surplus = math.ceil(_SURPLUS * min(_ROWS_AT_ONCE, rows))
        counts = np.stack([table.drawn(generator, surplus) for table in tables])
        counts = counts[:, counts.sum(axis=0) <= units][:, :rows]
        _fill_up(generator, counts, multiplicity)
        rows -= counts.shape[1]
        yield counts.T


def _fill_up(generator: np.random.Generator, counts: Integers, multiplicity: Integers) -> None:
    """Add to (U, m) counts, in place, the units that each of the m rows has too few."""
    kinds, rows = counts.shape
    units = int(multiplicity.sum())
    missing = units - counts.sum(axis=0)
    kind_of_unit = np.repeat(np.arange(kinds), multiplicity)
    drawn = kind_of_unit[generator.integers(units, size=int(missing.sum()))]
    drawn *= rows
    drawn += np.repeat(np.arange(rows), missing)
    counts += np.bincount(drawn, minlength=kinds * rows).reshape(kinds, rows)


@dataclass(frozen=True)
class _AliasTable:
    """A distribution of consecutive integers, cut into columns of one height.

    Attributes
    ----------
    lowest
        The integer of the first column.
    kept
        (L,) share of each column that is its own integer's, L a power of two.
    alias
        (L,) the column whose integer has the rest of each.
    """

    lowest: int
    kept: Floats
    alias: Integers

    def drawn(self, generator: np.random.Generator, size: int) -> Integers:
        """Return (size,) independent draws."""
        height = generator.random(size)
        height *= len(self.kept)  # exact: a power of two
        column = height.astype(np.int64)
        height -= column
        drawn = np.where(height < self.kept[column], column, self.alias[column])
        drawn += self.lowest
        return drawn


def _poisson_table(mean: float) -> _AliasTable:
    """Return the Poisson distribution; what a float64 cannot tell from 0 is left out.

    Its weights are products and quotients, which are the same on every machine; exponentials and
    logarithms are not.
    """
    mode = int(mean)
    below, above = [1.0], [1.0]  # from the mode outwards, both with the mode
    while len(below) <= mode and below[-1] > _NEGLIGIBLE:
        below.append(below[-1] * (mode + 1 - len(below)) / mean)
    while above[-1] > _NEGLIGIBLE:
        above.append(above[-1] * mean / (mode + len(above)))
    return _alias_table(mode + 1 - len(below), [*reversed(below), *above[1:]])


def _alias_table(lowest: int, weights: list[float]) -> _AliasTable:
    """Return the table of integers from ``lowest`` on with these weights (Vose 1991)."""
    columns = 1 << (len(weights) - 1).bit_length()
    scale = columns / math.fsum(weights)
    kept = [weight * scale for weight in weights] + [0.0] * (columns - len(weights))
    alias = list(range(columns))
    short = [column for column in alias if kept[column] < 1]
    long = [column for column in alias if kept[column] >= 1]
    while short and long:
        filled, giver = short.pop(), long[-1]
        alias[filled] = giver
        kept[giver] -= 1 - kept[filled]
        if kept[giver] < 1:
            short.append(long.pop())
    for column in (*short, *long):  # 1 but for rounding
        kept[column] = 1.0
    return _AliasTable(lowest, np.array(kept), np.array(alias))
