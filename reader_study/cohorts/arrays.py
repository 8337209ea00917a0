"""Keep volumes, runs and masks as arrays in the media storage, free of any source header."""

import dataclasses
import io
import json
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from reader_study.cohorts.models import Series
from reader_study.cohorts.series.store import keep_file, staging_folder
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.gates import Verdict
from reader_study.imaging.hashed_zip import HashedZip, Part
from reader_study.imaging.plain_data import field_types, from_plain, to_plain
from reader_study.imaging.xa_run import AngiographyRun

Array = np.ndarray[Any, np.dtype[Any]]


def save_arrays(name: str, **arrays: Array) -> str:
    """Store named arrays in one compressed file; returns the name it was stored under."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return default_storage.save(name, ContentFile(buffer.getvalue()))


def load_arrays(name: str) -> dict[str, Array]:
    """Load what ``save_arrays`` stored."""
    with default_storage.open(name) as file, np.load(io.BytesIO(file.read())) as stored:
        return dict(stored)


def _save_dataclass(name: str, value: CTVolume | AngiographyRun, pixels: str) -> str:
    facts = {
        field.name: to_plain(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if field.name != pixels
    }
    encoded = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    # Not compressed: that would take longer than all the rest of the ingest.
    with staging_folder() as folder:
        staged = folder / "arrays.npz"
        with HashedZip(staged) as blob:
            blob.add("pixels.npy", _npy(getattr(value, pixels)))
            blob.add("facts.npy", _npy(encoded))
        return keep_file(staged, name)


def _npy(array: Array) -> list[Part]:
    """Return an array as the pieces of a file of NumPy's."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    return [head.getvalue(), np.ascontiguousarray(array).data.cast("B")]


def _load_facts(kind: type[CTVolume | AngiographyRun], arrays: dict[str, Array]) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(arrays["facts"].tobytes())
    if "gates" not in facts:
        facts["gates"] = _gates_of_words(facts.pop("corrections", []), facts.pop("flags", []))
    hints = field_types(kind)
    return {name: from_plain(hints[name], plain) for name, plain in facts.items()}


def _gates_of_words(corrections: list[str], flags: list[str]) -> list[dict[str, str]]:
    """Read what was stored before there were gates: the words alone."""
    words = [(Verdict.CORRECTED, sentence) for sentence in corrections]
    words += [(Verdict.FLAGGED, sentence) for sentence in flags]
    return [
        {"name": verdict, "verdict": verdict, "sentence": sentence} for verdict, sentence in words
    ]


def stored_array(series: Series) -> str:
    """Return the name under which a used series' volume or run is stored."""
    if series.stored_name is None:
        raise ValueError(f"{series} was not built")
    return series.stored_name


def save_ct_volume(name: str, volume: CTVolume) -> str:
    """Store an upright volume."""
    return _save_dataclass(name, volume, "hu")


def load_ct_volume(name: str) -> CTVolume:
    """Load an upright volume."""
    arrays = load_arrays(name)
    return CTVolume(hu=arrays["pixels"], **_load_facts(CTVolume, arrays))


def save_xa_run(name: str, run: AngiographyRun) -> str:
    """Store an angiography run."""
    return _save_dataclass(name, run, "frames")


def load_xa_run(name: str) -> AngiographyRun:
    """Load an angiography run."""
    arrays = load_arrays(name)
    return AngiographyRun(frames=arrays["pixels"], **_load_facts(AngiographyRun, arrays))
