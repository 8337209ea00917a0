"""The demo model's card, written for people from the same figures as ``model-card.json``."""

from typing import Any

from inference.models.card_text import evaluation_text


def model_card_text(card: dict[str, Any]) -> str:
    """Write a model card in Markdown.

    Parameters
    ----------
    card
        The content of a demo model's ``model-card.json``, with its training, evaluation and
        occlusion.
    """
    training, recipe = card["training"], card["training"]["recipe"]
    occlusion = card["occlusion"]
    beyond = occlusion["measures"]
    registration, minutes = training["registration"], training["minutes"]
    return f"""# {card["name"]}

**{card["notice"]}**

It segments the arteries of computer-made head phantoms, so that this software can be tried without
patients' data. It has never seen a patient's CT. What it draws on a real CT means nothing.

{evaluation_text(card["evaluation"])}
All of these are phantoms, compared with their true arteries on the CT's own grid, not with the
moved masks; the paper's figures are of patients.

## Beyond an occlusion

{occlusion["n"]} other phantoms with one M1 occluded. Beyond it means M2, M3 and the cortical
branches on that side, which a CT angiography cannot show; the other side are the same arteries
where nothing is occluded.

| Share found, mean [95 % CI] | Beyond the occlusion | Other side |
| --- | --- | --- |
| Voxels, by the model on the NCCT | {_pair(beyond, "recall")} |
| Centre line, by the model on the NCCT | {_pair(beyond, "centre_line_recall")} |
| Centre line with contrast in the CTA | {_pair(beyond, "cta_centre_line_recall")} |

Dice of the whole tree with an occlusion: {_mean(beyond["dice"])}.

| Seed | Clot | Dice | Voxels found beyond | Centre line found beyond |
| --- | --- | --- | --- | --- |
{_occlusion_rows(occlusion["cases"])}

Phantoms say nothing of patients: their arteries beyond a clot are as wide and as dense as on the
other side, no collaterals fill them from behind, and nothing moves during a scan.

## How it was made

`make demo-train`: {_sets_in_words(training["sets"])}. Masks were drawn on the CT angiographies and
moved by registration, {registration["error_mm_mean"]:.2f} mm off on average (largest
{registration["error_mm_largest"]:.2f} mm); Dice of the moved masks and the true arteries
{registration["moved_mask_dice_mean"]:.3f}, lowest {registration["moved_mask_dice_min"]:.3f}.

{recipe["iterations"]} iterations with {recipe["batch_size"]} patches of
{_times(recipe["patch_zyx"])} voxels at {_times(recipe["grid_spacing_zyx_mm"])} mm (z, y, x), AdamW
from {recipe["learning_rate"]}, no augmentation, by nnU-Net's trainer. nnU-Net's plain U-Net with
{_times(recipe["features"], " / ")} channels, {training["parameters"]} weights.
Minutes on a CPU: {", ".join(f"{stage} {spent:g}" for stage, spent in minutes.items())}.
{", ".join(f"{name} {version}" for name, version in training["versions"].items())}.

Labels: background 0, artery 1. Prediction: tile step {card["prediction"]["tile_step"]}, no
mirroring, {card["prediction"]["precision"]} on a CPU.

SHA-256 of the model, as `inference/models/files.py` defines it: `{card["sha256"]}`
"""


def _occlusion_rows(cases: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"| {case['seed']} | {case['clot']} | {case['dice']:.3f} "
        f"| {case['recall_beyond_occlusion']:.0%} "
        f"| {case['centre_line_recall_beyond_occlusion']:.0%} |"
        for case in cases
    )


def _pair(measures: dict[str, Any], share: str) -> str:
    sides = (measures[f"{share}_{side}"] for side in ("beyond_occlusion", "other_side"))
    return " | ".join(_mean(summary) for summary in sides)


def _mean(summary: dict[str, Any]) -> str:
    if summary["ci"] is None:
        return f"{summary['mean']:.3f}"
    low, high = summary["ci"]
    return f"{summary['mean']:.3f} [{low:.3f}, {high:.3f}]"


def _sets_in_words(sets: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {one['pairs']} pairs ({one['hospital']})" for name, one in sets.items()
    )


def _times(numbers: list[float], between: str = " × ") -> str:
    return between.join(f"{number:g}" for number in numbers)
