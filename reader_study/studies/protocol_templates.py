"""Protocols to start from. A study's own protocol is a copy that its coordinator edits."""

from dataclasses import dataclass

from reader_study.studies.protocol import (
    Calibration,
    HiddenRepeats,
    Level,
    ProtocolDocument,
    Question,
    Territory,
    UnscorableReason,
)


@dataclass(frozen=True)
class ProtocolTemplate:
    """A protocol to start from, and what it is good for."""

    key: str
    name: str
    description: str
    document: ProtocolDocument


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

SEED_STUDY_PROTOCOL = FOUR_POINT_PROTOCOL.model_copy(update={"repeats": HiddenRepeats()})

_USUAL_CALIBRATION = Calibration(cases=5, pass_mark=0.8, tolerance_levels=1)

THREE_POINT_PROTOCOL = ProtocolDocument(
    title="Three-point quality of the predicted arterial tree against DSA",
    levels=(
        Level(
            value=1,
            name="Not usable",
            anchor="A trunk needed to reach the occlusion (ICA, M1, BA) is missing or misleading.",
        ),
        Level(
            value=2,
            name="Usable with care",
            anchor="Trunks are right; a branch (M2, A1, A2, P1) is missing, broken or added.",
        ),
        Level(
            value=3,
            name="Fully usable",
            anchor="Trunks and branches down to M2, A2 and P1 agree with DSA.",
        ),
    ),
    high_from=2,
    unscorable_reasons=USUAL_REASONS,
    repeats=HiddenRepeats(),
    weights="linear",
)

CALIBRATED_FOUR_POINT_PROTOCOL = ProtocolDocument(
    title="Four-point agreement of the predicted arterial tree with DSA",
    levels=FOUR_LEVELS,
    high_from=3,
    unscorable_reasons=USUAL_REASONS,
    calibration=_USUAL_CALIBRATION,
    repeats=HiddenRepeats(),
    weights="quadratic",
    adjudication="across-cut-point",
)

ZERO_TO_FIVE_PROTOCOL = ProtocolDocument(
    title="Quality of the predicted arterial tree from 0 to 5",
    levels=(
        Level(value=0, name="Absent", anchor="No artery drawn, or none where DSA shows one."),
        Level(
            value=1,
            name="Very poor",
            anchor="Fragments only; the course of the ICA or BA cannot be followed.",
        ),
        Level(
            value=2,
            name="Poor",
            anchor="ICA and BA can be followed, but an M1, A1 or P1 is missing or wrong.",
        ),
        Level(
            value=3,
            name="Fair",
            anchor="All of ICA, BA, M1, A1, P1 right; an M2, A2 or P2 missing over > 1 cm.",
        ),
        Level(
            value=4,
            name="Good",
            anchor="All branches down to M2, A2, P2 right; gaps or false stumps < 1 cm.",
        ),
        Level(
            value=5,
            name="Excellent",
            anchor="Course, calibre and branching agree with DSA; nothing missing or added.",
        ),
    ),
    high_from=4,
    unscorable_reasons=USUAL_REASONS,
    calibration=_USUAL_CALIBRATION,
    repeats=HiddenRepeats(),
    weights="quadratic",
    adjudication="two-levels-apart",
)

TWELVE_SEGMENTS = (
    *(
        Territory(code=f"{artery.lower()}-{side}", label=f"{artery} {side}")
        for artery in ("ICA", "M1", "M2", "A1", "A2")
        for side in ("right", "left")
    ),
    Territory(code="ba", label="BA"),
    Territory(code="va", label="VA, dominant"),
)

PER_SEGMENT_PROTOCOL = ProtocolDocument(
    title="Quality of each arterial segment, of the whole tree, and clinical use",
    levels=(
        Level(
            value=1,
            name="Wrong",
            anchor="The artery is missing, or drawn where DSA shows none.",
        ),
        Level(
            value=2,
            name="Partial",
            anchor="Present, but less than half of its length follows the course on DSA.",
        ),
        Level(
            value=3,
            name="Nearly right",
            anchor="At least half of its length follows DSA; a gap or false stump remains.",
        ),
        Level(
            value=4,
            name="Right",
            anchor="Course, length and origin agree with DSA throughout.",
        ),
    ),
    high_from=3,
    unscorable_reasons=USUAL_REASONS,
    territories=TWELVE_SEGMENTS,
    questions=(
        Question(code="clinically-usable", label="Clinically usable to plan thrombectomy?"),
    ),
    calibration=_USUAL_CALIBRATION,
    repeats=HiddenRepeats(),
    weights="quadratic",
    adjudication="across-cut-point",
)


def _signed(protocol: ProtocolDocument) -> ProtocolDocument:
    """A study that begins from a template asks for signatures unless its coordinator says not."""
    return protocol.model_copy(update={"signatures": "required"})


SIGNED_FOUR_POINT_PROTOCOL = _signed(FOUR_POINT_PROTOCOL)

PROTOCOL_TEMPLATES = (
    ProtocolTemplate(
        key="lvo-four-point",
        name="Two-rater study of stroke patients",
        description="Four levels, high quality from “Good”, unweighted κ, and one case in ten "
        "read again after four weeks.",
        document=_signed(SEED_STUDY_PROTOCOL),
    ),
    ProtocolTemplate(
        key="three-point",
        name="Three-point scale",
        description="The quickest to read and to teach: not usable, usable with care, fully "
        "usable.",
        document=_signed(THREE_POINT_PROTOCOL),
    ),
    ProtocolTemplate(
        key="four-point",
        name="Four-point scale with calibration",
        description="Five training cases to pass first, and a third reader where the grades lie "
        "on different sides of the cut-point.",
        document=_signed(CALIBRATED_FOUR_POINT_PROTOCOL),
    ),
    ProtocolTemplate(
        key="zero-to-five",
        name="Scale from 0 to 5",
        description="Six levels for finer differences; plan more training for the raters.",
        document=_signed(ZERO_TO_FIVE_PROTOCOL),
    ),
    ProtocolTemplate(
        key="per-segment",
        name="Per segment",
        description="Twelve arterial segments, the whole tree, and whether it is clinically "
        "usable: after the Geneva reader study.",
        document=_signed(PER_SEGMENT_PROTOCOL),
    ),
)
