"""A small cast for the tests: one study, its coordinator, two raters, a stranger, ready cases."""

import gzip
import struct
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.arrays import stored_array
from reader_study.cohorts.models import Case, CasePurpose, Phase, Review, Series, SeriesKind
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment
from reader_study.reading.services import open_study
from reader_study.segmentation.media import store_sources
from reader_study.segmentation.models import MediaPack, SegmentationJob, StudyModel, VesselModel
from reader_study.studies.members import add_member, end_membership
from reader_study.studies.models import Role, Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_templates import FOUR_POINT_PROTOCOL
from reader_study.studies.services import add_coordinator, add_rater, create_study

QUICK_PROTOCOL = ProtocolDocument.model_validate(
    {**FOUR_POINT_PROTOCOL.model_dump(), "resamples": 2000}
)

MEASURES: dict[str, Any] = {
    "volume_ml": 31.4,
    "length_mm": 2718.3,
    "mean_radius_mm": 1.92,
    "parts": 7,
    "largest_part_share": 0.77,
    "arteries": [
        {
            "name": "secret artery",
            "label": 1,
            "parts": 7,
            "volume_ml": 31.4,
            "length_mm": 2718.3,
            "mean_radius_mm": 1.92,
        }
    ],
    "sides": {
        "told_by": "mid-plane",
        "left": {"volume_ml": 10.1, "length_mm": 1234.5, "mean_radius_mm": 1.61},
        "right": {"volume_ml": 18.2, "length_mm": 1415.9, "mean_radius_mm": 2.02},
    },
    "hints": ["A secret hint: the tree is in 7 parts"],
}
"""What was measured of every ready case's tree: a rater must see none of these figures."""


def make_study(
    slug: str = "arteries",
    *,
    protocol: ProtocolDocument = QUICK_PROTOCOL,
    study_id: uuid.UUID | None = None,
) -> Study:
    """A study with coordinator carol, raters ruth and rob, and a model; nobody knows stan."""
    for username in ("carol", "ruth", "rob", "stan"):
        User.objects.get_or_create(username=username, defaults={"full_name": username.title()})
    carol = User.objects.get(username="carol")
    study = create_study(
        slug=slug,
        name=f"Study of {slug}",
        protocol=protocol,
        study_id=study_id,
        sites={"north": "North Hospital", "south": "South Hospital"},
        actor=carol,
    )
    add_coordinator(study=study, user=carol, actor=carol)
    for username in ("ruth", "rob"):
        add_rater(study=study, user=User.objects.get(username=username), actor=carol)
    model, _ = VesselModel.objects.get_or_create(
        sha256="5" * 64,
        defaults={
            "name": "secret-model-name",
            "notice": "secret model notice",
            "directory": "nowhere",
            "labels": {"artery": 1},
            "card": {},
        },
    )
    StudyModel.objects.create(study=study, model=model)
    return study


def add_every_role(study: Study) -> None:
    """Add site coordinator sid (of the north), adjudicator ada, statistician stella, and eve, who
    was a coordinator and left."""
    carol = User.objects.get(username="carol")
    for username, role in (
        ("sid", Role.SITE_COORDINATOR),
        ("ada", Role.ADJUDICATOR),
        ("stella", Role.STATISTICIAN),
        ("eve", Role.COORDINATOR),
    ):
        user, _ = User.objects.get_or_create(
            username=username, defaults={"full_name": username.title()}
        )
        sites = study.sites.filter(code="north") if role == Role.SITE_COORDINATOR else ()
        member = add_member(study=study, user=user, role=role, sites=sites, actor=carol)
        if username == "eve":
            end_membership(membership=member, reason="Left the hospital", actor=carol)


def browser_of(username: str) -> Client:
    """A signed-in browser."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def ready_case(
    study: Study,
    code: str,
    *,
    site: str = "north",
    runs: int = 2,
    reference_grade: int | None = None,
) -> Case:
    """A case that was ingested, segmented and made ready for the reading room.

    One with a reference grade is for calibration.
    """
    case = Case.objects.create(
        study=study,
        site=study.sites.get(code=site),
        code=code,
        patient_key=f"key-{code}",
        purpose=CasePurpose.STUDY if reference_grade is None else CasePurpose.CALIBRATION,
        reference_grade=reference_grade,
    )
    kinds = [SeriesKind.NCCT] + [SeriesKind.DSA] * runs
    of_kind: dict[SeriesKind, dict[str, Any]] = {
        SeriesKind.NCCT: {"review": Review.NOT_NEEDED},
        SeriesKind.DSA: {
            "review": Review.RELEASED,
            "reviewed_at": timezone.now(),
            "phase": Phase.AFTER,
        },
    }
    for number, kind in enumerate(kinds):
        Series.objects.create(
            case=case,
            kind=kind,
            series_key=f"{code}-{number}",
            position=max(number, 1),
            stored_name=f"cases/{case.id}/{number}.npz",
            description="secret series description",
            instance_count=1,
            used=True,
            **of_kind[kind],
        )
    used = [stored_array(series) for series in case.series.order_by("pk")]
    job = SegmentationJob.objects.create(
        case=case,
        volume_name=used[0],
        model=study.model_choice.model,
        state=JobState.DONE,
        mask_name="secret-mask-name",
        artery_volume_ml=31.4,
        measures=MEASURES,
        finished_at=timezone.now(),
    )
    folder = f"packs/{case.id}"
    manifest: dict[str, Any] = {
        "volume": {"file": "volume.bin"},
        "labels": {"file": "labels.bin"},
        "tree": {"file": "tree.glb"},
        "runs": [{"frames": [f"run{run}/0.bin"]} for run in range(1, runs + 1)],
        "corrections": [],
    }
    names = ["volume.bin", "labels.bin", "tree.glb", "unlisted.bin"]
    for name in [*names, *[f"run{run}/0.bin" for run in range(1, runs + 1)]]:
        default_storage.save(f"{folder}/{name}", ContentFile(packed(name)))
    pack = MediaPack.objects.create(
        segmentation=job, state=JobState.DONE, folder=folder, manifest=manifest
    )
    store_sources(pack, used)
    return case


def packed(name: str) -> bytes:
    """A file as media packs have them, with its own name for content."""
    if name.endswith(".glb"):
        return struct.pack("<4sIIII", b"glTF", 2, 32, 12, 0x4E4F534A) + b'{"asset":{}}'
    return gzip.compress(name.encode(), mtime=0)


def protocol_with(**changes: Any) -> ProtocolDocument:
    """The quick protocol with some fields changed."""
    return ProtocolDocument.model_validate({**QUICK_PROTOCOL.model_dump(), **changes})


def open_with_cases(
    count: int = 3,
    *,
    slug: str = "arteries",
    protocol: ProtocolDocument = QUICK_PROTOCOL,
    references: Sequence[int] = (),
    study_id: uuid.UUID | None = None,
) -> Study:
    """A study that is open for reading, with a calibration case for each reference grade."""
    study = make_study(slug, protocol=protocol, study_id=study_id)
    for number in range(1, count + 1):
        ready_case(study, f"C{number:03d}", site="north" if number % 2 else "south")
    for number, reference in enumerate(references, start=1):
        ready_case(study, f"K{number:03d}", reference_grade=reference)
    return open_study(study=study, actor=User.objects.get(username="carol"))


def next_code(study: Study, username: str) -> str:
    """The opaque code of the rater's next case, as the rater's browser is told it."""
    answer = browser_of(username).get(f"/api/reading/{study.id}/worklist")
    code: str = answer.json()["next"]
    return code


def grade(study: Study, username: str, grades: Mapping[str, int | None]) -> None:
    """Let a rater grade cases (code → grade; None is unscorable) through the API."""
    browser = browser_of(username)
    for assignment in Assignment.objects.filter(study=study, rater__username=username):
        for run in (0, 1):
            browser.post(
                f"/api/reading/cases/{assignment.code}/opened",
                {"run": run},
                content_type="application/json",
            )
        given = grades[assignment.case.code]
        answers = {
            "grade": given,
            "unscorable_reason": None if given is not None else "motion",
            "comment": "",
        }
        answer = browser.post(
            f"/api/reading/cases/{assignment.code}/submit",
            {"revision": 0, "answers": answers},
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
