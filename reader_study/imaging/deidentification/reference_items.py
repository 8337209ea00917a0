"""References to other images: which, and which of their frames."""

from .rule_building import allow, items, standard_uid

REFERENCED_IMAGES = items(
    allow(
        "ReferencedSOPInstanceUID ReferencedFrameNumber",
        ReferencedSOPClassUID=standard_uid(),
    ),
    needs="ReferencedSOPClassUID ReferencedSOPInstanceUID",
)
