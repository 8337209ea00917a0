"""The two planes of one injection find each other."""

from pathlib import Path
from typing import Any

import pytest

from reader_study.imaging import read_xa_run

from .synthetic_dicom import write_xa_run


def write_plane(folder: Path, name: str, plane: str, **elements: Any) -> Path:
    usual = {
        "ImageType": ["ORIGINAL", "PRIMARY", f"BIPLANE {plane}"],
        "StudyInstanceUID": "1.2.3",
        "SeriesInstanceUID": "1.2.3.4",
    }
    return write_xa_run(folder / f"{name}.dcm", elements={**usual, **elements})


@pytest.fixture
def partners_in(tmp_path, scan_paths):
    def partners() -> dict[str, str]:
        runs = scan_paths(tmp_path).xa_runs
        return {Path(run.name).stem: Path(run.partner_name).stem for run in runs}

    return partners


def test_planes_of_one_time_are_partners(tmp_path, partners_in):
    for number, second in enumerate(("10", "40")):
        for plane in "AB":
            write_plane(tmp_path, f"{plane}{number}", plane, AcquisitionTime=f"1200{second}")
    assert partners_in() == {"A0": "B0", "B0": "A0", "A1": "B1", "B1": "A1"}


def test_the_nearer_run_is_the_partner(tmp_path, partners_in):
    write_plane(tmp_path, "A", "A", AcquisitionTime="120010")
    write_plane(tmp_path, "B", "B", AcquisitionTime="120011")
    write_plane(tmp_path, "later", "B", AcquisitionTime="120012")
    assert partners_in() == {"A": "B", "B": "A", "later": ""}


@pytest.mark.parametrize(
    "elements",
    [
        {"AcquisitionTime": "120020"},
        {"AcquisitionTime": "120010", "StudyInstanceUID": "9.9"},
        {"AcquisitionTime": "120010", "PatientID": "SOMEBODY-ELSE"},
        {"AcquisitionTime": "120010", "ImageType": ["ORIGINAL", "PRIMARY", "BIPLANE A"]},
        {"AcquisitionTime": "120010", "ImageType": ["ORIGINAL", "PRIMARY", "SINGLE PLANE"]},
    ],
)
def test_other_runs_are_no_partners(tmp_path, partners_in, elements):
    write_plane(tmp_path, "A", "A", AcquisitionTime="120010")
    write_plane(tmp_path, "B", "B", **elements)
    assert partners_in() == {"A": "", "B": ""}


def test_runs_without_a_time_are_partners_where_nothing_else_is_possible(tmp_path, partners_in):
    gone = {"StudyDate": None, "StudyTime": None}
    write_plane(tmp_path, "A", "A", **gone)
    write_plane(tmp_path, "B", "B", **gone)
    assert partners_in() == {"A": "B", "B": "A"}
    write_plane(tmp_path, "B2", "B", **gone)
    assert set(partners_in().values()) == {""}


def test_the_partner_is_named_in_the_gate(tmp_path, scan_paths):
    for plane in "AB":
        write_plane(tmp_path, plane, plane, AcquisitionTime="120010")
    run = read_xa_run(scan_paths(tmp_path / "A.dcm", tmp_path / "B.dcm").xa_runs[0])
    (gate,) = [gate for gate in run.gates if gate.name == "biplane"]
    assert gate.sentence == "Plane A of a biplane system; the run of the other plane is here too"
