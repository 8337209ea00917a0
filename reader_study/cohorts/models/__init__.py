"""What hospitals sent: uploads, cases and their image series."""

from .cases import Case, CasePurpose, OcclusionSegment, OcclusionSide, SealedIdentity
from .deletions import PatientDeletion
from .series import BuildPurpose, Phase, Review, Series, SeriesBuild, SeriesKind
from .uploads import MessageLevel, QuarantinedFile, QuarantinedPart, Upload, UploadMessage

__all__ = [
    "BuildPurpose",
    "Case",
    "CasePurpose",
    "MessageLevel",
    "OcclusionSegment",
    "OcclusionSide",
    "PatientDeletion",
    "Phase",
    "QuarantinedFile",
    "QuarantinedPart",
    "Review",
    "SealedIdentity",
    "Series",
    "SeriesBuild",
    "SeriesKind",
    "Upload",
    "UploadMessage",
]
