"""Protocols to start from. A study's own protocol is a copy that its coordinator edits."""

from reader_study.studies.protocol import (
    Level,
    ProtocolDocument,
    UnscorableReason,
)

USUAL_REASONS = (
    UnscorableReason(code="no-dsa", label="No usable DSA"),
    UnscorableReason(code="motion", label="Motion"),
    UnscorableReason(code="not-opacified", label="Territory not opacified"),
    UnscorableReason(code="segmentation-failed", label="Segmentation failed"),
)

FOUR_LEVELS = (
    Level(
        value=1,
        name="Poor",
        anchor="A main branch (ICA, M1, A1, P1, BA) is missing or wrong; misleading.",
    ),
    Level(
        value=2,
        name="Limited",
        anchor="Main branches present, but M2, A2 or P2 is missing or wrong over > 1 cm.",
    ),
    Level(
        value=3,
        name="Good",
        anchor="All branches down to M2, A2, P2 present; small gaps or false stumps only.",
    ),
    Level(
        value=4,
        name="Excellent",
        anchor="Course and branching agree with DSA throughout; nothing missing or added.",
    ),
)

FOUR_POINT_PROTOCOL = ProtocolDocument(
    title="Four-point quality of the predicted arterial tree against DSA",
    levels=FOUR_LEVELS,
    high_from=3,
    unscorable_reasons=USUAL_REASONS,
    weights="none",
)
