"""Every series of a patient is kept; what is used of them, a rule or a person decides."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    SecondaryCaptureImageStorage,
)

from reader_study.cohorts.arrays import load_ct_volume, load_xa_run, stored_array
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.intake.series_intake import add_series
from reader_study.cohorts.models import Case, Review, Series, SeriesKind, Upload
from reader_study.cohorts.series.store import (
    load_picture,
    load_thumbnail,
    picture_frames,
    unpack_dicom,
)
from reader_study.cohorts.study_keys import pseudonym, study_key
from reader_study.imaging.previews import MAX_CT_PICTURES, spread
from reader_study.imaging.scan import scan
from reader_study.imaging.supervised import SupervisedReader
from reader_study.studies.models import Study
from tests.cast import browser_of, make_study
from tests.cohorts.test_ingest import ingest, said
from tests.imaging.synthetic_dicom import growing_bar, write_ct_series, write_xa_run

pytestmark = pytest.mark.django_db
ORIGINAL_TIME = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)


@pytest.fixture
def study() -> Study:
    return make_study()


def a_whole_patient(folder: Path) -> Path:
    """Thick and thin NCCT, one with contrast agent, two slices, a biplane run, a report picture."""
    day = {"AcquisitionDate": "20240506", "AcquisitionTime": "120000"}
    write_ct_series(folder / "thick", elements=day)
    write_ct_series(folder / "thin", slices=40, steps_mm=3.5)
    write_ct_series(folder / "contrast", elements={"ContrastBolusAgent": "IOMERON"})
    write_ct_series(folder / "short", slices=2)
    for plane in "AB":
        write_xa_run(
            folder / f"{plane}.dcm",
            elements={
                **day,
                "ImageType": ["ORIGINAL", "PRIMARY", f"BIPLANE {plane}"],
                "StudyInstanceUID": "1.2.3",
            },
        )
    as_other_object(folder / "picture.dcm", SecondaryCaptureImageStorage)
    return folder


def as_other_object(path: Path, sop_class: str) -> Path:
    """Write a single picture of another kind of object."""
    write_xa_run(path)
    dataset = dcmread(path)
    dataset.PixelData = dataset.PixelData[: 64 * 64 * 2]
    dataset.NumberOfFrames = 1
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    dataset.ConversionType = "WSD"
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_every_series_is_stored_and_the_thinnest_ct_alone_is_used(study, tmp_path):
    ingest(study, a_whole_patient(tmp_path / "a"))
    found = [
        (series.kind, series.position, series.instance_count, series.used, series.review)
        for series in Series.objects.order_by("kind", "position")
    ]
    assert found == [
        ("DSA", 1, 1, False, "waiting"),
        ("DSA", 2, 1, False, "waiting"),
        ("NCCT", 1, 40, True, "not-needed"),
        ("NCCT", 2, 20, False, "not-needed"),
        ("NCCT", 3, 2, False, "not-needed"),
        ("other", 1, 20, False, "waiting"),
        ("other", 2, 1, False, "waiting"),
    ]


def test_each_says_why_it_is_not_used(study, tmp_path):
    ingest(study, a_whole_patient(tmp_path / "a"))
    reasons = {
        (series.kind, series.position): (series.gates[-1]["verdict"], series.gates[-1]["sentence"])
        for series in Series.objects.filter(stored_name=None)
    }
    assert reasons[("NCCT", 2)][0] == "pass"
    assert "another non-contrast CT of the case is" in reasons[("NCCT", 2)][1]
    assert reasons[("NCCT", 3)] == (
        "refused",
        "a CT series of 2 slices; a volume needs at least 3",
    )
    assert reasons[("other", 1)] == (
        "refused",
        "a CT with contrast agent; the study reads non-contrast CT",
    )
    assert "neither CT nor angiography" in reasons[("other", 2)][1]


def test_each_has_pictures_and_a_geometry(study, tmp_path):
    ingest(study, a_whole_patient(tmp_path / "a"))
    for series in Series.objects.all():
        assert load_thumbnail(series).startswith(b"\x89PNG"), series
        assert load_picture(series, 0).startswith(b"\x89PNG"), series
        assert series.geometry is not None
        assert series.geometry["size"][:2] == [64, 64], series
    counts = {(s.kind, s.position): len(picture_frames(s)) for s in Series.objects.all()}
    assert counts[("NCCT", 1)] == 40
    assert counts[("DSA", 1)] == 6
    assert counts[("other", 1)] == 10


def test_planes_are_partners_and_times_move_with_the_case(study, tmp_path):
    ingest(study, a_whole_patient(tmp_path / "a"))
    first, second = Series.objects.filter(kind=SeriesKind.DSA)
    assert (first.biplane_partner, second.biplane_partner) == (second, first)
    days = pseudonym(Case.objects.get()).days_earlier
    assert first.acquired_at == ORIGINAL_TIME - timedelta(days=days)
    assert "A.dcm" not in str(list(Series.objects.values()))


def test_the_stored_files_hold_the_same_pixels_and_consistent_identifiers(study, tmp_path):
    folder = a_whole_patient(tmp_path / "a")
    write_xa_run(folder / "same-study.dcm", elements={"StudyInstanceUID": "1.2.3"})
    ingest(study, folder)
    pixels = {}
    for path in folder.rglob("*.dcm"):
        dataset = dcmread(path)
        stand_ins = pseudonym(Case.objects.get())
        pixels[stand_ins.uid(dataset.SOPInstanceUID)] = (
            dataset.PixelData,
            stand_ins.uid(dataset.StudyInstanceUID),
        )
    for series in Series.objects.all():
        (tmp_path / str(series.id)).mkdir()
        for path in unpack_dicom(series, tmp_path / str(series.id)):
            stored = dcmread(path)
            assert stored.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
            expected = pixels.pop(stored.SOPInstanceUID)
            assert (stored.PixelData, stored.StudyInstanceUID) == expected
            assert stored.PatientID == stored.PatientName == "C001"
    assert pixels == {}


def test_what_is_stored_is_what_the_command_writes(study, tmp_path):
    folder = tmp_path / "a"
    write_ct_series(folder / "ct", slices=4)
    write_xa_run(folder / "xa.dcm")
    ingest(study, folder)
    stored = set()
    for series in Series.objects.all():
        (tmp_path / series.kind).mkdir()
        stored |= {path.read_bytes() for path in unpack_dicom(series, tmp_path / series.kind)}
    (tmp_path / "key").write_bytes(study_key(study))
    options = {"key_file": tmp_path / "key", "case_code": "C001", "out": tmp_path / "out"}
    call_command("deidentify", folder, **options)
    assert {path.read_bytes() for path in (tmp_path / "out").iterdir()} == stored
    assert len(stored) == 5


def test_a_made_up_kind_of_object_is_not_repeated_to_anybody(study, tmp_path):
    write_ct_series(tmp_path / "a" / "ct")
    as_other_object(tmp_path / "a" / "odd.dcm", "1.2.3.19700413")
    upload = ingest(study, tmp_path / "a")
    assert "neither CT nor angiography (a private kind of object)" in said(upload)
    assert "19700413" not in said(upload)


def test_what_is_built_of_the_stored_files_equals_what_was_built_of_the_raw_ones(study, tmp_path):
    folder = tmp_path / "a"
    write_ct_series(folder / "ct", tilt_deg=12.0)
    write_xa_run(folder / "xa.dcm")
    ingest(study, folder)
    for series in Series.objects.all():
        (tmp_path / series.kind).mkdir()
        unpack_dicom(series, tmp_path / series.kind)
    with SupervisedReader() as reader:
        found = reader.scan([tmp_path / "NCCT", tmp_path / "DSA"], tmp_path)
        volume = reader.build_ct_volume(found.ct_series[0])
        run = reader.read_xa_run(found.xa_runs[0])
    first = load_ct_volume(stored_array(Series.objects.get(kind=SeriesKind.NCCT)))
    np.testing.assert_array_equal(volume.hu, first.hu)
    assert (volume.spacing_zyx_mm, volume.origin_lps_mm) == (
        first.spacing_zyx_mm,
        first.origin_lps_mm,
    )
    assert volume.gates == first.gates
    first_run = load_xa_run(stored_array(Series.objects.get(kind=SeriesKind.DSA)))
    np.testing.assert_array_equal(run.frames, first_run.frames)
    assert run.frame_start_ms == first_run.frame_start_ms
    assert run.gates == first_run.gates


def test_a_patient_of_whom_nothing_can_be_read_makes_no_case(study, tmp_path):
    as_other_object(tmp_path / "picture.dcm", SecondaryCaptureImageStorage)
    upload = ingest(study, tmp_path / "picture.dcm")
    assert not Case.objects.exists()
    assert not Series.objects.exists()
    assert "neither CT nor angiography" in said(upload)
    assert "no CT or angiography series was found" in said(upload)


def test_objects_that_cannot_be_deidentified_are_not_stored(study, tmp_path):
    write_ct_series(tmp_path / "a" / "ct")
    as_other_object(tmp_path / "a" / "mr.dcm", MRImageStorage)
    upload = ingest(study, tmp_path / "a")
    assert Series.objects.get().kind == SeriesKind.NCCT
    assert "neither CT nor angiography (MR Image Storage)" in said(upload)


def test_a_series_of_which_a_file_is_refused_is_not_stored(study, tmp_path, monkeypatch):
    write_ct_series(tmp_path / "a" / "good")

    def nameless(number, dataset):
        if number == 7:
            del dataset.StudyInstanceUID

    write_ct_series(tmp_path / "a" / "bad", edit=nameless)
    upload = ingest(study, tmp_path / "a")
    assert Series.objects.get().instance_count == 20
    (error,) = upload.messages.filter(level="error")
    assert error.name == "Series of 20 files beginning with a/bad/0001.dcm"
    assert error.text == (
        "not stored: a/bad/0008.dcm: a DICOM image that does not name its study; export it again."
    )


def test_a_refused_series_is_stored_without_a_volume_and_the_next_best_is_used(study, tmp_path):
    steps = [1.0] * 10 + [90.0] + [1.0] * 10
    write_ct_series(tmp_path / "a" / "gap", slices=22, steps_mm=steps)
    write_ct_series(tmp_path / "a" / "thick")
    ingest(study, tmp_path / "a")
    refused, used = Series.objects.order_by("position")
    assert refused.stored_name is None
    assert refused.gates[-1]["verdict"] == "refused"
    assert (refused.used, used.used) == (False, True)


def test_a_rerun_after_a_failure_in_the_middle_completes_what_is_missing(
    study, tmp_path, monkeypatch
):
    folder = a_whole_patient(tmp_path / "a")

    def failing(*arguments):
        if Series.objects.count() == 3:
            raise OSError("the disk is gone")
        add_series(*arguments)

    upload = Upload.objects.create(
        study=study, site=study.sites.get(code="north"), filename="test", size_bytes=1
    )
    with monkeypatch.context() as patch:
        patch.setattr("reader_study.cohorts.intake.pipeline.add_series", failing)
        with pytest.raises(OSError, match="the disk is gone"):
            ingest_paths(upload, [folder])
    stored = ("id", "dicom_sha256", "stored_name", "gates", "used", "acquired_at")
    before = list(Series.objects.order_by("id").values(*stored))
    assert len(before) == 3
    ingest_paths(upload, [folder])
    assert Series.objects.count() == 7
    assert list(Series.objects.order_by("id").values(*stored))[:3] == before
    assert upload.instances_accepted == 40 + 20 + 20 + 2 + 2 + 1
    assert upload.cases_added == 1


def test_a_new_ct_does_not_displace_the_one_in_use(study, tmp_path):
    ingest(study, write_ct_series(tmp_path / "thick")[0].parent)
    ingest(study, write_ct_series(tmp_path / "thin", slices=40, steps_mm=3.5)[0].parent)
    assert list(Series.objects.order_by("position").values_list("instance_count", "used")) == [
        (20, True),
        (40, False),
    ]


def test_text_in_the_pixels_of_a_ct_makes_it_wait(study, tmp_path, monkeypatch):
    box = {"frame": None, "left": 1, "top": 1, "width": 5, "height": 5}
    monkeypatch.setattr("reader_study.cohorts.series.pictures.text_boxes_in", lambda _: [box])
    ingest(study, write_ct_series(tmp_path / "ct")[0].parent)
    series = Series.objects.get()
    assert (series.used, series.review, series.text_boxes) == (False, Review.WAITING, [box])


@pytest.mark.text_search
def test_a_name_burned_into_every_slice_is_found_by_the_ingest(study, tmp_path):
    with_name = Image.new("L", (512, 512))
    ImageDraw.Draw(with_name).text((20, 20), "MUSTERMANN^ERIKA", 255, ImageFont.load_default(24))

    def burn_in(number: int, dataset: FileDataset) -> None:
        pixels = dataset.pixel_array.copy()
        pixels[np.asarray(with_name) > 127] = pixels.max()
        dataset.PixelData = pixels.tobytes()

    paths = write_ct_series(tmp_path / "ct", slices=6, size=512, pixel_mm=0.45, edit=burn_in)
    ingest(study, paths[0].parent)
    series = Series.objects.get()
    assert (series.used, series.review) == (False, Review.WAITING)
    (box,) = series.text_boxes
    assert box["frame"] is None
    assert (box["left"] < 60, box["top"] < 60) == (True, True)


def test_a_slice_in_which_text_stands_has_its_picture(study, tmp_path, monkeypatch):
    box = {"frame": 22, "left": 1, "top": 1, "width": 5, "height": 5}
    monkeypatch.setattr("reader_study.cohorts.series.pictures.text_boxes_in", lambda _: [box])
    ingest(study, write_ct_series(tmp_path / "ct", slices=60, steps_mm=2.5)[0].parent)
    (waiting,) = browser_of("carol").get(f"/api/studies/{study.id}/review").json()
    assert 22 not in spread(60, MAX_CT_PICTURES)
    assert waiting["picture_frames"] == sorted([*spread(60, MAX_CT_PICTURES), 22])
    assert waiting["preview_count"] == MAX_CT_PICTURES + 1


def test_rows_come_in_the_order_of_the_series_whichever_search_for_text_ends_first(
    study, tmp_path, monkeypatch
):
    for name, size in (("a", 64), ("b", 48), ("c", 32)):
        write_xa_run(tmp_path / "runs" / f"{name}.dcm", growing_bar(size=size))

    def slow_for_the_first(run):
        if run.frames.shape[-1] == 64:
            time.sleep(0.5)
        return [{"frame": 0, "left": run.frames.shape[-1], "top": 0, "width": 1, "height": 1}]

    monkeypatch.setattr("reader_study.cohorts.series.pictures.text_boxes_in", slow_for_the_first)
    ingest(study, tmp_path / "runs")
    rows = list(Series.objects.order_by("id"))
    assert [series.position for series in rows] == [1, 2, 3]
    sizes = [load_xa_run(stored_array(series)).frames.shape[-1] for series in rows]
    assert [series.text_boxes[0]["left"] for series in rows] == sizes


def test_a_search_for_text_that_fails_leaves_no_row_without_its_boxes(study, tmp_path, monkeypatch):
    def failing(images):
        raise OSError("no memory")

    monkeypatch.setattr("reader_study.cohorts.series.pictures.text_boxes_in", failing)
    with pytest.raises(OSError, match="no memory"):
        ingest(study, write_ct_series(tmp_path / "ct")[0].parent)
    assert not Series.objects.exists()


def test_scanned_others_know_their_files(tmp_path):
    write_ct_series(tmp_path / "short", slices=2)
    (other,) = scan([tmp_path / "short"], tmp_path).others
    assert [path.name for path in other.paths] == ["0001.dcm", "0002.dcm"]
    assert len(other.sop_instance_uids) == 2
    assert other.sop_class == CTImageStorage.name
