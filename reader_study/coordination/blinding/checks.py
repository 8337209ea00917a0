"""What answers must not have in common, or at all."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from reader_study.coordination.blinding.answers import (
    MEDIA,
    RATERS_API,
    STATIC,
    Answer,
    Leak,
)
from reader_study.http.security_headers import DATA_POLICY, PERMISSIONS_POLICY
from reader_study.imaging.padding import is_on_ladder

OK = 200
MEDIA_HEADERS = {
    "content-type": "application/octet-stream",
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": PERMISSIONS_POLICY,
    "content-security-policy": DATA_POLICY,
    "vary": "Cookie",
    "strict-transport-security": None,
    "content-length": None,
}
"""All that an image may say of itself; None is not always the same."""

NOT_FOR_RATERS = ("ETag", "Last-Modified", "Content-Disposition")
_NONCE = re.compile(rb'nonce="[A-Za-z0-9+/=]{24}"')
_SOURCE_MAP = re.compile(rb"sourceMappingURL=")

MOST_EQUAL_LENGTHS = 0.9
FEWEST_PAIRS_OF_LENGTHS = 20

CORRELATED = 1e-4
"""Orders that agree as much as this seldom by chance are not by chance."""

_COMMON = 12
_TIME_OF_TOKEN = 16


def header_leaks(answer: Answer) -> Iterator[Leak]:
    """Yield headers that name, date or fingerprint what lies behind an answer to a rater."""
    if answer.status != OK or not answer.address.startswith((MEDIA, RATERS_API)):
        return
    for name in NOT_FOR_RATERS:
        if answer.header(name) is not None:
            yield Leak("header", answer.where, f"{name} is sent")
    if answer.header("Cache-Control") != "private, no-store":
        yield Leak("header", answer.where, "the answer may be kept: not “private, no-store”")
    if answer.about:
        for name, value in answer.headers:
            usual = MEDIA_HEADERS.get(name.lower(), "")
            if usual is not None and usual != value:
                yield Leak("header", answer.where, f"an image says {name}")


def source_map_leaks(answer: Answer) -> Iterator[Leak]:
    """Yield source maps: they hold the coordinators' pages with all comments."""
    if not answer.address.startswith(STATIC) or answer.status != OK:
        return
    if answer.address.endswith(".map") or answer.header("SourceMap"):
        yield Leak("source map", answer.where, "a source map is served")
    elif _SOURCE_MAP.search(answer.body):
        yield Leak("source map", answer.where, "the file names a source map")


def page_leaks(pages: Sequence[Answer]) -> Iterator[Leak]:
    """Yield pages that differ but in their nonce: everybody gets the same at every address."""
    for page in pages[1:]:
        if (page.status, _without_nonce(page)) != (pages[0].status, _without_nonce(pages[0])):
            yield Leak("page", page.where, f"the page is not that of {pages[0].where}")


def _without_nonce(page: Answer) -> bytes:
    return _NONCE.sub(b'nonce=""', page.body)


def refusal_leaks(refusals: Iterable[Answer]) -> Iterator[Leak]:
    """Yield refusals at one address that do not read the same to everybody."""
    first: dict[tuple[str, int], Answer] = {}
    for answer in refusals:
        usual = first.setdefault((answer.address, answer.status), answer)
        if answer.body != usual.body:
            yield Leak("error page", answer.where, f"the refusal reads unlike {usual.where}")


def size_leaks(images: Sequence[Answer]) -> Iterator[Leak]:
    """Yield lengths of images that tell: those not filled up, and a case known by its own."""
    by_file: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for image in images:
        if image.status != OK or image.about is None:
            continue
        length = int(image.header("Content-Length") or len(image.body))
        by_file[image.about][image.address.split("/")[2]] = length
        if not is_on_ladder(length):
            yield Leak("size", image.where, f"{length} bytes is the file's own length")
    pairs = [
        one == other
        for lengths in by_file.values()
        for one, other in combinations(lengths.values(), 2)
    ]
    if len(pairs) >= FEWEST_PAIRS_OF_LENGTHS and sum(pairs) > MOST_EQUAL_LENGTHS * len(pairs):
        yield Leak(
            "size",
            "images of one case under two codes",
            f"{sum(pairs)} of {len(pairs)} pairs of files are equally long",
        )


def token_leaks(tokens: Mapping[str, str]) -> Iterator[Leak]:
    """Yield tokens, by the code that they were given for, that differ in length or are alike."""
    if len({len(token) for token in tokens.values()}) > 1:
        yield Leak("token", "addresses of images", "tokens differ in length")
    met: dict[str, str] = {}
    for code, token in tokens.items():
        body = token[_TIME_OF_TOKEN:].rstrip("=")
        for start in range(len(body) - _COMMON + 1):
            part = body[start : start + _COMMON]
            if met.setdefault(part, code) != code:
                yield Leak(
                    "token", "addresses of images", "two codes' tokens have a part in common"
                )
                return


def order_leaks(orders: Mapping[str, Sequence[str]], *, shared: bool) -> Iterator[Leak]:
    """Yield lists whose order tells.

    Parameters
    ----------
    orders
        Case codes in the order in which each rater reads them.
    shared
        Whether the protocol gives all raters one order.
    """
    for rater, cases in orders.items():
        if _go_together(cases, sorted(cases)):
            yield Leak("order", f"list of {rater}", "the cases come in the order of their codes")
    for (rater, cases), (other, others) in combinations(orders.items(), 2):
        if not shared and _go_together(cases, others):
            yield Leak("order", f"lists of {rater} and {other}", "the cases come in one order")


def _go_together(one: Sequence[str], other: Sequence[str]) -> bool:
    from scipy.stats import kendalltau

    common = [case for case in one if case in set(other)]
    places = {case: place for place, case in enumerate(other)}
    if len(common) < 2:
        return False
    found = kendalltau(range(len(common)), [places[case] for case in common])
    return bool(found.pvalue < CORRELATED)
