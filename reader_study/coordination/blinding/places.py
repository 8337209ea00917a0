"""What the parts of an address name in a study."""

from typing import Any

from django.db.models import QuerySet

from reader_study.cohorts.models import QuarantinedFile, Series, Upload
from reader_study.reading.models import Assignment
from reader_study.segmentation.models import ModelImport, StudyModel
from reader_study.studies.models import ExampleImage, Invitation, Membership, Study

FILE = "volume.bin"


def names_in(study: Study, assignment: Assignment | None, token: str | None) -> dict[str, object]:
    """Return a value for each part of an address that the study has something for.

    Parameters
    ----------
    assignment
        A place on a rater's list.
    token
        That rater's address of images.
    """
    case = study.cases.first()
    named: dict[str, object | None] = {
        "study_id": study.pk,
        "case_id": case and case.pk,
        "case_code": case and case.code,
        "series_id": _first_key(Series.objects.filter(case=case)) if case else None,
        "number": 0,
        "assignment_id": assignment and assignment.pk,
        "code": assignment and assignment.code,
        "token": token,
        "name": FILE,
        "kind": "csv",
        # A person's and the installation's own: of a study they name nothing.
        "directory_id": "directory",
        "provider_id": "directory",
        "passkey_id": 1,
        "token_id": 1,
        "sha256": ExampleImage.objects.filter(study=study).values_list("sha256", flat=True).first(),
        "upload_id": _first_key(Upload.objects.filter(study=study)),
        "file_id": _first_key(QuarantinedFile.objects.filter(upload__study=study)),
        "member_id": _first_key(Membership.objects.filter(study=study)),
        "invitation_id": _first_key(Invitation.objects.filter(study=study)),
        "import_id": _first_key(
            ModelImport.objects.filter(
                model__in=StudyModel.objects.filter(study=study).values("model")
            )
        ),
    }
    return {name: value for name, value in named.items() if value is not None}


def _first_key(rows: QuerySet[Any]) -> object | None:
    first = rows.order_by("pk").first()
    return first.pk if first else None
