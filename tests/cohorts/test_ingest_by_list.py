"""Cases come in under the codes, sites and occlusions that the list of cases gives them."""

import shutil
import zipfile
from pathlib import Path

import pytest

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.manifests.checked import checked_manifest
from reader_study.cohorts.models import Case, Series, Upload
from reader_study.studies.models import Study
from tests.cast import make_study
from tests.cohorts.test_ingest import patient, said
from tests.imaging.synthetic_dicom import write_xa_run
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db

HEADER = "case,site,side,segment,file"


@pytest.fixture
def study() -> Study:
    return make_study()


def ingest(study: Study, path: Path, *lines: str) -> Upload:
    """Ingest a folder of files with a list of cases, as an upload of the north."""
    carol = User.objects.get(username="carol")
    upload = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="test",
        size_bytes=1,
        uploaded_by=carol,
        manifest=checked_manifest("\n".join([HEADER, *lines]), carol, study) if lines else [],
    )
    ingest_paths(upload, [path])
    return upload


def cases() -> list[tuple[str, str, str, str]]:
    return [
        (case.code, case.site.code, case.occlusion_side, case.occlusion_segment)
        for case in Case.objects.select_related("site")
    ]


def test_a_case_gets_code_site_and_occlusion_from_its_line(study, tmp_path):
    patient(tmp_path / "cohort" / "CASE 01", "HOSPITAL-A")
    patient(tmp_path / "cohort" / "CASE 02", "HOSPITAL-B")
    upload = ingest(
        study, tmp_path / "cohort", "A1,south,L,M1,CASE 01", "B2,north,,,cohort/CASE 02"
    )
    assert cases() == [("A1", "south", "left", "M1"), ("B2", "north", "", "")]
    assert {series.case.code for series in Series.objects.all()} == {"A1", "B2"}
    assert "warning Line" not in said(upload)
    event = Event.objects.get(action="case added", subject="A1")
    assert event.actor == User.objects.get(username="carol")
    assert (event.detail["site"], event.detail["occlusion_side"]) == ("south", "left")
    assert event.detail["occlusion_segment"] == "M1"


def test_a_line_may_name_a_zip_or_a_folder_in_a_zip(study, tmp_path):
    patient(tmp_path / "a", "HOSPITAL-A", runs=1)
    patient(tmp_path / "CASE 02", "HOSPITAL-B", runs=1)
    cohort = tmp_path / "cohort"
    cohort.mkdir()
    for name, folder, inside in (("one.zip", "a", ""), ("two.zip", "CASE 02", "deep/CASE 02/")):
        with zipfile.ZipFile(cohort / name, "w") as archive:
            for file in (tmp_path / folder).rglob("*.dcm"):
                archive.write(file, f"{inside}{file.relative_to(tmp_path / folder).as_posix()}")
    ingest(study, cohort, "A1,north,,,one.zip", "B2,north,,,CASE 02")
    assert [code for code, *_ in cases()] == ["A1", "B2"]


def test_patients_whom_the_list_does_not_name_get_the_next_free_codes(study, tmp_path):
    for name in "abc":
        patient(tmp_path / "cohort" / name, f"HOSPITAL-{name}", runs=0)
    upload = ingest(study, tmp_path / "cohort", "C002,south,,,b")
    assert [case[:2] for case in cases()] == [
        ("C001", "north"),
        ("C002", "south"),
        ("C003", "north"),
    ]
    assert said(upload).count("no line of the list of cases names these files") == 2


def test_two_patients_in_the_folder_of_one_line_are_kept_apart_by_taking_neither(study, tmp_path):
    patient(tmp_path / "cohort" / "x" / "1", "HOSPITAL-A", runs=0)
    patient(tmp_path / "cohort" / "x" / "2", "HOSPITAL-B", runs=0)
    patient(tmp_path / "cohort" / "y", "HOSPITAL-C", runs=0)
    upload = ingest(study, tmp_path / "cohort", "A1,north,,,x", "A2,north,,,y")
    assert [code for code, *_ in cases()] == ["A2"]
    assert said(upload).count("by the headers the files there are of 2 patients") == 2


def test_one_patient_under_two_codes_is_not_taken_in(study, tmp_path):
    patient(tmp_path / "cohort" / "x", "HOSPITAL-A", runs=0)
    write_xa_run(tmp_path / "cohort" / "y" / "1.dcm", patient_id="HOSPITAL-A")
    upload = ingest(study, tmp_path / "cohort", "A1,north,,,x", "A2,north,,,y")
    assert cases() == []
    assert "line 2 calls it A1 and line 3 calls it A2" in said(upload)


def test_a_code_of_another_patient_is_refused(study, tmp_path):
    ingest(study, patient(tmp_path / "x", "HOSPITAL-A", runs=0), "A1,north,,,x")
    upload = ingest(study, patient(tmp_path / "y", "HOSPITAL-B", runs=0), "A1,north,,,y")
    assert len(cases()) == 1
    assert "A1 (line 2) is the case of another patient already" in said(upload)


def test_a_known_patient_under_another_code_or_site_is_refused(study, tmp_path):
    ingest(study, patient(tmp_path / "x", "HOSPITAL-A", runs=0), "A1,north,,,x")
    write_xa_run(tmp_path / "y" / "1.dcm", patient_id="HOSPITAL-A")
    upload = ingest(study, tmp_path / "y", "A2,north,,,y")
    assert "the patient is case A1 already, but line 2 says A2" in said(upload)
    later = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="test",
        size_bytes=1,
        manifest=[{**upload.manifest[0], "case_code": "A1", "site": "south"}],
    )
    ingest_paths(later, [tmp_path / "y"])
    assert "A1 is a case of the site north, but line 2 says south" in said(later)
    assert Series.objects.count() == 1


def test_more_images_of_a_case_join_it_and_complete_its_occlusion(study, tmp_path):
    ingest(study, patient(tmp_path / "x", "HOSPITAL-A", runs=0), "A1,north,left,,x")
    write_xa_run(tmp_path / "y" / "1.dcm", patient_id="HOSPITAL-A")
    upload = ingest(study, tmp_path / "y", "A1,north,left,M2,y")
    assert cases() == [("A1", "north", "left", "M2")]
    assert Series.objects.count() == 2
    assert Event.objects.get(action="case occlusion set").detail["new"] == {
        "occlusion_segment": "M2"
    }
    again = ingest(study, tmp_path / "y", "A1,north,right,M2,y")
    assert cases() == [("A1", "north", "left", "M2")]
    assert "line 2 says right, but the case has left M2" in said(again)
    assert "says" not in said(upload)


def test_images_without_a_patients_number_belong_to_whom_the_list_names(study, tmp_path):
    for name in ("x", "y"):
        patient(tmp_path / "cohort" / name, "", runs=1)
    ingest(study, tmp_path / "cohort", "A1,north,,,x", "A2,north,,,y")
    assert {case.code: case.series.count() for case in Case.objects.all()} == {"A1": 2, "A2": 2}


def test_a_line_that_leads_nowhere_is_named(study, tmp_path):
    upload = ingest(study, patient(tmp_path / "x", "A", runs=0), "A1,north,,,x", "A2,north,,,z")
    assert "warning Line 3, case A2: no usable image lies at “z”" in said(upload)


def test_a_real_folder_with_a_list(study, tmp_path):
    cohort = tmp_path / "Kohorte München"
    (cohort / "KOPF").mkdir(parents=True)
    (cohort / "Phantom").mkdir()
    shutil.copy(
        shared_file("head-ct/ge_human_ncct_tilt18.5_variable_spacing_28.zip"), cohort / "KOPF"
    )
    for name in ("phantom_IM2.dcm", "phantom_IM3.dcm"):
        shutil.copy(shared_file(f"xa/{name}"), cohort / "Phantom")
    upload = ingest(study, cohort, "H-1,south,R,ICA-T,Kopf", "P.1,north,,,phantom\\")
    assert cases() == [("H-1", "south", "right", "ICA-T"), ("P.1", "north", "", "")]
    assert {case.code: case.series.count() for case in Case.objects.all()} == {"H-1": 1, "P.1": 2}
    assert "list of cases" not in said(upload)
