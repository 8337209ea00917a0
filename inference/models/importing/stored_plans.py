"""Plans as nnU-Net's releases wrote them, brought into the one form that is checked.

Nothing here imports or calls what the plans name; `inference.models.plans` then checks all of it.
"""

from typing import Any

from inference.errors import ModelError

# What old plans say of the network in place of an ``architecture``.
_OLD_ENTRIES = (
    "UNet_class_name",
    "UNet_base_num_features",
    "unet_max_num_features",
    "n_conv_per_stage_encoder",
    "n_conv_per_stage_decoder",
    "num_pool_per_axis",
    "pool_op_kernel_sizes",
    "conv_kernel_sizes",
)
_UNET = "dynamic_network_architectures.architectures.unet."
_OLD_CLASSES = {
    "PlainConvUNet": (f"{_UNET}PlainConvUNet", "n_conv_per_stage"),
    "ResidualEncoderUNet": (f"{_UNET}ResidualEncoderUNet", "n_blocks_per_stage"),
}
_DEEPEST = 8


def self_contained_plans(plans: object, configuration: str) -> dict[str, Any]:
    """Return plans with one configuration that builds on no other.

    Parameters
    ----------
    plans
        The parsed content of a ``plans.json`` of nnU-Net 2.
    configuration
        Name of the configuration to keep.

    Raises
    ------
    ModelError
        If there is no such configuration, or if it needs another model's output.
    """
    if not isinstance(plans, dict) or not isinstance(plans.get("configurations"), dict):
        raise ModelError("plans.json has no configurations: it is not of nnU-Net 2")
    used = _resolved(plans["configurations"], configuration)
    if used.get("previous_stage") is not None:
        raise ModelError(
            f"plans.json: {configuration!r} refines the output of another model "
            f"({str(used['previous_stage'])[:60]!r}), and cascades are not supported. "
            "Import the 3d_fullres model."
        )
    if len(_as_list(used.get("patch_size"))) == 2:
        raise ModelError(
            f"plans.json: {configuration!r} is a 2D model, and 3D models only are supported. "
            "Import the 3d_fullres model."
        )
    # Which stage comes next, and whether a training was continued, matters to no prediction.
    for entry in ("inherits_from", "previous_stage", "next_stage"):
        used.pop(entry, None)
    kept = {name: value for name, value in plans.items() if name != "continue_training"}
    if "foreground_intensity_properties_by_modality" in kept:
        by_modality = kept.pop("foreground_intensity_properties_by_modality")
        kept.setdefault("foreground_intensity_properties_per_channel", by_modality)
    if "architecture" not in used:
        used = _with_architecture(used)
    return kept | {"configurations": {configuration: used}}


def _resolved(configurations: dict[str, Any], name: str) -> dict[str, Any]:
    """Follow ``inherits_from`` as nnU-Net does: what a configuration says itself wins."""
    chain: list[dict[str, Any]] = []
    wanted: object = name
    while wanted is not None:
        entry = configurations.get(wanted) if isinstance(wanted, str) else None
        if not isinstance(entry, dict):
            raise ModelError(f"plans.json has no configuration {str(wanted)[:60]!r}")
        chain.append(entry)
        if len(chain) > _DEEPEST:
            raise ModelError(f"plans.json: configuration {name!r} inherits from itself")
        wanted = entry.get("inherits_from")
    merged: dict[str, Any] = {}
    for entry in reversed(chain):
        merged.update(entry)
    return merged


def _with_architecture(old: dict[str, Any]) -> dict[str, Any]:
    """Say in today's words what nnU-Net before 2.4 said of the network.

    After ``ConfigurationManager`` of nnunetv2 2.8.1.
    """
    kind = old.get("UNet_class_name")
    if not isinstance(kind, str) or kind not in _OLD_CLASSES:
        raise ModelError(
            f"plans.json: neither an architecture nor a known UNet_class_name "
            f"(found {str(kind)[:60]!r}). Plan and train again with nnU-Net 2.4 or later."
        )
    class_name, blocks = _OLD_CLASSES[kind]
    encoder = _as_list(old.get("n_conv_per_stage_encoder"))
    base, most = old.get("UNet_base_num_features"), old.get("unet_max_num_features")
    if not isinstance(base, int) or not isinstance(most, int) or len(encoder) > _DEEPEST:
        raise ModelError("plans.json: UNet_base_num_features or the stages are no proper numbers")
    features = [min(base * 2**stage, most) for stage in range(len(encoder))]
    architecture = {
        "network_class_name": class_name,
        "arch_kwargs": {
            "n_stages": len(encoder),
            "features_per_stage": features,
            "conv_op": "torch.nn.modules.conv.Conv3d",
            "kernel_sizes": old.get("conv_kernel_sizes"),
            "strides": old.get("pool_op_kernel_sizes"),
            blocks: encoder,
            "n_conv_per_stage_decoder": old.get("n_conv_per_stage_decoder"),
            "conv_bias": True,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
            "norm_op_kwargs": {"eps": 1e-5, "affine": True},
            "dropout_op": None,
            "dropout_op_kwargs": None,
            "nonlin": "torch.nn.LeakyReLU",
            "nonlin_kwargs": {"inplace": True},
        },
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    }
    kept = {name: value for name, value in old.items() if name not in _OLD_ENTRIES}
    return kept | {"architecture": architecture}


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def one_channel_dataset(dataset: object) -> dict[str, Any]:
    """Return a dataset of one CT channel and plain labels, as prediction needs it.

    Parameters
    ----------
    dataset
        The parsed content of a ``dataset.json`` of nnU-Net 2.

    Raises
    ------
    ModelError
        If the model needs several channels, another modality or region-based labels.
    """
    if not isinstance(dataset, dict):
        raise ModelError("dataset.json is not of nnU-Net: it holds no entries")
    channels = dataset.get("channel_names", dataset.get("modality"))
    if not isinstance(channels, dict) or len(channels) != 1:
        names = ", ".join(map(str, channels.values())) if isinstance(channels, dict) else "none"
        raise ModelError(
            f"dataset.json: channel_names: the model needs one channel, the non-contrast CT, and "
            f"this one has {names[:100]!r}. Train a model on the CT alone."
        )
    (channel,) = channels.values()
    if "ct" not in str(channel).lower():
        raise ModelError(
            f"dataset.json: channel_names: the channel is {str(channel)[:60]!r}, not a CT, and "
            "a CT is all that the model would be given."
        )
    labels = dataset.get("labels")
    if not isinstance(labels, dict):
        raise ModelError("dataset.json: labels: missing, so it is not of nnU-Net 2")
    if dataset.get("regions_class_order") or any(
        isinstance(value, list | tuple) for value in labels.values()
    ):
        raise ModelError(
            "dataset.json: labels: the model predicts overlapping regions "
            "(regions_class_order), which is not supported. Train it with one value a label."
        )
    # nnU-Net never predicts the label that marks what to leave out of the training.
    predicted = {name: value for name, value in labels.items() if name != "ignore"}
    return {"channel_names": {"0": str(channel)}, "labels": predicted}
