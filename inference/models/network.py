"""nnU-Net's network, built from checked plans."""

from typing import Any

import torch
from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

from inference.errors import ModelError
from inference.models.files import ModelFiles, Weights, unaliased_tensors


def build_network(plans: dict[str, Any], configuration: str, labels: int) -> torch.nn.Module:
    """Build an untrained network for one channel of CT.

    Parameters
    ----------
    plans
        Checked plans; see `inference.models.plans.check_plans`.
    configuration
        Name of the plans' configuration.
    labels
        Number of labels, the background included.
    """
    architecture = plans["configurations"][configuration]["architecture"]
    network: torch.nn.Module = get_network_from_plans(
        architecture["network_class_name"],
        architecture["arch_kwargs"],
        architecture["_kw_requires_import"],
        input_channels=1,
        output_channels=labels,
        deep_supervision=False,
    )
    return network


def restore_networks(files: ModelFiles) -> list[torch.nn.Module]:
    """Build the network of every fold of a stored model and give it its weights.

    Raises
    ------
    ModelError
        If the weights are not exactly those of the architecture in the plans.
    """
    return [_restore(files, weights) for weights in files.folds]


def _restore(files: ModelFiles, weights: Weights) -> torch.nn.Module:
    network = build_network(
        files.plans, files.card.prediction.configuration, len(files.dataset["labels"])
    )
    wanted = {name: tensor.shape for name, tensor in unaliased_tensors(network).items()}
    stored = {name: tensor.shape for name, tensor in weights.items()}
    differing = sorted(
        name for name in wanted.keys() | stored.keys() if wanted.get(name) != stored.get(name)
    )
    if differing:
        raise ModelError(
            f"The weights of {files.card.name} do not fit its plans: {len(differing)} tensors "
            f"are missing, unknown or of another shape, the first is {differing[0]}"
        )
    # The only names left out are aliases of these.
    network.load_state_dict(weights, strict=False)
    return network.eval()
