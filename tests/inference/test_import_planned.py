"""Plans that nnU-Net's own planners write are what the import expects."""

import contextlib
import io
import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from nnunetv2.experiment_planning.experiment_planners.default_experiment_planner import (
    ExperimentPlanner,
)
from nnunetv2.experiment_planning.experiment_planners.residual_unets.residual_encoder_unet_planners import (  # noqa: E501
    nnUNetPlannerResEncM,
)

from inference.errors import ModelError
from inference.models.importing.stored_plans import self_contained_plans
from inference.models.plans import check_plans
from tests.inference.honest_model import DATASET_NAME, nnunet_folders
from tests.inference.untrained_model import INTENSITIES

DATASET = {
    "channel_names": {"0": "CT"},
    "labels": {"background": 0, "artery": 1},
    "numTraining": 1,
    "file_ending": ".nii.gz",
}
FINGERPRINT = {
    "foreground_intensity_properties_per_channel": {"0": INTENSITIES},
    "median_relative_size_after_cropping": 1.0,
    "shapes_after_crop": [[40, 64, 64]],
    "spacings": [[1.0, 0.45, 0.45]],
}


@pytest.fixture
def root(tmp_path) -> Path:
    raw, preprocessed = (tmp_path / kind / DATASET_NAME for kind in ("raw", "preprocessed"))
    for folder, suffix in (("imagesTr", "_0000"), ("labelsTr", "")):
        (raw / folder).mkdir(parents=True)
        image = nibabel.Nifti1Image(np.zeros((8, 8, 8), np.uint8), np.eye(4))
        image.to_filename(raw / folder / f"case{suffix}.nii.gz")
    preprocessed.mkdir(parents=True)
    for folder in (raw, preprocessed):
        (folder / "dataset.json").write_text(json.dumps(DATASET))
    (preprocessed / "dataset_fingerprint.json").write_text(json.dumps(FINGERPRINT))
    return tmp_path


@pytest.mark.parametrize("planner", [ExperimentPlanner, nnUNetPlannerResEncM])
def test_3d_plans_are_accepted_and_2d_plans_refused(root, planner, monkeypatch):
    monkeypatch.setenv("nnUNet_n_proc_DA", "1")  # the planner uses it as a number of threads
    with nnunet_folders(root), contextlib.redirect_stdout(io.StringIO()):
        planning = planner(DATASET_NAME)
        planning.plan_experiment()
    path = root / "preprocessed" / DATASET_NAME / f"{planning.plans_identifier}.json"
    plans = json.loads(path.read_text())
    checked = check_plans(self_contained_plans(plans, "3d_fullres"), "3d_fullres")
    written = plans["configurations"]["3d_fullres"]
    assert checked["configurations"]["3d_fullres"]["patch_size"] == written["patch_size"]
    assert checked["configurations"]["3d_fullres"]["architecture"] == written["architecture"]
    with pytest.raises(ModelError, match="2D model"):
        self_contained_plans(plans, "2d")
