"""From all the names of a checkpoint's tensors to each tensor once."""

from typing import Any

import torch

from inference.errors import ModelError
from inference.models.files import Weights
from inference.models.network import build_network


def weights_without_aliases(
    stored: Weights, plans: dict[str, Any], configuration: str, labels: int, name: str
) -> Weights:
    """Keep one name for each tensor of the network, and make sure that nothing else is lost.

    nnU-Net's networks register the same layer under several names (``all_modules``,
    ``decoder.encoder``), and a checkpoint holds it under each.

    Parameters
    ----------
    stored
        The checkpoint's tensors by name.
    plans, configuration
        Checked plans.
    labels
        Number of labels, the background included.
    name
        The checkpoint's name for people.

    Raises
    ------
    ModelError
        If a tensor is missing, unknown, of another shape, not finite, or differs from its alias.
    """
    with torch.device("meta"):  # names and shapes only: nothing is computed or stored
        network = build_network(plans, configuration, labels)
    wanted = network.state_dict(keep_vars=True)
    differing = sorted(
        key
        for key in wanted.keys() | stored.keys()
        if key not in wanted or key not in stored or wanted[key].shape != stored[key].shape
    )
    if differing:
        first = differing[0]
        raise ModelError(
            f"{name}: network_weights: {len(differing)} tensors do not fit the plans' network, "
            f"the first is {first[:120]!r} (network: {_shape(wanted, first)}, checkpoint: "
            f"{_shape(stored, first)}). plans.json and checkpoint are of different models, or the "
            "trainer changed the network."
        )
    first_name: dict[int, str] = {}
    kept: Weights = {}
    canonical = dict(network.named_parameters()) | dict(network.named_buffers())
    for key in canonical | wanted:
        original = first_name.setdefault(id(wanted[key]), key)
        if original == key:
            if not torch.isfinite(stored[key]).all():
                raise ModelError(f"{name}: network_weights: {key[:120]!r} is not finite")
            kept[key] = stored[key].clone(memory_format=torch.contiguous_format)
        elif not torch.equal(stored[key], kept[original]):
            raise ModelError(
                f"{name}: network_weights: {key[:120]!r} is another name of {original[:120]!r} "
                "and holds other values: the file was altered"
            )
    return kept


def _shape(tensors: dict[str, torch.Tensor], key: str) -> str:
    return str(tuple(tensors[key].shape)) if key in tensors else "absent"
