"""Search responses for secrets."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reader_study.coordination.blinding.answers import MEDIA, STATIC, Answer, Leak
from reader_study.coordination.blinding.unwrapping import unwrapped

_WORD = re.compile(rb"[^\W_]+")
SHORTEST_IN_PIXELS = 8
SHORTEST_IN_PROGRAMMES = 6


@dataclass(frozen=True)
class Secret:
    """A value that must not be told, and the field that it stands in."""

    value: str
    field: str


class Search:
    """Finds secrets as whole words, in whatever wrapping.

    Parameters
    ----------
    marker
        Pattern of bytes that counts as a word wherever it stands: the tests' canaries.
    secret_keys
        Names that must not come up as a key in JSON, since their few values cannot be searched.
    """

    def __init__(
        self,
        secrets: Iterable[Secret],
        *,
        marker: re.Pattern[bytes] | None = None,
        secret_keys: Iterable[str] = (),
    ) -> None:
        self.marker = marker
        keys = "|".join(map(re.escape, sorted(secret_keys)))
        self.key_pattern = re.compile(rf'"({keys})"\s*:'.encode()) if keys else None
        self.by_word: dict[bytes, list[tuple[bytes, Secret]]] = defaultdict(list)
        for secret in secrets:
            value = secret.value.encode().lower()  # of ASCII alone, as in the views
            words = _WORD.findall(value)
            if words:
                self.by_word[max(words, key=len)].append((value, secret))

    def leaks_in(self, answer: Answer) -> Iterator[Leak]:
        """Yield what an answer tells."""
        # A length may be any number; what it tells is for the check of sizes.
        named = [header for header in answer.headers if header[0].lower() != "content-length"]
        head = "\n".join(f"{name}: {value}" for name, value in named).encode()
        image = answer.address.startswith(MEDIA) and answer.status == 200
        for part, content in (("header", head), ("body", answer.body)):
            likely = _any_value
            if answer.address.startswith(STATIC):
                likely = _unlike_a_word
            elif part == "body" and image:
                likely = _long
            met: set[Secret] = set()
            for form, view in unwrapped(content):
                for secret in self._found(view, likely):
                    if secret not in met:
                        met.add(secret)
                        yield Leak(f"secret in {part}", answer.where, f"{secret.field}, {form}")
        if self.key_pattern and (answer.header("Content-Type") or "").startswith(
            "application/json"
        ):
            for name in set(self.key_pattern.findall(answer.body)):
                yield Leak("secret key", answer.where, f"“{name.decode()}” is a key of the answer")

    def _found(self, view: bytes, likely: Callable[[bytes], bool]) -> Iterator[Secret]:
        view = view.lower()
        words = set(_WORD.findall(view))
        if self.marker:
            words.update(self.marker.findall(view))
        for word in words & self.by_word.keys():
            for value, secret in self.by_word[word]:
                if likely(value) and (value == word or _whole(value, view)):
                    yield secret


def _any_value(value: bytes) -> bool:
    return True


def _long(value: bytes) -> bool:
    """Whether a value is too long to come up in pixels: frames of 8 bits are full of letters."""
    return len(value) >= SHORTEST_IN_PIXELS


def _unlike_a_word(value: bytes) -> bool:
    """Whether a value has a word of letters and digits: programmes are full of other words."""
    return any(
        len(word) >= SHORTEST_IN_PROGRAMMES and re.search(rb"\d", word) and re.search(rb"\D", word)
        for word in _WORD.findall(value)
    )


def _whole(value: bytes, view: bytes) -> bool:
    return re.search(rb"(?<![^\W_])" + re.escape(value) + rb"(?![^\W_])", view) is not None
