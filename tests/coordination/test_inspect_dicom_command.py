"""``manage.py inspect_dicom``: what each file is and what is wrong with it, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.imaging.synthetic_dicom import write_ct_series, write_xa_run
from tests.shared_data import shared_file


@pytest.fixture
def report(capsys):
    def run(*paths: Path) -> dict[str, Any]:
        call_command("inspect_dicom", *map(str, paths), "--json")
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    write_ct_series(folder / "ct", tilt_deg=15.0)
    write_ct_series(folder / "cta", slices=5, elements={"ContrastBolusAgent": "Iomeprol"})
    write_xa_run(folder / "xa.dcm", elements={"FrameTime": None})
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50))
    return folder


def test_every_series_is_reported_with_its_kind_verdict_gates_and_geometry(case, report):
    found = report(case)
    ct, run, cta = found["series"]
    assert (ct["kind"], ct["verdict"]) == ("NCCT", "flagged")
    assert ct["geometry"] == {
        "size": [64, 64, 20],
        "spacing_mm": [3.2, 3.2, 7.0],
        "tilt_deg": 15.0,
        "orientation": "axial",
    }
    assert ct["corrected"]["tilt_deg"] == 0.0
    assert ct["reasons"][0] == "Gantry tilt of 15.0° corrected by resampling"
    tilt = next(gate for gate in ct["gates"] if gate["name"] == "gantry tilt")
    assert tilt["verdict"] == "corrected"
    assert len(ct["files"]) == 20
    assert (run["kind"], run["verdict"]) == ("DSA", "flagged")
    assert run["reasons"] == ["Frame times are not recorded: 4 frames per second assumed"]
    assert run["geometry"]["size"] == [64, 64, 6]
    assert run["geometry"]["orientation"] == "LAO 30°, cranial 20°"
    assert (cta["kind"], cta["verdict"]) == ("other", "refused")
    assert cta["reasons"] == ["a CT with contrast agent; the study reads non-contrast CT"]
    assert found["refused"] == [
        {
            "name": "case/photo.jpg",
            "reason": "a JPEG picture, not DICOM; export the series as DICOM",
        }
    ]


def test_a_series_that_is_refused_says_why(tmp_path, report):
    write_ct_series(tmp_path / "ct", steps_mm=[5.0] * 10 + [85.0] + [5.0] * 8)
    (series,) = report(tmp_path / "ct")["series"]
    assert series["verdict"] == "refused"
    assert series["reasons"][0].startswith("a gap of 85 mm between slices")


def test_every_refused_file_has_a_line_of_its_own(tmp_path, report):
    (tmp_path / "case").mkdir()
    for number in range(9):
        (tmp_path / "case" / f"{number}.dcm").write_bytes(bytes(128) + b"DICM" + bytes(50))
    assert len(report(tmp_path / "case")["refused"]) == 9


def test_the_table_has_a_line_for_each_series_gate_and_file(case, capsys):
    call_command("inspect_dicom", str(case), "--no-color")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "NCCT   flagged    64 × 64 × 20, 3.2 × 3.2 × 7 mm, tilt 15.0°, axial  "
        "(case/ct/0001.dcm and 19 more)"
    )
    assert "    corrected  gantry tilt: Gantry tilt of 15.0° corrected by resampling" in lines
    assert any(line.startswith("refused  case/photo.jpg: a JPEG picture") for line in lines)
    assert lines[-1] == "Series: 3. Files refused: 1."


def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"absent does not exist"):
        call_command("inspect_dicom", str(tmp_path / "absent"))


def test_no_database_is_needed(tmp_path):
    write_xa_run(tmp_path / "xa.dcm")
    done = subprocess.run(
        [sys.executable, "manage.py", "inspect_dicom", str(tmp_path), "--json"],
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent"},
        capture_output=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert json.loads(done.stdout)["series"][0]["kind"] == "DSA"


EXPECTED_KINDS = {
    "head-ct/J2K_pixelrep_mismatch.dcm": ("NCCT", "refused", "a CT series of 1 slice"),
    "head-ct/d2n_missing_slice_noise.zip": ("NCCT", "flagged", "1 gap(s) of 10.0 mm"),
    "head-ct/d2n_tilt_4slices_noise.zip": ("NCCT", "flagged", "Gantry tilt of 14.0°"),
    "head-ct/eCT_Supplemental.dcm": ("other", "refused", "a perfusion map"),
    "head-ct/ge_human_ncct_tilt18.5_variable_spacing_28.zip": (
        "NCCT",
        "flagged",
        "Gantry tilt of 18.5°",
    ),
    "xa/phantom_IM2.dcm": ("DSA", "flagged", "display only (DISP)"),
    "xa/phantom_IM3.dcm": ("DSA", "flagged", "display only (DISP)"),
    "xa/phantom_IM4.dcm": ("DSA", "flagged", "display only (DISP)"),
    "bad-dicom/bad_sequence.dcm": ("NCCT", "refused", "a CT series of 1 slice"),
    "bad-dicom/ctbrain1.dcm": ("other", "refused", "Secondary Capture"),
    "bad-dicom/presidio_2_ORIGINAL_ct_burned_in.dcm": ("other", "refused", "a localizer"),
    "bad-dicom/deid_us_rgb_burned_in.dcm": ("other", "refused", "Ultrasound"),
}


@pytest.mark.parametrize("name", EXPECTED_KINDS)
def test_real_files_are_taken_for_what_they_are(name, report):
    kind, verdict, words = EXPECTED_KINDS[name]
    found = report(shared_file(name))
    (series,) = found["series"]
    assert (series["kind"], series["verdict"]) == (kind, verdict)
    assert words in " ".join(series["reasons"])


def test_every_real_file_is_in_a_series_or_has_a_reason(report):
    folder = shared_file("bad-dicom")
    found = report(folder)
    named = [file for series in found["series"] for file in series["files"]]
    named += [out["name"] for key in ("refused", "left_out") for out in found[key]]
    assert sorted(named) == sorted(f"bad-dicom/{path.name}" for path in folder.iterdir())
    assert all(out["reason"] for out in found["refused"])
