"""The process that reads untrusted files: ``python -m reader_study.imaging.reading_process``.

It takes one request a line on its standard input and answers on its standard output, in JSON:
``{"begin": name}`` before each file, ``{"progress": share}`` of a scan after each path, and last
``{"done": …}``, ``{"refused": …}`` or, for a fault of this program, ``{"broken": …}``. It is
started and watched by ``supervised.SupervisedReader``.
"""

import dataclasses
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from .ct_volume import CTVolume, build_ct_volume
from .deidentification import Pseudonym
from .deidentification.file import deidentify_file
from .deidentification.series import deidentify_series
from .errors import DISK_IS_FULL, ImagingError
from .file_pictures import pictures_of_files
from .gates import SeriesRefusedError
from .painting import Rectangle, paint_over
from .plain_data import from_plain, to_plain
from .scan import scan
from .series import CTSeries, XARunFile
from .xa_run import AngiographyRun, read_xa_run

PIXELS_OF = {CTVolume: "hu", AngiographyRun: "frames"}


@dataclasses.dataclass
class _Begin:
    """Says which file is next, and gives each the same time to compute.

    Files are numbered in the order of reading, which is the same each time; `against` holds why
    some must not be read.
    """

    answers: TextIO
    cpu_seconds: int
    against: dict[str, str]
    number: int = -1

    def __call__(self, name: str) -> str:
        self.number += 1
        _write(self.answers, {"begin": name, "number": self.number})
        used = resource.getrusage(resource.RUSAGE_SELF)
        so_far = int(used.ru_utime + used.ru_stime) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (so_far + self.cpu_seconds, hard))
        return self.against.get(str(self.number), "")

    def tell_progress(self, share: float) -> None:
        """Say how much of the task is done."""
        _write(self.answers, {"progress": share})


def _write(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _scan(request: dict[str, Any], begin: _Begin) -> Any:
    paths = [Path(path) for path in request["paths"]]
    names = {Path(path): name for path, name in request["names"].items()}
    work = Path(request["work_directory"])
    return to_plain(scan(paths, work, names=names, begin=begin, progress=begin.tell_progress))


def _build_ct_volume(request: dict[str, Any], begin: _Begin) -> Any:
    series = from_plain(CTSeries, request["series"])
    return _hand_over(build_ct_volume(series, begin), Path(request["array"]))


def _read_xa_run(request: dict[str, Any], begin: _Begin) -> Any:
    run = from_plain(XARunFile, request["run"])
    return _hand_over(read_xa_run(run, begin), Path(request["array"]))


def _paint_over(request: dict[str, Any], begin: _Begin) -> Any:
    rectangles = from_plain(tuple[Rectangle, ...], request["rectangles"])
    begin(request["name"])
    paint_over(Path(request["source"]), Path(request["target"]), request["name"], rectangles)


def _deidentify_series(request: dict[str, Any], begin: _Begin) -> Any:
    target = Path(request["target"])
    return to_plain(deidentify_series(_files(request), target, _pseudonym(request), begin))


def _deidentify_file(request: dict[str, Any], begin: _Begin) -> Any:
    source, target = Path(request["source"]), Path(request["target"])
    begin(source.name)
    return to_plain(deidentify_file(source, target, _pseudonym(request)))


def _pseudonym(request: dict[str, Any]) -> Pseudonym:
    return Pseudonym(bytes.fromhex(request["key"]), request["case_code"])


def _pictures_of_files(request: dict[str, Any], begin: _Begin) -> Any:
    pictures = pictures_of_files(_files(request), begin)
    np.save(Path(request["array"]), pictures, allow_pickle=False)


def _files(request: dict[str, Any]) -> list[tuple[Path, str]]:
    return [(Path(path), name) for path, name in request["files"]]


def _hand_over(value: CTVolume | AngiographyRun, array: Path) -> Any:
    """Leave the pixels in a file; return all else."""
    pixels = PIXELS_OF[type(value)]
    np.save(array, getattr(value, pixels), allow_pickle=False)
    return {
        field.name: to_plain(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if field.name != pixels
    }


_TASKS: dict[str, Callable[[dict[str, Any], _Begin], Any]] = {
    "scan": _scan,
    "build_ct_volume": _build_ct_volume,
    "read_xa_run": _read_xa_run,
    "paint_over": _paint_over,
    "deidentify_series": _deidentify_series,
    "deidentify_file": _deidentify_file,
    "pictures_of_files": _pictures_of_files,
}


def _answer(request: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    begin = _Begin(answers, request["cpu_seconds"], request["against"])
    try:
        return {"done": _TASKS[request["task"]](request, begin)}
    except SeriesRefusedError as error:
        return {"refused": str(error), "gates": to_plain(error.gates)}
    except ImagingError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"out_of_memory": True}
    except OSError as error:
        if error.errno in DISK_IS_FULL:
            return {"disk_is_full": error.errno}
        return {"broken": traceback.format_exc()}
    except Exception:  # noqa: BLE001 - told to the parent, which raises it
        return {"broken": traceback.format_exc()}


def _silence_decoders() -> None:
    """Decoders print what they like; it must neither mix with the answers nor fill a log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def main() -> None:
    """Answer requests until the standard input ends."""
    memory_bytes = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    _silence_decoders()
    for line in sys.stdin:
        _write(answers, _answer(json.loads(line), answers))


if __name__ == "__main__":
    main()
