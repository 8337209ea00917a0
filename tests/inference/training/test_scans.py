"""Scans come with their places in the patient, or not at all."""

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from inference.errors import VolumeError
from inference.phantom import rigid_motion
from inference.training.scans import on_same_grid, read_labels, read_scan


def write_nifti(path, values, affine_ras):
    nibabel.Nifti1Image(values, affine_ras).to_filename(path)
    return path


def test_an_oblique_scan_keeps_the_place_of_each_voxel(tmp_path):
    affine = rigid_motion((12.0, -7.0, 4.0), (30.0, -20.0, 10.0)) @ np.diag([0.5, 0.7, 2.0, 1.0])
    values = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    image = read_scan(write_nifti(tmp_path / "ct.nii.gz", values, affine))
    for index in ((0, 0, 0), (3, 1, 2), (2, 4, 5)):
        x, y, z = (affine @ (*index, 1.0))[:3]
        place = image.TransformPhysicalPointToIndex((-x, -y, z))  # RAS to LPS
        assert image.GetPixel(place) == values[index]


def test_a_sheared_scan_is_refused(tmp_path):
    affine = np.eye(4)
    affine[1, 2] = 0.3
    path = write_nifti(tmp_path / "ct.nii.gz", np.zeros((4, 4, 4), np.int16), affine)
    with pytest.raises(VolumeError, match="right angles"):
        read_scan(path)


@pytest.mark.parametrize("value", [0.5, -1.0, 256.0])
def test_labels_are_whole_numbers_of_a_byte(tmp_path, value):
    values = np.zeros((4, 4, 4), np.float32)
    values[1, 1, 1] = value
    with pytest.raises(VolumeError, match="whole numbers from 0 to 255"):
        read_labels(write_nifti(tmp_path / "m.nii.gz", values, np.eye(4)))


def test_labels_stored_as_floats_are_read(tmp_path):
    values = np.zeros((4, 4, 4), np.float32)
    values[1, 2, 3] = 7
    labels = read_labels(write_nifti(tmp_path / "m.nii.gz", values, np.diag([-1, -1, 1, 1])))
    assert labels.GetPixel(1, 2, 3) == 7


def test_grids_are_the_same_only_in_the_same_place():
    image = sitk.Image(4, 5, 6, sitk.sitkInt16)
    moved, longer, finer = (sitk.Image(image) for _ in range(3))
    moved.SetOrigin((0.0, 0.0, 0.5))
    longer = sitk.Image(4, 5, 7, sitk.sitkInt16)
    finer.SetSpacing((1.0, 1.0, 0.9))
    assert on_same_grid(image, sitk.Image(image))
    assert not any(on_same_grid(image, other) for other in (moved, longer, finer))
