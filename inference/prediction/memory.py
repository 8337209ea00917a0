"""Tell a lack of memory from other failures, and remember what was done about it."""

import ctypes
import sys
from dataclasses import dataclass, field

import torch

# torch has an error of its own for a GPU's memory only; for the machine's it says this.
_CPU_ALLOCATOR = "DefaultCPUAllocator"

# malloc.h of the GNU C library: parameters of mallopt, and the largest threshold it takes.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGEST_MMAP_THRESHOLD = 32 * 2**20
_KEPT_BYTES = 512 * 2**20


def keep_freed_memory() -> None:
    """Have this process keep up to 512 MiB that it freed, where the C library is GNU's.

    A network's layers take and free the same few megabytes for every tile. Left to itself, the
    library may hand them back to the system each time, which then clears every page anew.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)


@dataclass
class MemoryRecord:
    """What was computed otherwise than planned because memory ran out.

    Attributes
    ----------
    remarks
        One sentence for each time, for the provenance.
    """

    remarks: list[str] = field(default_factory=list)

    def add(self, remark: str) -> None:
        """Remember a sentence and hand the freed memory back to the GPU."""
        self.remarks.append(remark)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that a GPU's or the machine's memory ran out."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and _CPU_ALLOCATOR in str(error)
    )
