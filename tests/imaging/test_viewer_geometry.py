"""The viewer's slices, slabs, subtraction and projection beside numpy's, on random oblique data.

numpy works on what the server made of DICOM; the viewer reads the media pack made of the same, by
its own functions, in Node. Whatever is a whole number must agree byte for byte.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reader_study.imaging import CTVolume, build_ct_volume, scan
from reader_study.imaging.carm import CArmView
from reader_study.imaging.media_pack import CLIP_HU, build_media_pack
from reader_study.imaging.xa_run import AngiographyRun

from .synthetic_dicom import head_field, write_ct_series

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
SEEDS = [1, 2]
PLANES = ["axial", "coronal", "sagittal"]
COLOURS = np.array([[230, 120, 40], [40, 160, 220]])
MASK_SHIFT = (1.5, -0.25)
RANDOM_POINTS = 200

Bytes = NDArray[np.uint8]


@dataclass
class Drawn:
    """What the viewer drew, and what it was drawn from."""

    folder: Path
    volume: CTVolume
    mask: Bytes
    run: AngiographyRun
    jobs: dict[str, Any]
    answers: dict[str, Any]
    views: list[CArmView]

    def rgba(self, name: str, shape: tuple[int, int]) -> Bytes:
        """A drawn picture, [row, column, RGBA]."""
        return np.fromfile(self.folder / name, np.uint8).reshape(*shape, 4)


@pytest.fixture(scope="module", params=SEEDS)
def drawn(request, tmp_path_factory) -> Drawn:
    rng = np.random.default_rng(request.param)
    folder = tmp_path_factory.mktemp("drawn")
    volume = oblique_volume(rng, folder)
    mask = rng.choice(np.array([0, 0, 0, 1, 2], np.uint8), volume.hu.shape)
    run = random_run(rng)
    pack = build_media_pack(volume, mask, {"one": 1, "two": 2}, [run])
    for name, content in pack.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    views = [random_view(rng) for _ in range(6)]
    jobs = jobs_on(rng, volume, run, pack.manifest, views)
    (folder / "jobs.json").write_text(json.dumps(jobs))
    subprocess.run(["node", "tests/geometry/draw.mjs", str(folder)], cwd=FRONTEND, check=True)
    answers = json.loads((folder / "answers.json").read_text())
    return Drawn(folder, volume, mask, run, jobs, answers, views)


def oblique_volume(rng: np.random.Generator, folder: Path) -> CTVolume:
    """A head that lay askew in a tilted gantry, as the server stands it upright."""
    write_ct_series(
        folder / "ct",
        field=lambda x, y, z: head_field(x, y, z) + rng.normal(0, 40, np.shape(x)),
        slices=14,
        size=40,
        pixel_mm=5.0,
        steps_mm=[float(step) for step in rng.uniform(4, 8, 13)],
        tilt_deg=float(rng.uniform(-25, 25)),
        in_plane_deg=float(rng.uniform(-40, 40)),
        mirrored=bool(rng.integers(2)),
    )
    (folder / "work").mkdir()
    return build_ct_volume(scan([folder / "ct"], folder / "work").ct_series[0])


def random_run(rng: np.random.Generator) -> AngiographyRun:
    return AngiographyRun(
        frames=rng.integers(200, 4096, (5, 31, 47)).astype(np.uint16),
        frame_start_ms=[0.0, 250.0, 500.0, 750.0, 1000.0],
        mask_frames=[0, 2],
        mask_shift_px=MASK_SHIFT,
        primary_deg=[0.0],
        secondary_deg=[0.0],
        sid_mm=1100.0,
        sod_mm=750.0,
        imager_pixel_spacing_mm=(0.4, 0.3),
        already_subtracted=False,
        logarithmic=False,
        window=(0.0, 4095.0),
        gates=(),
    )


def random_view(rng: np.random.Generator) -> CArmView:
    sod = rng.uniform(650, 850)
    isocentre = rng.uniform(-40, 40, 3)
    return CArmView(
        primary_deg=float(rng.uniform(-120, 120)),
        secondary_deg=float(rng.uniform(-45, 45)),
        sid_mm=float(sod + rng.uniform(200, 450)),
        sod_mm=float(sod),
        pixel_spacing_mm=(float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.1, 0.5))),
        rows=int(rng.integers(300, 1100)),
        columns=int(rng.integers(300, 1100)),
        isocentre_lps_mm=(float(isocentre[0]), float(isocentre[1]), float(isocentre[2])),
    )


def window(rng: np.random.Generator, centre: float, width: float) -> dict[str, float]:
    return {"centre": centre + float(rng.normal(0, 5)), "width": width * float(rng.uniform(0.5, 2))}


def jobs_on(
    rng: np.random.Generator,
    volume: CTVolume,
    run: AngiographyRun,
    manifest: dict[str, Any],
    views: list[CArmView],
) -> dict[str, Any]:
    slices, slabs = [], []
    depths = dict(zip(PLANES, volume.hu.shape, strict=True))
    for plane in PLANES:
        for number, slice_index in enumerate(rng.integers(0, depths[plane], 4)):
            job = {"plane": plane, "slice": int(slice_index), "window": window(rng, 60, 200)}
            overlay = {"opacity": float(rng.uniform(0.1, 1)), "colours": COLOURS.tolist()}
            slices.append(
                {**job, "overlay": overlay if number % 2 else None, "out": f"{plane}{number}.rgba"}
            )
            mode = "mip" if number % 2 else "mean"
            slab = {"mode": mode, "thickness": float(rng.uniform(1, 60))}
            slabs.append(
                {**job, "overlay": None, "slab": slab, "out": f"slab-{plane}{number}.rgba"}
            )
    frames = [
        {
            "run": 0,
            "frame": frame,
            "subtracted": subtracted,
            "inverted": bool(frame % 2),
            "window": window(rng, -100, 3000) if subtracted else window(rng, 2000, 3000),
            "out": f"frame{frame}-{subtracted}.rgba",
        }
        for frame in range(len(run.frames))
        for subtracted in (False, True)
    ]
    minips = [
        {
            "first": first,
            "last": last,
            "contrast": contrast,
            "window": window(rng, 2000, 3000),
            "out": f"minip{first}-{last}-{contrast}.rgba",
        }
        for first, last in ((0, 4), (1, 3), (2, 2))
        for contrast in ("dark", "bright")
    ]
    pixels = [
        {
            "plane": plane,
            "voxel": {
                axis: int(rng.integers(0, size))
                for axis, size in zip("zyx", volume.hu.shape, strict=True)
            },
        }
        for plane in PLANES * 20
    ]
    points = rng.uniform(-90, 90, (len(views), RANDOM_POINTS, 3))
    projections = [
        {
            "run": {
                **manifest["runs"][0],
                "rows": view.rows,
                "columns": view.columns,
                "sidMm": view.sid_mm,
                "sodMm": view.sod_mm,
                "detectorSpacingMm": list(view.pixel_spacing_mm),
                "isocentre": list(view.isocentre_lps_mm),
            },
            "pose": {"primaryDeg": view.primary_deg, "secondaryDeg": view.secondary_deg},
            "points": one.tolist(),
        }
        for view, one in zip(views, points, strict=True)
    ]
    return {
        "manifest": manifest,
        "slices": slices,
        "slabs": slabs,
        "frames": frames,
        "minips": minips,
        "pixels": pixels,
        "projections": projections,
    }


def on_screen(voxels: NDArray[Any], plane: str) -> NDArray[Any]:
    """All slices across a plane as a radiologist sees them, [slice, row, column].

    The patient's left is on the right; the head, or anterior on an axial slice, is on top; a
    sagittal slice has anterior on the left.
    """
    if plane == "axial":
        return voxels
    upside_down = voxels[::-1]
    return upside_down.transpose((1, 0, 2) if plane == "coronal" else (2, 0, 1))


def clipped(volume: CTVolume) -> NDArray[np.int16]:
    return np.clip(volume.hu, *CLIP_HU)


def greys(values: NDArray[Any], shown: dict[str, float]) -> Bytes:
    """Grey levels through a window, rounded half up."""
    low = shown["centre"] - shown["width"] / 2
    scaled = (values.astype(np.float64) - low) * 255 / shown["width"]
    return np.floor(np.clip(scaled, 0, 255) + 0.5).clip(0, 255).astype(np.uint8)


def opaque(rgb: NDArray[Any]) -> Bytes:
    return np.concatenate([rgb, np.full((*rgb.shape[:2], 1), 255)], axis=2).astype(np.uint8)


def test_slices_of_oblique_data_are_numpys_byte_for_byte_with_and_without_overlay(drawn):
    for job in drawn.jobs["slices"]:
        hu = on_screen(clipped(drawn.volume), job["plane"])[job["slice"]]
        grey = greys(hu, job["window"]).astype(np.float64)[..., None].repeat(3, axis=2)
        if job["overlay"]:
            labels = on_screen(drawn.mask, job["plane"])[job["slice"]]
            colour = COLOURS[np.maximum(labels, 1) - 1]
            mixed = np.trunc(grey + (colour - grey) * job["overlay"]["opacity"])
            grey = np.where(labels[..., None] > 0, mixed, grey)
        np.testing.assert_array_equal(drawn.rgba(job["out"], hu.shape), opaque(grey), str(job))


def test_slabs_are_numpys_maximum_byte_for_byte_and_its_mean(drawn):
    spacing = dict(zip(PLANES, drawn.volume.spacing_zyx_mm, strict=True))
    for job in drawn.jobs["slabs"]:
        voxels = on_screen(clipped(drawn.volume), job["plane"])
        reach = int(np.floor(job["slab"]["thickness"] / 2 / spacing[job["plane"]] + 1e-6))
        part = voxels[max(0, job["slice"] - reach) : job["slice"] + reach + 1]
        if job["slab"]["mode"] == "mip":
            hu = part.max(axis=0)
        else:  # the viewer keeps means as 32-bit numbers
            hu = (part.sum(axis=0, dtype=np.int64) / len(part)).astype(np.float32)
        grey = greys(hu, job["window"])[..., None].repeat(3, axis=2)
        np.testing.assert_array_equal(drawn.rgba(job["out"], hu.shape), opaque(grey), str(job))


def test_a_voxel_is_found_where_it_is_drawn_and_back(drawn):
    for job, answer in zip(drawn.jobs["pixels"], drawn.answers["pixels"], strict=True):
        voxel, plane = job["voxel"], job["plane"]
        places = np.arange(drawn.volume.hu.size).reshape(drawn.volume.hu.shape)
        across = {"axial": "z", "coronal": "y", "sagittal": "x"}[plane]
        picture = on_screen(places, plane)[voxel[across]]
        pixel = answer["pixel"]
        found = picture[pixel["row"], pixel["column"]]
        assert found == places[voxel["z"], voxel["y"], voxel["x"]]
        assert answer["back"] == voxel


def test_native_frames_are_numpys_byte_for_byte(drawn):
    for job in drawn.jobs["frames"]:
        if job["subtracted"]:
            continue
        frame = drawn.run.frames[job["frame"]]
        grey = greys(frame, job["window"]) ^ (255 if job["inverted"] else 0)
        expected = opaque(grey[..., None].repeat(3, axis=2))
        np.testing.assert_array_equal(drawn.rgba(job["out"], frame.shape), expected, str(job))


def test_subtracted_frames_are_numpys_difference_of_logarithms_from_the_shifted_mask(drawn):
    mask = moved(drawn.run.frames[drawn.run.mask_frames].mean(axis=0), MASK_SHIFT)
    for job in drawn.jobs["frames"]:
        if not job["subtracted"]:
            continue
        frame = drawn.run.frames[job["frame"]].astype(np.float64)
        difference = 1000 * (np.log(frame + 1) - np.log(mask + 1))
        grey = greys(difference, job["window"]) ^ (255 if job["inverted"] else 0)
        seen = drawn.rgba(job["out"], frame.shape)
        off = np.abs(seen[..., 0].astype(int) - grey)
        # 32-bit numbers there, 64-bit ones here: a value between two greys may fall to either.
        assert off.max() <= 1
        assert np.mean(off > 0) < 0.002
        assert (seen[..., :3] == seen[..., :1]).all()


def test_projections_of_frames_are_numpys_minimum_or_maximum_byte_for_byte(drawn):
    for job in drawn.jobs["minips"]:
        part = drawn.run.frames[job["first"] : job["last"] + 1]
        frame = part.min(axis=0) if job["contrast"] == "dark" else part.max(axis=0)
        expected = opaque(greys(frame, job["window"])[..., None].repeat(3, axis=2))
        np.testing.assert_array_equal(drawn.rgba(job["out"], frame.shape), expected, str(job))


def moved(image: NDArray[Any], shift: tuple[float, float]) -> NDArray[Any]:
    """An image moved down and right, linear in between, its border repeated."""
    rows, columns = (
        np.clip(np.arange(size) - by, 0, size - 1)
        for size, by in zip(image.shape, shift, strict=True)
    )
    along_rows = np.array([np.interp(columns, np.arange(image.shape[1]), row) for row in image])
    return np.array(
        [np.interp(rows, np.arange(image.shape[0]), column) for column in along_rows.T]
    ).T


def test_points_fall_on_the_detector_where_the_c_arms_matrix_puts_them(drawn):
    for view, job, answer in zip(
        drawn.views, drawn.jobs["projections"], drawn.answers["projections"], strict=True
    ):
        np.testing.assert_allclose(answer, view.project(job["points"]), rtol=0, atol=1e-6)
