"""Propose which angiography runs were taken before recanalization and which after.

No header says it. What the times tell: a pass of a device takes minutes in which nothing is
injected for a picture, so that the runs fall into groups with long gaps between them. The first
group shows the occlusion, the last one how it ended; what lies between may show either. Times know
nothing of success: this is a proposal to a person, who looks at the runs and decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

Phase = Literal["before", "after", ""]

SHORTEST_PASS = timedelta(minutes=5)
LONGEST_PROCEDURE_GAP = timedelta(hours=6)
CLEARLY_LONGER = 2.0


def propose_phases(acquired_at: Sequence[datetime | None]) -> list[Phase]:
    """Propose a phase for each of a case's runs.

    Parameters
    ----------
    acquired_at
        When each run began, in any order; None where it is not known.

    Returns
    -------
    list
        "before", "after" or, where the times do not tell, "". All are empty where no gap is long
        enough for a pass, or where one is so long that the runs are of different procedures.
    """
    groups = _groups(sorted(time for time in acquired_at if time is not None))
    gaps = [later[0] - earlier[-1] for earlier, later in pairwise(groups)]
    if not gaps or max(gaps) > LONGEST_PROCEDURE_GAP:
        return ["" for _ in acquired_at]
    end_of_before = groups[_last_group_before(gaps)][-1]
    start_of_after = groups[-1][0]
    return [_phase(time, end_of_before, start_of_after) for time in acquired_at]


def _groups(times: Sequence[datetime]) -> list[list[datetime]]:
    """Runs that follow one another too quickly for a pass between them."""
    groups: list[list[datetime]] = []
    for time in times:
        if groups and time - groups[-1][-1] < SHORTEST_PASS:
            groups[-1].append(time)
        else:
            groups.append([time])
    return groups


def _last_group_before(gaps: Sequence[timedelta]) -> int:
    """Which group ends the diagnostic runs: the one before a gap that stands out, else the first.

    Diagnostic runs have gaps of their own where one vessel after the other is catheterised.
    """
    longest = max(range(len(gaps)), key=gaps.__getitem__)
    others = [gap for number, gap in enumerate(gaps) if number != longest]
    stands_out = all(gaps[longest] >= CLEARLY_LONGER * gap for gap in others)
    return longest if stands_out else 0


def _phase(time: datetime | None, end_of_before: datetime, start_of_after: datetime) -> Phase:
    if time is None:
        return ""
    if time <= end_of_before:
        return "before"
    return "after" if time >= start_of_after else ""
