"""``manage.py ingest``: the same ingest from a terminal, and one sentence for each mistake."""

import pytest
from django.core.management import CommandError, call_command

from reader_study.analysis.services import lock_study
from reader_study.cohorts.models import Case, Upload
from reader_study.segmentation.models import SegmentationJob
from tests.cast import grade, make_study, open_with_cases
from tests.imaging.synthetic_dicom import write_ct_series

pytestmark = pytest.mark.django_db


def test_a_folder_becomes_a_case_whose_segmentation_is_queued(tmp_path, capsys):
    make_study()
    files = write_ct_series(tmp_path / "ct")
    call_command("ingest", str(tmp_path), "--study", "arteries", "--site", "south")
    said = capsys.readouterr().out
    assert "C001, NCCT: accepted: 20 slices of 64 × 64" in said
    assert "Cases added: 1. Files accepted: 20." in said
    assert "Segmentations queued: 1." in said
    assert Case.objects.get().site.code == "south"
    assert Upload.objects.get().size_bytes == sum(file.stat().st_size for file in files)
    assert SegmentationJob.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--study", "arteri", "--site", "north"], "There is no study “arteri”. Studies: arteries"),
        (["--study", "arteries"], "Say with --site which hospital sent the files: north, south"),
        (["--study", "arteries", "--site", "x"], "which hospital sent the files: north, south"),
    ],
)
def test_a_mistake_on_the_command_line_is_explained(tmp_path, arguments, said):
    make_study()
    with pytest.raises(CommandError, match=said):
        call_command("ingest", str(tmp_path), *arguments)


def test_a_path_that_is_not_there_is_named(tmp_path):
    make_study()
    with pytest.raises(CommandError, match=r"absent\.zip does not exist"):
        call_command("ingest", str(tmp_path / "absent.zip"), "--study", "arteries")


def test_a_case_may_join_while_the_raters_read(tmp_path):
    open_with_cases(1)
    write_ct_series(tmp_path / "ct")
    call_command("ingest", str(tmp_path), "--study", "arteries", "--site", "north")
    assert SegmentationJob.objects.filter(case__code="C002").exists()


def test_a_locked_study_takes_no_more_cases(tmp_path):
    study = open_with_cases(1)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4})
    lock_study(study=study, actor=None)
    with pytest.raises(CommandError, match="its cohort can no longer grow"):
        call_command("ingest", str(tmp_path), "--study", "arteries", "--site", "north")
