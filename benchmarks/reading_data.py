"""The same case as the peers get it: bare arrays in files, as each of them takes them best."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reader_study.imaging.media_pack import MediaPack
from reader_study.imaging.packed_pixels import unpack_images, unpack_labels

GZIP_LEVEL = 2


def write_peer_data(pack: MediaPack, folder: Path) -> None:
    """Write a media pack's arrays to ``case.json``, ``*.raw.gz`` and, for the floor, ``blob.*``.

    All are compressed by gzip, which every server and browser knows. ``blob.gz`` holds everything
    in one file that the browser inflates; ``blob.bin`` is the same for a page that inflates it.
    """
    folder.mkdir(parents=True)
    manifest = pack.manifest
    shape, order = manifest["volume"]["shape"], manifest["volume"]["sliceOrder"]
    volume = unpack_images(pack.files["volume.bin"], shape, "<i2")[np.argsort(order)]
    labels = unpack_labels(pack.files["labels.bin"], shape)
    runs = [
        unpack_images(
            pack.files[run["frames"][0]], (len(run["frames"]), run["rows"], run["columns"]), "<u2"
        )
        for run in manifest["runs"]
    ]
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


def _write(path: Path, array: NDArray[Any]) -> None:
    path.write_bytes(gzip.compress(array.tobytes(), GZIP_LEVEL, mtime=0))
