"""The sliding window: nnU-Net's tiles, weights, mirroring and sums.

Instance normalisation makes a network's output depend on what else a tile holds, so the tiles are
nnU-Net's own. Sums are in half precision as nnU-Net's are: the same tiles give the same bits.
"""

# mypy: disallow-untyped-calls=False

import itertools
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import torch
from nnunetv2.inference.sliding_window_prediction import (
    compute_gaussian,
    compute_steps_for_sliding_window,
)

from inference.errors import InferenceError
from inference.prediction.memory import MemoryRecord, is_out_of_memory
from inference.prediction.networks import TileNetwork
from inference.prediction.watch import Watch

Box = tuple[slice, slice, slice]


@dataclass(frozen=True)
class SlidingWindow:
    """How tiles are laid over an image and put together.

    Attributes
    ----------
    patch
        Voxels of a tile.
    step
        Distance of neighbouring tiles as a share of the tile's length.
    mirroring_axes
        Axes (0–2) along which tiles are also predicted mirrored, in all combinations.
    labels
        Number of labels.
    batch
        Tiles that pass through the network at once, while memory suffices.
    """

    patch: tuple[int, int, int]
    step: float
    mirroring_axes: tuple[int, ...]
    labels: int
    batch: int

    @property
    def flips(self) -> list[tuple[int, ...]]:
        """The sets of axes of [tile, channel, 0, 1, 2] to mirror along, none first."""
        axes = [axis + 2 for axis in self.mirroring_axes]
        return [
            flip for count in range(len(axes) + 1) for flip in itertools.combinations(axes, count)
        ]

    def tiles(self, shape: Sequence[int]) -> list[Box]:
        """Lay the tiles over an image, padded if it is smaller than one."""
        at_least = tuple(map(max, shape, self.patch))
        steps = compute_steps_for_sliding_window(at_least, self.patch, self.step)
        return [
            (slice(z, z + self.patch[0]), slice(y, y + self.patch[1]), slice(x, x + self.patch[2]))
            for z, y, x in itertools.product(*steps)
        ]


def predict_image(
    image: torch.Tensor,
    networks: Sequence[TileNetwork],
    window: SlidingWindow,
    device: torch.device,
    *,
    watch: Watch,
    memory: MemoryRecord,
) -> torch.Tensor:
    """Predict an image tile by tile, averaged over the folds.

    Parameters
    ----------
    image
        [1, axis 0, axis 1, axis 2], float32, on any device.
    networks
        One for each fold.
    device
        Where the networks compute.

    Returns
    -------
    Tensor
        Logits, half precision, [label, axis 0, axis 1, axis 2]; on the device, or on the CPU if
        they do not fit there, which `memory` then says.

    Raises
    ------
    InferenceError
        If a network fails, its logits are not finite, or memory runs out for good.
    PredictionCancelledError
        Within a tile of the cancellation.
    """
    padded, inner = _padded(image, window.patch)
    tiles = window.tiles(padded.shape[1:])
    watch.expect_tiles(len(tiles) * len(networks))
    sums = _Sums(padded.shape[1:], window, device, memory)
    mean: torch.Tensor | None = None
    for network in networks:
        sums.clear()
        with closing(_add_tiles(padded, tiles, network, device, sums, watch)) as added:
            for _ in added:
                watch.tile_done()
        logits = sums.mean()
        mean = logits if mean is None else mean.to(logits.device).add_(logits)
    if mean is None:
        raise InferenceError("A model needs at least one fold")
    if len(networks) > 1:
        mean /= len(networks)
    if not torch.isfinite(mean).all():
        raise InferenceError(
            "The network's output is not finite. Its weights or the CT values may be damaged, or "
            "the numbers too large for the precision: try --precision float32."
        )
    return mean[(slice(None), *inner)]


class _Sums:
    """The weighted sums of the tiles' logits, and of the weights."""

    def __init__(
        self,
        shape: Sequence[int],
        window: SlidingWindow,
        device: torch.device,
        memory: MemoryRecord,
    ) -> None:
        self.window, self.device, self.batch = window, device, window.batch
        self._shape, self._memory = tuple(shape), memory

    def clear(self) -> None:
        """Begin anew, for another fold."""
        try:
            self._allocate()
        except (RuntimeError, MemoryError) as error:
            if self.device.type == "cpu" or not is_out_of_memory(error):
                raise _failure(error) from error
            self._move_to_cpu()
            self._allocate()

    def _allocate(self) -> None:
        labels = self.window.labels
        self._logits = torch.zeros((labels, *self._shape), dtype=torch.half, device=self.device)
        self._weights = torch.zeros(self._shape, dtype=torch.half, device=self.device)
        self._gaussian = compute_gaussian(
            self.window.patch, sigma_scale=1 / 8, value_scaling_factor=10, device=self.device
        )

    def add(self, logits: torch.Tensor, tile: Box) -> None:
        """Add the logits of one tile, float32 [label, 0, 1, 2]."""
        weighted = logits.to(self.device) * self._gaussian
        self._logits[(slice(None), *tile)] += weighted
        self._weights[tile] += self._gaussian

    def mean(self) -> torch.Tensor:
        """The weighted mean of what was added."""
        mean: torch.Tensor = self._logits.div_(self._weights)
        return mean

    def spare_memory(self, error: BaseException) -> None:
        """After a lack of memory: go on with smaller batches, or gather on the CPU.

        Raises
        ------
        InferenceError
            If nothing is left to spare.
        """
        if self.batch > 1:
            self.batch //= 2
            self._memory.add(f"memory ran out: went on with tiles in batches of {self.batch}")
        elif self.device.type != "cpu":
            self._move_to_cpu()
            self._logits, self._weights, self._gaussian = (
                tensor.cpu() for tensor in (self._logits, self._weights, self._gaussian)
            )
        else:
            raise _failure(error) from error

    def _move_to_cpu(self) -> None:
        self.device = torch.device("cpu")
        self._memory.add("the GPU's memory ran out: tiles were gathered in main memory")


def _add_tiles(
    image: torch.Tensor,
    tiles: list[Box],
    network: TileNetwork,
    device: torch.device,
    sums: _Sums,
    watch: Watch,
) -> Generator[None, None, None]:
    """Yield whenever a tile was added."""
    done, pace = 0, _Pace(device)
    while done < len(tiles):
        size = sums.batch
        batches = [tiles[start : start + size] for start in range(done, len(tiles), size)]
        parts = (
            torch.stack([image[(slice(None), *tile)] for tile in batch]).to(device)
            for batch in batches
        )
        try:
            with closing(_predict_mirrored(parts, network, sums.window, watch)) as predicted:
                for batch, logits in zip(batches, predicted, strict=True):
                    pace.keep()
                    for of_tile, tile in zip(logits, batch, strict=True):
                        sums.add(of_tile, tile)
                        done += 1  # what was added is not added again if memory runs out now
                        yield
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise _failure(error) from error
            sums.spare_memory(error)


class _Pace:
    """Keeps the program one batch ahead of the GPU at most, for true progress and prompt ends."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._marks: deque[torch.cuda.Event] = deque()

    def keep(self) -> None:
        """Wait for the batch before the one that was just handed to the GPU."""
        if self._device.type == "cuda":
            mark = torch.cuda.Event()
            mark.record(torch.cuda.current_stream(self._device))
            self._marks.append(mark)
            if len(self._marks) > 1:
                self._marks.popleft().synchronize()


def _predict_mirrored(
    batches: Iterable[torch.Tensor], network: TileNetwork, window: SlidingWindow, watch: Watch
) -> Generator[torch.Tensor, None, None]:
    """Yield the logits of each batch, averaged over its mirrored passes."""
    flips = window.flips

    def passes() -> Generator[torch.Tensor, None, None]:
        for tiles in batches:
            for flip in flips:
                watch.check()
                yield torch.flip(tiles, flip) if flip else tiles

    with closing(network(passes())) as outputs:
        while (total := next(outputs, None)) is not None:
            for flip in flips[1:]:
                total.add_(torch.flip(next(outputs), flip))
            yield total / len(flips) if len(flips) > 1 else total


def _padded(image: torch.Tensor, patch: Sequence[int]) -> tuple[torch.Tensor, Box]:
    """Pad with zeros on all sides to the size of a tile; also give where the image lies in it."""
    lacking = [max(0, tile - length) for tile, length in zip(patch, image.shape[1:], strict=True)]
    before = [length // 2 for length in lacking]
    inner = [slice(start, start + n) for start, n in zip(before, image.shape[1:], strict=True)]
    pads = [(start, length - start) for start, length in zip(before, lacking, strict=True)]
    padded = torch.nn.functional.pad(image, tuple(np.ravel(pads[::-1]).tolist()))
    return padded, (inner[0], inner[1], inner[2])


def _failure(error: BaseException) -> InferenceError:
    if is_out_of_memory(error):
        return InferenceError(
            f"There is not enough memory to segment this volume: {error}. Use a GPU or a machine "
            "with more, or end other programs that use it."
        )
    return InferenceError(f"The network failed: {error}")
