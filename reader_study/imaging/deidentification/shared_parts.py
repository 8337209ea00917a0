"""Parts of the allow-list that stand both at the top of an object and inside its frames."""

from . import vocabulary
from .code_table import PURPOSES
from .rule_building import allow, codes, items, standard_uid, terms

_REFERENCE = allow(
    "ReferencedSOPInstanceUID ReferencedFrameNumber",
    ReferencedSOPClassUID=standard_uid(),
    PurposeOfReferenceCodeSequence=codes(PURPOSES),
)
_NEEDED = "ReferencedSOPClassUID ReferencedSOPInstanceUID"
REFERENCED_IMAGES = items(_REFERENCE, needs=_NEEDED)
REFERENCED_IMAGES_WITH_PURPOSE = items(
    _REFERENCE, needs=f"{_NEEDED} PurposeOfReferenceCodeSequence"
)
SHUTTER = allow(
    "ShutterLeftVerticalEdge ShutterRightVerticalEdge ShutterUpperHorizontalEdge "
    "ShutterLowerHorizontalEdge CenterOfCircularShutter RadiusOfCircularShutter "
    "VerticesOfThePolygonalShutter ShutterPresentationValue",
    ShutterShape=terms(vocabulary.SHAPES),
)
COLLIMATOR = allow(
    "CollimatorLeftVerticalEdge CollimatorRightVerticalEdge CollimatorUpperHorizontalEdge "
    "CollimatorLowerHorizontalEdge CenterOfCircularCollimator RadiusOfCircularCollimator "
    "VerticesOfThePolygonalCollimator",
    CollimatorShape=terms(vocabulary.SHAPES),
)
