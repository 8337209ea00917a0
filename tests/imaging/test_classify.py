"""What is not a native axial CT or an angiography run is left out, with its reason."""

import pytest

from .synthetic_dicom import growing_bar, write_ct_series, write_xa_run


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "a localizer"),
        ({"ImageType": ["DERIVED", "SECONDARY", "REFORMATTED"]}, "a reformat"),
        ({"ImageType": ["DERIVED", "PRIMARY", "AXIAL"]}, "a derived image"),
        ({"ContrastBolusAgent": "Iomeprol 350"}, "a CT with contrast agent"),
        ({"SeriesDescription": "CTA Head 0.6"}, "a CT with contrast agent"),
        ({"SeriesDescription": "Angio arterial"}, "a CT with contrast agent"),
        ({"ImagePositionPatient": None}, "a CT image without a position"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "a CT image without a valid orient"),
        ({"PixelSpacing": [0, 0]}, "a CT image without a pixel spacing"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "neither CT nor angiography"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2.1"}, "an enhanced multi-frame object"),
        (
            {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]},
            "coronal or sagittal slices, as reformats are; a volume needs axial ones",
        ),
    ],
)
def test_other_ct_is_left_out_with_its_reason(tmp_path, scan_paths, elements, reason):
    write_ct_series(tmp_path / "case", slices=5, elements=elements)
    result = scan_paths(tmp_path / "case")
    assert result.ct_series == ()
    assert all(out.reason.startswith(reason) for out in result.left_out)
    assert sum(len(out.names) for out in result.left_out) == 5


@pytest.mark.parametrize(
    "elements",
    [
        {"SeriesDescription": "Head without contrast"},
        {"SeriesDescription": "NCCT thin", "ContrastBolusAgent": "NONE"},
        {"SeriesDescription": "HEAD W/O CONTRAST POST FOSSA", "ContrastBolusAgent": ""},
        {"ImageType": ["ORIGINAL", "SECONDARY", "AXIAL"]},
    ],
)
def test_native_ct_is_kept(tmp_path, scan_paths, elements):
    write_ct_series(tmp_path / "case", slices=5, elements=elements)
    assert len(scan_paths(tmp_path / "case").ct_series) == 1


def test_a_scout_without_the_word_localizer_is_known_by_its_geometry(tmp_path, scan_paths):
    uid = "1.2.3.4.5"
    write_ct_series(tmp_path / "case" / "ct", slices=5, series_uid=uid)
    scout = {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}
    write_ct_series(tmp_path / "case" / "scout", slices=1, series_uid=uid, elements=scout)
    result = scan_paths(tmp_path / "case")
    assert len(result.ct_series) == 1
    (out,) = result.left_out
    assert out.message == "case/scout/0001.dcm: a localizer (scout view), not part of the volume."


def test_a_series_of_two_slices_is_left_out(tmp_path, scan_paths):
    write_ct_series(tmp_path / "case", slices=2)
    assert "needs at least 3" in scan_paths(tmp_path / "case").left_out[0].reason


def test_rounding_of_the_orientation_does_not_split_a_series(tmp_path, scan_paths):
    def jitter(number, dataset):
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 0.9485 + 1e-6 * (-1) ** number, -0.3168]

    write_ct_series(tmp_path / "case", tilt_deg=18.47, edit=jitter)
    (series,) = scan_paths(tmp_path / "case").ct_series
    assert len(series.slices) == 20


def test_two_patients_in_one_upload_stay_apart(tmp_path, scan_paths):
    for patient in ("A", "B"):
        write_ct_series(tmp_path / patient, slices=3, patient_id=patient, series_uid="1.2.3")
    result = scan_paths(tmp_path / "A", tmp_path / "B")
    assert {series.patient_id for series in result.ct_series} == {"A", "B"}


def test_the_planes_of_a_biplane_system_are_known(tmp_path, scan_paths):
    for plane in "AB":
        elements = {"ImageType": ["ORIGINAL", "PRIMARY", f"BIPLANE {plane}"]}
        write_xa_run(tmp_path / f"{plane}.dcm", elements=elements)
    runs = scan_paths(tmp_path / "A.dcm", tmp_path / "B.dcm").xa_runs
    assert [run.plane for run in runs] == ["A", "B"]


def test_runs_come_in_the_order_of_their_acquisition(tmp_path, scan_paths):
    late = write_xa_run(tmp_path / "a.dcm", elements={"AcquisitionDateTime": "20260102101500"})
    early = write_xa_run(tmp_path / "b.dcm", elements={"AcquisitionDateTime": "20260102101000"})
    assert [run.name for run in scan_paths(late, early).xa_runs] == ["b.dcm", "a.dcm"]


def test_a_single_picture_is_not_a_run(tmp_path, scan_paths):
    write_xa_run(tmp_path / "still.dcm", growing_bar(frames=1))
    result = scan_paths(tmp_path / "still.dcm")
    assert result.xa_runs == ()
    assert "single angiography picture" in result.left_out[0].reason
