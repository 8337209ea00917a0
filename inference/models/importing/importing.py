"""Import a foreign model, letting a process of its own read it, which may die without harm."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from inference.errors import InferenceError, ModelError

IMPORTING_PROCESS = "inference.models.importing.process"


@dataclass(frozen=True)
class ImportLimits:
    """What the importing process may use.

    Attributes
    ----------
    memory_bytes
        Address space, torch and the mapped checkpoint included.
    cpu_seconds
        Computing time.
    clock_seconds
        Time by the clock.
    """

    memory_bytes: int = 16 * 10**9
    cpu_seconds: int = 900
    clock_seconds: float = 1800.0


def import_model(
    source: Path,
    output: Path,
    *,
    name: str,
    notice: str,
    configuration: str | None = None,
    precision: str = "float32",
    smallest_component_mm3: float = 0.0,
    limits: ImportLimits = ImportLimits(),
) -> str:
    """Write a model directory from a results folder or an exported zip of nnU-Net.

    Parameters
    ----------
    source
        The folder ``TRAINER__PLANS__CONFIGURATION``, one that holds it, or the zip that
        ``nnUNetv2_export_model_to_zip`` wrote.
    output
        Directory of the model; it must not exist and appears as a whole or not at all.
    name, notice
        The model's name, and what people must be told wherever its output is shown.
    configuration
        The configuration wanted, where the source holds several.
    precision
        Number format of the network's arithmetic on a CPU, ``float32`` or ``bfloat16``.
    smallest_component_mm3
        Smaller connected parts of a mask are removed.
    limits
        What the importing process may use.

    Returns
    -------
    str
        The model's SHA-256.

    Raises
    ------
    ModelError
        Saying what was refused and what to do.
    InferenceError
        If `output` exists, or if the importing process itself is at fault.
    OSError
        If the disk is full.
    """
    if output.exists():
        raise InferenceError(f"{output} exists already: name another directory")
    output.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system as the output, so that the model can be moved there as a whole.
    with TemporaryDirectory(prefix=".importing-", dir=output.parent) as folder:
        unpacked, written = Path(folder) / "unpacked", Path(folder) / "model"
        unpacked.mkdir()
        request = {
            "source": str(source.absolute()),
            "output": str(written),
            "work": str(unpacked),
            "wanted": {
                "name": name,
                "notice": notice,
                "configuration": configuration,
                "precision": precision,
                "smallest_component_mm3": smallest_component_mm3,
            },
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
        }
        sha256 = _result(_ask(request, limits), source, limits)
        shutil.move(written, output)
    return sha256


def _ask(request: dict[str, Any], limits: ImportLimits) -> "_Ending":
    """Run the importing process to its end, and see to it that it does end."""
    # The environment holds the study's secrets, which a hijacked process must not find.
    environment = {
        "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "HOME": request["work"],
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", IMPORTING_PROCESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=environment,
    )
    told = (json.dumps(request) + "\n").encode()
    try:
        answer, _ = process.communicate(told, timeout=limits.clock_seconds)
    except subprocess.TimeoutExpired:
        return _Ending(b"", took_too_long=True)
    else:
        return _Ending(answer, process.returncode)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class _Ending:
    answer: bytes
    exit_code: int = 0
    took_too_long: bool = False


def _result(ending: _Ending, source: Path, limits: ImportLimits) -> str:
    if ending.took_too_long or ending.exit_code == -signal.SIGXCPU:
        raise ModelError(
            f"{source.name} took longer to read than {limits.cpu_seconds} s of computing or "
            f"{limits.clock_seconds:.0f} s by the clock, and was refused. If it is an honest "
            "model, export fewer folds."
        )
    try:
        answer = json.loads(ending.answer)
    except ValueError:
        raise ModelError(_death(ending.exit_code, source, limits)) from None
    if "done" in answer:
        return str(answer["done"])
    if "refused" in answer:
        raise ModelError(str(answer["refused"]))
    if "out_of_memory" in answer:
        raise ModelError(_too_much_memory(source, limits))
    if "disk_is_full" in answer:
        raise OSError(answer["disk_is_full"], os.strerror(answer["disk_is_full"]))
    raise InferenceError(f"The importing process failed:\n{answer['broken']}")


def _death(exit_code: int, source: Path, limits: ImportLimits) -> str:
    if exit_code in (-signal.SIGKILL, -signal.SIGABRT):
        return _too_much_memory(source, limits)
    return (
        f"{source.name} made the program that reads it crash ({exit_code}): it is damaged or "
        "forged, and was refused. Export or copy the model again."
    )


def _too_much_memory(source: Path, limits: ImportLimits) -> str:
    return (
        f"{source.name} needs more memory to read than the computer has or the "
        f"{limits.memory_bytes / 1e9:.0f} GB allowed, and was refused. If it is an honest model, "
        "export fewer folds."
    )
