"""The numbers by which the demo model is trained."""

from dataclasses import dataclass

from inference.phantom.ct import CLINICAL_SHAPE_ZYX, CLINICAL_SPACING_ZYX_MM


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the demo model's training, apart from chance.

    Attributes
    ----------
    shape_zyx, spacing_zyx_mm
        Usual grid of the training CTs, voxels and mm.
    window_hu
        CT values are clipped to this range, HU.
    grid_spacing_zyx_mm
        Spacing at which the network works, mm.
    patch_zyx
        Voxels of a training patch, and of a tile in prediction.
    features
        Channels of the network's stages.
    convolutions
        Convolutions in each stage of the encoder; a stage of the decoder has one.
    batch_size, iterations, learning_rate
        Of the training; the rate is AdamW's first, falling polynomially to nothing.
    foreground_share
        Share of the patches that are centred on an artery.
    tile_step
        Distance of neighbouring tiles in prediction, as a share of the tile's length.
    bfloat16
        Compute the network in bfloat16 while training; on processors with AVX-512 BF16 or AMX this
        halves the time, on others it costs time.
    seed
        Of weights and patches.
    """

    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]
    window_hu: tuple[float, float]
    grid_spacing_zyx_mm: tuple[float, float, float]
    patch_zyx: tuple[int, int, int]
    features: tuple[int, ...]
    convolutions: int
    batch_size: int
    iterations: int
    learning_rate: float
    foreground_share: float
    tile_step: float
    bfloat16: bool
    seed: int


DEMO_RECIPE = Recipe(
    shape_zyx=CLINICAL_SHAPE_ZYX,
    spacing_zyx_mm=CLINICAL_SPACING_ZYX_MM,
    window_hu=(0.0, 100.0),
    grid_spacing_zyx_mm=(1.2, 0.6, 0.6),
    patch_zyx=(24, 64, 64),
    features=(8, 16, 32, 64),
    convolutions=1,
    batch_size=4,
    iterations=2500,
    learning_rate=3e-3,
    foreground_share=0.5,
    tile_step=0.75,
    bfloat16=True,
    seed=1,
)
