"""CT volumes from files, upright, and masks back onto the files' own grids.

An upright array is [z, y, x] with axes towards the patient's head, posterior and left (LPS).
"""

# mypy: disallow-untyped-calls=False

import math
import zlib
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import nibabel
import numpy as np
from nibabel.orientations import (
    apply_orientation,
    axcodes2ornt,
    inv_ornt_aff,
    io_orientation,
    ornt_transform,
)
from numpy.typing import NDArray

from inference.errors import VolumeError
from reader_study.imaging import CTSeries, ImagingError
from reader_study.imaging.classify import WITH_CONTRAST
from reader_study.imaging.supervised import SupervisedReader

LARGEST_VOXELS = 300_000_000
NIFTI_ENDINGS = (".nii", ".nii.gz")
_LPS = axcodes2ornt(("L", "P", "S"))
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])

HounsfieldUnits = NDArray[np.int16] | NDArray[np.float32]


@dataclass(frozen=True)
class Volume:
    """A CT volume, upright, and how its file holds it.

    Attributes
    ----------
    hu
        CT values, HU, int16 or float32, [z, y, x]; axes towards the head, posterior and left.
    spacing_zyx_mm
        Distances of neighbouring voxels, mm.
    affine_lps
        4 × 4 matrix from the voxel index (x, y, z) of ``hu[z, y, x]`` to LPS mm.
    file_orientation
        The axes of the NIfTI file, as nibabel describes them; None where a mask is to be written
        upright, as for DICOM.
    remarks
        What was corrected in a DICOM series, or is notable about it, in words.
    """

    hu: HounsfieldUnits
    spacing_zyx_mm: tuple[float, float, float]
    affine_lps: NDArray[np.float64]
    file_orientation: NDArray[np.float64] | None = None
    remarks: tuple[str, ...] = ()


def read_volume(path: Path, *, contrast_agent: bool = False) -> Volume:
    """Read a CT volume from a NIfTI file, or from a folder or zip of DICOM files.

    DICOM slices are put in order by their positions; gantry tilt and uneven steps are corrected by
    resampling, as for the reading of cases. They are decoded in a process of its own.

    Parameters
    ----------
    contrast_agent
        Also take a DICOM series that was acquired with contrast agent, such as a CT angiography.

    Raises
    ------
    VolumeError
        If there is no such file, it cannot be read, or it holds no CT volume or several.
    """
    if path.name.endswith(NIFTI_ENDINGS):
        return _read_nifti(path)
    if not path.exists():
        raise VolumeError(f"{path} does not exist")
    return _read_dicom(path, contrast_agent)


def write_mask(volume: Volume, mask: NDArray[np.uint8], path: Path) -> None:
    """Write a mask as NIfTI, on the grid of the file that its volume was read from.

    Parameters
    ----------
    volume
        The volume that was segmented.
    mask
        Labels, [z, y, x], on the volume's upright grid.
    path
        File to write, ``.nii`` or ``.nii.gz``.

    Raises
    ------
    VolumeError
        If the mask does not lie on the volume's grid, or cannot be written.
    """
    if mask.shape != volume.hu.shape:
        raise VolumeError(f"The mask has the shape {mask.shape}, its CT {volume.hu.shape}")
    array, affine = mask.transpose(2, 1, 0), _RAS_TO_LPS @ volume.affine_lps
    if volume.file_orientation is not None:
        array, affine = _reoriented(array, affine, ornt_transform(_LPS, volume.file_orientation))
    image = nibabel.Nifti1Image(np.asfortranarray(array, np.uint8), affine)
    image.header.set_xyzt_units("mm")
    try:
        image.to_filename(path)
    except (OSError, nibabel.filebasedimages.ImageFileError) as error:
        raise VolumeError(f"{path} cannot be written: {error}") from error


def _read_nifti(path: Path) -> Volume:
    try:
        with ExitStack() as open_files:
            image = _open_nifti(path, open_files)
            if len(image.shape) != 3:
                raise VolumeError(f"{path} has the shape {image.shape}; a CT volume has 3 axes")
            if not 0 < math.prod(image.shape) <= LARGEST_VOXELS:
                raise VolumeError(
                    f"{path} has the shape {image.shape}: it must hold between 1 and "
                    f"{LARGEST_VOXELS} voxels"
                )
            if not np.isfinite(image.affine).all() or not np.linalg.det(image.affine[:3, :3]):
                raise VolumeError(f"{path} does not say where its voxels lie: its affine is flat")
            hu = _hounsfield_units(np.asanyarray(image.dataobj))
    except (
        OSError,
        EOFError,
        ValueError,
        zlib.error,
        nibabel.filebasedimages.ImageFileError,
        nibabel.spatialimages.HeaderDataError,
    ) as error:
        raise VolumeError(f"{path} cannot be read as NIfTI: {error}") from error
    from_file = io_orientation(image.affine)
    upright, affine = _reoriented(hu, image.affine, ornt_transform(from_file, _LPS))
    spacing_xyz = nibabel.affines.voxel_sizes(affine)
    return Volume(
        hu=np.ascontiguousarray(upright.transpose(2, 1, 0)),
        spacing_zyx_mm=cast("tuple[float, float, float]", tuple(map(float, spacing_xyz[::-1]))),
        affine_lps=_RAS_TO_LPS @ affine,
        file_orientation=from_file,
    )


def _open_nifti(path: Path, open_files: ExitStack) -> nibabel.Nifti1Image:
    """Open a file; its voxels are read while `open_files` is open."""
    if path.suffix != ".gz":
        return nibabel.Nifti1Image.from_filename(path)
    from isal import igzip  # inflates at several times zlib's speed

    return nibabel.Nifti1Image.from_stream(open_files.enter_context(igzip.open(path)))


def _hounsfield_units(values: NDArray[Any]) -> HounsfieldUnits:
    kind = np.int16 if np.can_cast(values.dtype, np.int16) else np.float32
    if not np.issubdtype(values.dtype, np.integer) and not np.issubdtype(values.dtype, np.floating):
        raise ValueError(f"its voxels are no numbers but {values.dtype}")
    return cast("HounsfieldUnits", values.astype(kind, copy=False))


def _reoriented(
    array: NDArray[Any], affine: NDArray[np.float64], transform: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Flip and swap the axes of an array, and give the affine that belongs to the result."""
    return apply_orientation(array, transform), affine @ inv_ornt_aff(transform, array.shape)


def _read_dicom(path: Path, contrast_agent: bool) -> Volume:
    try:
        with TemporaryDirectory(prefix="ct-volume-") as unpacked, SupervisedReader() as reader:
            found = reader.scan([path], Path(unpacked))
            series = list(found.ct_series)
            if contrast_agent:
                series += [
                    other.candidate
                    for other in found.others
                    if isinstance(other.candidate, CTSeries) and other.reason == WITH_CONTRAST
                ]
            if len(series) != 1:
                reasons = [*found.refused, *found.left_out]
                raise VolumeError(_not_one_series(path, series, [out.message for out in reasons]))
            volume = reader.build_ct_volume(series[0])
    except ImagingError as error:
        raise VolumeError(f"{path}: {error}") from error
    affine = np.diag([*volume.spacing_zyx_mm[::-1], 1.0])
    affine[:3, 3] = volume.origin_lps_mm
    return Volume(
        hu=volume.hu,
        spacing_zyx_mm=volume.spacing_zyx_mm,
        affine_lps=affine,
        remarks=(*volume.corrections, *volume.flags),
    )


def _not_one_series(path: Path, series: list[CTSeries], reasons: list[str]) -> str:
    if series:
        geometries = "; ".join(found.geometry_in_words for found in series)
        return (
            f"{path} holds {len(series)} CT series ({geometries}): give the files of one series "
            "in a folder of their own"
        )
    because = f" {' '.join(reasons[:3])}" if reasons else ""
    return f"{path} holds no CT series that can be segmented.{because}"
