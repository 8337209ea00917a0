"""Tell a lack of memory from other failures, and remember what was done about it."""

from dataclasses import dataclass, field

import torch

# torch has an error of its own for a GPU's memory only; for the machine's it says this.
_CPU_ALLOCATOR = "DefaultCPUAllocator"


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
