"""How simulated raters do at the calibration cases: some fail at first."""

import uuid
from collections.abc import Mapping, Sequence

import numpy as np

from reader_study.coordination.simulation.diary import Diary
from reader_study.coordination.simulation.opinions import SimulatedRater, generator_of
from reader_study.coordination.simulation.reading_plan import PlannedReading
from reader_study.reading.lists import draw_calibration
from reader_study.reading.models import Assignment, Stage
from reader_study.studies.models import Membership
from reader_study.studies.protocol import Calibration, ProtocolDocument

SHARE_FAILING = 1 / 3


def drawn_to_fail(seed: int, raters: int) -> set[int]:
    """Return the numbers of the raters who fail their first attempt: a third, at least one."""
    random = generator_of(seed, "calibration")
    chosen = random.choice(raters, size=max(1, round(SHARE_FAILING * raters)), replace=False)
    return {int(place) + 1 for place in chosen}


def planned_calibration(
    membership: Membership,
    *,
    rater: SimulatedRater,
    diary: Diary,
    case_numbers: Mapping[uuid.UUID, int],
    protocol: ProtocolDocument,
    passes: Sequence[bool],
) -> list[list[PlannedReading]]:
    """Plan the attempts, of which the last alone passes; all but the first are drawn here."""
    if protocol.calibration is None:
        return []
    rows = list(
        Assignment.objects.filter(
            study=membership.study, rater=membership.user, stage=Stage.CALIBRATION
        )
        .select_related("case", "media_pack")
        .order_by("position")
    )
    attempts: list[list[PlannedReading]] = []
    for number, passed in enumerate(passes, start=1):
        if number > 1:
            rows = draw_calibration(
                membership=membership,
                packs={row.case: row.media_pack for row in rows},
                protocol=protocol,
                attempt=number,
            )
        grades = calibration_grades(
            [row.case.reference_grade or 0 for row in rows],
            calibration=protocol.calibration,
            levels=protocol.level_values,
            passes=passed,
            random=rater.random("calibration", number),
        )
        attempts.append(
            [
                PlannedReading(
                    row, rater.calibration_opinion(case_numbers[row.case_id], grade), diary.visit()
                )
                for row, grade in zip(rows, grades, strict=True)
            ]
        )
    return attempts


def calibration_grades(
    references: Sequence[int],
    *,
    calibration: Calibration,
    levels: Sequence[int],
    passes: bool,
    random: np.random.Generator,
) -> list[int | None]:
    """Return one attempt's grades, which reach the pass mark or miss it by one case.

    A grade that is to disagree where the scale ends too soon is None: called unscorable.
    """
    count = len(references)
    least = int(np.ceil(calibration.pass_mark * count - 1e-9))
    wrong = int(random.integers(0, count - least + 1)) if passes else count - least + 1
    missed = set(random.choice(count, size=wrong, replace=False).tolist())
    away = calibration.tolerance_levels + 1
    grades: list[int | None] = []
    for case, reference in enumerate(references):
        beside = [level for level in (reference - away, reference + away) if level in levels]
        if case not in missed:
            grades.append(reference)
        else:
            grades.append(int(random.choice(beside)) if beside else None)
    return grades
