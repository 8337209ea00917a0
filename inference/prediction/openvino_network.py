"""A fold's network in OpenVINO, which computes faster than torch on Intel's and AMD's processors.

OpenVINO brings the package ``openvino-telemetry``, which reports to its makers over the internet as
soon as ``openvino`` is imported. Here that package is kept from being imported, for which OpenVINO
is prepared, and the network is handed over in memory.
"""

import sys
import warnings
from typing import Any

import numpy as np
import torch

from inference.errors import InferenceError
from inference.prediction.networks import Precision, TileNetwork

_HINTS = {"float32": "f32", "bfloat16": "bf16"}


def openvino_network(
    network: torch.nn.Module, patch: tuple[int, ...], precision: Precision
) -> tuple[TileNetwork, Precision]:
    """Compile a network for tiles of one shape.

    Parameters
    ----------
    network
        With its weights, for evaluation, on the CPU.
    patch
        Voxels of a tile.
    precision
        Number format asked for.

    Returns
    -------
    tuple
        The network, and the precision in which it really computes on this processor.

    Raises
    ------
    InferenceError
        If OpenVINO is not installed or cannot compile the network.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    except ImportError as error:
        raise InferenceError(
            "OpenVINO is not installed: pip install 'ncct-artery-reader-study[openvino]', or use "
            "the backend torch"
        ) from error
    shape = (1, 1, *patch)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            # Torch would have its tracer replaced, which OpenVINO's reader is built on.
            warnings.simplefilter("ignore")
            decoder = TorchScriptPythonDecoder(network, example_input=torch.zeros(shape))
        frontend = FrontEndManager().load_by_framework("pytorch")
        model = frontend.convert(frontend.load(decoder))
        model.reshape(list(shape))
        settings = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "PERFORMANCE_HINT": "LATENCY",
        }
        compiled = openvino.Core().compile_model(model, "CPU", settings)
    except RuntimeError as error:
        raise InferenceError(f"OpenVINO cannot compile the network: {error}") from error
    computes_in = compiled.get_property("INFERENCE_PRECISION_HINT")
    request = compiled.create_infer_request()
    return _predict_with(request), "bfloat16" if computes_in == openvino.Type.bf16 else "float32"


def _predict_with(request: Any) -> TileNetwork:
    def predict(tiles: torch.Tensor) -> torch.Tensor:
        logits = [
            # A copy: the next tile overwrites OpenVINO's own output.
            np.array(request.infer([tile[np.newaxis]], share_inputs=True, share_outputs=True)[0])
            for tile in tiles.numpy()
        ]
        return torch.from_numpy(logits[0] if len(logits) == 1 else np.concatenate(logits))

    return predict
