"""What a person paints over is gone from the file for good, and nothing else is changed."""

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, JPEGExtended12Bit

from reader_study.imaging.deidentification import Pseudonym, deidentify
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.painting import Rectangle, paint_over
from reader_study.imaging.scan import scan
from reader_study.imaging.supervised import ReaderDiedError, SupervisedReader
from reader_study.imaging.xa_run import read_xa_run
from tests.imaging.compressed_dicom import ACCEPTED, LOSSY, store_as
from tests.imaging.synthetic_dicom import write_xa_run
from tests.stored_series import frames_with_name

OF_8_BITS = [syntax for syntax in ACCEPTED if syntax != JPEGExtended12Bit]
NAME = Rectangle(left=5, top=4, width=20, height=6)


@pytest.mark.parametrize("rectangles", [[NAME], [NAME, Rectangle(60, 60, 4, 4)]])
def test_the_rectangles_are_painted_in_every_frame_and_the_rest_stays(tmp_path, rectangles):
    frames = frames_with_name()
    source = write_xa_run(tmp_path / "run.dcm", frames)
    paint_over(source, tmp_path / "painted.dcm", "run", rectangles)
    painted = dcmread(tmp_path / "painted.dcm").pixel_array
    covered = np.zeros(frames.shape[1:], bool)
    for box in rectangles:
        covered[box.top : box.top + box.height, box.left : box.left + box.width] = True
    assert np.unique(painted[:, covered]).tolist() == [900]
    assert np.array_equal(painted[:, ~covered], frames[:, ~covered])
    assert 4000 not in painted


@pytest.mark.parametrize("syntax", OF_8_BITS, ids=lambda syntax: syntax.keyword)
def test_compressed_runs_are_painted_too_and_come_out_plain(tmp_path, syntax):
    frames = (frames_with_name(size=128) // 16).astype(np.uint8)
    source = write_xa_run(tmp_path / "run.dcm", frames, bits=8)
    store_as(source, syntax)
    paint_over(source, tmp_path / "painted.dcm", "run", [NAME])
    dataset = dcmread(tmp_path / "painted.dcm")
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert len(dataset.PixelData) == frames.nbytes
    painted = dataset.pixel_array
    inside = painted[:, NAME.top : NAME.top + NAME.height, NAME.left : NAME.left + NAME.width]
    assert len(np.unique(inside)) == 1
    tolerance = 20 if syntax in LOSSY else 0
    outside = np.abs(painted[:, 20:].astype(int) - frames[:, 20:].astype(int))
    assert outside.max() <= tolerance


def test_a_painted_file_is_still_the_run_that_it_was(tmp_path):
    source = tmp_path / "deidentified.dcm"
    sent = write_xa_run(tmp_path / "run.dcm", frames_with_name())
    with source.open("wb") as file:
        deidentify(sent.read_bytes(), Pseudonym(b"k" * 32, "C001")).write_to(file)
    target = tmp_path / "out" / "painted.dcm"
    target.parent.mkdir()
    paint_over(source, target, "run", [NAME])
    before, after = dcmread(source), dcmread(target)
    changed = {
        element.keyword
        for element in [*before, *after]
        if before.get(element.tag) != after.get(element.tag)
    }
    assert changed == {
        "BurnedInAnnotation",
        "DeidentificationMethod",
        "DeidentificationMethodCodeSequence",
        "PixelData",
    }
    codes = [code.CodeValue for code in after.DeidentificationMethodCodeSequence]
    assert codes.count("113101") == 1
    assert not any("not examined" in said for said in after.DeidentificationMethod)
    assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
    (run,) = scan([target], tmp_path / "out").xa_runs
    decoded = read_xa_run(run)
    assert decoded.mask_frames == [0]
    assert decoded.frames.max() == 2000


def test_painting_again_says_so_once(tmp_path):
    source = write_xa_run(tmp_path / "run.dcm", frames_with_name())
    paint_over(source, tmp_path / "once.dcm", "run", [NAME])
    paint_over(tmp_path / "once.dcm", tmp_path / "twice.dcm", "run", [Rectangle(0, 0, 2, 2)])
    twice = dcmread(tmp_path / "twice.dcm")
    assert isinstance(twice.DeidentificationMethod, str)
    assert len(twice.DeidentificationMethodCodeSequence) == 1


def test_an_image_that_is_covered_whole_holds_nothing(tmp_path):
    source = write_xa_run(tmp_path / "run.dcm", frames_with_name())
    paint_over(source, tmp_path / "painted.dcm", "run", [Rectangle(0, 0, 64, 64)])
    assert not dcmread(tmp_path / "painted.dcm").pixel_array.any()


def test_a_rectangle_outside_of_the_image_is_refused_and_nothing_written(tmp_path):
    source = write_xa_run(tmp_path / "run.dcm")
    with pytest.raises(ImagingError, match="a rectangle lies outside of 64 × 64 pixels"):
        paint_over(source, tmp_path / "painted.dcm", "run", [Rectangle(60, 0, 5, 5)])
    assert not (tmp_path / "painted.dcm").exists()


def test_a_file_that_kills_its_painter_harms_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "reader_study.imaging.supervised.READING_PROCESS", "tests.imaging.dying_reader"
    )
    good = write_xa_run(tmp_path / "good.dcm", frames_with_name())
    bad = write_xa_run(tmp_path / "crashes.dcm", frames_with_name())
    with SupervisedReader() as reader:
        with pytest.raises(ReaderDiedError, match="the run: made the program that reads it crash"):
            reader.paint_over(bad, tmp_path / "a.dcm", "the run", [NAME])
        reader.paint_over(good, tmp_path / "b.dcm", "the run", [NAME])
    assert not (tmp_path / "a.dcm").exists()
    assert 4000 not in dcmread(tmp_path / "b.dcm").pixel_array
