"""The demo's study with coarse scans of little noise and a tiny network, for tests."""

from inference.demo.cohort import CohortSet, Hospital
from inference.demo.design import DemoDesign
from inference.demo.recipe import Recipe
from inference.phantom import Scanner

SPACING = (1.6, 0.9, 0.9)
SHAPE = (48, 210, 180)
NANO_NORTH = Hospital(
    "north",
    Scanner("north NCCT", SHAPE, SPACING, noise_hu=1.0),
    Scanner("north CTA", (86, 190, 160), (1.6, 1.0, 1.0), noise_hu=8.0),
)
NANO_SOUTH = Hospital(
    "south",
    Scanner("south NCCT", (45, 200, 170), (1.7, 0.95, 0.95), noise_hu=1.5, blur_mm=0.7),
    Scanner("south CTA", (86, 190, 160), (1.6, 1.0, 1.0), noise_hu=10.0),
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
        CohortSet("training", NANO_NORTH, range(100, 102)),
        CohortSet("internal-test", NANO_NORTH, range(200, 201)),
        CohortSet("external-validation", NANO_SOUTH, range(300, 301)),
    ),
    occluded_seeds=range(400, 402),
    occluded_hospital=NANO_NORTH,
)
