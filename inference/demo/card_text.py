"""The demo model's card, written for people from the same figures as ``model-card.json``."""

from typing import Any


def model_card_text(card: dict[str, Any]) -> str:
    """Write a model card in Markdown.

    Parameters
    ----------
    card
        The content of a demo model's ``model-card.json``, with its training and evaluation.
    """
    recipe, evaluation = card["training"]["recipe"], card["evaluation"]
    rows = "\n".join(
        f"| {score['seed']} | {score['dice']:.3f} | {_percent(score['recall_beyond_occlusion'])} |"
        for score in evaluation["phantoms"]
    )
    minutes, versions = card["training"]["minutes"], card["training"]["versions"]
    parameters, sd = card["training"]["parameters"], evaluation["dice_sd"]
    spread = "" if sd is None else f" ± {sd:.3f}"
    return f"""# {card["name"]}

**{card["notice"]}**

It segments the arteries of computer-made head phantoms, so that this software can be tried without
patients' data. It has never seen a patient's CT. What it draws on a real CT means nothing.

## Result on {len(evaluation["phantoms"])} held-out phantoms

Dice {evaluation["dice_mean"]:.3f}{spread}, lowest {evaluation["dice_min"]:.3f}; mean recall of M2
and M3 beyond the occlusion {_percent(evaluation["recall_beyond_occlusion_mean"])}.
CT volumes of {_times(evaluation["shape_zyx"])} voxels at {_times(evaluation["spacing_zyx_mm"])} mm
(z, y, x), segmented by nnU-Net's own predictor and compared on the CT's grid.

| Phantom seed | Dice | Recall beyond the occlusion |
| --- | --- | --- |
{rows}

## How it was made

`python -m inference train-demo --output DIRECTORY` on {len(recipe["training_seeds"])} phantoms
(seeds from {recipe["training_seeds"][0]}): {recipe["iterations"]} iterations with
{recipe["batch_size"]} patches of {_times(recipe["patch_zyx"])} voxels at
{_times(recipe["grid_spacing_zyx_mm"])} mm, AdamW from {recipe["learning_rate"]}, no augmentation.
nnU-Net's plain U-Net with {_times(recipe["features"], " / ")} channels, {parameters} weights.
{minutes["phantoms"]} minutes for the phantoms and {minutes["training"]} for the training on
a CPU. {", ".join(f"{name} {version}" for name, version in versions.items())}.

Labels: background 0, artery 1. Prediction: tile step {card["prediction"]["tile_step"]}, no
mirroring, {card["prediction"]["precision"]} on a CPU.

SHA-256 of the model, as `inference/models/files.py` defines it: `{card["sha256"]}`
"""


def _percent(share: float | None) -> str:
    return "no occlusion" if share is None else f"{share:.0%}"


def _times(numbers: list[float], between: str = " × ") -> str:
    return between.join(f"{number:g}" for number in numbers)
