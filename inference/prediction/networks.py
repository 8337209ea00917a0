"""What computes a tile: a fold's network in torch."""

from collections.abc import Callable, Generator, Iterable
from typing import Literal

import torch

Precision = Literal["float32", "bfloat16", "float16"]

# Batches of tiles, each float32 [tile, 1, z, y, x] on the network's device, to the logits of each,
# float32 [tile, label, z, y, x] on the same device, in the same order. A network may take some
# batches more before it yields the logits of the first.
TileNetwork = Callable[[Iterable[torch.Tensor]], Generator[torch.Tensor, None, None]]

_AUTOCAST = {"bfloat16": torch.bfloat16, "float16": torch.float16}


def has_bfloat16(device: torch.device) -> bool:
    """Tell whether the processor or GPU computes in bfloat16; others take much longer with it."""
    if device.type == "cpu":
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    with torch.cuda.device(device):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))


def torch_network(
    network: torch.nn.Module, device: torch.device, precision: Precision
) -> TileNetwork:
    """Prepare a network for a device.

    Parameters
    ----------
    network
        With its weights, for evaluation.
    device
        Where it is to compute.
    precision
        Number format of the convolutions; sums and the result are float32.
    """
    network = network.to(device).eval()
    number_format = _AUTOCAST.get(precision)

    def predict(batches: Iterable[torch.Tensor]) -> Generator[torch.Tensor, None, None]:
        for tiles in batches:
            with (
                torch.autocast(device.type, number_format, enabled=number_format is not None),
                torch.backends.cudnn.flags(benchmark=True),  # all tiles have one shape
            ):
                logits: torch.Tensor = network(tiles)
            yield logits.float()

    return predict
