"""Every kind of event as one plain sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reader_study.studies.models import Role

NOBODY = "The system"


@dataclass(frozen=True)
class Told:
    """What a sentence is made of: who, of what, which case, and the details that may be shown."""

    who: str
    subject: str
    case: str
    names: Mapping[str, str]
    detail: Mapping[str, Any]

    @property
    def person(self) -> str:
        """The person whom the event is about."""
        return self.names.get(self.subject, self.subject)

    @property
    def short(self) -> str:
        """The beginning of a hash, enough to compare by eye."""
        return self.subject[:12]

    def of(self, key: str, otherwise: str = "") -> str:
        """One of the details, as text."""
        value = self.detail.get(key)
        return otherwise if value in (None, "") else str(value)

    def count(self, key: str, noun: str) -> str:
        """A number among the details with its noun."""
        number = self.detail.get(key, 0)
        return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def sentence_of(action: str, told: Told) -> str:
    """Return what happened in one sentence; of a kind of event not known here, its bare words."""
    words = SENTENCES.get(action)
    if words:
        return f"{told.who} {words(told)}."
    about = f": {told.case or told.person}" if told.subject else ""
    return f"{told.who}: {action}{about}."


def _role(told: Told) -> str:
    roles = {str(value): str(label).lower() for value, label in Role.choices}
    return roles.get(told.of("role"), "member")


def _reading(told: Told) -> str:
    attempt = told.detail.get("attempt", 1)
    again = f" (attempt {attempt})" if attempt != 1 else ""
    if told.of("unscorable_reason"):
        return f"submitted case {told.case} as unscorable{again}"
    grade = told.of("grade")
    return f"submitted case {told.case}{f' with grade {grade}' if grade else ''}{again}"


def _images(told: Told) -> str:
    return f"{told.of('images', 'a series')} of case {told.case}"


Words = Callable[[Told], str]

_ADDED: dict[str, Words] = {
    f"{label.lower()} added": lambda t, label=label: f"added {t.person} as {label.lower()}"  # type: ignore[misc]
    for label in (str(role.label) for role in Role)
}

_SIGNED = {
    "readings": "readings",
    "lock": "the lock of the study",
    "consensus": "the conclusion of the study",
    "export": "for the files that they make of the results",
}

_STUDY: dict[str, Words] = {
    "study created": lambda _: "created the study",
    "study simulated": lambda t: f"filled the study with {t.count('cases', 'simulated case')}",
    "study opened": lambda t: f"opened the study for reading with {t.count('cases', 'case')}",
    "lists added to": lambda t: f"added {t.count('places', 'place')} to the raters' lists",
    "rater given a list": lambda t: f"gave {t.person} a list of {t.count('places', 'place')}",
    "study locked": lambda t: f"locked the study; the snapshot's hash begins with {t.short}",
    "adjudication begun": lambda t: f"gave {t.count('cases', 'case')} to {t.person} to adjudicate",
    "record signed": lambda t: f"signed {_SIGNED.get(t.of('kind'), 'a record')}",
    "signature voided": lambda t: (
        f"voided the signature of {t.of('printed_name')} under "
        f"{_SIGNED.get(t.of('kind'), 'a record')}: {t.of('reason')}"
    ),
    "study concluded": lambda t: (
        f"concluded the study; the hash of the consensus begins with {t.short}"
    ),
    "exported": lambda t: f"downloaded the locked study as {t.of('kind', 'a file')}",
    "audit trail exported": lambda t: f"downloaded this trail as {t.of('kind', 'a file').upper()}",
    "blinding audited": lambda t: f"audited the blinding: {t.count('leaks', 'leak')} found",
    "case seen unblinded": lambda t: f"looked at case {t.subject} unblinded, after the lock",
    "protocol changed": lambda t: f"changed the protocol to version {t.of('version')}",
    "protocol amended": lambda t: (
        f"amended the protocol to version {t.of('version')}: {t.of('reason')}"
    ),
    "example image added": lambda _: "added an example image to the protocol",
    "model chosen": lambda t: f"chose the model whose hash begins with {t.short}",
    "model changed": lambda t: f"changed to the model whose hash begins with {t.short}",
}

_PEOPLE: dict[str, Words] = {
    **_ADDED,
    "second factor required": lambda _: "opened the study to people with a second factor alone",
    "second factor no longer required": lambda _: (
        "opened the study to people without a second factor as well"
    ),
    "membership ended": lambda t: (
        f"took {t.person}, {_role(t)}, out of the study: {t.of('reason')}"
    ),
    "membership restored": lambda t: f"took {t.person} back into the study as {_role(t)}",
    "invitation created": lambda t: f"invited {t.of('invited', 'somebody')} as {_role(t)}",
    "invitation revoked": lambda t: f"revoked the invitation of {t.of('invited', 'somebody')}",
    "invitation accepted": lambda t: f"accepted the invitation of {t.of('invited', 'somebody')}",
}

_READING: dict[str, Words] = {
    "reading submitted": _reading,
    "reading taken back": lambda t: f"took back the submission of case {t.case}",
    "display checked": lambda t: f"checked the display: {t.of('verdict', 'no verdict')}",
    "reading unlocked": lambda t: f"unlocked a reading of case {t.case}: {t.of('reason')}",
    "calibration passed": lambda t: (
        f"passed the calibration, {t.of('agreed')} of {t.of('total')} cases as expected"
    ),
    "calibration not passed": lambda t: (
        f"did not pass the calibration, {t.of('agreed')} of {t.of('total')} cases as expected"
    ),
}

_CASES: dict[str, Words] = {
    "upload begun": lambda t: f"began an upload of {t.count('files', 'file')}",
    "upload received": lambda t: f"finished an upload of {t.count('files', 'file')}",
    "raw upload destroyed": lambda t: (
        f"destroyed the {t.count('files', 'raw file')} of an upload: {t.of('reason')}"
    ),
    "upload notices removed": lambda t: (
        f"removed the names and {t.count('notices', 'notice')} of an upload, kept for their time"
    ),
    "case added": lambda t: f"added case {t.case} of site {t.of('site')}",
    "case retried": lambda t: f"tried case {t.case} again",
    "case cancelled": lambda t: f"stopped the work on case {t.case}",
    "upload cancelled": lambda t: "stopped the reading in of an upload",
    "upload retried": lambda t: "had a stopped upload read in after all",
    "case purpose set": lambda t: f"changed what case {t.case} is for",
    "case occlusion set": lambda t: f"changed the occlusion of case {t.case}",
    "case withdrawn": lambda t: f"withdrew case {t.case}: {t.of('reason')}",
    "case restored": lambda t: f"took case {t.case} back into the study",
    "patient deleted": lambda t: (
        f"deleted the images, identity and comments of case {t.case} on request: {t.of('reason')}"
    ),
    "identity revealed": lambda t: (
        f"looked up the patient's identity of case {t.case}: {t.of('reason')}"
    ),
    "series images made anew": lambda t: f"made the images of {_images(t)} anew",
    "former images of a series destroyed": lambda t: f"destroyed former images of {_images(t)}",
    "series to be painted over and released": lambda t: (
        f"painted over text in {_images(t)}, to be released"
    ),
    "series released": lambda t: f"released {_images(t)}",
    "series kept out": lambda t: f"kept {_images(t)} out: {t.of('reason')}",
    "series to be looked at again": lambda t: f"had {_images(t)} looked at again",
    "series to be built as another kind": lambda t: f"had {_images(t)} built as another kind",
    "series overruled": lambda t: f"overruled the program on {_images(t)}: {t.of('reason')}",
}

SENTENCES: dict[str, Words] = {**_STUDY, **_PEOPLE, **_READING, **_CASES}
"""What a person did, by the action; it follows the person's name."""
