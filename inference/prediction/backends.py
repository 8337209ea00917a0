"""Where and with what a model's networks compute."""

from typing import Literal

import torch

from inference.errors import InferenceError
from inference.models.files import ModelFiles
from inference.models.network import restore_networks
from inference.prediction.networks import Precision, TileNetwork, has_bfloat16, torch_network

Backend = Literal["torch", "openvino"]


def check_device(device: str, backend: Backend, precision: Precision | None) -> torch.device:
    """Return a device by its name, if it is there and the backend can use it.

    Raises
    ------
    InferenceError
        Saying what is not there, and what to use.
    """
    kind, _, number = device.partition(":")
    if kind not in {"cpu", "cuda"} or (number and not number.isdigit()):
        raise InferenceError(f"Unknown device {device!r}: use cpu, cuda or cuda:<number>")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise InferenceError(
            f"There is no device {device!r}: torch {torch.__version__} sees "
            f"{torch.cuda.device_count()} CUDA devices. Use cpu."
        )
    if kind == "cuda" and backend == "openvino":
        raise InferenceError("OpenVINO computes on the CPU: use device cpu, or the backend torch")
    if kind == "cpu" and precision == "float16":
        raise InferenceError("A CPU computes in float32 or bfloat16, not in float16")
    return torch.device(device)


def prepared_networks(
    files: ModelFiles, device: torch.device, backend: Backend, asked: Precision
) -> tuple[list[TileNetwork], Precision]:
    """Prepare the network of each fold.

    Parameters
    ----------
    files
        The model.
    device, backend
        Where the networks are to compute, and with what.
    asked
        The precision asked for.

    Returns
    -------
    tuple
        A network for each fold, and the precision in which they really compute: a processor
        without bfloat16 computes in float32.
    """
    networks = restore_networks(files)
    precision = asked
    if asked == "bfloat16" and not has_bfloat16(device):
        precision = "float32"
    if backend == "torch":
        return [torch_network(network, device, precision) for network in networks], precision
    from inference.prediction.openvino_network import openvino_network

    configuration = files.plans["configurations"][files.card.prediction.configuration]
    compiled = [
        openvino_network(network, tuple(configuration["patch_size"]), precision)
        for network in networks
    ]
    return [network for network, _ in compiled], compiled[0][1]
