"""nnU-Net's own predictor with a stored model, to compare with."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from numpy.typing import NDArray

from inference.models.files import read_model_files
from inference.models.network import restore_networks


def mask_by_nnunet(
    directory: Path, hu: NDArray[Any], spacing_zyx_mm: tuple[float, ...]
) -> NDArray[np.uint8]:
    files = read_model_files(directory)
    settings = files.card.prediction
    predictor = nnUNetPredictor(
        tile_step_size=settings.tile_step,
        use_mirroring=bool(settings.mirroring_axes),
        device=torch.device("cpu"),
        allow_tqdm=False,
    )
    networks, plans = restore_networks(files), PlansManager(files.plans)
    predictor.manual_initialization(
        networks[0],
        plans,
        plans.get_configuration(settings.configuration),
        [network.state_dict() for network in networks],
        files.dataset,
        "",
        tuple(settings.mirroring_axes) or None,
    )
    mask: NDArray[np.uint8] = predictor.predict_single_npy_array(
        hu[None].astype(np.float32), {"spacing": list(spacing_zyx_mm)}
    )
    return mask
