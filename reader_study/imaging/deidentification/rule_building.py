"""Short ways to write an allow-list: the standard's dictionary gives the rule for most elements."""

import re
from collections.abc import Callable, Mapping

from pydicom.datadict import dictionary_description, dictionary_VM, dictionary_VR, tag_for_keyword

from .rules import (
    BinaryNumbers,
    Codes,
    EachPart,
    Facts,
    FrameNumbers,
    Items,
    PixelValues,
    Pointers,
    Replaced,
    Rule,
    WholeText,
)
from .value_parts import (
    day,
    decimal,
    integer,
    label,
    matching,
    moment,
    one_of,
    time,
    uid,
    well_known_uid,
)

AllowList = dict[int, Rule]
_PARTS: dict[str, tuple[str, Callable[[str, Facts], str | None]]] = {
    "DS": ("kept if a number of less than eight digits", decimal),
    "IS": ("kept if a whole number of less than eight digits", integer),
    "DA": ("moved into the past by the patient's number of days", day),
    "DT": ("moved into the past by the patient's number of days", moment),
    "TM": ("kept if a time of day", time),
    "UI": ("replaced by a keyed UID", uid),
}


def tag(keyword: str) -> int:
    """Return the tag of an element of the standard.

    Raises
    ------
    LookupError
        If the standard has no such element.
    """
    found = tag_for_keyword(keyword)
    if found is None:
        raise LookupError(f"no element of the standard is called {keyword}")
    return found


def description(element_tag: int) -> str:
    """Return the standard's name of an element."""
    return str(dictionary_description(element_tag))


def allow(keywords: str = "", **rules: Rule) -> AllowList:
    """Return an allow-list.

    Parameters
    ----------
    keywords
        Elements of numbers, dates, times and UIDs, for which the VR says what to do.
    rules
        Elements by keyword that need a rule of their own.
    """
    allowed = {tag(keyword): _rule_of(keyword) for keyword in keywords.split()}
    return allowed | {tag(keyword): rule for keyword, rule in rules.items()}


def terms(words: frozenset[str], *, otherwise: str | None = None, vr: str = "CS") -> Rule:
    """Allow coded strings of a list."""
    meaning = "kept if one of a list of terms"
    if otherwise is not None:
        meaning += f", else “{otherwise}”"
    return EachPart(vr, meaning, one_of(words, otherwise))


def pattern(vr: str, meaning: str, expression: str, *, otherwise: str | None = None) -> Rule:
    """Allow what matches a pattern as a whole."""
    return EachPart(vr, meaning, matching(re.compile(expression), otherwise))


def words(meaning: str, reduced: Callable[[str], str], vr: str = "LO") -> Rule:
    """Allow a free text reduced to words of a list."""
    return WholeText(vr, meaning, reduced)


def emptied(vr: str) -> Rule:
    """Write the element without a value: the standard wants it to be there."""
    return Replaced(vr, "emptied")


def fixed(vr: str, text: str) -> Rule:
    """Write one text whatever the value was."""
    return Replaced(vr, f"replaced by “{text}”", lambda facts: text)


def case_code(vr: str) -> Rule:
    """Write the case code."""
    return Replaced(vr, "replaced by the case code", lambda facts: facts.pseudonym.case_code)


def standard_uid() -> Rule:
    """Allow UIDs of the standard itself."""
    return EachPart("UI", "kept if the standard has it", well_known_uid, 1)


def stack_label() -> Rule:
    """Allow a number that groups frames."""
    return EachPart("SH", "kept if a number of up to four digits, else a keyed number", label, 1)


def frame_numbers(*, in_pairs: bool = False) -> Rule:
    """Allow numbers of frames."""
    return FrameNumbers("US", "kept where the run has such frames", None, in_pairs)


def pixel_value() -> Rule:
    """Allow one value of the pixels' own type."""
    return PixelValues("US", "kept", 1)


def pointers(*keywords: str) -> Rule:
    """Allow tags of the elements named; of the whole standard where none is."""
    if not keywords:
        return Pointers("AT", "kept if tags of the standard")
    names = " or ".join(keywords)
    return Pointers("AT", f"kept if the tag of {names}", frozenset(map(tag, keywords)))


def codes(
    meanings: Mapping[tuple[str, str], str],
    rules: Mapping[int, Rule] | None = None,
    *,
    otherwise: tuple[str, str] | None = None,
) -> Codes:
    """Allow coded terms of a table, and beside each what `rules` allow."""
    return Codes("SQ", "coded terms of a list", meanings, rules or {}, otherwise)


def items(rules: Mapping[int, Rule], *, needs: str = "", keeps_empty_items: bool = False) -> Items:
    """Allow a sequence, and in its items what `rules` allow."""
    needed = frozenset(tag(keyword) for keyword in needs.split())
    return Items("SQ", "items of their own allow-list", rules, needed, keeps_empty_items)


def _rule_of(keyword: str) -> Rule:
    vr, count = dictionary_VR(tag(keyword)), _most_values(dictionary_VM(tag(keyword)))
    if vr in _PARTS:
        meaning, part = _PARTS[vr]
        return EachPart(vr, meaning, part, count)
    if vr in ("US", "SS", "UL", "SL", "FL", "FD"):
        return BinaryNumbers(vr, "kept if plausible numbers", count)
    raise LookupError(f"{keyword} has the VR {vr}: give it a rule")


def _most_values(multiplicity: str) -> int | None:
    last = multiplicity.rsplit("-", 1)[-1]
    return int(last) if last.isdigit() else None
