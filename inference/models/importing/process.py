"""The process that reads a foreign model: ``python -m inference.models.importing.process``.

It takes one request in JSON on its standard input and answers in JSON on its standard output:
``{"done": sha256}``, ``{"refused": …}``, ``{"out_of_memory": true}``, ``{"disk_is_full": errno}``
or, for a fault of this program, ``{"broken": …}``. It is started and watched by
``importing.import_model``.
"""

import contextlib
import errno
import json
import os
import resource
import sys
import traceback
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from inference.errors import ModelError


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        # Torch takes seconds to import, and it is to happen within the limits.
        from inference.models.importing.conversion import Wanted, convert_model

        source, output, work = (Path(request[name]) for name in ("source", "output", "work"))
        return {"done": convert_model(source, output, work, Wanted(**request["wanted"]))}
    except ModelError as error:
        return {"refused": str(error)}
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        found = repr(first["input"])[:80]
        return {"refused": f"{place}: {first['msg']} (found {found})"}
    except MemoryError:
        return {"out_of_memory": True}
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return {"disk_is_full": error.errno}
        return {"broken": traceback.format_exc()}
    except Exception as error:  # noqa: BLE001 - told to the parent, which raises it
        # Torch's allocator raises a RuntimeError; where importing a library ran out of memory,
        # Python is left with an error that nobody set.
        if "memory" in str(error).lower() or isinstance(error, SystemError):
            return {"out_of_memory": True}
        return {"broken": traceback.format_exc()}


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # where memory ends all the same, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000")


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.readline())
    _limit(request["memory_bytes"], request["cpu_seconds"])
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):  # what libraries print must not mix with the answer
        os.dup2(nowhere, stream.fileno())
    answers.write(json.dumps(_answer(request)) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
