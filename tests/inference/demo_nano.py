"""The demo's study with tiny scans and a tiny network, for tests."""

from inference.demo.cohort import CohortSet, Hospital
from inference.demo.design import DemoDesign
from inference.demo.recipe import Recipe
from inference.phantom import Scanner

SPACING = (1.6, 0.9, 0.9)
SHAPE = (80, 220, 190)
NANO_NORTH = Hospital(
    "north",
    Scanner("north NCCT", SHAPE, SPACING, noise_hu=2.0),
    Scanner("north CTA", (80, 200, 170), (1.6, 1.0, 1.0), noise_hu=8.0),
)
NANO_SOUTH = Hospital(
    "south",
    Scanner("south NCCT", (75, 200, 175), (1.7, 1.0, 1.0), noise_hu=2.5, blur_mm=0.75),
    Scanner("south CTA", (80, 200, 170), (1.6, 1.0, 1.0), noise_hu=10.0),
)
NANO_RECIPE = Recipe(
    shape_zyx=SHAPE,
    spacing_zyx_mm=SPACING,
    window_hu=(0.0, 100.0),
    grid_spacing_zyx_mm=SPACING,
    patch_zyx=(16, 48, 48),
    features=(8, 16),
    convolutions=1,
    batch_size=2,
    iterations=280,
    learning_rate=1e-2,
    foreground_share=0.5,
    tile_step=0.75,
    bfloat16=False,
    seed=1,
)
NANO_DESIGN = DemoDesign(
    recipe=NANO_RECIPE,
    sets=(
        CohortSet("training", NANO_NORTH, range(100, 103)),
        CohortSet("internal-test", NANO_NORTH, range(200, 201)),
        CohortSet("external-validation", NANO_SOUTH, range(300, 301)),
    ),
    occluded_seeds=range(400, 402),
    occluded_hospital=NANO_NORTH,
)
