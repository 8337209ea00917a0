"""From files to cases: what is usable goes in, what is not is named, nothing is lost."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.cohorts.arrays import (
    load_arrays,
    load_ct_volume,
    load_xa_run,
    save_arrays,
    stored_array,
)
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import Case, QuarantinedFile, Series, SeriesKind, Upload
from reader_study.cohorts.study_keys import former_digest
from reader_study.cohorts.tasks import ingest_upload
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment
from reader_study.studies.models import Study
from tests.cast import make_study
from tests.cohorts.files import files_in
from tests.cohorts.sending import received_upload
from tests.imaging.synthetic_dicom import write_ct_series, write_xa_run
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return make_study()


def patient(folder: Path, patient_id: str, *, runs: int = 2) -> Path:
    """Write a patient's CT and angiography runs; returns the patient's folder."""
    write_ct_series(folder / "ct", patient_id=patient_id)
    for run in range(runs):
        write_xa_run(
            folder / f"xa{run}.dcm",
            patient_id=patient_id,
            elements={"AcquisitionTime": f"1200{run:02d}"},
        )
    return folder


def ingest(study: Study, *paths: Path) -> Upload:
    upload = Upload.objects.create(
        study=study, site=study.sites.get(code="north"), filename="test", size_bytes=1
    )
    ingest_paths(upload, list(paths))
    return upload


def said(upload: Upload) -> str:
    return "\n".join(f"{m.level} {m.name}: {m.text}" for m in upload.messages.all())


def test_two_patients_become_two_cases_with_their_series(study, tmp_path):
    upload = ingest(
        study, patient(tmp_path / "a", "HOSPITAL-A"), patient(tmp_path / "b", "HOSPITAL-B")
    )
    assert upload.cases_added == 2
    assert upload.instances_accepted == 2 * (20 + 2)
    assert list(Case.objects.values_list("code", flat=True)) == ["C001", "C002"]
    for case in Case.objects.all():
        kinds = [series.kind for series in case.series.all()]
        assert kinds == [SeriesKind.DSA, SeriesKind.DSA, SeriesKind.NCCT]


def test_how_far_it_has_come_is_told_from_the_first_file_on(study, tmp_path):
    told: list[tuple[float, int]] = []
    upload = Upload.objects.create(
        study=study, site=study.sites.get(code="north"), filename="test", size_bytes=1
    )
    ingest_paths(
        upload,
        [patient(tmp_path / "a", "HOSPITAL-A"), patient(tmp_path / "b", "HOSPITAL-B")],
        progress=lambda share: told.append((share, Series.objects.count())),
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    before_anything_is_stored = [share for share, stored in told if not stored]
    assert 0 < before_anything_is_stored[0] < before_anything_is_stored[1] <= 0.5


def test_stored_arrays_come_back_as_they_were_built(study, tmp_path):
    ingest(study, patient(tmp_path / "a", "HOSPITAL-A", runs=1))
    volume = load_ct_volume(stored_array(Series.objects.get(kind=SeriesKind.NCCT)))
    assert volume.hu.shape == (20, 64, 64)
    assert volume.spacing_zyx_mm == pytest.approx((7.0, 3.2, 3.2))
    run = load_xa_run(stored_array(Series.objects.get(kind=SeriesKind.DSA)))
    assert run.frames.shape == (6, 64, 64)
    assert run.frame_start_ms == pytest.approx([0, 250, 500, 750, 1000, 1250])


def test_sending_the_same_files_again_changes_nothing(study, tmp_path):
    folder = patient(tmp_path / "a", "HOSPITAL-A")
    ingest(study, folder)
    again = ingest(study, folder)
    assert (again.cases_added, again.instances_accepted) == (0, 0)
    assert said(again).count("was ingested before; nothing changed.") == 3
    assert Case.objects.count() == 1


def test_angiography_sent_later_joins_its_patient(study, tmp_path):
    ingest(study, patient(tmp_path / "a", "HOSPITAL-A", runs=0))
    ingest(study, write_xa_run(tmp_path / "later.dcm", patient_id="HOSPITAL-A"))
    assert Case.objects.get().series.count() == 2


def test_tilt_is_corrected_and_said(study, tmp_path):
    write_ct_series(tmp_path / "ct", tilt_deg=15.0)
    upload = ingest(study, tmp_path / "ct")
    assert Series.objects.get().corrections[0] == "Gantry tilt of 15.0° corrected by resampling"
    assert "Gantry tilt of 15.0° corrected by resampling." in said(upload)


def bad_files(folder: Path) -> dict[str, Path]:
    """One of each: a zip without DICOM, a truncated file, a JPEG, an empty folder."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "letters.zip", "w") as archive:
        archive.writestr("letter.txt", "Dear colleague")
    whole = write_xa_run(folder / "whole.dcm").read_bytes()
    (folder / "whole.dcm").unlink()
    (folder / "cut.dcm").write_bytes(whole[: len(whole) // 2])
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100))
    (folder / "nothing").mkdir()
    return {path.name: path for path in folder.iterdir()}


def test_each_bad_input_gets_one_message_and_the_rest_is_ingested(study, tmp_path):
    bad = bad_files(tmp_path / "bad")
    upload = ingest(study, *bad.values(), patient(tmp_path / "a", "HOSPITAL-A"))
    errors = list(upload.messages.filter(level="error"))
    assert sorted(message.name.split("/")[0] for message in errors) == sorted(bad)
    by_name = {message.name: message.text for message in errors}
    assert "no DICOM file inside" in by_name["letters.zip"]
    assert "cut short" in by_name["cut.dcm"]
    assert "a JPEG picture, not DICOM" in by_name["photo.jpg"]
    assert "empty" in by_name["nothing"]
    assert upload.cases_added == 1


def test_a_browser_upload_is_ingested_and_its_raw_files_destroyed(
    study, tmp_path, django_capture_on_commit_callbacks
):
    folder = patient(tmp_path / "a", "HOSPITAL-A", runs=1)
    contents = {f"a/{path.name}": path.read_bytes() for path in folder.rglob("*.dcm")}
    contents["a/photo.jpg"] = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50)
    upload = received_upload(study, contents, site="south")
    with django_capture_on_commit_callbacks(execute=True):
        ingest_upload(str(upload.id))
    upload.refresh_from_db()
    assert (upload.state, upload.error) == (JobState.DONE, "")
    assert upload.instances_accepted == 21
    assert upload.messages.get(level="error").name == "a/photo.jpg"
    assert not QuarantinedFile.objects.exists()
    assert files_in("quarantine") == []
    assert Event.objects.filter(action="raw upload destroyed").exists()


def test_a_real_tilted_head_is_corrected_and_the_localizer_left_out(study):
    upload = ingest(
        study,
        shared_file("head-ct/ge_human_ncct_tilt18.5_variable_spacing_28.zip"),
        shared_file("head-ct/philips_headphantom_5mm_28_plus_localizer.zip"),
    )
    assert upload.cases_added == 2
    messages = said(upload)
    assert "Gantry tilt of 18.5° corrected by resampling." in messages
    assert "Slice spacing uneven (1.14–7.38 mm)" in messages
    assert "I10: a localizer (scout view), not part of the volume." in messages


def test_files_of_a_case_that_raters_were_given_are_left_out(study, tmp_path):
    ingest(study, patient(tmp_path / "a", "HOSPITAL-A", runs=1))
    case = Case.objects.get()
    Assignment.objects.create(
        study=study,
        rater=User.objects.get(username="ruth"),
        case=case,
        position=1,
        code="K7Q2-9FXD",
    )
    late = write_xa_run(
        tmp_path / "late.dcm", patient_id="HOSPITAL-A", elements={"AcquisitionTime": "130000"}
    )
    upload = ingest(study, late)
    assert "what they are shown of it stays as it is" in said(upload)
    assert case.series.filter(kind=SeriesKind.DSA).count() == 1


def test_a_file_that_kills_its_reader_is_named_and_the_rest_is_ingested(
    study, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "reader_study.imaging.supervised.READING_PROCESS", "tests.imaging.dying_reader"
    )
    folder = patient(tmp_path / "a", "HOSPITAL-A")
    (folder / "xa0.dcm").rename(folder / "crashes.dcm")
    (folder / "xa1.dcm").rename(folder / "crashes-decoded.dcm")
    upload = ingest(study, folder)
    assert Series.objects.get(stored_name__isnull=False).kind == SeriesKind.NCCT
    refused = Series.objects.get(kind=SeriesKind.DSA)
    assert [gate["verdict"] for gate in refused.gates] == ["refused"]
    assert "crashes" not in str(refused.gates)
    by_name = {m.name: m.text for m in upload.messages.filter(level="error")}
    crash = "made the program that reads it crash: it is damaged or forged; refused."
    assert by_name == {"a/crashes.dcm": crash, "a/crashes-decoded.dcm": crash}


def test_a_patient_of_an_earlier_release_is_known_again(study, tmp_path):
    folder = patient(tmp_path / "a", "HOSPITAL-A", runs=1)
    ingest(study, folder)
    (ct_file, *_), run_file = sorted((folder / "ct").iterdir()), folder / "xa0.dcm"
    headers = {"NCCT": dcmread(ct_file), "DSA": dcmread(run_file)}
    of_old = {"NCCT": "SeriesInstanceUID", "DSA": "SOPInstanceUID"}
    for series in Series.objects.all():
        series.series_key = former_digest(study, headers[series.kind][of_old[series.kind]].value)
        series.save()
    Case.objects.update(patient_key=former_digest(study, "HOSPITAL-A"))
    write_xa_run(
        folder / "late.dcm", patient_id="HOSPITAL-A", elements={"AcquisitionTime": "130000"}
    )
    upload = ingest(study, folder)
    assert upload.cases_added == 0
    assert said(upload).count("was ingested before") == 2
    assert [series.kind for series in Case.objects.get().series.all()] == ["DSA", "DSA", "NCCT"]


def test_arrays_of_earlier_versions_are_still_read(study, tmp_path):
    ingest(study, patient(tmp_path / "a", "HOSPITAL-A", runs=0))
    stored = stored_array(Series.objects.get())
    volume = load_ct_volume(stored)
    arrays = load_arrays(stored)
    facts = json.loads(arrays["facts"].tobytes())
    del facts["gates"]
    facts |= {"corrections": ["Repeated slices dropped: 1"], "flags": ["Slices thick"]}
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    earlier = load_ct_volume(save_arrays("earlier.npz", **arrays))
    assert earlier.corrections == ["Repeated slices dropped: 1"]
    assert earlier.flags == ["Slices thick"]
    np.testing.assert_array_equal(earlier.hu, volume.hu)
