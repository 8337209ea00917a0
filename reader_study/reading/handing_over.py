"""Let the proxy send a file that this program has made ready and checked the right to.

The file is written once into a folder that the proxy may read, under a name that says nothing, and
the answer names it in ``X-Accel-Redirect``; a thread is then free long before the receiver has it
all. What nobody asked for within an hour is cleared away, and can be made again at any time.
"""

import logging
import os
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

ADDRESS = "/handed-over/"
"""Below it nginx serves the folder, to nobody who asks for it from outside."""

KEPT_FOR = timedelta(hours=1)
_SALT = "reading.handed-over"


def hand_over(content: Callable[[], Iterable[bytes]], *, key: str) -> str | None:
    """Leave content where the proxy finds it; return the address that the proxy is told.

    Parameters
    ----------
    content
        Makes the content; asked only if the file is not there already.
    key
        Says which file it is and for whom; whoever does not know the program's own key cannot tell
        it from the address.

    Returns
    -------
    str or None
        None where there is no such proxy, or no room: the program must send the file itself.
    """
    if settings.ACCEL is None:
        return None
    name = salted_hmac(_SALT, key, algorithm="sha256").hexdigest()
    place: Path = settings.ACCEL / name
    try:
        # It is in use, so it stays; and this is how we know that it is there.
        os.utime(place)
    except FileNotFoundError:
        if not _written(place, content()):
            return None
    return f"{ADDRESS}{name}"


def _written(place: Path, content: Iterable[bytes]) -> bool:
    arriving = place.with_name(f"{uuid.uuid4().hex}.arriving")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with arriving.open("wb") as file:
            file.writelines(content)
        arriving.replace(place)
    except OSError:
        logger.warning("A file could not be left for the proxy", exc_info=True)
        with suppress(OSError):
            arriving.unlink(missing_ok=True)
        return False
    return True


def clear_handed_over(*, older_than: timedelta = KEPT_FOR) -> None:
    """Delete what nobody asked for since then; of none, everything that is there."""
    if settings.ACCEL is None or not settings.ACCEL.is_dir():
        return
    latest = time.time() - older_than.total_seconds()
    for entry in os.scandir(settings.ACCEL):
        # The proxy may still be sending it, which goes on: the file is gone once that ends.
        with suppress(FileNotFoundError):
            if entry.stat().st_mtime <= latest:
                Path(entry).unlink()
