"""Every series comes with its checks: each passes, is corrected, flagged or refused, once."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from reader_study.imaging import (
    Gate,
    SeriesRefusedError,
    Verdict,
    build_ct_volume,
    read_xa_run,
    scan,
)
from reader_study.imaging.gates import worst_verdict

from .synthetic_dicom import growing_bar, write_ct_series, write_xa_run


def ct_gates(**settings: Any) -> dict[str, Gate]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write_ct_series(root / "ct", **settings)
        (series,) = scan([root / "ct"], root).ct_series
        return by_name(build_ct_volume(series).gates)


def xa_gates(frames: Any = None, **settings: Any) -> dict[str, Gate]:
    with TemporaryDirectory() as folder:
        path = write_xa_run(Path(folder) / "xa.dcm", frames, **settings)
        return by_name(read_xa_run(scan([path], Path(folder)).xa_runs[0]).gates)


def by_name(gates: tuple[Gate, ...]) -> dict[str, Gate]:
    names = [gate.name for gate in gates]
    assert len(set(names)) == len(names)
    return {gate.name: gate for gate in gates}


def tissue_as_padding(_, dataset):
    dataset.add_new("PixelPaddingValue", "US", 1060)


def air_as_padding(_, dataset):
    dataset.add_new("PixelPaddingValue", "US", 0)


def test_a_sound_thin_series_passes_every_gate():
    gates = ct_gates(slices=130, steps_mm=1.0, size=64)
    assert {gate.verdict for gate in gates.values()} == {Verdict.PASS}
    assert list(gates) == [
        "slices", "duplicates", "contrast agent", "orientation", "gantry tilt", "slice spacing",
        "gaps", "slice thickness", "field of view", "padding", "Hounsfield units",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "name", "verdict", "words"),
    [
        ({"tilt_deg": 15.0}, "gantry tilt", "corrected", "Gantry tilt of 15.0° corrected"),
        ({"tilt_deg": 15.0}, "slice spacing", "corrected", "7.00 mm apart resampled to 2.00"),
        ({"in_plane_deg": 8.0}, "orientation", "corrected", "Slices inclined by 8.0°"),
        ({"in_plane_deg": 8.0}, "gantry tilt", "pass", "No gantry tilt"),
        ({"steps_mm": [5.0] * 10 + [7.0] * 9}, "slice spacing", "corrected", "uneven (5.00–7.00"),
        ({"steps_mm": [5.0] * 10 + [10.0] + [5.0] * 8}, "gaps", "flagged", "Slices missing: 1"),
        ({}, "slice thickness", "flagged", "thicker than 1.5 mm (up to 7.0 mm)"),
        ({"slices": 6}, "field of view", "flagged", "Covers only 205 × 205 × 42 mm"),
        ({"pixel_mm": 1.5}, "field of view", "flagged", "Covers only 96 × 96"),
        ({"pixel_mm": 7.0}, "field of view", "flagged", "more than a head"),
        ({"slices": 60}, "field of view", "flagged", "more than a head"),
        ({"edit": air_as_padding}, "padding", "pass", "outside the scanned circle"),
        ({"edit": tissue_as_padding}, "padding", "flagged", "means 36 HU, which is tissue"),
        ({"elements": {"RescaleIntercept": None}}, "Hounsfield units", "flagged", "uncertain"),
        (
            {"elements": {"PhotometricInterpretation": "MONOCHROME1"}},
            "grey scale",
            "flagged",
            "MONOCHROME1",
        ),
        (
            {"elements": {"SeriesDescription": "HEAD W/WO CONTRAST"}},
            "contrast agent",
            "flagged",
            "with and without",
        ),
        (
            {"elements": {"GantryDetectorTilt": 20.0}},
            "tilt in the header",
            "flagged",
            "names a gantry tilt of 20.0°, the slices lie as after one of 0.0°",
        ),
    ],
)
def test_what_is_odd_about_a_ct_is_said_by_its_gate(settings, name, verdict, words):
    gate = ct_gates(**settings)[name]
    assert gate.verdict == verdict
    assert words in gate.sentence


def test_a_tilt_that_the_header_names_with_either_sign_is_no_contradiction():
    for named in (15.0, -15.0):
        gates = ct_gates(tilt_deg=15.0, elements={"GantryDetectorTilt": named})
        assert "tilt in the header" not in gates


def test_a_refused_series_keeps_the_gates_before_the_one_that_failed():
    with pytest.raises(SeriesRefusedError) as refusal:
        ct_gates(steps_mm=[5.0] * 10 + [85.0] + [5.0] * 8)
    assert [(gate.name, gate.verdict) for gate in refusal.value.gates] == [
        ("duplicates", "pass"),
        ("gaps", "refused"),
    ]


def test_a_mixed_series_is_refused_by_the_gate_on_duplicates():
    def sharpen(number, dataset):
        dataset.RescaleIntercept = -1024 + 10 * (number % 2)

    with pytest.raises(SeriesRefusedError) as refusal:
        ct_gates(slices=20, steps_mm=[0.0, 5.0] * 9 + [0.0], edit=sharpen)
    assert refusal.value.gates[-1].name == "duplicates"


def test_repeated_and_differing_slices_are_told_in_one_gate():
    positions: dict[int, Any] = {}

    def edit(number, dataset):
        positions[number] = (dataset.ImagePositionPatient, dataset.PixelData)
        if number == 5:
            dataset.ImagePositionPatient, dataset.PixelData = positions[4]
        if number == 7:
            dataset.ImagePositionPatient = positions[6][0]
            dataset.RescaleIntercept = -900

    gate = ct_gates(edit=edit)["duplicates"]
    assert gate.verdict == "flagged"
    assert gate.sentence == (
        "Different slices at one position, first kept: 1; repeated slices dropped: 1"
    )


def test_a_plain_run_passes_every_gate():
    gates = xa_gates()
    assert {gate.verdict for gate in gates.values()} == {Verdict.PASS}
    assert {name: gate.sentence for name, gate in gates.items()} == {
        "frames": "6 frames of 64 × 64",
        "timing": "6 frames, 250.0 ms each",
        "mask": "The header names frame 1",
        "log or linear": "Stored linear in intensity",
        "already subtracted": "Stored as acquired, not subtracted",
        "C-arm angles": "LAO 30°, cranial 20°",
        "pixel spacing": "0.400 × 0.400 mm at the detector",
    }


@pytest.mark.parametrize(
    ("elements", "name", "verdict", "words"),
    [
        ({"FrameTime": None}, "timing", "flagged", "4 frames per second assumed"),
        ({"MaskSubtractionSequence": []}, "mask", "flagged", "the first frame is taken"),
        ({"PixelIntensityRelationship": "LOG"}, "log or linear", "pass", "logarithms"),
        ({"PixelIntensityRelationship": "DISP"}, "log or linear", "flagged", "display only"),
        ({"PixelIntensityRelationship": None}, "log or linear", "flagged", "linear assumed"),
        ({"PositionerPrimaryAngle": None}, "C-arm angles", "flagged", "not recorded"),
        ({"ImagerPixelSpacing": [0, 0]}, "pixel spacing", "flagged", "not recorded"),
        (
            {"ImageType": ["DERIVED", "PRIMARY", "SINGLE PLANE", "SUBTRACTED"]},
            "already subtracted",
            "flagged",
            "not subtracted again",
        ),
        (
            {"ImageType": ["ORIGINAL", "PRIMARY", "BIPLANE A"]},
            "biplane",
            "flagged",
            "the run of the other plane is not here",
        ),
    ],
)
def test_what_is_odd_about_a_run_is_said_by_its_gate(elements, name, verdict, words):
    gate = xa_gates(elements=elements)[name]
    assert gate.verdict == verdict
    assert words in gate.sentence


def test_a_run_of_two_frames_is_flagged():
    assert xa_gates(growing_bar(frames=2))["frames"].verdict == "flagged"


def test_turned_grey_scales_and_signs_are_corrections():
    signed = (growing_bar().astype(np.int32) - 2048).astype(np.int16)
    assert xa_gates(signed)["pixel values"].verdict == "corrected"
    inverted = xa_gates(elements={"PhotometricInterpretation": "MONOCHROME1"})
    assert inverted["grey scale"].verdict == "corrected"


def test_the_verdict_on_a_series_is_that_of_its_worst_gate():
    def gates(*verdicts: str) -> list[Gate]:
        return [Gate(verdict, Verdict(verdict), "") for verdict in verdicts]

    assert worst_verdict([]) == Verdict.PASS
    assert worst_verdict(gates("pass", "flagged", "corrected")) == Verdict.FLAGGED
    assert worst_verdict(gates("refused", "pass")) == Verdict.REFUSED
