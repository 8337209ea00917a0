"""The study's life: from which state it may go where, and who may bring it there.

``docs/study-life.md`` draws it. A state is never gone back to.
"""

from dataclasses import dataclass
from enum import Enum

from reader_study.studies.models import StudyState
from reader_study.studies.rights import Right


@dataclass(frozen=True)
class Step:
    """One way forward."""

    before: StudyState
    after: StudyState
    right: Right


class Transition(Enum):
    """What brings a study from one state into the next."""

    OPEN = Step(StudyState.SETUP, StudyState.READING, Right.RUN_STUDY)
    LOCK = Step(StudyState.READING, StudyState.LOCKED, Right.RUN_STUDY)
    BEGIN_ADJUDICATION = Step(StudyState.LOCKED, StudyState.ADJUDICATING, Right.RUN_STUDY)
    CONCLUDE = Step(StudyState.ADJUDICATING, StudyState.CONCLUDED, Right.RUN_STUDY)

    def refusal(self, state: str) -> str | None:
        """Say why the study cannot take this step from its state; None when it can."""
        if state == self.value.before:
            return None
        return _REFUSALS[self]


_REFUSALS = {
    Transition.OPEN: "The study was opened already.",
    Transition.LOCK: "Only a study that is open for reading can be locked.",
    Transition.BEGIN_ADJUDICATION: "Adjudication begins once, after the study is locked.",
    Transition.CONCLUDE: "There is no adjudication under way.",
}
