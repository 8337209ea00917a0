"""A file that kills its reader is named; the parent lives and the other files are read."""

import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reader_study.imaging import ImagingError, build_ct_volume, read_xa_run, scan
from reader_study.imaging.deidentification import Pseudonym, deidentify
from reader_study.imaging.supervised import Limits, ReaderDiedError, SupervisedReader

from .synthetic_dicom import write_ct_series, write_xa_run

QUICK = Limits(cpu_seconds=1)
IMPATIENT = Limits(clock_seconds=5)


@pytest.fixture
def mortal(monkeypatch):
    """Let the reading process die of files by their names."""
    monkeypatch.setattr(
        "reader_study.imaging.supervised.READING_PROCESS", "tests.imaging.dying_reader"
    )


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_scan_gives_the_same_as_in_this_process(tmp_path, work):
    write_ct_series(tmp_path / "case" / "ct", tilt_deg=12.0)
    write_ct_series(tmp_path / "case" / "cta", elements={"ContrastBolusAgent": "yes"})
    write_xa_run(tmp_path / "case" / "xa.dcm")
    (tmp_path / "case" / "note.txt").write_text("hello")
    with SupervisedReader() as reader:
        found = reader.scan([tmp_path / "case"], work)
        assert found == scan([tmp_path / "case"], work)
        volume, run = (
            reader.build_ct_volume(found.ct_series[0]),
            reader.read_xa_run(found.xa_runs[0]),
        )
    expected = build_ct_volume(found.ct_series[0])
    np.testing.assert_array_equal(volume.hu, expected.hu)
    assert (volume.gates, volume.spacing_zyx_mm) == (expected.gates, expected.spacing_zyx_mm)
    expected_run = read_xa_run(found.xa_runs[0])
    np.testing.assert_array_equal(run.frames, expected_run.frames)
    assert (run.gates, run.window) == (expected_run.gates, expected_run.window)


def test_a_scan_tells_how_far_it_has_come(tmp_path, work):
    paths = [write_xa_run(tmp_path / f"run-{number}.dcm") for number in range(4)]
    told: list[float] = []
    with SupervisedReader() as reader:
        reader.scan(paths, work, progress=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_whoever_is_told_may_end_a_scan(tmp_path, work):
    class NoLongerWantedError(Exception):
        pass

    def stop(share: float) -> None:
        raise NoLongerWantedError

    with SupervisedReader() as reader, pytest.raises(NoLongerWantedError):
        reader.scan([write_xa_run(tmp_path / "run.dcm")], work, progress=stop)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("killed", "was too much for the server's memory; refused"),
        ("crashes", "made the program that reads it crash"),
        ("hangs", "took longer than 5 s to read"),
        ("spins", "took longer than 1 s of computing to read"),
        ("hogs", "needs more memory to read than any sound file"),
    ],
)
def test_a_deadly_file_is_named_and_the_others_are_read(tmp_path, work, mortal, name, said):
    write_ct_series(tmp_path / "case", slices=6)
    write_xa_run(tmp_path / "case" / f"{name}.dcm")
    write_xa_run(tmp_path / "case" / "zz.dcm")
    with SupervisedReader(IMPATIENT if name == "hangs" else QUICK) as reader:
        found = reader.scan([tmp_path / "case"], work)
    (refused,) = found.refused
    assert refused.name == f"case/{name}.dcm"
    assert refused.reason.startswith(said)
    assert len(found.ct_series[0].slices) == 6
    assert [run.name for run in found.xa_runs] == ["case/zz.dcm"]


def test_two_deadly_files_in_one_folder_are_both_named(tmp_path, work, mortal):
    write_ct_series(tmp_path / "case", slices=4)
    for name in ("crashes", "killed"):
        write_xa_run(tmp_path / "case" / f"{name}.dcm")
    with SupervisedReader(QUICK) as reader:
        found = reader.scan([tmp_path / "case"], work)
    names = [refused.name for refused in found.refused]
    assert names == ["case/crashes.dcm", "case/killed.dcm"]
    assert len(found.ct_series[0].slices) == 4


def test_an_upload_in_which_every_file_is_deadly_is_given_up(tmp_path, work, mortal, monkeypatch):
    monkeypatch.setattr("reader_study.imaging.supervised.MAX_DEATHS", 2)
    for folder in "abc":
        write_xa_run(tmp_path / "case" / folder / "killed.dcm")
    with SupervisedReader(QUICK) as reader:
        found = reader.scan([tmp_path / "case"], work)
    assert [refused.name for refused in found.refused] == [
        "case/a/killed.dcm",
        "case/b/killed.dcm",
        "the other files of the upload",
    ]


def test_what_a_dead_reader_unpacked_is_removed(tmp_path, work, mortal):
    deadly = write_xa_run(tmp_path / "killed.dcm")
    sound = write_xa_run(tmp_path / "sound.dcm")
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.write(sound, "sound.dcm")
    with SupervisedReader(QUICK) as reader:
        found = reader.scan([archive, deadly], work)
    assert len(found.xa_runs) == 1
    assert len([path for path in work.rglob("*") if path.is_file()]) == 1


def test_a_deadly_run_is_refused_and_the_next_is_decoded(tmp_path, work, mortal):
    deadly = write_xa_run(tmp_path / "crashes-decoded.dcm")
    sound = write_xa_run(tmp_path / "sound.dcm")
    with SupervisedReader(QUICK) as reader:
        found = reader.scan([deadly, sound], work)
        by_name = {run.name: run for run in found.xa_runs}
        with pytest.raises(ReaderDiedError, match=r"^crashes-decoded\.dcm: made the program"):
            reader.read_xa_run(by_name["crashes-decoded.dcm"])
        assert len(reader.read_xa_run(by_name["sound.dcm"]).frames) == 6


def test_a_file_is_deidentified_as_in_this_process(tmp_path):
    source, pseudonym = write_xa_run(tmp_path / "xa.dcm"), Pseudonym(b"k" * 32, "C001")
    with SupervisedReader() as reader:
        report = reader.deidentify_file(source, tmp_path / "new.dcm", pseudonym)
    expected = deidentify(source.read_bytes(), pseudonym)
    assert report == expected.report
    assert report.kept
    assert (tmp_path / "new.dcm").read_bytes() == b"".join(map(bytes, expected.parts))


def test_a_slice_that_kills_is_named(tmp_path, work, mortal):
    slices = write_ct_series(tmp_path / "ct", slices=5)
    slices[2].rename(tmp_path / "ct" / "spins-decoded.dcm")
    with SupervisedReader(QUICK) as reader:
        (series,) = reader.scan([tmp_path / "ct"], work).ct_series
        with pytest.raises(ImagingError, match=r"^ct/spins-decoded\.dcm: took longer than 1 s"):
            reader.build_ct_volume(series)


def test_too_little_memory_for_a_series_is_a_message(tmp_path, work):
    write_ct_series(tmp_path / "ct", slices=40, size=256)
    with SupervisedReader(Limits(memory_bytes=330 * 2**20)) as reader:
        (series,) = reader.scan([tmp_path / "ct"], work).ct_series
        long = replace(
            series,
            slices=tuple(
                replace(ct_slice, position_lps_mm=(0.0, 0.0, float(height)))
                for height, ct_slice in enumerate(series.slices * 60)
            ),
        )
        with pytest.raises(ImagingError, match="needs more memory to read than the 346 MB"):
            reader.build_ct_volume(long)


def test_the_reader_knows_none_of_the_servers_secrets(tmp_path, work, monkeypatch):
    monkeypatch.setenv("READER_STUDY_SECRET_KEY", "the key of this installation")
    with SupervisedReader() as reader:
        reader.scan([write_xa_run(tmp_path / "xa.dcm")], work)
        process = reader._process
        assert process is not None
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"the key" not in environment
    assert not Path(f"/proc/{process.pid}").exists()


def test_a_reader_that_cannot_start_is_a_fault_of_the_server_not_of_a_file(tmp_path, work):
    with SupervisedReader(Limits(memory_bytes=2**20)) as reader, pytest.raises(RuntimeError):
        reader.scan([write_xa_run(tmp_path / "xa.dcm")], work)


def test_names_that_are_not_unicode_survive(tmp_path, work):
    path = write_xa_run(tmp_path / "xa.dcm")
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.dcm"))
    path.rename(odd)
    with SupervisedReader() as reader:
        (run,) = reader.scan([odd], work).xa_runs
        assert len(reader.read_xa_run(run).frames) == 6
