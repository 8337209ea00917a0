"""The published result that readers know, as a line to compare with by eye only."""

from typing import Any

PAPER: dict[str, Any] = {
    "source": "Liu et al., Neuroradiology 2026",
    "note": "other data: for orientation only",
    "measure": "dice",
    "sets": {
        "internal-validation": {"mean": 0.80, "sd": 0.04},
        "internal-test": {"mean": 0.79, "sd": 0.04},
        "external-validation": {"mean": 0.79, "sd": 0.04},
    },
}
"""Mean and SD of the DSC by set, as published; see the note."""
