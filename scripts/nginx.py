"""Find an nginx for the tests of the proxy, or unpack Debian's below ``var/``.

``python -m scripts.nginx`` is run by ``make test``. Where there is none and apt offers none, the
tests that need one are skipped, which pytest says.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.application import REPOSITORY

UNPACKED = REPOSITORY / "var" / "nginx"


def find_nginx() -> Path | None:
    """Return the nginx that READER_STUDY_NGINX names, one on the path, or the unpacked one."""
    named = os.environ.get("READER_STUDY_NGINX") or shutil.which("nginx")
    found = Path(named) if named else UNPACKED / "usr" / "sbin" / "nginx"
    return found if found.is_file() and _starts(found) else None


def _starts(nginx: Path) -> bool:
    done = subprocess.run([nginx, "-v"], capture_output=True, check=False)
    return done.returncode == 0


def unpack() -> None:
    """Take Debian's package apart; nothing is installed and nobody needs to be root."""
    with tempfile.TemporaryDirectory(prefix="reader-study-nginx-") as folder:
        subprocess.run(
            ["apt-get", "download", "nginx"], cwd=folder, check=True, capture_output=True
        )
        (package,) = Path(folder).glob("nginx_*.deb")
        subprocess.run(["dpkg-deb", "--extract", package, UNPACKED], check=True)


def main() -> int:
    """Say which nginx the tests will use."""
    if find_nginx() is None and shutil.which("apt-get"):
        try:
            unpack()
        except (subprocess.CalledProcessError, ValueError, OSError) as error:
            print(f"apt-get offers no nginx: {error}", file=sys.stderr)
    print(f"nginx: {find_nginx() or 'none, the tests of the proxy are skipped'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
