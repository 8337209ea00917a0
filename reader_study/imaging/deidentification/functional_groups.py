"""Allow-lists of the functional groups of enhanced CT and XA (PS3.3, C.7.6.16, C.8.15, C.8.19)."""

from . import vocabulary
from .code_table import ANY_REGION, MEANINGS
from .rule_building import AllowList, allow, codes, fixed, items, pattern, stack_label, terms
from .rules import Rule
from .shared_parts import COLLIMATOR, REFERENCED_IMAGES_WITH_PURPOSE, SHUTTER

_REGION = codes(MEANINGS, otherwise=ANY_REGION)
_FRAME_TYPE = terms(vocabulary.IMAGE_TYPE, otherwise="OTHER")
_SHARED_BY_BOTH: dict[str, Rule] = {
    "FrameContentSequence": items(
        allow(
            "FrameAcquisitionNumber FrameReferenceDateTime FrameAcquisitionDateTime "
            "FrameAcquisitionDuration DimensionIndexValues InStackPositionNumber "
            "TemporalPositionIndex",
            StackID=stack_label(),
        )
    ),
    "FrameAnatomySequence": items(
        allow(AnatomicRegionSequence=_REGION, FrameLaterality=terms(vocabulary.LATERALITY))
    ),
    "FrameVOILUTSequence": items(
        allow(
            "WindowCenter WindowWidth",
            VOILUTFunction=terms(frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})),
        )
    ),
    "PixelMeasuresSequence": items(allow("PixelSpacing SliceThickness SpacingBetweenSlices")),
    "PlanePositionSequence": items(allow("ImagePositionPatient")),
    "PlaneOrientationSequence": items(allow("ImageOrientationPatient")),
    "ReferencedImageSequence": REFERENCED_IMAGES_WITH_PURPOSE,
    "IrradiationEventIdentificationSequence": items(allow("IrradiationEventUID")),
    "PixelValueTransformationSequence": items(
        allow(
            "RescaleIntercept RescaleSlope",
            RescaleType=terms(vocabulary.RESCALE_TYPES, vr="LO"),
        )
    ),
}
_CT_ONLY: dict[str, Rule] = {
    "CTImageFrameTypeSequence": items(
        allow(
            FrameType=_FRAME_TYPE,
            PixelPresentation=fixed("CS", "MONOCHROME"),
            VolumetricProperties=terms(frozenset({"VOLUME", "SAMPLED", "DISTORTED", "MIXED"})),
            VolumeBasedCalculationTechnique=terms(vocabulary.CALCULATIONS),
        )
    ),
    "CTAcquisitionTypeSequence": items(
        allow(
            "TubeAngle",
            AcquisitionType=terms(
                frozenset({"SEQUENCED", "SPIRAL", "CONSTANT_ANGLE", "STATIONARY", "FREE"})
            ),
            ConstantVolumeFlag=terms(vocabulary.YES_NO),
            FluoroscopyFlag=terms(vocabulary.YES_NO),
        )
    ),
    "CTAcquisitionDetailsSequence": items(
        allow(
            "RevolutionTime SingleCollimationWidth TotalCollimationWidth TableHeight "
            "GantryDetectorTilt DataCollectionDiameter",
            RotationDirection=terms(vocabulary.ROTATION),
        )
    ),
    "CTTableDynamicsSequence": items(allow("TableSpeed TableFeedPerRotation SpiralPitchFactor")),
    "CTGeometrySequence": items(
        allow("DistanceSourceToDetector DistanceSourceToDataCollectionCenter")
    ),
    "CTReconstructionSequence": items(
        allow(
            "ReconstructionDiameter ReconstructionFieldOfView ReconstructionPixelSpacing "
            "ReconstructionAngle",
            ReconstructionAlgorithm=terms(
                frozenset({"FILTER_BACK_PROJ", "ITERATIVE"}), otherwise="OTHER"
            ),
            ConvolutionKernel=pattern(
                "SH",
                "kept if a usual name of a kernel, else “OTHER”",
                vocabulary.KERNEL.pattern,
                otherwise="OTHER",
            ),
            ConvolutionKernelGroup=terms(
                frozenset({"BRAIN", "SOFT_TISSUE", "LUNG", "BONE", "CONSTANT_ANGLE"}),
                otherwise="OTHER",
            ),
            ImageFilter=fixed("SH", "REMOVED"),
        )
    ),
    "CTPositionSequence": items(
        allow("TablePosition DataCollectionCenterPatient ReconstructionTargetCenterPatient")
    ),
    "CTExposureSequence": items(
        allow(
            "ExposureTimeInms XRayTubeCurrentInmA ExposureInmAs EstimatedDoseSaving CTDIvol",
            ExposureModulationType=terms(frozenset({"NONE"}), otherwise="OTHER"),
        )
    ),
    "CTXRayDetailsSequence": items(
        allow(
            "KVP FocalSpots",
            FilterType=terms(vocabulary.FILTERS, otherwise="OTHER", vr="SH"),
            FilterMaterial=terms(vocabulary.FILTER_MATERIALS, otherwise="OTHER"),
        )
    ),
    "ContrastBolusUsageSequence": items(
        allow(
            "ContrastBolusAgentNumber",
            ContrastBolusAgentAdministered=terms(vocabulary.YES_NO),
            ContrastBolusAgentDetected=terms(vocabulary.YES_NO),
            ContrastBolusAgentPhase=terms(vocabulary.CONTRAST_PHASES),
        )
    ),
}
_XA_ONLY: dict[str, Rule] = {
    "FramePixelDataPropertiesSequence": items(
        allow(
            "ImagerPixelSpacing PixelIntensityRelationshipSign GeometricMaximumDistortion",
            FrameType=_FRAME_TYPE,
            PixelIntensityRelationship=terms(frozenset({"LIN", "LOG", "DISP"})),
            GeometricalProperties=terms(frozenset({"UNIFORM", "NON_UNIFORM"})),
            ImageProcessingApplied=terms(
                frozenset(
                    {
                        "DIGITAL_SUBTR",
                        "HIGH_PASS_FILTER",
                        "LOW_PASS_FILTER",
                        "MULTI_BAND_FLTR",
                        "FRAME_AVERAGING",
                        "NONE",
                    }
                )
            ),
        )
    ),
    "PositionerPositionSequence": items(
        allow("PositionerPrimaryAngle PositionerSecondaryAngle ColumnAngulation")
    ),
    "IsocenterReferenceSystemSequence": items(
        allow(
            "PositionerIsocenterPrimaryAngle PositionerIsocenterSecondaryAngle "
            "PositionerIsocenterDetectorRotationAngle TableXPositionToIsocenter "
            "TableYPositionToIsocenter TableZPositionToIsocenter TableHorizontalRotationAngle "
            "TableHeadTiltAngle TableCradleTiltAngle"
        )
    ),
    "XRayGeometrySequence": items(allow("DistanceSourceToIsocenter DistanceSourceToDetector")),
    "FieldOfViewSequence": items(
        allow(
            "FieldOfViewDimensionsInFloat FieldOfViewOrigin FieldOfViewRotation",
            FieldOfViewShape=terms(vocabulary.FIELD_SHAPES),
            FieldOfViewHorizontalFlip=terms(vocabulary.YES_NO),
        )
    ),
    "ProjectionPixelCalibrationSequence": items(
        allow(
            "TableHeight DistanceObjectToTableTop ObjectPixelSpacingInCenterOfBeam "
            "BeamAngle PrimaryPositionerScanArc"
        )
    ),
    "FramePixelShiftSequence": items(allow("SubtractionItemID MaskSubPixelShift")),
    "FrameAcquisitionSequence": items(
        allow("KVP XRayTubeCurrentInmA FrameAcquisitionDuration ExposureTimeInms")
    ),
    "FrameDisplayShutterSequence": items(SHUTTER),
    "CollimatorShapeSequence": items(COLLIMATOR),
    "TablePositionSequence": items(
        allow("TableTopVerticalPosition TableTopLongitudinalPosition TableTopLateralPosition")
    ),
}


def _groups(rules: dict[str, Rule]) -> AllowList:
    allowed = allow("", **rules)
    return allow(
        "",
        SharedFunctionalGroupsSequence=items(allowed, keeps_empty_items=True),
        PerFrameFunctionalGroupsSequence=items(allowed, keeps_empty_items=True),
    )


CT_GROUPS = _groups(_SHARED_BY_BOTH | _CT_ONLY)
XA_GROUPS = _groups(_SHARED_BY_BOTH | _XA_ONLY)
