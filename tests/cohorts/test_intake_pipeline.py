"""Series are taken in side by side, and nobody can tell from the rows."""

import time
from dataclasses import asdict

import pytest

from reader_study.cohorts.arrays import load_xa_run, stored_array
from reader_study.cohorts.models import Series
from reader_study.imaging.burned_in_text import TextBox
from tests.cast import make_study
from tests.cohorts.test_ingest import ingest
from tests.imaging.synthetic_dicom import growing_bar, write_ct_series, write_xa_run

pytestmark = pytest.mark.django_db


def test_rows_come_in_order_whichever_search_for_text_ends_first(tmp_path, monkeypatch):
    for name, size in (("a", 64), ("b", 48), ("c", 32)):
        write_xa_run(tmp_path / "runs" / f"{name}.dcm", growing_bar(size=size))

    def slow_for_the_largest(frames):
        if frames.shape[-1] == 64:
            time.sleep(0.5)
        return (marking(frames),)

    monkeypatch.setattr("reader_study.cohorts.series.pictures.find_text", slow_for_the_largest)
    ingest(make_study(), tmp_path / "runs")
    rows = list(Series.objects.order_by("id"))
    assert [series.position for series in rows] == [1, 2, 3]
    for series in rows:
        frames = load_xa_run(stored_array(series)).frames
        assert series.text_boxes == [asdict(marking(frames))]


def marking(frames) -> TextBox:
    """A box that tells which frames it was found in."""
    return TextBox(0, frames.shape[-1], 0, 1, 1)


def test_a_search_for_text_that_fails_leaves_no_row_without_its_boxes(tmp_path, monkeypatch):
    def failing(frames):
        raise OSError("no memory")

    monkeypatch.setattr("reader_study.cohorts.series.pictures.find_text", failing)
    with pytest.raises(OSError, match="no memory"):
        ingest(make_study(), write_ct_series(tmp_path / "ct")[0].parent)
    assert not Series.objects.exists()
