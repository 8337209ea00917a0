"""The rows of a simulated study before anybody reads: study, model, cases and their jobs."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.arrays import stored_array
from reader_study.cohorts.models import Case, CasePurpose, Phase, Review, Series, SeriesKind
from reader_study.coordination.simulation.opinions import Truth, generator_of
from reader_study.coordination.simulation.phantoms import (
    DSA_FRAMES,
    DSA_PIXELS,
    PREDICTED_LABELS,
    SHAPE_ZYX,
    SPACING_ZYX_MM,
    PhantomPack,
    phantom_packs,
)
from reader_study.jobs.models import JobState
from reader_study.segmentation.models import MediaPack, PackSource, SegmentationJob, VesselModel
from reader_study.segmentation.services import choose_model
from reader_study.studies.models import Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.services import create_study

SIMULATED_NOTICE = "Simulated ratings, phantom images. Not for clinical use."
SITES = {"north": "North Hospital", "south": "South Hospital", "lake": "Lake Hospital"}
SITE_SHARES = (0.5, 0.3, 0.2)
MODEL_NAME = "Simulated segmentation: true phantom arteries with branches left out"
SERIES = (
    (
        SeriesKind.NCCT,
        1,
        f"{SHAPE_ZYX[0]} slices of {SHAPE_ZYX[1]} × {SHAPE_ZYX[2]}, "
        f"{SPACING_ZYX_MM[1]:.2f} mm pixels, {SPACING_ZYX_MM[0]:.2g} mm thick",
        SHAPE_ZYX[0],
    ),
    (SeriesKind.DSA, 1, f"{DSA_FRAMES} frames of {DSA_PIXELS} × {DSA_PIXELS}, frontal", 1),
    (SeriesKind.DSA, 2, f"{DSA_FRAMES} frames of {DSA_PIXELS} × {DSA_PIXELS}, lateral", 1),
)


def create_simulated_study(
    *, slug: str, name: str, seed: int, protocol: ProtocolDocument, actor: User
) -> Study:
    """Create the study with its sites and its model.

    The orders of reading hang on the study's identifier, so the same slug and seed give the same.
    """
    study = create_study(
        slug=slug,
        name=name,
        protocol=protocol,
        sites=SITES,
        actor=actor,
        data_notice=SIMULATED_NOTICE,
        study_id=uuid.uuid5(uuid.NAMESPACE_URL, f"simulated-study:{slug}:{seed}"),
    )
    model, _ = VesselModel.objects.get_or_create(
        sha256=hashlib.sha256(MODEL_NAME.encode()).hexdigest(),
        defaults={
            "name": MODEL_NAME,
            "notice": SIMULATED_NOTICE,
            "directory": "",
            "labels": PREDICTED_LABELS,
            "card": {},
        },
    )
    choose_model(study=study, model=model, actor=actor)
    return study


def drawn_sites(seed: int, count: int) -> list[int]:
    """Return each case's hospital, as its place in ``SITES``."""
    drawn = generator_of(seed, "hospitals").choice(len(SITES), size=count, p=SITE_SHARES)
    return [int(site) for site in drawn]


def add_cases(study: Study, truth: Truth, sites: Sequence[int], calibration: int) -> list[Case]:
    """Store cases that are ready to be read; the last ``calibration`` ones are for calibration."""
    site_of = {site.code: site for site in study.sites.all()}
    codes = list(SITES)
    first_calibration = len(sites) - calibration
    cases = Case.objects.bulk_create(
        Case(
            study=study,
            site=site_of[codes[site]],
            code=f"C{number + 1:03d}",
            patient_key=f"simulated-{number + 1}",
            **(
                {"purpose": CasePurpose.CALIBRATION, "reference_grade": truth.true_level(number)}
                if number >= first_calibration
                else {}
            ),
        )
        for number, site in enumerate(sites)
    )
    now = timezone.now()
    series = Series.objects.bulk_create(
        # The arrays behind the packs are shared and not kept: no worker will ask for them again.
        Series(
            case=case,
            kind=kind,
            series_key=f"simulated-{kind}-{position}",
            position=position,
            stored_name=f"cases/{case.id}/simulated-{kind}-{position}.npz",
            description=description,
            frame_key="simulated",
            instance_count=instances,
            used=True,
            review=Review.RELEASED,
            reviewed_at=now,
            phase=Phase.AFTER if kind == SeriesKind.DSA else "",
        )
        for case in cases
        for kind, position, description, instances in SERIES
    )
    images: defaultdict[Case, list[str]] = defaultdict(list)
    for one in series:
        images[one.case].append(stored_array(one))
    quality = [_true_quality(truth, case) for case in range(len(cases))]
    _add_finished_jobs(study, images, quality)
    return cases


def _true_quality(truth: Truth, case: int) -> float:
    """Return where the case stands on the scale: 0 is the worst level, 1 the best."""
    values = truth.protocol.level_values
    return (truth.true_level(case) - values[0]) / (len(values) - 1)


def _add_finished_jobs(
    study: Study, images: Mapping[Case, Sequence[str]], quality: Sequence[float]
) -> None:
    """Store what a worker would have, of cases with the names of their stored CT and runs."""
    by_phantom = phantom_packs()
    packs: list[PhantomPack] = []
    for number, share in enumerate(quality):
        of_phantom = by_phantom[number % len(by_phantom)]
        packs.append(of_phantom[round(share * (len(of_phantom) - 1))])
    now = timezone.now()
    done = {"state": JobState.DONE, "progress": 1.0, "attempts": 1, "finished_at": now}
    jobs = SegmentationJob.objects.bulk_create(
        SegmentationJob(
            case=case,
            model=study.model_choice.model,
            volume_name=images[case][0],
            mask_name=f"{pack.folder}/labels.bin",
            artery_volume_ml=pack.artery_volume_ml,
            **done,
        )
        for case, pack in zip(images, packs, strict=True)
    )
    media = MediaPack.objects.bulk_create(
        MediaPack(segmentation=job, folder=pack.folder, manifest=pack.manifest, **done)
        for job, pack in zip(jobs, packs, strict=True)
    )
    PackSource.objects.bulk_create(
        PackSource(pack=pack, stored_name=stored_name)
        for pack in media
        for stored_name in images[pack.segmentation.case]
    )
