"""What may stand in a de-identified object, by SOP class. Everything else is dropped."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import vocabulary
from .code_table import (
    ADMINISTRATION_ROUTES,
    ANY_CONTRAST_AGENT,
    ANY_ROUTE,
    CONTRAST_AGENTS,
    INGREDIENTS,
    MEANINGS,
)
from .functional_groups import CT_GROUPS, XA_GROUPS
from .rule_building import (
    AllowList,
    allow,
    case_code,
    codes,
    emptied,
    fixed,
    frame_numbers,
    items,
    pattern,
    pixel_value,
    pointers,
    standard_uid,
    tag,
    terms,
    words,
)
from .rules import Rule
from .shared_parts import COLLIMATOR, REFERENCED_IMAGES, SHUTTER

_REDUCED = "reduced to words of a list"
_COMMON = allow(
    "SOPInstanceUID StudyInstanceUID SeriesInstanceUID StudyDate SeriesDate AcquisitionDate "
    "ContentDate AcquisitionDateTime StudyTime SeriesTime AcquisitionTime ContentTime "
    "SeriesNumber AcquisitionNumber InstanceNumber",
    ImageType=terms(vocabulary.IMAGE_TYPE, otherwise="OTHER"),
    SOPClassUID=standard_uid(),
    Modality=terms(vocabulary.MODALITY),
    Manufacturer=words("kept if a known maker of scanners", vocabulary.maker),
    SeriesDescription=words(_REDUCED, vocabulary.safe_words),
    DerivationDescription=words(_REDUCED, vocabulary.safe_words, "ST"),
    ProtocolName=words(_REDUCED, vocabulary.safe_words),
    BodyPartExamined=terms(vocabulary.BODY_PART),
    PatientPosition=terms(vocabulary.PATIENT_POSITION),
    PatientOrientation=pattern("CS", "kept if letters of directions", "[APLRHF]{1,3}"),
    ImageLaterality=terms(vocabulary.LATERALITY),
    PatientName=case_code("PN"),
    PatientID=case_code("LO"),
    PatientBirthDate=emptied("DA"),
    PatientSex=emptied("CS"),
    AccessionNumber=emptied("SH"),
    ReferringPhysicianName=emptied("PN"),
    StudyID=emptied("SH"),
)
_CLASSIC = _COMMON | allow(Laterality=terms(vocabulary.LATERALITY))
_PIXELS = allow(
    "SamplesPerPixel PlanarConfiguration Rows Columns BitsAllocated BitsStored HighBit "
    "PixelRepresentation NumberOfFrames PixelAspectRatio LossyImageCompressionRatio "
    "WindowCenter WindowWidth RescaleIntercept RescaleSlope",
    PhotometricInterpretation=terms(vocabulary.PHOTOMETRIC),
    SmallestImagePixelValue=pixel_value(),
    LargestImagePixelValue=pixel_value(),
    PixelPaddingValue=pixel_value(),
    PixelPaddingRangeLimit=pixel_value(),
    RescaleType=terms(vocabulary.RESCALE_TYPES, vr="LO"),
    VOILUTFunction=terms(frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})),
    PresentationLUTShape=terms(frozenset({"IDENTITY", "INVERSE"})),
    BurnedInAnnotation=terms(vocabulary.YES_NO),
    LossyImageCompression=terms(frozenset({"00", "01"})),
    LossyImageCompressionMethod=terms(
        frozenset({"ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_15444_15"})
    ),
)
_PLANE = allow(
    "PixelSpacing ImagePositionPatient ImageOrientationPatient SliceThickness "
    "SpacingBetweenSlices SliceLocation FrameOfReferenceUID",
    PositionReferenceIndicator=emptied("LO"),
)
_TUBE = allow(
    "KVP ExposureTime XRayTubeCurrent Exposure ExposureInuAs ExposureTimeInuS XRayTubeCurrentInuA "
    "GeneratorPower FocalSpots DistanceSourceToDetector DistanceSourceToPatient",
)
_CONTRAST = allow(ContrastBolusAgent=words("“NONE” or “CONTRAST AGENT”", vocabulary.contrast_agent))
_REFERENCES = allow(
    ReferencedImageSequence=REFERENCED_IMAGES, SourceImageSequence=REFERENCED_IMAGES
)
_CT = allow(
    "DataCollectionDiameter ReconstructionDiameter GantryDetectorTilt TableHeight "
    "RevolutionTime SingleCollimationWidth TotalCollimationWidth TableSpeed "
    "TableFeedPerRotation SpiralPitchFactor CTDIvol ImagesInAcquisition "
    "DataCollectionCenterPatient ReconstructionTargetCenterPatient",
    ScanOptions=terms(vocabulary.SCAN_OPTIONS),
    RotationDirection=terms(vocabulary.ROTATION),
    ConvolutionKernel=pattern("SH", "kept if a usual name of a kernel", vocabulary.KERNEL.pattern),
)
_CINE = allow(
    "CineRate FrameTime FrameTimeVector FrameDelay StartTrim StopTrim "
    "RecommendedDisplayFrameRate RepresentativeFrameNumber",
    FrameIncrementPointer=pointers("FrameTime", "FrameTimeVector"),
)
_MASK = allow(
    MaskSubtractionSequence=items(
        allow(
            "ContrastFrameAveraging MaskSubPixelShift TIDOffset SubtractionItemID",
            MaskOperation=terms(frozenset({"NONE", "AVG_SUB", "TID", "REV_TID"})),
            ApplicableFrameRange=frame_numbers(in_pairs=True),
            MaskFrameNumbers=frame_numbers(),
        ),
        needs="MaskOperation",
    ),
    RecommendedViewingMode=terms(frozenset({"SUB", "NAT"})),
)
_C_ARM = allow(
    "PositionerPrimaryAngle PositionerSecondaryAngle PositionerPrimaryAngleIncrement "
    "PositionerSecondaryAngleIncrement DetectorPrimaryAngle DetectorSecondaryAngle "
    "ColumnAngulation EstimatedRadiographicMagnificationFactor ImagerPixelSpacing "
    "IntensifierSize FieldOfViewDimensions FieldOfViewOrigin FieldOfViewRotation "
    "AveragePulseWidth TableTraverse TableHeight TableAngle TableVerticalIncrement "
    "TableLateralIncrement TableLongitudinalIncrement PixelSpacing "
    "PixelIntensityRelationshipSign FrameOfReferenceUID",
    PositionerMotion=terms(vocabulary.MOTION),
    PositionerType=terms(frozenset({"CARM", "COLUMN"})),
    TableMotion=terms(vocabulary.MOTION),
    FieldOfViewShape=terms(vocabulary.FIELD_SHAPES),
    FieldOfViewHorizontalFlip=terms(vocabulary.YES_NO),
    RadiationSetting=terms(frozenset({"SC", "GR"})),
    RadiationMode=terms(frozenset({"CONTINUOUS", "PULSED"})),
    PixelIntensityRelationship=terms(frozenset({"LIN", "LOG", "DISP"})),
    Grid=terms(frozenset({"IN", "NONE", "FIXED", "FOCUSED", "RECIPROCATING", "PARALLEL"})),
    PositionReferenceIndicator=emptied("LO"),
    AnatomicRegionSequence=codes(MEANINGS),
)
_ENHANCED = allow(
    "InstanceNumber AcquisitionDuration ConcatenationUID SOPInstanceUIDOfConcatenationSource "
    "InConcatenationNumber InConcatenationTotalNumber ConcatenationFrameOffsetNumber",
    ContentQualification=terms(frozenset({"PRODUCT", "RESEARCH", "SERVICE"})),
    PresentationIntentType=terms(frozenset({"FOR PRESENTATION", "FOR PROCESSING"})),
    PixelPresentation=fixed("CS", "MONOCHROME"),
    VolumetricProperties=terms(frozenset({"VOLUME", "SAMPLED", "DISTORTED", "MIXED"})),
    VolumeBasedCalculationTechnique=terms(vocabulary.CALCULATIONS),
    Manufacturer=words(
        "kept if a known maker of scanners, else “REMOVED”",
        lambda text: vocabulary.maker(text) or "REMOVED",
    ),
    ManufacturerModelName=fixed("LO", "REMOVED"),
    DeviceSerialNumber=fixed("LO", "REMOVED"),
    SoftwareVersions=fixed("LO", "REMOVED"),
    DimensionOrganizationType=terms(frozenset({"3D", "3D_TEMPORAL", "TILED_FULL"})),
    DimensionOrganizationSequence=items(allow("DimensionOrganizationUID")),
    DimensionIndexSequence=items(
        allow(
            "DimensionOrganizationUID",
            DimensionIndexPointer=pointers(),
            FunctionalGroupPointer=pointers(),
        )
    ),
    AcquisitionContextSequence=items({}),
    ContrastBolusAgentSequence=codes(
        CONTRAST_AGENTS,
        allow(
            "ContrastBolusVolume ContrastBolusIngredientConcentration ContrastBolusAgentNumber",
            ContrastBolusAdministrationRouteSequence=codes(
                ADMINISTRATION_ROUTES, otherwise=ANY_ROUTE
            ),
            ContrastBolusIngredientCodeSequence=codes(INGREDIENTS, otherwise=ANY_CONTRAST_AGENT),
        ),
        otherwise=ANY_CONTRAST_AGENT,
    ),
)
_ENHANCED_XA = allow(
    "DistanceSourceToIsocenter XRayTubeCurrentInmA ExposureTimeInms ExposureInmAs",
    CArmPositionerTabletopRelationship=terms(vocabulary.YES_NO),
    PlanesInAcquisition=terms(frozenset({"SINGLE PLANE", "BIPLANE", "UNDEFINED"})),
    XRayReceptorType=terms(frozenset({"IMG_INTENSIFIER", "DIGITAL_DETECTOR"})),
    PatientOrientationCodeSequence=codes(MEANINGS),
    PatientGantryRelationshipCodeSequence=codes(MEANINGS),
)
_SECONDARY_CAPTURE = allow(
    "PixelSpacing NominalScannedPixelSpacing",
    ConversionType=terms(vocabulary.CONVERSION_TYPE),
    PatientPosition=terms(vocabulary.PATIENT_POSITION),
)


@dataclass(frozen=True)
class ObjectKind:
    """One SOP class that can be de-identified.

    Attributes
    ----------
    allowed
        Rules by tag.
    always_written
        Elements that the standard requires: written, if need be without a value, even where the
        source lacks them or their value was dropped.
    """

    name: str
    allowed: Mapping[int, Rule]
    always_written: frozenset[int]


_ALWAYS = (
    "StudyDate StudyTime AccessionNumber ReferringPhysicianName PatientName PatientID "
    "PatientBirthDate PatientSex StudyID SeriesNumber InstanceNumber Manufacturer "
)
_ENHANCED_ALWAYS = (
    "AcquisitionContextSequence ManufacturerModelName DeviceSerialNumber SoftwareVersions"
)


def _kind(name: str, *parts: AllowList, always: str = "") -> ObjectKind:
    allowed: AllowList = {}
    for part in parts:
        allowed |= part
    return ObjectKind(name, allowed, frozenset(map(tag, (_ALWAYS + always).split())))


_SC_PARTS = (_CLASSIC, _PIXELS, _CINE, _SECONDARY_CAPTURE)
_XA_PARTS = (
    _PIXELS, _TUBE, _CONTRAST, _REFERENCES, _CINE, _MASK, _C_ARM, SHUTTER, COLLIMATOR
)  # fmt: skip
KINDS: dict[str, ObjectKind] = {
    "1.2.840.10008.5.1.4.1.1.2": _kind(
        "CT", _CLASSIC, _PIXELS, _PLANE, _TUBE, _CONTRAST, _REFERENCES, _CT,
        always="PositionReferenceIndicator SliceThickness KVP AcquisitionNumber",
    ),
    "1.2.840.10008.5.1.4.1.1.2.1": _kind(
        "Enhanced CT", _COMMON, _PIXELS, _PLANE, _REFERENCES, _ENHANCED, CT_GROUPS,
        always=f"PositionReferenceIndicator {_ENHANCED_ALWAYS}",
    ),
    "1.2.840.10008.5.1.4.1.1.12.1": _kind("XA", _CLASSIC, *_XA_PARTS),
    "1.2.840.10008.5.1.4.1.1.12.1.1": _kind(
        "Enhanced XA", _COMMON, *_XA_PARTS, _ENHANCED, _ENHANCED_XA, XA_GROUPS,
        always=_ENHANCED_ALWAYS,
    ),
    "1.2.840.10008.5.1.4.1.1.12.2": _kind("XRF", _CLASSIC, *_XA_PARTS),
    "1.2.840.10008.5.1.4.1.1.7": _kind("Secondary Capture", *_SC_PARTS),
    "1.2.840.10008.5.1.4.1.1.7.2": _kind("Grayscale Byte Secondary Capture", *_SC_PARTS),
    "1.2.840.10008.5.1.4.1.1.7.3": _kind("Grayscale Word Secondary Capture", *_SC_PARTS),
    "1.2.840.10008.5.1.4.1.1.7.4": _kind("True Color Secondary Capture", *_SC_PARTS),
}  # fmt: skip
