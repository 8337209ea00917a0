"""The shape of a snapshot: everything that a locked study's report is computed from."""

from typing import Any, NotRequired, TypedDict

from reader_study.audit.chain import Head
from reader_study.signatures.printed import PrintedSignature
from reader_study.studies.canonical_json import canonical_sha256


class SnapshotStudy(TypedDict):
    """The study as it was named at lock; ``data_notice`` is empty for real data."""

    id: str
    name: str
    data_notice: str


class SnapshotRater(TypedDict):
    """A rater: the code used in tables, and the person's account."""

    code: str
    username: str


class FormerRater(SnapshotRater):
    """A rater who left the study before the lock, and why."""

    reason: str


class SnapshotViewUse(TypedDict):
    """What the rater did to the images of a case until submitting it, taken-back answers included.

    ``tree_over_dsa_seconds`` is how long the predicted tree lay over a run; pauses count.
    """

    tree_over_dsa: bool
    tree_over_dsa_seconds: float
    head_turned: bool
    mask_changed: bool


class SnapshotRating(TypedDict):
    """One submitted rating; either a grade or a reason why the case was unscorable.

    ``position`` is the place in the rater's order of reading, hidden repeats counted; None where
    the rating was loaded without images, and so is ``view_use``. The keys that may be absent are
    absent from snapshots of earlier releases.
    """

    case: str
    site: str
    occlusion_side: NotRequired[str]
    occlusion_segment: NotRequired[str]
    rater: str
    grade: int | None
    unscorable_reason: str | None
    comment: str
    submitted_at: str
    wall_seconds: float | None
    territory_grades: NotRequired[dict[str, int | str]]
    question_answers: NotRequired[dict[str, bool]]
    active_seconds: NotRequired[float | None]
    attempt: NotRequired[int]
    position: NotRequired[int | None]
    protocol_sha256: NotRequired[str]
    view_use: NotRequired[SnapshotViewUse | None]


class SupersededRating(SnapshotRating):
    """A rating that was given again: it counts nowhere, and is kept.

    ``taken_back`` tells what the rater took back at once from what a coordinator unlocked.
    """

    repeat: bool
    unlock_reason: str
    taken_back: NotRequired[bool]


class CalibrationAttempt(TypedDict):
    """How a rater did in one attempt at the calibration cases."""

    rater: str
    attempt: int
    agreed: int
    total: int
    passed: bool
    finished_at: str


class SnapshotDisplayCheck(TypedDict):
    """What a rater saw of the test pattern; sizes in CSS pixels, patches counted from black."""

    rater: str
    at: str
    verdict: str
    went_on: bool
    empty_patches: list[int]
    seen_patches: list[int]
    screen: list[int]
    pixel_ratio: float
    colour_depth: int
    zoom_percent: int | None
    room_is_dim: bool


class SnapshotProtocolVersion(TypedDict):
    """A version of the protocol; ``reason`` says why the one before was changed."""

    version: int
    sha256: str
    reason: str
    created_at: str


class WithdrawnCase(TypedDict):
    """A case that was taken out of the study, and why."""

    case: str
    reason: str


class AuditHead(TypedDict):
    """How far the study's audit trail went: the last event's number, and its MAC in full."""

    sequence: int
    mac: str


class SnapshotDocument(TypedDict):
    """A locked study. ``snapshot_sha256`` covers every other key.

    ``ratings`` alone enter the primary analysis: one of each case by each rater who was in the
    study at lock. Whatever else was read stands apart. The keys that may be absent are absent from
    snapshots of the first release.
    """

    study: SnapshotStudy
    protocol: dict[str, Any]
    protocol_sha256: str
    protocol_versions: NotRequired[list[SnapshotProtocolVersion]]
    model: dict[str, Any] | None
    locked_at: str
    raters: list[SnapshotRater]
    ratings: list[SnapshotRating]
    repeats: NotRequired[list[SnapshotRating]]
    calibration: NotRequired[list[CalibrationAttempt]]
    display_checks: NotRequired[list[SnapshotDisplayCheck]]
    superseded: NotRequired[list[SupersededRating]]
    withdrawn_cases: NotRequired[list[WithdrawnCase]]
    former_raters: NotRequired[list[FormerRater]]
    former_ratings: NotRequired[list[SnapshotRating]]
    signatures: NotRequired[list[PrintedSignature]]
    audit_head: NotRequired[AuditHead]
    snapshot_sha256: str


def printed_audit_head(audit_head: AuditHead | None) -> str:
    """Return a head as exports show it, such as ``12:0123456789abcdef``; "" where there is none."""
    return str(Head(**audit_head)) if audit_head else ""


def snapshot_sha256(snapshot: SnapshotDocument) -> str:
    """Return the hash that a snapshot must carry: of all its keys but the hash itself."""
    return canonical_sha256(
        {key: value for key, value in snapshot.items() if key != "snapshot_sha256"}
    )


def check_snapshot(snapshot: SnapshotDocument) -> None:
    """Refuse a snapshot that is not the one that was hashed at lock.

    Raises
    ------
    ValueError
        If the content and ``snapshot_sha256`` differ.
    """
    found = snapshot_sha256(snapshot)
    if snapshot["snapshot_sha256"] != found:
        raise ValueError(
            f"The snapshot of “{snapshot['study']['name']}” does not match its hash: it carries "
            f"{snapshot['snapshot_sha256'][:12]}…, its content gives {found[:12]}…. It was "
            "changed after the lock; restore it from a backup before reporting."
        )
