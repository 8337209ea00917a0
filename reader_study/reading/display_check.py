"""Whether a rater's screen shows what the images hold, asked before reading.

The pattern is that of AAPM Report 270 (TG270-sQC) in its main feature: 18 patches of grey, 0 to
255 in steps of 15, each with a mark of barely another grey inside. Some patches have no mark, so
that who says yes to all is noticed.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.reading.models import DisplayCheck, DisplayVerdict
from reader_study.studies.models import Study

PATCHES = 18
HOLDS_FOR = timedelta(hours=12)
"""Longer than anybody reads in one day; the light of the room is another on the next."""


@dataclass(frozen=True)
class Screen:
    """What the browser tells of the screen; sizes in CSS pixels.

    Attributes
    ----------
    pixel_ratio
        Pixels of the device to one of CSS.
    colour_depth
        Bits of one pixel.
    zoom_percent
        Of the browser, or None where it does not tell.
    """

    screen_width: int
    screen_height: int
    window_width: int
    window_height: int
    pixel_ratio: float
    colour_depth: int
    zoom_percent: int | None


@dataclass(frozen=True)
class Findings:
    """What the answers say of a display; patches are counted from black, 0–17.

    Attributes
    ----------
    unseen
        Patches whose mark was not seen.
    imagined
        Patches without a mark where one was reported.
    """

    unseen: tuple[int, ...]
    imagined: tuple[int, ...]

    @property
    def verdict(self) -> DisplayVerdict:
        """Every mark was seen, and none where there is none."""
        failed = self.unseen or self.imagined
        return DisplayVerdict.FAILED if failed else DisplayVerdict.PASSED


def findings_of(*, empty: Collection[int], seen: Collection[int]) -> Findings:
    """Compare what was seen with what was shown."""
    return Findings(
        unseen=tuple(one for one in range(PATCHES) if one not in empty and one not in seen),
        imagined=tuple(sorted(set(empty) & set(seen))),
    )


@transaction.atomic
def record_display_check(
    *,
    study: Study,
    rater: User,
    session: str,
    screen: Screen,
    room_is_dim: bool,
    empty: Collection[int],
    seen: Collection[int],
    goes_on: bool,
) -> DisplayCheck:
    """Keep a check. Who passes goes on; who fails may, which is kept as said."""
    findings = findings_of(empty=empty, seen=seen)
    check = DisplayCheck.objects.create(
        study=study,
        rater=rater,
        session=session,
        **asdict(screen),
        room_is_dim=room_is_dim,
        empty_patches=sorted(set(empty)),
        seen_patches=sorted(set(seen)),
        verdict=findings.verdict,
        went_on=goes_on or findings.verdict == DisplayVerdict.PASSED,
    )
    record(
        action="display checked",
        actor=rater,
        study_id=study.pk,
        subject=rater.username,
        verdict=check.verdict,
        went_on=check.went_on,
    )
    return check


def checks_that_hold(study: Study, rater: User, session: str) -> QuerySet[DisplayCheck]:
    """The checks of this log-in session after which the rater may go straight to the cases."""
    return DisplayCheck.objects.filter(
        study=study,
        rater=rater,
        session=session,
        went_on=True,
        at__gte=timezone.now() - HOLDS_FOR,
    )


def last_display_checks(study: Study) -> dict[int, DisplayCheck]:
    """Return each rater's last check after which they read, by the user's key."""
    checks = DisplayCheck.objects.filter(study=study, went_on=True).order_by("at", "pk")
    return {check.rater_id: check for check in checks}
