"""A second study with other people in it, and something behind every identifier."""

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.cohorts.series.store import save_preview
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment
from reader_study.reading.services import open_study
from reader_study.segmentation.models import ModelImport
from reader_study.studies.invitations import invite
from reader_study.studies.models import ExampleImage, Membership, Role, Study
from tests.cast import browser_of, make_study, next_code, ready_case
from tests.cohorts.sending import begun_upload, sent_file

OTHER_PEOPLE = {"carol": "colin", "ruth": "rita", "rob": "ron"}

NOWHERE: dict[str, Any] = {
    "study_id": uuid.UUID(int=4 << 76 | 8 << 60),
    "case_id": uuid.UUID(int=4 << 76 | 8 << 60),
    "upload_id": uuid.UUID(int=4 << 76 | 8 << 60),
    "file_id": uuid.UUID(int=4 << 76 | 8 << 60),
    "invitation_id": uuid.UUID(int=4 << 76 | 8 << 60),
    "import_id": uuid.UUID(int=4 << 76 | 8 << 60),
    "series_id": 987_654_321,
    "member_id": 987_654_321,
    "assignment_id": 987_654_321,
    "number": 987_654_321,
    "code": "ZZZZZZZZ",
    "case_code": "Z999",
    "sha256": "0" * 64,
    "token": "Z" * 43,
}
"""For each kind of identifier one that nothing has."""


def study_elsewhere() -> dict[str, Any]:
    """Return the identifiers of a study in which nobody of the first one has a part."""
    study = make_study("elsewhere")
    for code in ("E001", "E002"):
        ready_case(study, code)
    _give_to_others(study)
    carol = User.objects.get(username="carol")
    open_study(study=study, actor=carol)
    case = study.cases.get(code="E001")
    upload = begun_upload(study)
    file = sent_file(upload, "other.dcm", b"other")
    stored_name = default_storage.save("other.png", ContentFile(b"other picture"))
    ExampleImage.objects.create(study=study, sha256="d" * 64, stored_name=stored_name)
    invitation, _ = invite(
        study=study, role=Role.STATISTICIAN, sites=[], invited="Otto", actor=carol
    )
    Series.objects.filter(case=case).update(preview_name=save_preview({0: b"p"}, b"t"))
    eva = User.objects.create_superuser("eva")
    foreign_import = ModelImport.objects.create(
        state=JobState.AWAITING, name="m", file_name="m.zip", size_bytes=1, requested_by=eva
    )
    code = next_code(study, "rita")
    browser_of("rita").get(f"/api/reading/cases/{code}")
    record(action="exported", actor=None, study_id=study.pk)
    return {
        "study_id": study.pk,
        "case_id": case.pk,
        "series_id": case.series.get(kind=SeriesKind.NCCT).pk,
        "case_code": "E002",
        "member_id": Membership.objects.get(study=study, user__username="ron").pk,
        "invitation_id": invitation.pk,
        "sha256": "d" * 64,
        "code": code,
        "assignment_id": Assignment.objects.get(code=code).pk,
        "upload_id": upload.pk,
        "file_id": file.pk,
        "import_id": foreign_import.pk,
    }


def _give_to_others(study: Study) -> None:
    for former, name in OTHER_PEOPLE.items():
        person = User.objects.create(username=name, full_name=name.title())
        Membership.objects.filter(study=study, user__username=former).update(user=person)
