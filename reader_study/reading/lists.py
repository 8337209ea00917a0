"""Store raters' lists: drawn once from the recorded seed, only ever added to."""

import secrets
from collections.abc import Iterable, Mapping

from django.db.models import Max

from reader_study.cohorts.models import Case, CasePurpose
from reader_study.reading.models import Assignment, Stage
from reader_study.reading.order import Listed, generator_of, repeat_count, shuffled, with_repeats
from reader_study.reading.selectors import ready_packs
from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import Membership, Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import protocol_in_force, raters_of

# No letters or digits that are mistaken for one another when read aloud.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

Packs = Mapping[Case, MediaPack | None]


def new_code() -> str:
    """Return an opaque code such as ``K7Q2-9FXD``."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def complete_lists(study: Study) -> int:
    """Put every ready case on every rater's list where it is missing; return how many were put.

    What is stored keeps its place. A rater who joins later gets an order of their own; cases
    that join later come after the others, in an order drawn for each rater.
    """
    protocol = protocol_in_force(study)
    packs = _ready_cases(study)
    return sum(
        len(complete_list(membership=membership, packs=packs, protocol=protocol))
        for membership in raters_of(study)
    )


def catch_up(membership: Membership) -> list[Assignment]:
    """Put on one rater's list the cases that the study's raters were given so far.

    A case that came later waits until a coordinator puts it on everybody's list.
    """
    study = membership.study
    given = set(Assignment.objects.filter(study=study).values_list("case", flat=True))
    packs = {case: pack for case, pack in _ready_cases(study).items() if case.pk in given}
    return complete_list(membership=membership, packs=packs, protocol=protocol_in_force(study))


def _ready_cases(study: Study) -> Packs:
    return {
        pack.segmentation.case: pack
        for pack in ready_packs(study).filter(segmentation__case__withdrawn_at__isnull=True)
    }


def complete_list(
    *, membership: Membership, packs: Packs, protocol: ProtocolDocument
) -> list[Assignment]:
    """Put the cases on one rater's list where they are missing.

    A case without a media pack is one whose ratings are loaded, not read.
    """
    stored = Assignment.objects.filter(study=membership.study, rater=membership.user)
    missing = dict(packs)
    for case_id in stored.values_list("case", flat=True):
        missing.pop(Case(pk=case_id), None)
    calibration = {
        case: pack for case, pack in missing.items() if case.purpose == CasePurpose.CALIBRATION
    }
    main = {case: pack for case, pack in missing.items() if case.purpose == CasePurpose.STUDY}
    first_draw = not stored.filter(stage=Stage.MAIN).exists()
    added = []
    if protocol.calibration and calibration and not stored.filter(stage=Stage.CALIBRATION).exists():
        added += draw_calibration(membership=membership, packs=calibration, protocol=protocol)
    if main:
        repeats = protocol.repeats if first_draw else None
        count = repeat_count(len(main), repeats) if repeats else 0
        added += _draw_main(membership=membership, packs=main, protocol=protocol, repeats=count)
    return added


def draw_calibration(
    *, membership: Membership, packs: Packs, protocol: ProtocolDocument, attempt: int = 1
) -> list[Assignment]:
    """Store one attempt at the calibration cases, each under a new code in a new order."""
    generator = generator_of(
        *_seeds(membership, protocol), Stage.CALIBRATION.value, f"attempt {attempt}"
    )
    order = shuffled([case.code for case in packs], generator)
    return _store(
        membership=membership,
        packs=packs,
        listed=[Listed(code, is_repeat=False) for code in order],
        stage=Stage.CALIBRATION,
        attempt=attempt,
    )


def draw_adjudication(
    *, membership: Membership, packs: Packs, protocol: ProtocolDocument
) -> list[Assignment]:
    """Store the adjudicator's list."""
    generator = generator_of(*_seeds(membership, protocol), Stage.ADJUDICATION.value)
    order = shuffled([case.code for case in packs], generator)
    return _store(
        membership=membership,
        packs=packs,
        listed=[Listed(code, is_repeat=False) for code in order],
        stage=Stage.ADJUDICATION,
    )


def _draw_main(
    *, membership: Membership, packs: Packs, protocol: ProtocolDocument, repeats: int
) -> list[Assignment]:
    last = Assignment.objects.filter(
        study=membership.study, rater=membership.user, stage=Stage.MAIN
    ).aggregate(Max("position"))["position__max"]
    generator = generator_of(*_seeds(membership, protocol), *([f"after {last}"] if last else []))
    order = shuffled([case.code for case in packs], generator)
    return _store(
        membership=membership,
        packs=packs,
        listed=with_repeats(order, repeats, generator),
        stage=Stage.MAIN,
        first_position=(last or 0) + 1,
    )


def _seeds(membership: Membership, protocol: ProtocolDocument) -> tuple[object, ...]:
    """What an order hangs on: the same raters meet unrelated orders in another study."""
    shared = protocol.reading_order == "random-shared"
    rater = "all raters" if shared else membership.rater_number
    return protocol.seed, membership.study_id, rater


def _store(
    *,
    membership: Membership,
    packs: Packs,
    listed: Iterable[Listed],
    stage: Stage,
    attempt: int = 1,
    first_position: int = 1,
) -> list[Assignment]:
    case_of = {case.code: case for case in packs}
    places = [
        (
            place,
            Assignment(
                study=membership.study,
                rater=membership.user,
                case=case_of[place.case],
                media_pack=packs[case_of[place.case]],
                stage=stage,
                attempt=attempt,
                position=position,
                code=new_code(),
            ),
        )
        for position, place in enumerate(listed, start=first_position)
    ]
    first_times = Assignment.objects.bulk_create(
        assignment for place, assignment in places if not place.is_repeat
    )
    original_of = {assignment.case_id: assignment for assignment in first_times}
    repeats = [assignment for place, assignment in places if place.is_repeat]
    for repeat in repeats:
        repeat.repeat_of = original_of[repeat.case_id]
    return first_times + Assignment.objects.bulk_create(repeats)
