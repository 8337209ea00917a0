"""A CT volume is read upright from NIfTI or DICOM, and its mask lies on the file's own grid."""

import gzip
import shutil

import nibabel
import numpy as np
import pydicom
import pytest

from inference.errors import VolumeError
from inference.phantom import write_phantom_dicom
from inference.phantom.dicom import PhantomSize
from inference.volumes import read_volume, write_mask

SPACING_ZYX = (1.5, 1.2, 1.1)


@pytest.fixture(scope="module")
def upright_hu():
    return np.random.default_rng(2).normal(45, 25, (40, 60, 50)).astype(np.int16)


@pytest.fixture(scope="module")
def upright_image(upright_hu):
    """The volume in LPS order: x left, y posterior, z head; nibabel's world is RAS."""
    affine = np.diag([-1.1, -1.2, 1.5, 1.0])
    affine[:3, 3] = (30, 40, -20)
    return nibabel.Nifti1Image(upright_hu.transpose(2, 1, 0), affine)


def _reoriented(image, axes):
    wanted = nibabel.orientations.axcodes2ornt(axes)
    present = nibabel.orientations.io_orientation(image.affine)
    return image.as_reoriented(nibabel.orientations.ornt_transform(present, wanted))


@pytest.mark.parametrize("axes", [tuple("LPS"), tuple("RAS"), tuple("LAS"), tuple("PSR")])
def test_any_orientation_is_read_upright_and_the_mask_lies_on_the_files_grid(
    upright_hu, upright_image, tmp_path, axes
):
    source = _reoriented(upright_image, axes)
    source.to_filename(tmp_path / "ct.nii.gz")
    volume = read_volume(tmp_path / "ct.nii.gz")
    assert np.array_equal(volume.hu, upright_hu)
    assert volume.hu.dtype == np.int16
    assert volume.spacing_zyx_mm == pytest.approx(SPACING_ZYX)
    assert volume.affine_lps @ (0, 0, 0, 1) == pytest.approx((-30, -40, -20, 1))
    assert volume.affine_lps @ (1, 2, 3, 1) == pytest.approx((-28.9, -37.6, -15.5, 1))
    mask = (volume.hu > 60).astype(np.uint8)
    write_mask(volume, mask, tmp_path / "mask.nii.gz")
    written = nibabel.Nifti1Image.from_filename(tmp_path / "mask.nii.gz")
    assert np.allclose(written.affine, source.affine)
    assert np.array_equal(np.asarray(written.dataobj), np.asarray(source.dataobj) > 60)
    assert written.get_data_dtype() == np.uint8


def test_scaled_values_are_hounsfield_units(upright_image, tmp_path):
    image = nibabel.Nifti1Image(np.asarray(upright_image.dataobj), upright_image.affine)
    image.header.set_slope_inter(2.0, -1024.0)
    image.to_filename(tmp_path / "ct.nii")
    stored = nibabel.Nifti1Image.from_filename(tmp_path / "ct.nii").get_fdata()
    hu = read_volume(tmp_path / "ct.nii").hu
    assert hu.dtype == np.float32
    assert np.allclose(hu, stored.transpose(2, 1, 0))


def _truncated(path, image):
    image.to_filename(path)
    path.write_bytes(path.read_bytes()[:5000])


def _of_no_file(path, image):
    pass


def _no_gzip(path, image):
    path.write_bytes(b"no gzip")


def _gzip_of_something_else(path, image):
    path.write_bytes(gzip.compress(b"x" * 1000))


def _flat_affine(path, image):
    header = image.header.copy()
    flat = nibabel.Nifti1Image(np.asarray(image.dataobj), None, header)
    flat.header.set_sform(np.diag([1.0, 1.0, 0.0, 1.0]), code=1)
    flat.to_filename(path)


def _enormous(path, image):
    header = image.header.copy()
    header.set_data_shape((30_000, 30_000, 30_000))
    path.write_bytes(gzip.compress(header.binaryblock + bytes(4)))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_truncated, "cannot be read as NIfTI"),
        (_of_no_file, "cannot be read as NIfTI"),
        (_no_gzip, "cannot be read as NIfTI"),
        (_gzip_of_something_else, "cannot be read as NIfTI"),
        (_flat_affine, "where its voxels lie"),
        (_enormous, "between 1 and"),
    ],
)
def test_a_file_that_holds_no_volume_is_named_with_the_reason(
    upright_image, tmp_path, spoil, message
):
    spoil(tmp_path / "ct.nii.gz", upright_image)
    with pytest.raises(VolumeError, match=message) as refusal:
        read_volume(tmp_path / "ct.nii.gz")
    assert "ct.nii.gz" in str(refusal.value)


def test_a_series_of_volumes_is_refused(upright_image, tmp_path):
    hu = np.asarray(upright_image.dataobj)
    nibabel.Nifti1Image(np.stack([hu, hu], axis=-1), upright_image.affine).to_filename(
        tmp_path / "ct.nii"
    )
    with pytest.raises(VolumeError, match="3 axes"):
        read_volume(tmp_path / "ct.nii")


def test_a_mask_of_another_shape_is_not_written(upright_image, tmp_path):
    upright_image.to_filename(tmp_path / "ct.nii")
    volume = read_volume(tmp_path / "ct.nii")
    with pytest.raises(VolumeError, match="shape"):
        write_mask(volume, np.zeros((1, 2, 3), np.uint8), tmp_path / "mask.nii")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    size = PhantomSize((24, 64, 64), (6.0, 3.6, 3.6), dsa_pixels=64, dsa_frames=4)
    return write_phantom_dicom(5, tmp_path_factory.mktemp("dicom"), size=size)


@pytest.fixture(scope="module")
def phantom(written):
    return written.phantom


@pytest.fixture(scope="module")
def series(written):
    return written.ct_files[0].parent


def test_a_dicom_folder_and_its_zip_are_read_upright_in_the_order_of_positions(
    phantom, series, tmp_path
):
    archive = shutil.make_archive(str(tmp_path / "series"), "zip", series)
    for path in (series, tmp_path / archive):
        volume = read_volume(path)
        assert np.array_equal(volume.hu, phantom.hu)
        assert volume.spacing_zyx_mm == pytest.approx(phantom.spacing_zyx_mm)
        assert volume.affine_lps[:3, 3] == pytest.approx(phantom.origin_lps_mm)


def test_the_mask_of_a_dicom_series_is_written_on_the_volumes_grid(phantom, series, tmp_path):
    volume = read_volume(series)
    write_mask(volume, (volume.hu > 60).astype(np.uint8), tmp_path / "mask.nii.gz")
    again = read_volume(tmp_path / "mask.nii.gz")
    assert np.array_equal(again.hu, phantom.hu > 60)
    assert np.allclose(again.affine_lps, volume.affine_lps, atol=1e-4)


def test_a_series_with_contrast_agent_is_read_where_it_is_asked_for(series, phantom, tmp_path):
    for file in series.iterdir():
        header = pydicom.dcmread(file)
        header.ContrastBolusAgent = "IOHEXOL"
        header.save_as(tmp_path / file.name)
    with pytest.raises(VolumeError, match="contrast agent"):
        read_volume(tmp_path)
    assert np.array_equal(read_volume(tmp_path, contrast_agent=True).hu, phantom.hu)


def test_a_folder_of_two_series_is_not_guessed_about(series, tmp_path):
    shutil.copytree(series, tmp_path / "one")
    (tmp_path / "two").mkdir()
    other_series = pydicom.uid.generate_uid()
    for file in series.iterdir():
        header = pydicom.dcmread(file)
        header.SeriesInstanceUID = other_series
        header.SOPInstanceUID = pydicom.uid.generate_uid()
        header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
        header.save_as(tmp_path / "two" / file.name)
    with pytest.raises(VolumeError, match="holds 2 CT series"):
        read_volume(tmp_path)


def test_a_folder_without_dicom_and_a_path_of_nothing_are_refused(tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    with pytest.raises(VolumeError, match="no CT series"):
        read_volume(tmp_path)
    with pytest.raises(VolumeError, match="does not exist"):
        read_volume(tmp_path / "absent")
