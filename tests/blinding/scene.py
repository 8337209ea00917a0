"""A study in which something stands in every table, half read."""

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.api.models import KeptAnswer
from reader_study.cohorts.models import (
    BuildPurpose,
    Case,
    MessageLevel,
    PatientDeletion,
    SealedIdentity,
    Series,
    SeriesBuild,
    SeriesKind,
    UploadMessage,
)
from reader_study.reading.models import CalibrationResult, DisplayCheck
from reader_study.reading.services import open_study
from reader_study.segmentation.models import ModelImport, StudyModel
from reader_study.signatures.models import Signature, SignedKind
from reader_study.studies.invitations import invite
from reader_study.studies.models import ExampleImage, Role, Study
from reader_study.studies.services import add_rater
from tests.cast import add_every_role, make_study, protocol_with, ready_case
from tests.cohorts.sending import begun_upload, sent_file
from tests.reading.at_work import RaterAtWork

CASES = 10
THIS_STUDY = uuid.UUID(int=6)
"""Orders are drawn from it: the lists are the same in every run."""


def study_half_read() -> Study:
    """Ruth and rob have submitted two cases each, one of them as unscorable, and begun another."""
    protocol = protocol_with(
        adjudication="any-difference",
        calibration={"cases": 2, "pass_mark": 0.5, "tolerance_levels": 1},
        repeats={"share": 0.2, "minimum": 2, "washout_days": 0},
    )
    study = make_study(protocol=protocol, study_id=THIS_STUDY)
    for number in range(CASES):
        ready_case(study, f"C{number:03d}", site="north" if number % 2 else "south")
    for number in range(2):
        ready_case(study, f"K{number:03d}", reference_grade=2)
    carol = User.objects.get(username="carol")
    open_study(study=study, actor=carol)
    add_every_role(study)
    for person in User.objects.filter(username__in=["ruth", "rob"]):
        CalibrationResult.objects.create(
            study=study, rater=person, attempt=1, agreed=2, total=2, passed=True
        )
    for name in ("ruth", "rob"):
        rater = RaterAtWork(study, name)
        rater.read_next(3, comment="Branch missing")
        rater.read_next(None)
        rater.open(rater.next)
        rater.look(rater.next, "head-pose", {"left": 12.25, "posterior": 0.0, "head": 0.0})
    _fill_the_other_tables(study, carol)
    return study


def _fill_the_other_tables(study: Study, carol: User) -> None:
    withdrawn = Case.objects.get(study=study, code="C009")
    withdrawn.withdrawn_at, withdrawn.withdrawn_reason = timezone.now(), "No consent"
    withdrawn.save()
    case = Case.objects.get(study=study, code="C000")
    SealedIdentity.objects.create(case=case, sealed=b"sealed")
    PatientDeletion.objects.create(
        case=withdrawn, reason="Asked for.", at=timezone.now(), files=["one file"]
    )
    series = Series.objects.filter(case=case, kind=SeriesKind.DSA).first()
    assert series is not None
    SeriesBuild.objects.create(
        series=series, purpose=BuildPurpose.RELEASE, kind=SeriesKind.DSA, asked_by=carol
    )
    model = StudyModel.objects.get(study=study).model
    ModelImport.objects.create(
        name=model.name, file_name="export.zip", size_bytes=9, requested_by=carol, model=model
    )
    upload = begun_upload(study)
    sent_file(upload, "DOE_JOHN/ct.dcm", b"ct")
    UploadMessage.objects.create(upload=upload, level=MessageLevel.INFO, name="ct", text="Read.")
    invite(study=study, role=Role.STATISTICIAN, sites=[], invited="Nora", actor=carol)
    stored_name = default_storage.save("example.png", ContentFile(b"picture"))
    ExampleImage.objects.create(study=study, sha256="e" * 64, stored_name=stored_name)
    for name in ("ruth", "rob", "ada"):
        DisplayCheck.objects.create(
            study=study,
            rater=User.objects.get(username=name),
            session="5c" * 16,
            screen_width=1920,
            screen_height=1080,
            window_width=1900,
            window_height=960,
            pixel_ratio=1.25,
            colour_depth=24,
            zoom_percent=100,
            room_is_dim=True,
            verdict="passed",
            went_on=True,
        )
    KeptAnswer.objects.create(
        person=carol,
        address="/api/studies",
        key_digest="5d" * 32,
        body_digest="5e" * 32,
        status=200,
    )
    for name in ("ruth", "rob", "carol"):
        Signature.objects.create(
            study=study,
            signer=User.objects.get(username=name),
            printed_name=f"Printed {name}",
            role=Role.COORDINATOR if name == "carol" else Role.RATER,
            kind=SignedKind.LOCK if name == "carol" else SignedKind.READINGS,
            meaning="What they stated.",
            record_id="main:0",
            record_sha256="51" * 32,
            covers=["one row"],
            reauthenticated_by="password",
            signed_at=timezone.now(),
        )
    Snapshot.objects.create(study=study, document={}, sha256="5a" * 32, report={})
    Consensus.objects.create(study=study, document={}, sha256="5b" * 32)


def rater_of_another_study() -> User:
    """Olaf, who reads elsewhere."""
    olaf = User.objects.create(username="olaf", full_name="Olaf Other")
    carol = User.objects.get(username="carol")
    other = make_study("elsewhere")
    ready_case(other, "E001")
    add_rater(study=other, user=olaf, actor=carol)
    open_study(study=other, actor=carol)
    return olaf
