"""The shape of a snapshot: everything that a locked study's report is computed from."""

from typing import Any, TypedDict

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


class SnapshotRating(TypedDict):
    """One submitted rating; either a grade or a reason why the case was unscorable."""

    case: str
    site: str
    rater: str
    grade: int | None
    unscorable_reason: str | None
    comment: str
    submitted_at: str
    wall_seconds: float | None


class SnapshotDocument(TypedDict):
    """A locked study. ``snapshot_sha256`` covers every other key."""

    study: SnapshotStudy
    protocol: dict[str, Any]
    protocol_sha256: str
    model: dict[str, Any] | None
    locked_at: str
    raters: list[SnapshotRater]
    ratings: list[SnapshotRating]
    snapshot_sha256: str


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
