"""Random streams of a phantom: one per part, so that no part's draws disturb another's."""

from typing import Literal

import numpy as np

Part = Literal["head", "tree", "clot", "texture", "noise", "dsa", "motion", "cta"]
_STREAM: dict[Part, int] = {
    "head": 1, "tree": 2, "clot": 3, "texture": 4, "noise": 5, "dsa": 6, "motion": 7, "cta": 8,
}  # fmt: skip


def stream(seed: int, part: Part, *key: int) -> np.random.Generator:
    """Return the PCG64 generator of one part of the phantom of `seed`.

    Parameters
    ----------
    seed : int
        Seed of the phantom, 0 or more.
    part : str
        Part of the phantom.
    *key : int
        Further numbers that tell streams of the same part apart, such as the run of a DSA.

    Raises
    ------
    ValueError
        If the seed is negative.
    """
    if seed < 0:
        raise ValueError(f"The seed of a phantom is 0 or more, not {seed}.")
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(_STREAM[part], *key))
    return np.random.Generator(np.random.PCG64(sequence))
