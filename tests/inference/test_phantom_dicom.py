"""Phantoms as DICOM files: complete, consistent with the phantom, and the same bytes every time."""

import hashlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import CTImageStorage, XRayAngiographicImageStorage

from inference.__main__ import main
from inference.phantom import PhantomDicom, write_phantom_dicom, write_truth
from inference.phantom.dicom import SMALL


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> PhantomDicom:
    return write_phantom_dicom(7, tmp_path_factory.mktemp("phantom"), size=SMALL)


@pytest.fixture(scope="module")
def slices(written) -> list[pydicom.FileDataset]:
    return [pydicom.dcmread(path) for path in written.ct_files]


@pytest.fixture(scope="module")
def runs(written) -> list[pydicom.FileDataset]:
    return [pydicom.dcmread(path) for path in written.xa_files]


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.dcm")):
        total.update(path.read_bytes())
    return total.hexdigest()


def test_the_bytes_of_seed_7_are_pinned(written):
    expected = "27f5a8fb6efe4b6d78b3ef12585e369c86f5d9dcecc02491342897fa7145a045"
    assert digest(written.xa_files[0].parent) == expected


def test_ct_slices_give_back_the_volume(written, slices):
    phantom = written.phantom
    stack = np.stack([ds.pixel_array.astype(int) * ds.RescaleSlope for ds in slices])
    np.testing.assert_array_equal(stack + int(slices[0].RescaleIntercept), phantom.hu)
    positions = np.array([ds.ImagePositionPatient for ds in slices], dtype=float)
    np.testing.assert_allclose(positions[0], phantom.origin_lps_mm, atol=1e-3)
    np.testing.assert_allclose(np.diff(positions[:, 2]), phantom.spacing_zyx_mm[0], atol=1e-3)
    assert [float(v) for v in slices[0].PixelSpacing] == list(phantom.spacing_zyx_mm[1:])
    assert len({ds.SOPInstanceUID for ds in slices}) == len(slices)
    assert {ds.SOPClassUID for ds in slices} == {CTImageStorage}


def test_angiography_says_how_it_was_made(written, runs):
    for ds, run in zip(runs, written.runs, strict=True):
        assert ds.SOPClassUID == XRayAngiographicImageStorage
        assert ds.PositionerPrimaryAngle == run.arm.primary_deg
        assert ds.PositionerSecondaryAngle == run.arm.secondary_deg
        assert (ds.DistanceSourceToDetector, ds.DistanceSourceToPatient) == (1100, 750)
        assert ds.ImagerPixelSpacing[0] == pytest.approx(run.arm.pixel_spacing_mm, abs=1e-6)
        assert ds.PixelIntensityRelationship == "LIN"
        assert ds.RecommendedViewingMode == "SUB"
        mask = ds.MaskSubtractionSequence[0]
        assert (mask.MaskOperation, mask.MaskFrameNumbers) == ("AVG_SUB", 1)
        assert ds[ds.FrameIncrementPointer].value == run.frame_time_ms
        assert ds.BitsStored == 12
        np.testing.assert_array_equal(ds.pixel_array, run.frames)


def test_the_two_planes_are_a_pair(written, runs):
    pa, lateral = runs
    assert [ds.ImageType[2] for ds in runs] == ["BIPLANE A", "BIPLANE B"]
    assert pa.ReferencedImageSequence[0].ReferencedSOPInstanceUID == lateral.SOPInstanceUID
    assert lateral.ReferencedImageSequence[0].ReferencedSOPInstanceUID == pa.SOPInstanceUID
    assert pa.PositionerPrimaryAngle == 0
    assert 15 <= pa.PositionerSecondaryAngle <= 20
    assert written.phantom.occluded_side == "right"
    assert lateral.PositionerPrimaryAngle == -90
    assert list(pa.PatientOrientation) == ["L", "F"]
    assert list(lateral.PatientOrientation) == ["A", "F"]


def test_the_angiography_follows_the_ct_of_the_same_patient(slices, runs):
    def taken(ds: pydicom.FileDataset) -> datetime:
        return datetime.strptime(ds.AcquisitionDate + ds.AcquisitionTime, "%Y%m%d%H%M%S")  # noqa: DTZ007

    assert taken(slices[0]) < taken(runs[0]) == taken(runs[1])
    assert {ds.PatientID for ds in (*slices, *runs)} == {"PHANTOM-0007"}


def test_every_file_says_that_it_is_a_phantom(slices, runs):
    for ds in (*slices, *runs):
        assert ds.Manufacturer == "Synthetic phantom"
        assert ds.ImageComments == "Synthetic phantom, not a patient, not for clinical use"
        assert str(ds.PatientName).startswith("PHANTOM^")
        assert ds.BurnedInAnnotation == "NO"


def test_identity_and_site_can_be_given_and_change_the_uids(slices, tmp_path):
    other = write_phantom_dicom(
        7, tmp_path, patient_id="A-1", patient_name="DOE^JANE", site="North", size=SMALL
    )
    ds = pydicom.dcmread(other.ct_files[0])
    assert (ds.PatientID, ds.PatientName, ds.InstitutionName) == ("A-1", "DOE^JANE", "North")
    assert ds.SeriesInstanceUID != slices[0].SeriesInstanceUID


def test_truth_holds_labels_tree_and_opacified_pixels(written, tmp_path):
    write_truth(written, tmp_path / "truth" / "one.npz")
    with np.load(tmp_path / "truth" / "one.npz") as truth:
        np.testing.assert_array_equal(truth["labels"], written.phantom.labels)
        np.testing.assert_array_equal(truth["radii_mm"], written.phantom.tree.radii_mm)
        assert truth["run1_opacified"].sum() > 100
        assert truth["run2_opacified"].shape == written.runs[1].frames[0].shape


def test_command_writes_phantoms_and_their_truth(tmp_path, capsys):
    status = main(["phantom", "--seed", "3", "--output", str(tmp_path), "--small", "--truth"])
    assert status == 0
    assert len(list((tmp_path / "phantom-0003" / "CT").glob("*.dcm"))) == 58
    assert (tmp_path / "phantom-0003" / "XA2.dcm").exists()
    assert (tmp_path / "truth" / "phantom-0003.npz").exists()
    assert "1/1" in capsys.readouterr().out


@pytest.mark.parametrize("option", [["--seed", "-1"], ["--seed", "1", "--count", "0"]])
def test_command_refuses_bad_numbers(option, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["phantom", *option, "--output", str(tmp_path)])
    assert "give" in capsys.readouterr().err
