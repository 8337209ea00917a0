"""Which role may do what in a study. Whatever is not granted here is denied."""

from enum import Enum

from reader_study.studies.models import Role


class Right(Enum):
    """Something that a person may do in a study."""

    SEE_STUDY = "see progress, cases and protocol"
    CHANGE_COHORT = "upload cases and retry failed ones"
    RUN_STUDY = "change protocol, people and cases; open, unlock, lock, adjudicate"
    SEE_RESULTS = "see the report and export, once the study is locked"
    READ = "grade cases, blinded"
    ADJUDICATE = "grade the cases on which the raters differ, blinded"


ROLES_WITH: dict[Right, frozenset[Role]] = {
    Right.SEE_STUDY: frozenset({Role.COORDINATOR, Role.SITE_COORDINATOR, Role.STATISTICIAN}),
    Right.CHANGE_COHORT: frozenset({Role.COORDINATOR, Role.SITE_COORDINATOR}),
    Right.RUN_STUDY: frozenset({Role.COORDINATOR}),
    Right.SEE_RESULTS: frozenset({Role.COORDINATOR, Role.STATISTICIAN}),
    Right.READ: frozenset({Role.RATER}),
    Right.ADJUDICATE: frozenset({Role.ADJUDICATOR}),
}
