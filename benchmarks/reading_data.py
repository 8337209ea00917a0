"""The same case as the peers get it: bare arrays in files, as each of them takes them best."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reader_study.imaging.media_pack import GZIP_LEVEL, MediaPack


def write_peer_data(pack: MediaPack, folder: Path) -> None:
    """Write a media pack's arrays to ``case.json``, ``*.raw.gz`` and, for the floor, ``blob.*``.

    All are compressed as the application compresses them. ``blob.gz`` holds everything in one
    file that the browser inflates; ``blob.bin`` is the same file for a page that inflates it.
    """
    folder.mkdir(parents=True)
    manifest = pack.manifest
    shape, order = manifest["volume"]["shape"], manifest["volume"]["sliceOrder"]
    volume = _unpacked(pack, "volume.bin", "<i2", shape)
    labels = _unpacked(pack, "labels.bin", "u1", shape)
    in_order = np.argsort(order)
    volume, labels = volume[in_order], labels[in_order]
    runs = [
        np.stack([_unpacked(pack, name, "<u2", (run["rows"], run["columns"]))
                  for name in run["frames"]])
        for run in manifest["runs"]
    ]  # fmt: skip
    _write(folder / "volume.raw.gz", volume)
    _write(folder / "labels.raw.gz", labels)
    for number, (ct, mask) in enumerate(zip(volume, labels, strict=True)):
        _write(folder / f"slice-{number}.raw.gz", ct)
        _write(folder / f"mask-{number}.raw.gz", mask)
    for number, run in enumerate(runs, start=1):
        for index, frame in enumerate(run):
            _write(folder / f"run-{number}-{index}.raw.gz", frame)
    everything = b"".join(part.tobytes() for part in (volume, labels, *runs))
    everything += pack.files["tree.glb"]
    for name in ("blob.gz", "blob.bin"):
        (folder / name).write_bytes(gzip.compress(everything, GZIP_LEVEL, mtime=0))
    (folder / "case.json").write_text(
        json.dumps(
            {
                "shape": shape,
                "spacing": manifest["volume"]["spacing"],
                "origin": manifest["volume"]["origin"],
                "colours": manifest["labels"]["colours"],
                "runs": [
                    {name: run[name] for name in ("rows", "columns", "window")}
                    | {"frames": len(run["frames"])}
                    for run in manifest["runs"]
                ],
                "bytes": len(everything),
            }
        )
    )


def _unpacked(pack: MediaPack, name: str, kind: str, shape: Any) -> NDArray[Any]:
    return np.frombuffer(gzip.decompress(pack.files[name]), kind).reshape(shape)


def _write(path: Path, array: NDArray[Any]) -> None:
    path.write_bytes(gzip.compress(array.tobytes(), GZIP_LEVEL, mtime=0))
