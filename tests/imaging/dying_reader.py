"""A reading process that dies of some files, by their names, as it would of hostile ones."""

import os
import signal
import sys
import time
from pathlib import Path

from reader_study.imaging import pixels, reading_process
from reader_study.imaging.deidentification import file as deidentified_file
from reader_study.imaging.deidentification.source import Source
from reader_study.imaging.headers import Header, read_header, read_with_pixels


def _die_of(path: Path) -> None:
    if path.stem == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif path.stem == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif path.stem == "hangs":
        time.sleep(600)
    elif path.stem == "spins":
        while True:
            pass
    elif path.stem == "hogs":
        bytearray(2**40)


def _read_header(path: Path) -> Header:
    _die_of(path)
    return read_header(path)


def _read_with_pixels(path: Path):
    _die_of(path.with_stem(path.stem.removesuffix("-decoded")))
    return read_with_pixels(path)


def _open_file(path: Path) -> Source:
    _die_of(path)
    return open_file(path)


open_file = deidentified_file.open_file
deidentified_file.open_file = _open_file
# "scan" is a function of the package as well as the module that is meant.
setattr(sys.modules["reader_study.imaging.scan"], "read_header", _read_header)  # noqa: B010
setattr(pixels, "read_with_pixels", _read_with_pixels)  # noqa: B010

if __name__ == "__main__":
    reading_process.main()
