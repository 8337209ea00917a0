"""Two studies of ratings that were constructed to print the paper's row; nobody gave them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from reader_study.agreement.constructed_tables import (
    SCALE_A,
    SCALE_B,
    TABLE_A,
    TABLE_B,
    UNSCORABLE_B,
    expand_table,
)
from reader_study.agreement.report_cases import CaseGrades
from reader_study.cohorts.models import Case
from reader_study.reading.lists import complete_list
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.studies.models import Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_templates import FOUR_POINT_PROTOCOL, THREE_POINT_PROTOCOL
from reader_study.studies.selectors import current_protocol, protocol_in_force, raters_of


@dataclass(frozen=True)
class ConstructedStudy:
    """A study of ratings that nobody gave.

    Attributes
    ----------
    protocol
        One without signatures: nobody could sign.
    sites
        Names of the sites, by the codes that ``ratings`` use.
    ratings
        The grades of two raters; None is unscorable.
    """

    slug: str
    name: str
    protocol: ProtocolDocument
    sites: dict[str, str]
    ratings: Sequence[CaseGrades]


STUDY_OF_TABLE_A = ConstructedStudy(
    slug="constructed-ratings",
    name="Constructed ratings A",
    protocol=FOUR_POINT_PROTOCOL,
    sites={"none": "No hospital (constructed)"},
    ratings=expand_table(TABLE_A, SCALE_A, sites=("none",)),
)

STUDY_OF_TABLE_B = ConstructedStudy(
    slug="constructed-ratings-b",
    name="Constructed ratings B",
    protocol=THREE_POINT_PROTOCOL.model_copy(update={"repeats": None}),
    sites={"none-1": "No hospital 1 (constructed)", "none-2": "No hospital 2 (constructed)"},
    ratings=expand_table(TABLE_B, SCALE_B, unpaired=UNSCORABLE_B, sites=("none-1", "none-2")),
)

CONSTRUCTED_STUDIES = (STUDY_OF_TABLE_A, STUDY_OF_TABLE_B)


def store_constructed_ratings(study: Study, ratings: Sequence[CaseGrades]) -> None:
    """Store ratings as submitted readings of the study's raters, of cases without images."""
    site_of = {site.code: site for site in study.sites.all()}
    cases = Case.objects.bulk_create(
        Case(
            study=study,
            site=site_of[rating.site],
            code=rating.case,
            patient_key=f"constructed-{rating.case}",
        )
        for rating in ratings
    )
    version = current_protocol(study)
    protocol = protocol_in_force(study)
    unscorable = protocol.unscorable_reasons[0].code
    for column, membership in enumerate(raters_of(study)):
        assignments = complete_list(
            membership=membership, packs=dict.fromkeys(cases), protocol=protocol
        )
        grade_of = {
            case.pk: rating.grades[column] for case, rating in zip(cases, ratings, strict=True)
        }
        readings = Reading.objects.bulk_create(
            Reading(
                assignment=assignment,
                protocol=version,
                state=ReadingState.SUBMITTED,
                revision=1,
                grade=grade_of[assignment.case_id],
                unscorable_reason=unscorable if grade_of[assignment.case_id] is None else "",
                submitted_at=timezone.now(),
            )
            for assignment in assignments
        )
        for reading in readings:
            reading.assignment.current_reading = reading
        Assignment.objects.bulk_update(assignments, ["current_reading"])
