"""The demo's study: its sets in the proportions of the paper's (280 and 40 patients)."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.demo.cohort import NORTH, SOUTH, CohortSet, Hospital
from inference.demo.recipe import DEMO_RECIPE, Recipe

# Seeds of demonstrations, of training and of evaluation must not meet.
_DATASET_1 = 1_000_000
_DATASET_2 = 1_500_000
HELD_OUT_SEEDS = range(2_000_000, 2_000_010)


@dataclass(frozen=True)
class DemoDesign:
    """What is trained, on what, and what it is measured on.

    Attributes
    ----------
    recipe
        The training's numbers.
    sets
        The sets of the cohort, without occlusions.
    occluded_seeds
        Seeds of the phantoms with an occlusion, each of which has its M1 blocked.
    occluded_hospital
        Where these are scanned.
    """

    recipe: Recipe
    sets: Sequence[CohortSet]
    occluded_seeds: Sequence[int]
    occluded_hospital: Hospital


DEMO_DESIGN = DemoDesign(
    recipe=DEMO_RECIPE,
    sets=(
        CohortSet("training", NORTH, range(_DATASET_1, _DATASET_1 + 25)),
        CohortSet("internal-validation", NORTH, range(_DATASET_1 + 25, _DATASET_1 + 30)),
        CohortSet("internal-test", NORTH, range(_DATASET_1 + 30, _DATASET_1 + 35)),
        CohortSet("external-validation", SOUTH, range(_DATASET_2, _DATASET_2 + 5)),
    ),
    occluded_seeds=HELD_OUT_SEEDS,
    occluded_hospital=NORTH,
)
