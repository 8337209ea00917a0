"""A study in which an attacker's text stands wherever a person or a file can put one."""

import base64
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client, TestCase
from pydicom import DataElement, config, dcmread
from pydicom.datadict import DicomDictionary  # type: ignore[attr-defined]  # not re-exported
from pydicom.dataset import Dataset, FileDataset

from reader_study.accounts.models import User
from reader_study.analysis.adjudication_services import begin_adjudication, conclude
from reader_study.analysis.services import lock_study
from reader_study.cohorts.models import Series, SeriesKind, Upload
from reader_study.cohorts.tasks import ingest_upload
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment
from reader_study.reading.services import open_study
from reader_study.segmentation.models import SegmentationJob, VesselModel
from reader_study.studies.models import Membership, Study
from tests.cast import (
    MEASURES,
    add_every_role,
    browser_of,
    make_study,
    protocol_with,
    ready_case,
)
from tests.imaging.synthetic_dicom import write_ct_series, write_xa_run

SHORT = 40
TEXT_VRS = {"LO", "LT", "SH", "ST", "UC", "UR", "UT", "PN", "AE", "CS"}
LONGEST = {"SH": 16, "AE": 16, "CS": 16, "LO": 64, "PN": 64}
NEEDED = {
    "SpecificCharacterSet",
    "ImageType",
    "Modality",
    "PhotometricInterpretation",
    "PatientID",
    "PixelIntensityRelationship",
    "PositionerMotion",
    "PixelPresentation",
}
"""Without these as they are the files would be refused before anything of them is shown."""

Text = Callable[[int], str]
"""The attacker's text, not longer than asked for."""


class Planted:
    """The study and its people, each of them named by the attacker.

    Parameters
    ----------
    text
        Called with the most characters that a field takes.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        document: dict[str, Any] = {
            "title": text(SHORT),
            "levels": [
                {"value": value, "name": f"{text(SHORT)} {value}", "anchor": text(400)}
                for value in (1, 2, 3, 4)
            ],
            "unscorable_reasons": [{"code": "motion", "label": text(SHORT)}],
            "territories": [{"code": "m-one", "label": text(SHORT), "required": False}],
            "questions": [{"code": "is-it", "label": text(SHORT), "required": False}],
            "adjudication": "any-difference",
        }
        self.study = make_study(protocol=protocol_with(**document))
        add_every_role(self.study)
        User.objects.create_superuser("adam")
        for user in User.objects.exclude(username="stan"):
            name = f"{text(SHORT)} {user.username}"
            User.objects.filter(pk=user.pk).update(full_name=name)
        Study.objects.filter(pk=self.study.pk).update(name=text(SHORT), data_notice=text(SHORT))
        for site in self.study.sites.all():
            self.study.sites.filter(pk=site.pk).update(name=f"{text(SHORT)} {site.code}")
        self.study.refresh_from_db()
        VesselModel.objects.update(
            name=text(SHORT),
            notice=text(SHORT),
            labels={"artery": 1},
            card={"name": text(SHORT), "training": {text(SHORT): text(SHORT)}, "x": [text(99)]},
        )
        self.cases = [ready_case(self.study, f"C{number:03d}") for number in (1, 2, 3)]
        self._say_of_the_cases()

    def _say_of_the_cases(self) -> None:
        text = self.text
        gates = [
            {"name": text(SHORT), "verdict": "flagged", "sentence": text(SHORT)} for _ in range(4)
        ]
        Series.objects.update(
            description=text(64), gates=gates, review_note=text(99), overruled_reason=text(99)
        )
        arteries = [{**MEASURES["arteries"][0], "name": text(SHORT)}]
        SegmentationJob.objects.update(
            measures={**MEASURES, "arteries": arteries, "hints": [text(99), text(99)]}
        )

    def carol(self) -> Client:
        """The coordinator's browser."""
        return browser_of("carol")

    def post(self, path: str, body: dict[str, Any], username: str = "carol") -> Any:
        """Send something as a person who may; it must be taken."""
        answer = browser_of(username).post(
            f"/api/studies/{self.study.pk}/{path}", body, content_type="application/json"
        )
        assert answer.status_code < 300, (path, answer.status_code, answer.content)
        return answer.json() if answer.content else None

    def amend(self) -> None:
        """Save another version of the protocol, for an attacker's reason."""
        now = self.carol().get(f"/api/studies/{self.study.pk}/protocol").json()
        document = {**now["document"], "title": f"{self.text(SHORT)} again"}
        self.post(
            "protocol",
            {
                "document": document,
                "version": now["version"],
                "based_on": now["version"],
                "reason": self.text(100),
            },
        )

    def invite(self) -> str:
        """Invite somebody by an attacker's name; return the link."""
        asked = {"invited": self.text(SHORT), "role": "statistician", "sites": []}
        link: str = self.post("invitations", asked)["link"]
        return link

    def open_and_read(self) -> None:
        """Let both raters comment; correct one reading, withdraw a case, let a member go."""
        self.study = open_study(study=self.study, actor=User.objects.get(username="carol"))
        grades = {"ruth": {"C001": 4, "C002": 3}, "rob": {"C001": 4, "C002": 1, "C003": 2}}
        for username, of_case in grades.items():
            mine = Assignment.objects.filter(study=self.study, rater__username=username)
            for assignment in mine.select_related("case").order_by("position"):
                self.submit(username, assignment.case.code, of_case.get(assignment.case.code))
        corrected = Assignment.objects.get(rater__username="ruth", case__code="C001")
        self.post(f"readings/{corrected.pk}/unlock", {"reason": self.text(100)})
        self.submit("ruth", "C001", 3)
        self.post(f"cases/{self.cases[2].pk}/withdraw", {"reason": self.text(100)})
        leaving = Membership.objects.get(user__username="sid")
        self.post(f"people/{leaving.pk}/end", {"reason": self.text(100)})

    def submit(self, username: str, case: str, grade: int | None) -> None:
        """Submit a grade with a comment of the attacker's."""
        assignment = Assignment.objects.get(
            study=self.study, rater__username=username, case__code=case
        )
        browser = browser_of(username)
        address = f"/api/reading/cases/{assignment.code}"
        revision = browser.get(address).json()["revision"]
        for run in (0, 1):
            browser.post(f"{address}/opened", {"run": run}, content_type="application/json")
        answers = {
            "grade": grade,
            "unscorable_reason": None if grade is not None else "motion",
            "comment": self.text(2000),
        }
        body = {"revision": revision, "answers": answers}
        answer = browser.post(f"{address}/submit", body, content_type="application/json")
        assert answer.status_code == 200, answer.content

    def lock_and_adjudicate(self) -> None:
        """Lock the study, decide on the difference, and conclude."""
        carol = User.objects.get(username="carol")
        lock_study(study=self.study, actor=carol)
        ada = Membership.objects.get(study=self.study, user__username="ada")
        begin_adjudication(study=self.study, adjudicator=ada, actor=carol)
        for assignment in Assignment.objects.filter(rater__username="ada"):
            self.submit("ada", assignment.case.code, 2)
        self.study.refresh_from_db()
        conclude(study=self.study, actor=carol)
        self.study.refresh_from_db()

    def look_through(self) -> None:
        """Decide on what was read in, each time for the attacker's reason, and withdraw it."""
        for case in self.study.cases.exclude(pk__in=[case.pk for case in self.cases]):
            for series in case.series.filter(kind=SeriesKind.DSA):
                decision = {"decision": "keep-out", "note": self.text(100)}
                self.post(f"cases/{case.pk}/series/{series.pk}/review", decision)
            self.post(f"cases/{case.pk}/withdraw", {"reason": self.text(100)})

    def upload(self, files: dict[str, bytes], name: str | None = None) -> Upload:
        """Send files by tus, as a browser does, and let the worker read them in."""
        announced = self.post(
            "uploads",
            {
                "site": "north",
                "name": name or self.text(100),
                "files": len(files),
                "size_bytes": sum(map(len, files.values())),
            },
        )
        address = f"/api/studies/{self.study.pk}/uploads/{announced['id']}"
        for file_name, content in files.items():
            answer = self.carol().post(
                f"{address}/files",
                content,
                content_type="application/offset+octet-stream",
                headers={
                    "Tus-Resumable": "1.0.0",
                    "Upload-Length": str(len(content)),
                    "Upload-Metadata": "name " + base64.b64encode(file_name.encode()).decode(),
                },
            )
            assert answer.status_code == 201, answer.content
        with TestCase.captureOnCommitCallbacks(execute=False):
            self.post(f"uploads/{announced['id']}/complete", {})
            ingest_upload(announced["id"])
        upload = Upload.objects.get(pk=announced["id"])
        assert upload.state in {JobState.DONE, JobState.FAILED}
        return upload


def planted_dicom(folder: Path, text: Text) -> dict[str, bytes]:
    """Return a CT and runs in which every text of DICOM's dictionary is the attacker's."""
    texts = _texts(text)

    def plant(_: int, dataset: FileDataset) -> None:
        dataset.update(texts)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the values are against the standard is the attack
        files = write_ct_series(folder / "ct", edit=plant, slices=12, size=32)
        for name in ("xa.dcm", "planted-xa.dcm"):
            run = write_xa_run(folder / name)
            dataset = dcmread(run)
            if name.startswith("planted"):
                dataset.update(texts)
            dataset.save_as(run)
            files.append(run)
    return {path.name: path.read_bytes() for path in files}


def _texts(text: Text) -> Dataset:
    texts = Dataset()
    texts.SpecificCharacterSet = "ISO_IR 192"
    for tag, (vr, *_, keyword) in DicomDictionary.items():
        is_of_a_file = tag >> 16 > 2  # below stand commands and the file's own meta information
        if vr in TEXT_VRS and keyword and keyword not in NEEDED and is_of_a_file:
            value = text(LONGEST.get(vr, 200))
            if vr in {"AE", "CS", "UR"}:  # these have no letters beyond ASCII
                value = value.encode("ascii", "ignore").decode()
            texts[tag] = DataElement(tag, vr, value, validation_mode=config.IGNORE)
    return texts


def everything_planted(text: Text, folder: Path) -> Planted:
    """Return a concluded study in which the text stands everywhere."""
    planted = Planted(text)
    planted.amend()
    planted.invite()
    files = planted_dicom(folder, text)
    files[f"{text(60)}.dcm"] = b"no image"
    planted.upload(files)
    planted.look_through()
    planted.open_and_read()
    planted.lock_and_adjudicate()
    return planted
