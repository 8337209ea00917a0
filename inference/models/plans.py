"""What an nnU-Net ``plans.json`` may say.

nnU-Net imports classes and functions by the names that it finds in the plans and calls them with
the arguments beside them, so that a plans file alone can run any program. This module reads plans
against an allow-list of names, argument types and sizes, and hands on nothing that it did not
check.
"""

import math
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from inference.errors import ModelError

Name = Annotated[str, Field(max_length=200, pattern=r"^[\w .+-]+$")]
PositiveLength = Annotated[float, Field(gt=0.05, lt=50)]
PatchLength = Annotated[int, Field(ge=8, le=512)]
KernelSize = Annotated[int, Field(ge=1, le=7)]
Stride = Annotated[int, Field(ge=1, le=4)]
Features = Annotated[int, Field(ge=1, le=1024)]
Repeats = Annotated[int, Field(ge=1, le=16)]
ThreeOf = Field(min_length=3, max_length=3)
PerStage = Field(min_length=2, max_length=8)
PerDecoderStage = Field(min_length=1, max_length=7)


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class NormArguments(_Checked):
    """Arguments of the normalisation layers."""

    eps: Annotated[float, Field(gt=0, lt=1)] = 1e-5
    affine: bool = True


class DropoutArguments(_Checked):
    """Arguments of the dropout layers."""

    p: Annotated[float, Field(ge=0, lt=1)]
    inplace: bool = False


class NonlinearityArguments(_Checked):
    """Arguments of the nonlinearities."""

    inplace: bool = True


class _ArchitectureArguments(_Checked):
    n_stages: Annotated[int, Field(ge=2, le=8)]
    features_per_stage: Annotated[list[Features], PerStage]
    conv_op: Literal["torch.nn.modules.conv.Conv3d"]
    kernel_sizes: Annotated[list[Annotated[list[KernelSize], ThreeOf]], PerStage]
    strides: Annotated[list[Annotated[list[Stride], ThreeOf]], PerStage]
    n_conv_per_stage_decoder: Annotated[list[Repeats], PerDecoderStage]
    conv_bias: bool
    norm_op: Literal["torch.nn.modules.instancenorm.InstanceNorm3d"]
    norm_op_kwargs: NormArguments
    dropout_op: Literal["torch.nn.modules.dropout.Dropout3d"] | None
    dropout_op_kwargs: DropoutArguments | None
    nonlin: Literal["torch.nn.LeakyReLU", "torch.nn.ReLU"]
    nonlin_kwargs: NonlinearityArguments

    @model_validator(mode="after")
    def _one_entry_per_stage(self) -> Self:
        lengths = {len(self.features_per_stage), len(self.kernel_sizes), len(self.strides)}
        if lengths != {self.n_stages} or len(self.n_conv_per_stage_decoder) != self.n_stages - 1:
            raise ValueError(f"the lists per stage do not fit n_stages = {self.n_stages}")
        return self


class PlainConvArguments(_ArchitectureArguments):
    """Arguments of nnU-Net's plain convolutional U-Net."""

    n_conv_per_stage: Annotated[list[Repeats], PerStage]


class ResidualEncoderArguments(_ArchitectureArguments):
    """Arguments of nnU-Net's U-Net with a residual encoder."""

    n_blocks_per_stage: Annotated[list[Repeats], PerStage]


_NamesToImport = list[Literal["conv_op", "norm_op", "dropout_op", "nonlin"]]


class PlainConvArchitecture(_Checked):
    """The plain convolutional U-Net."""

    network_class_name: Literal["dynamic_network_architectures.architectures.unet.PlainConvUNet"]
    arch_kwargs: PlainConvArguments
    names_to_import: _NamesToImport = Field(alias="_kw_requires_import")


class ResidualEncoderArchitecture(_Checked):
    """The U-Net with a residual encoder."""

    network_class_name: Literal[
        "dynamic_network_architectures.architectures.unet.ResidualEncoderUNet"
    ]
    arch_kwargs: ResidualEncoderArguments
    names_to_import: _NamesToImport = Field(alias="_kw_requires_import")


class ResamplingArguments(_Checked):
    """Arguments of nnU-Net's default resampling."""

    is_seg: bool
    order: Annotated[int, Field(ge=0, le=5)]
    order_z: Annotated[int, Field(ge=0, le=5)]
    force_separate_z: bool | None = None


class Configuration(_Checked):
    """One configuration of the plans, for example ``3d_fullres``."""

    data_identifier: Name
    preprocessor_name: Literal["DefaultPreprocessor"]
    batch_size: Annotated[int, Field(ge=1, le=1024)]
    patch_size: Annotated[list[PatchLength], ThreeOf]
    median_image_size_in_voxels: Annotated[list[float], ThreeOf]
    spacing: Annotated[list[PositiveLength], ThreeOf]
    normalization_schemes: Annotated[
        list[Literal["CTNormalization", "ZScoreNormalization", "NoNormalization"]],
        Field(min_length=1, max_length=1),
    ]
    use_mask_for_norm: Annotated[list[bool], Field(min_length=1, max_length=1)]
    resampling_fn_data: Literal["resample_data_or_seg_to_shape"]
    resampling_fn_data_kwargs: ResamplingArguments
    resampling_fn_seg: Literal["resample_data_or_seg_to_shape"]
    resampling_fn_seg_kwargs: ResamplingArguments
    resampling_fn_probabilities: Literal["resample_data_or_seg_to_shape"]
    resampling_fn_probabilities_kwargs: ResamplingArguments
    batch_dice: bool
    architecture: Annotated[
        PlainConvArchitecture | ResidualEncoderArchitecture,
        Field(discriminator="network_class_name"),
    ]

    @model_validator(mode="after")
    def _strides_divide_the_patch(self) -> Self:
        for axis, length in enumerate(self.patch_size):
            stride = math.prod(step[axis] for step in self.architecture.arch_kwargs.strides)
            if length % stride:
                raise ValueError(f"patch_size {self.patch_size} is no multiple of the strides")
        return self


class IntensityProperties(_Checked):
    """Intensities of the training cases' foreground, HU."""

    max: float
    mean: float
    median: float
    min: float
    percentile_00_5: float
    percentile_99_5: float
    std: Annotated[float, Field(gt=0)]


class Plans(_Checked):
    """The plans of a 3D model of one channel, with the one configuration that is used."""

    dataset_name: Name
    plans_name: Name
    original_median_spacing_after_transp: Annotated[list[PositiveLength], ThreeOf]
    original_median_shape_after_transp: Annotated[list[int], ThreeOf]
    image_reader_writer: Literal["SimpleITKIO", "NibabelIO"]
    transpose_forward: Annotated[list[Literal[0, 1, 2]], ThreeOf]
    transpose_backward: Annotated[list[Literal[0, 1, 2]], ThreeOf]
    configurations: dict[Name, Configuration]
    experiment_planner_used: Name
    label_manager: Literal["LabelManager"]
    foreground_intensity_properties_per_channel: dict[Literal["0"], IntensityProperties]

    @model_validator(mode="after")
    def _axes_are_permuted_and_back(self) -> Self:
        there_and_back = [self.transpose_forward[axis] for axis in self.transpose_backward]
        if there_and_back != [0, 1, 2]:
            raise ValueError("transpose_backward does not undo transpose_forward")
        return self


class Dataset(_Checked):
    """The part of an nnU-Net ``dataset.json`` that prediction needs."""

    model_config = ConfigDict(extra="ignore", strict=True)

    channel_names: dict[Literal["0"], Name] = Field(min_length=1)
    labels: dict[Name, Annotated[int, Field(ge=0, le=255)]]
    file_ending: Literal[".nii.gz", ".nii", ".nrrd", ".mha"] = ".nii.gz"

    @model_validator(mode="after")
    def _labels_are_consecutive(self) -> Self:
        if self.labels.get("background") != 0 or len(self.labels) < 2:
            raise ValueError("labels need a background of 0 and at least one more label")
        if sorted(self.labels.values()) != list(range(len(self.labels))):
            raise ValueError("labels must be numbered 0, 1, 2, … without gaps")
        return self


def check_plans(plans: Any, configuration: str) -> dict[str, Any]:
    """Check plans against the allow-list.

    Parameters
    ----------
    plans
        The parsed content of a ``plans.json``.
    configuration
        Name of the configuration to use; the others are left out.

    Returns
    -------
    dict
        Plans with nothing in them but what was checked, for nnU-Net's ``PlansManager``.

    Raises
    ------
    ModelError
        Naming the first entry that is not allowed.
    """
    configurations = plans.get("configurations") if isinstance(plans, dict) else None
    if not isinstance(configurations, dict) or configuration not in configurations:
        raise ModelError(f"plans.json has no configuration {configuration!r}")
    used = configurations[configuration]
    if isinstance(used, dict) and ({"inherits_from", "previous_stage"} & used.keys()):
        raise ModelError(
            f"plans.json: configuration {configuration!r} builds on another one "
            "(inherits_from or previous_stage); only self-contained configurations are supported"
        )
    only_used = dict(plans) | {"configurations": {configuration: used}}
    return _validated(Plans, only_used, "plans.json").model_dump(by_alias=True)


def check_dataset(dataset: object) -> dict[str, Any]:
    """Check the parsed content of a ``dataset.json``.

    Returns
    -------
    dict
        Channel names, labels and file ending; everything else is left out.

    Raises
    ------
    ModelError
        Naming the first entry that is not allowed.
    """
    return _validated(Dataset, dataset, "dataset.json").model_dump()


_Schema = TypeVar("_Schema", bound=BaseModel)


def _validated(schema: type[_Schema], content: object, file_name: str) -> _Schema:
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        found = repr(first["input"])[:80]
        message = f"{file_name} is not allowed: {place}: {first['msg']} (found {found})"
        raise ModelError(message) from error
