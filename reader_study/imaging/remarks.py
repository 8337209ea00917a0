"""What there is to say about single files, gathered into as few messages as are needed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .series import Refusal

_NAMES_IN_ONE_MESSAGE = 3
_SEPARATE_MESSAGES = 5


@dataclass(frozen=True)
class Remark:
    """What there is to say about one file.

    `kind` is set for files that are not DICOM ("a JPEG picture"), `harmless` for files that
    nobody misses.
    """

    name: str
    reason: str
    kind: str = ""
    harmless: bool = False


def remarks_on_container(name: str, remarks: list[Remark]) -> list[Remark]:
    """One message for a folder or zip that holds nothing DICOM, else what each file said."""
    if not remarks:
        return [Remark(name, "empty; choose the folder or zip with the DICOM files")]
    if all(remark.kind for remark in remarks):
        kinds = Counter(remark.kind for remark in remarks)
        listed = ", ".join(
            f"{count:,} × {kind.split(' ', 1)[1]}" for kind, count in kinds.most_common()
        )
        names = some_names([remark.name for remark in remarks])
        reason = f"no DICOM file inside, only {listed} ({names}); export the series as DICOM"
        return [Remark(name, reason)]
    return [remark for remark in remarks if remark.reason]


def summarise(remarks: Iterable[Remark]) -> tuple[Refusal, ...]:
    """Give one message per file, but one for all where many files share a fault."""
    names_of: dict[str, list[str]] = {}
    for remark in remarks:
        names_of.setdefault(remark.reason, []).append(remark.name)
    messages: list[Refusal] = []
    for reason, names in names_of.items():
        if len(names) > _SEPARATE_MESSAGES:
            messages.append(Refusal(some_names(names), reason, tuple(names)))
        else:
            messages.extend(Refusal(name, reason, (name,)) for name in names)
    return tuple(messages)


def some_names(names: list[str]) -> str:
    """Name the first few and count the rest."""
    shown = ", ".join(names[:_NAMES_IN_ONE_MESSAGE])
    more = len(names) - _NAMES_IN_ONE_MESSAGE
    return f"{shown} and {more:,} more" if more > 0 else shown
