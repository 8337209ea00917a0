"""Time the reading room beside Cornerstone3D, single frames and a bare file.

``python -m benchmarks.reading`` (``make bench-reading``) makes a phantom patient (CT of
512 × 512 × 160 with 19 arteries, two runs of 20 frames of 1024²), opens it in one browser after
another, each fresh and with an empty cache, and prints a table of medians:

- ``this page``: the reading room of a running installation (gunicorn, a rater who has logged in),
  from the address of the case to everything drawn, the artery tree and the subtraction included;
- ``prefetched``: from the key that submits a case to everything of the next one drawn;
- ``Cornerstone3D``: three planes with the mask and two stacks (``benchmarks/reading_peers``), fed
  with bare arrays from a static server, no tree, no subtraction, no form;
- ``single frames``: one request a slice and frame, drawn by a bare canvas, from that server;
- ``bare file``: all arrays in one file from that server, inflated by the browser, nothing drawn.

The last line is one JSON object. ``blob_ratio`` is this page beside the bare file,
``cornerstone_x`` how many times as long Cornerstone3D takes until all is ready.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    Page,
    Playwright,
    Request,
    ViewportSize,
    sync_playwright,
)

from benchmarks.process_tree import cpu_seconds, find_process, memory_mb
from benchmarks.reading_case import phantom_pack
from benchmarks.reading_data import write_peer_data
from benchmarks.reading_study import PASSWORD, RATER, prepare_study
from reader_study.imaging.media_pack import MediaPack
from scripts.application import REPOSITORY, Application, free_port
from scripts.browser import BROWSER_FLAGS, find_browser
from scripts.processes import ProcessGroup, stop_on_signals

PEERS = REPOSITORY / "benchmarks" / "reading_peers"
RUNS = 5
SCREEN = ViewportSize(width=1920, height=1080)
LONGEST_MS = 120_000
QUIET_SECONDS = 3.0
PATCHES = 18
OURS, AHEAD, CORNERSTONE, FRAMES = "this page", "prefetched", "Cornerstone3D", "single frames"
BLOB, BLOB_BY_PAGE, BLOB_KEPT = "bare file", "… inflated by the page", "… not inflated"

WATCH = """
(() => {
  // When something is first there, and the frame after it has been drawn.
  const times = (window.__times = {});
  const note = (name) => {
    if (name in times) return;
    times[name] = null;
    requestAnimationFrame(() => requestAnimationFrame(() => { times[name] = performance.now(); }));
  };
  const look = () => {
    if (document.querySelector('[data-pane="axial"] svg, body[data-first]')) note('first');
    if (document.querySelector('[data-ready="true"]')) note('ready');
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ['data-ready', 'data-first'],
  });
})();
"""

NEXT_CASE = """
() => new Promise((resolve) => {
  const begun = performance.now();
  // The room that was submitted stays in view when the address is the next one's already.
  const submitted = document.querySelector('[data-ready="true"]');
  const look = () => {
    const room = document.querySelector('[data-ready="true"]');
    if (room && room !== submitted)
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun)));
    else setTimeout(look, 2);
  };
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  look();
})
"""


@dataclass(frozen=True)
class Measured:
    """What one visit of a page took; None where the page has no such thing.

    Attributes
    ----------
    first_ms, ready_ms
        From the start of the navigation to the first slice, and to everything, on screen.
    browser_s, server_s
        Processor time of the browser's and of the server's processes.
    megabytes, script_kb
        Sent over the wire; scripts as they would be compressed by gzip.
    heap_mb, memory_mb
        Heap of the page's scripts after a collection; memory of the whole browser.
    """

    first_ms: float | None
    ready_ms: float
    browser_s: float | None = None
    server_s: float | None = None
    megabytes: float | None = None
    script_kb: float | None = None
    heap_mb: float | None = None
    memory_mb: float | None = None


def _medians(visits: list[Measured]) -> Measured:
    def middle(name: str) -> float | None:
        values = [value for visit in visits if (value := getattr(visit, name)) is not None]
        return median(values) if values else None

    found = {field.name: middle(field.name) for field in fields(Measured)}
    return Measured(**found)  # type: ignore[arg-type]


@contextmanager
def _fresh_browser(
    playwright: Playwright, executable: Path
) -> Iterator[tuple[BrowserContext, int]]:
    """Start a browser that has seen nothing; yield a window of it and its process."""
    with tempfile.TemporaryDirectory(prefix="reader-study-browser-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=executable, args=BROWSER_FLAGS, viewport=SCREEN
        )
        context.set_default_timeout(LONGEST_MS)
        context.add_init_script(WATCH)
        try:
            yield context, find_process(profile)
        finally:
            context.close()


def _visit(context: BrowserContext, browser: int, server: int, address: str) -> Measured:
    page = context.pages[0]
    page.goto("about:blank")
    begun: list[Request] = []
    page.on("request", lambda request: begun.append(request))
    before, server_before = cpu_seconds(browser), cpu_seconds(server)
    page.goto(address, wait_until="commit")
    _wait_until_ready(page)
    used, server_used = cpu_seconds(browser) - before, cpu_seconds(server) - server_before
    times = page.evaluate("window.__times")
    asked = list(begun)
    scripts = [request for request in asked if request.resource_type == "script"]
    return Measured(
        first_ms=times.get("first"),
        ready_ms=times["ready"],
        browser_s=used,
        server_s=server_used,
        megabytes=sum(_body_bytes(request) for request in asked) / 1e6,
        script_kb=sum(_gzipped(request) for request in scripts) / 1e3,
        heap_mb=_heap_mb(page),
        memory_mb=memory_mb(browser),
    )


def _wait_until_ready(page: Page) -> None:
    """Ask again and again: the page's content security policy lets nothing wait inside it."""
    deadline = time.monotonic() + LONGEST_MS / 1000
    while not page.evaluate("window.__times.ready"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{page.url} was not ready within {LONGEST_MS / 1000:.0f} s")
        page.wait_for_timeout(50)


def _body_bytes(request: Request) -> int:
    """Return how long a body was on the wire, which the server said."""
    response = request.response()
    told = response.headers.get("content-length") if response else None
    return int(told) if told else request.sizes()["responseBodySize"]


def _gzipped(request: Request) -> int:
    response = request.response()
    return len(gzip.compress(response.body(), 9)) if response else 0


def _heap_mb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1e6


def _log_in(context: BrowserContext, address: str) -> None:
    """Sign in as the log-in page does, so that the cache stays empty of pages."""
    context.request.get(f"{address}/api/session")
    _post(context, f"{address}/api/session", {"username": RATER, "password": PASSWORD})


def _check_display(context: BrowserContext, address: str, study: str) -> None:
    """Pass the display check, without which no case is shown."""
    screen = {
        **{f"screen_{side}": length for side, length in SCREEN.items()},
        **{f"window_{side}": length for side, length in SCREEN.items()},
        "pixel_ratio": 1,
        "colour_depth": 24,
        "zoom_percent": 100,
    }
    passed = {"empty_patches": [], "seen_patches": list(range(PATCHES))}
    check = {"screen": screen, "room_is_dim": True, **passed}
    _post(context, f"{address}/api/reading/{study}/display-checks", check)


def _post(context: BrowserContext, address: str, body: dict[str, Any]) -> None:
    token = next(c["value"] for c in context.cookies(address) if c["name"] == "csrftoken")
    answer = context.request.post(address, data=body, headers={"X-CSRFToken": token})
    if not answer.ok:
        raise RuntimeError(f"{address} refused: {answer.text()}")


def _our_visit(
    context: BrowserContext, browser: int, server: int, address: str
) -> tuple[Measured, Measured]:
    """Open the next case on the rater's list, then submit it and time the one after it."""
    _log_in(context, address)
    (study,) = context.request.get(f"{address}/api/studies").json()
    _check_display(context, address, study["id"])
    worklist = context.request.get(f"{address}/api/reading/{study['id']}/worklist").json()
    path = f"/read/{study['id']}/{worklist['next']}"
    opened = _visit(context, browser, server, f"{address}{path}")
    page = context.pages[0]
    _wait_until_quiet(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.get_by_role("status").filter(has_text="Saved").wait_for()
    time.sleep(0.5)
    before = cpu_seconds(browser)
    next_ms = page.evaluate(NEXT_CASE)
    return opened, Measured(None, next_ms, browser_s=cpu_seconds(browser) - before)


def _wait_until_quiet(page: Page) -> None:
    """Wait until the page has asked for nothing more for a while: the next case is there."""
    under_way: set[Request] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    quiet_since = time.monotonic()
    while under_way or time.monotonic() - quiet_since < QUIET_SECONDS:
        page.wait_for_timeout(100)
        if under_way:
            quiet_since = time.monotonic()


def _built_peers(folder: Path) -> Path:
    """Install and build the peers' pages; return the folder that holds them."""
    for command in (
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error"],
        ["npx", "vite", "build", "--logLevel", "error", "--emptyOutDir", "--outDir", str(folder)],
    ):
        subprocess.run(command, cwd=PEERS, check=True)
    return folder


def measure(folder: Path, pack: MediaPack, runs: int) -> dict[str, list[Measured]]:
    """Visit every page ``runs`` times, in turns; return what each visit took.

    A round before them is not counted: servers import and read much for their first visitor.
    """
    data, pages = folder / "data", _built_peers(folder / "pages")
    write_peer_data(pack, data)
    application = Application(var=folder / "var", port=free_port())
    os.environ["READER_STUDY_VAR"] = str(application.var)
    # Of each case that is read one more is submitted, and the last has another after it.
    prepare_study(pack, cases=runs + 3)
    static = free_port()
    peers = {
        CORNERSTONE: "cornerstone.html",
        FRAMES: "frames.html",
        BLOB: "blob.html?blob.gz",
        BLOB_BY_PAGE: "blob.html?blob.bin",
        BLOB_KEPT: "blob.html?blob.bin&kept",
    }
    visits: dict[str, list[Measured]] = {name: [] for name in (OURS, AHEAD, *peers)}
    executable = find_browser()
    with ProcessGroup(folder / "log") as processes, sync_playwright() as playwright:
        for name, program in (
            ("web", application.programs["web"]),
            ("static", ["node", str(PEERS / "serve.mjs"), str(static), str(pages), str(data)]),
        ):
            processes.start(name, program, environment=application.environment, folder=REPOSITORY)
        application.wait_until_it_answers(processes)
        web, static_server = processes.process_id("web"), processes.process_id("static")
        for number in range(runs + 1):
            print(f"Run {number} of {runs}", file=sys.stderr, flush=True)
            with _fresh_browser(playwright, executable) as (context, browser):
                opened, next_case = _our_visit(context, browser, web, application.address)
            visits[OURS].append(opened)
            visits[AHEAD].append(next_case)
            for name, page in peers.items():
                with _fresh_browser(playwright, executable) as (context, browser):
                    address = f"http://127.0.0.1:{static}/{page}"
                    visits[name].append(_visit(context, browser, static_server, address))
    return {name: of_page[1:] for name, of_page in visits.items()}


def main() -> int:
    """Run everything and print the table and the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="visits of each page")
    arguments = parser.parse_args()
    stop_on_signals()
    with tempfile.TemporaryDirectory(prefix="reader-study-bench-") as folder:
        pack = phantom_pack()
        visits = measure(Path(folder), pack, arguments.runs)
    found = {name: _medians(of_page) for name, of_page in visits.items()}
    _print_table(found, visits)
    ours, bare, peer = found[OURS], found[BLOB], found[CORNERSTONE]
    print(
        json.dumps(
            {
                "runs": arguments.runs,
                "cornerstone_x": round(peer.ready_ms / ours.ready_ms, 2),
                "cornerstone_cpu_x": _ratio(peer.browser_s, ours.browser_s),
                "blob_ratio": round(ours.ready_ms / bare.ready_ms, 2),
                "blob_by_page_ratio": round(ours.ready_ms / found[BLOB_BY_PAGE].ready_ms, 2),
                "blob_not_inflated_ratio": round(ours.ready_ms / found[BLOB_KEPT].ready_ms, 2),
                "frames_x": round(found[FRAMES].ready_ms / ours.ready_ms, 2),
                "first_slice_ms": round(ours.first_ms or 0),
                "ready_ms": round(ours.ready_ms),
                "prefetched_ms": round(found[AHEAD].ready_ms),
                "script_ratio": _ratio(peer.script_kb, ours.script_kb),
                "browser_cpu_s": round(ours.browser_s or 0, 2),
                "memory_mb": round(ours.memory_mb or 0),
            }
        )
    )
    return 0


def _ratio(a: float | None, b: float | None) -> float | None:
    return round(a / b, 2) if a and b else None


def _print_table(found: dict[str, Measured], visits: dict[str, list[Measured]]) -> None:
    heads = "first ms,ready ms,(range),browser CPU s,server CPU s,MB,script kB gz,heap MB,memory MB"
    print(f"| {'page':24} | " + " | ".join(heads.split(",")) + " |")
    print("|---" * 10 + "|")
    for name, row in found.items():
        times = [visit.ready_ms for visit in visits[name]]
        cells = [
            _cell(row.first_ms, 0),
            _cell(row.ready_ms, 0),
            f"{min(times):.0f}–{max(times):.0f}",
            _cell(row.browser_s, 2),
            _cell(row.server_s, 2),
            _cell(row.megabytes, 1),
            _cell(row.script_kb, 0),
            _cell(row.heap_mb, 0),
            _cell(row.memory_mb, 0),
        ]
        print(f"| {name:24} | " + " | ".join(cells) + " |")


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    sys.exit(main())
