"""How many threads torch computes with on the CPU."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def torch_in_one_thread() -> Iterator[None]:
    """Let torch compute in the calling thread alone.

    Its other threads wait for work by spinning. That takes cores from whatever else computes, and
    on a busy machine every small step waits until all of them have had their turn.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
