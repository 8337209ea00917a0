"""A fold's network in OpenVINO, which computes faster than torch on Intel's and AMD's processors.

OpenVINO brings the package ``openvino-telemetry``, which reports to its makers over the internet as
soon as ``openvino`` is imported. Here that package is kept from being imported, for which OpenVINO
is prepared, and the network is handed over in memory.
"""

import sys
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from typing import Any

import numpy as np
import torch

from inference.errors import InferenceError
from inference.prediction.networks import Precision, TileNetwork
from inference.prediction.threads import torch_in_one_thread

_HINTS = {"float32": "f32", "bfloat16": "bf16"}
# Two tiles at a time, with half of the threads each: threads wait less for each other. More would
# need the memory of as many tiles.
_TILES_AT_A_TIME = 2


def openvino_network(
    network: torch.nn.Module, patch: tuple[int, ...], precision: Precision
) -> tuple[TileNetwork, Precision]:
    """Compile a network for tiles of one shape, which it takes one a batch.

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
            "NUM_STREAMS": min(_TILES_AT_A_TIME, torch.get_num_threads()),
        }
        compiled = openvino.Core().compile_model(model, "CPU", settings)
    except RuntimeError as error:
        raise InferenceError(f"OpenVINO cannot compile the network: {error}") from error
    computes_in = compiled.get_property("INFERENCE_PRECISION_HINT")
    # One more waits in OpenVINO, so that nothing stands still while logits are gathered here.
    requests = [compiled.create_infer_request() for _ in range(_TILES_AT_A_TIME + 1)]
    return _predict_with(requests), "bfloat16" if computes_in == openvino.Type.bf16 else "float32"


def _predict_with(requests: Sequence[Any]) -> TileNetwork:
    def predict(batches: Iterable[torch.Tensor]) -> Generator[torch.Tensor, None, None]:
        free, computing = deque(requests), deque[Any]()
        with torch_in_one_thread():  # which leaves OpenVINO the cores
            try:
                for tiles in batches:
                    if not free:
                        yield _logits_of_first(computing, free)
                    free[0].start_async([tiles.numpy()], share_inputs=True)
                    computing.append(free.popleft())
                while computing:
                    yield _logits_of_first(computing, free)
            finally:  # also when the prediction is given up
                for request in computing:
                    request.wait()

    return predict


def _logits_of_first(computing: deque[Any], free: deque[Any]) -> torch.Tensor:
    request = computing[0]
    request.wait()
    # A copy: the request's next tile overwrites OpenVINO's own output.
    logits = torch.from_numpy(np.array(request.get_output_tensor().data))
    free.append(computing.popleft())
    return logits
