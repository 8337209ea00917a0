"""A reading process that dies of some files, by their names, as it would of hostile ones."""

import os
import signal
import sys
import time
from pathlib import Path

from reader_study.imaging import pixels, reading_process
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


# "scan" is a function of the package as well as the module that is meant.
setattr(sys.modules["reader_study.imaging.scan"], "read_header", _read_header)  # noqa: B010
setattr(pixels, "read_with_pixels", _read_with_pixels)  # noqa: B010

if __name__ == "__main__":
    reading_process.main()
