"""nnU-Net plans for the demo model, made without nnU-Net's planner.

The planner starts a pool of processes and plans for a GPU; the demo model is trained on a CPU in
minutes, with a patch and a network to match.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.demo.recipe import Recipe

CONFIGURATION = "3d_fullres"
DATASET_NAME = "Dataset001_ArteryPhantoms"
DATASET = {
    "channel_names": {"0": "CT"},
    "labels": {"background": 0, "artery": 1},
    "file_ending": ".nii.gz",
}


def intensity_properties(
    artery_hu: NDArray[np.floating[Any]], window_hu: tuple[float, float]
) -> dict[str, float]:
    """Describe the intensities of arteries as nnU-Net's fingerprint does, within a window.

    nnU-Net clips to the percentiles of the foreground. Bone beside the carotid arteries would
    widen these to where the contrast of arteries and brain is lost.

    Parameters
    ----------
    artery_hu
        CT values of arteries, HU.
    window_hu
        Range to clip to, HU.
    """
    low, high = window_hu
    clipped = np.clip(artery_hu, low, high)
    return {
        "max": float(artery_hu.max()),
        "mean": float(clipped.mean()),
        "median": float(np.median(artery_hu)),
        "min": float(artery_hu.min()),
        "percentile_00_5": low,
        "percentile_99_5": high,
        "std": float(clipped.std()),
    }


def demo_plans(recipe: Recipe, intensities: dict[str, float]) -> dict[str, Any]:
    """Make the plans of the demo model.

    Parameters
    ----------
    recipe
        The training recipe.
    intensities
        See `intensity_properties`.
    """
    extent_mm = np.multiply(recipe.shape_zyx, recipe.spacing_zyx_mm)
    grid_shape = [float(length) for length in np.round(extent_mm / recipe.grid_spacing_zyx_mm)]
    resampling = "resample_data_or_seg_to_shape"
    image_resampling = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    return {
        "dataset_name": DATASET_NAME,
        "plans_name": "demo",
        "original_median_spacing_after_transp": list(recipe.spacing_zyx_mm),
        "original_median_shape_after_transp": list(recipe.shape_zyx),
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "configurations": {
            CONFIGURATION: {
                "data_identifier": f"demo_{CONFIGURATION}",
                "preprocessor_name": "DefaultPreprocessor",
                "batch_size": recipe.batch_size,
                "patch_size": list(recipe.patch_zyx),
                "median_image_size_in_voxels": grid_shape,
                "spacing": list(recipe.grid_spacing_zyx_mm),
                "normalization_schemes": ["CTNormalization"],
                "use_mask_for_norm": [False],
                "resampling_fn_data": resampling,
                "resampling_fn_data_kwargs": image_resampling,
                "resampling_fn_seg": resampling,
                "resampling_fn_seg_kwargs": {**image_resampling, "is_seg": True, "order": 1},
                "resampling_fn_probabilities": resampling,
                "resampling_fn_probabilities_kwargs": {**image_resampling, "order": 1},
                "batch_dice": True,
                "architecture": _architecture(recipe),
            }
        },
        "experiment_planner_used": "none",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": intensities},
    }


def _architecture(recipe: Recipe) -> dict[str, Any]:
    stages = len(recipe.features)
    spacing = recipe.grid_spacing_zyx_mm
    # nnU-Net's rules for thick slices: neither look across them nor pool them until the voxels of
    # both axes are alike.
    ratio = spacing[0] / max(spacing[1:])
    within = 1 if ratio > 2 else 3
    halve_slices = 1 if ratio >= 2 else 2
    return {
        "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
        "arch_kwargs": {
            "n_stages": stages,
            "features_per_stage": list(recipe.features),
            "conv_op": "torch.nn.modules.conv.Conv3d",
            "kernel_sizes": [[within, 3, 3]] + [[3, 3, 3]] * (stages - 1),
            "strides": [[1, 1, 1], [halve_slices, 2, 2]] + [[2, 2, 2]] * (stages - 2),
            "n_conv_per_stage": [recipe.convolutions] * stages,
            "n_conv_per_stage_decoder": [1] * (stages - 1),
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
