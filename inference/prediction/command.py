"""``python -m inference predict``: segment one NIfTI volume."""

# mypy: disallow-untyped-calls=False

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nibabel
import numpy as np

from inference.errors import InferenceError, VolumeError

if TYPE_CHECKING:
    from inference.prediction.model import SegmentationModel


def segment_nifti(
    model: "SegmentationModel", source: Path, target: Path, *, show_progress: bool = False
) -> Path:
    """Segment a NIfTI volume and write the mask on the same grid.

    Parameters
    ----------
    model
        The model.
    source
        CT volume, HU.
    target
        Mask to write; its provenance goes beside it, with ``.json`` for ``.nii`` or ``.nii.gz``.
    show_progress
        Write the share done to the standard error.

    Returns
    -------
    Path
        The provenance file.

    Raises
    ------
    VolumeError
        If the file is no volume that can be segmented.
    """
    try:
        image = nibabel.Nifti1Image.from_filename(source)
    except (OSError, nibabel.filebasedimages.ImageFileError) as error:
        raise VolumeError(f"{source} cannot be read as NIfTI: {error}") from error
    if len(image.shape) != 3:
        raise VolumeError(f"{source} has the shape {image.shape}; a CT volume has 3 axes")
    # The model's axes: z towards the head, y posterior, x left, as in an upright DICOM volume.
    to_lps = nibabel.orientations.axcodes2ornt(("L", "P", "S"))
    from_file = nibabel.orientations.io_orientation(image.affine)
    there = nibabel.orientations.ornt_transform(from_file, to_lps)
    upright = image.as_reoriented(there)
    hu = np.asarray(upright.dataobj, dtype=np.float32).transpose(2, 1, 0)
    spacing_zyx_mm = tuple(float(step) for step in upright.header.get_zooms()[::-1])
    prediction = model.predict(
        hu, spacing_zyx_mm, progress=_print_progress if show_progress else None
    )
    mask = nibabel.Nifti1Image(prediction.mask.transpose(2, 1, 0), upright.affine)
    back = nibabel.orientations.ornt_transform(to_lps, from_file)
    mask_on_grid = mask.as_reoriented(back)
    mask_on_grid.header.set_xyzt_units("mm")
    mask_on_grid.to_filename(target)
    provenance = target.with_name(target.name.removesuffix(".gz").removesuffix(".nii") + ".json")
    provenance.write_text(json.dumps(prediction.provenance, indent=1) + "\n")
    return provenance


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``predict`` to the command line."""
    parser = subparsers.add_parser("predict", help="segment the arteries of a NIfTI volume")
    parser.add_argument("--model", type=Path, required=True, help="directory of the model")
    parser.add_argument("--input", type=Path, required=True, help="CT volume, .nii.gz")
    parser.add_argument("--output", type=Path, required=True, help="mask to write, .nii.gz")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda or cuda:<number>")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from inference.prediction.model import load_model  # torch and nnU-Net take seconds to import

    try:
        model = load_model(arguments.model, device=arguments.device)
        print(model.notice)
        provenance = segment_nifti(model, arguments.input, arguments.output, show_progress=True)
    except InferenceError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote {arguments.output} and {provenance}")
    return 0


def _print_progress(share: float) -> None:
    print(f"\r{share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
