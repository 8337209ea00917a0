"""Real scanners' files: nothing that identifies is left, and nothing that matters is lost."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from reader_study.imaging import build_ct_volume, read_xa_run
from reader_study.imaging.deidentification import deidentify
from reader_study.imaging.errors import ImagingError
from tests.shared_data import SHARED_DATA, shared_file

# Words of this project's own lists in which a name happens to stand: "MARY" in "PRIMARY".
WORDS_OF_THE_LISTS = [b"PRIMARY"]
REFUSED = {
    "0_ORIGINAL_no_pixels.dcm": "Computed Radiography Image Storage is not on the list",
    "MR_truncated.dcm": "damaged or cut short",
    "UN_sequence.dcm": "does not say what it is",
    "badVR.dcm": "RT Dose Storage is not on the list",
    "deid_us_rgb_burned_in.dcm": "Ultrasound Image Storage is not on the list",
    "empty_charset_LEI.dcm": "does not say what it is",
    "emri_small_jpeg_2k_lossless_too_short.dcm": "Enhanced MR Image Storage is not on the list",
    "meta_missing_tsyntax.dcm": "does not say what it is",
    "nested_priv_SQ.dcm": "does not say what it is",
    "no_meta.dcm": "not a DICOM file",
    "no_meta_group_length.dcm": "does not say what it is",
    "priv_SQ.dcm": "does not say what it is",
    "rtplan_truncated.dcm": "damaged or cut short",
}


def shared_files() -> list[tuple[str, bytes]]:
    """Every DICOM file of the shared folders, out of their zips."""
    found = []
    for folder in ("head-ct", "xa", "bad-dicom"):
        for path in sorted(shared_file(folder).iterdir()):
            if path.suffix == ".dcm":
                found.append((path.name, path.read_bytes()))
            elif path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    found += [
                        (f"{path.name}/{entry.filename}", archive.read(entry))
                        for entry in archive.infolist()
                        if not entry.is_dir()
                    ]
    return found


def identifying_strings(facts: dict) -> set[str]:
    """What `phi_facts.json` knows of a file: its tokens and all identifying values, in parts."""
    values = [v for places in facts["identifying"].values() for v in places.values()]
    parts = {part for value in values for part in re.split(r"[\^\s]+", value)}
    return {*facts["tokens"], *values, *parts} - {"", "----"}


@pytest.mark.parametrize("name", sorted(json.loads(
    (SHARED_DATA / "bad-dicom/phi_facts.json").read_text()
) if (SHARED_DATA / "bad-dicom/phi_facts.json").exists() else ["absent"]))  # fmt: skip
def test_no_identifying_string_of_a_real_file_is_left(written, name):
    facts = json.loads(shared_file("bad-dicom/phi_facts.json").read_text())[name]
    (path,) = (
        p
        for folder in ("bad-dicom", "xa", "head-ct")
        if (p := SHARED_DATA / folder / name).exists()
    )
    if name in REFUSED:
        with pytest.raises(ImagingError, match=REFUSED[name]):
            written(path.read_bytes())
        return
    new = written(path.read_bytes())
    for word in WORDS_OF_THE_LISTS:
        new = new.replace(word, b"-" * len(word))
    dataset = dcmread(io.BytesIO(new), force=True)
    values = {str(e.value) for e in dataset.iterall() if e.VR != "SQ" and e.keyword != "PixelData"}
    for string in identifying_strings(facts):
        if len(string) < 4 or (string.isdigit() and len(string) < 8):
            # Short enough to come about by chance in compressed pixels or a long number.
            assert string not in values
            continue
        for coding in ("latin-1", "utf-8", "utf-16-le", "utf-16-be"):
            assert string.encode(coding) not in new, string


def test_every_shared_file_is_written_or_refused_and_keeps_its_pixels(written):
    outcomes: dict[str, str] = {}
    count = 0
    for name, file in shared_files():
        try:
            new = written(file)
        except ImagingError as error:
            outcomes[name] = str(error)
            continue
        count += 1
        before, after = dcmread(io.BytesIO(file)), dcmread(io.BytesIO(new))
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
        assert after.PatientName == after.PatientID == "C001"
        assert not [e for e in after.iterall() if e.tag.is_private]
        if name != "JPEG2000-embedded-sequence-delimiter.dcm":  # which no decoder reads
            assert (before.pixel_array == after.pixel_array).all()
        assert written(new)  # and once more does no harm
    assert count == 76
    for name, words in REFUSED.items():
        assert words in outcomes[name]


def element_values(dataset: Dataset) -> dict[str, str]:
    return {e.keyword: str(e.value) for e in dataset if e.keyword}


def test_what_an_angiography_run_needs_is_kept(written):
    before = dcmread(shared_file("xa/phantom_IM2.dcm"))
    after = dcmread(io.BytesIO(written(shared_file("xa/phantom_IM2.dcm").read_bytes())))
    for keyword in (
        "FrameTime", "FrameIncrementPointer", "NumberOfFrames", "PositionerPrimaryAngle",
        "PositionerSecondaryAngle", "DistanceSourceToDetector", "DistanceSourceToPatient",
        "PixelIntensityRelationship", "ImageType", "AcquisitionTime", "ShutterShape",
        "WindowCenter", "RepresentativeFrameNumber", "KVP", "InstanceNumber",
    ):  # fmt: skip
        assert after[keyword].value == before[keyword].value, keyword


def copies(folder: Path, archive: Path, written) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(archive) as opened:
        for number, entry in enumerate(opened.infolist()):
            try:
                (folder / f"{number}.dcm").write_bytes(written(opened.read(entry)))
            except ImagingError:
                continue
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "philips_headphantom_5mm_28_plus_localizer.zip",
        "d2n_tilt_4slices_noise.zip",
        "d2n_missing_slice_noise.zip",
    ],
)
def test_the_same_volume_is_built_from_the_copy(tmp_path, scan_paths, written, pseudonym, name):
    archive = shared_file(f"head-ct/{name}")
    (before,) = scan_paths(archive).ct_series
    (after,) = scan_paths(copies(tmp_path / "copies", archive, written)).ct_series
    volume, new_volume = build_ct_volume(before), build_ct_volume(after)
    assert (volume.hu == new_volume.hu).all()
    assert replace(volume, hu=new_volume.hu) == new_volume
    assert after.patient_id == "C001"
    if before.acquired_at:
        moved = before.acquired_at - after.acquired_at
        assert moved == timedelta(days=pseudonym.days_earlier)


def test_a_tilted_series_lies_where_it_lay(tmp_path, scan_paths, written):
    archive = shared_file("head-ct/ge_human_ncct_tilt18.5_variable_spacing_28.zip")
    (before,) = scan_paths(archive).ct_series
    (after,) = scan_paths(copies(tmp_path / "copies", archive, written)).ct_series

    def geometry(series):
        slices = sorted((s.position_lps_mm, s.thickness_mm) for s in series.slices)
        return slices, series.row_direction, series.column_direction, series.pixel_spacing_mm

    assert geometry(after) == geometry(before)


@pytest.mark.parametrize("name", ["phantom_IM2.dcm", "phantom_IM3.dcm", "phantom_IM4.dcm"])
def test_the_same_run_is_read_from_the_copy(tmp_path, scan_paths, written, name):
    path = shared_file(f"xa/{name}")
    copy = tmp_path / "copy.dcm"
    copy.write_bytes(written(path.read_bytes()))
    (before,), (after,) = scan_paths(path).xa_runs, scan_paths(copy).xa_runs
    run, new_run = read_xa_run(before), read_xa_run(after)
    assert (run.frames == new_run.frames).all()
    assert replace(run, frames=new_run.frames) == new_run
    assert (before.plane, before.frames) == (after.plane, after.frames)


def test_the_report_counts_and_says_that_pixels_were_not_examined(pseudonym):
    result = deidentify(shared_file("xa/phantom_IM2.dcm").read_bytes(), pseudonym)
    report = result.report
    assert report.kind == "XA"
    assert report.replaced["(0010,0010)"] == 1
    assert report.dropped["(0008,0080)"] == 1
    assert report.dropped_in_words.startswith("55 private, ")
    assert report.remarks == [
        "Pixels not examined: text burned into the image, if there is any, is still there"
    ]
