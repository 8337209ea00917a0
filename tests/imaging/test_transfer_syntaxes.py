"""Every transfer syntax that hospitals send is decoded."""

import numpy as np
import pydicom
import pytest

from reader_study.imaging import build_ct_volume, read_xa_run

from .compressed_dicom import ACCEPTED, LOSSY, store_as
from .synthetic_dicom import smooth_field, write_ct_series, write_xa_run

WITHOUT_12_BITS = {"1.2.840.10008.1.2.4.50"}


@pytest.mark.parametrize("syntax", ACCEPTED, ids=lambda uid: uid.rsplit(".", 2)[-1])
def test_a_run_is_decoded(tmp_path, scan_paths, syntax):
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    frames = np.stack([100 + 40 * np.sin((x + 3 * i) / 9) + 0.5 * y for i in range(5)])
    path = write_xa_run(tmp_path / "xa.dcm", frames.astype(np.uint8), bits=8)
    store_as(path, syntax)
    (run,) = scan_paths(path).xa_runs
    decoded = read_xa_run(run).frames.astype(int)
    difference = np.abs(decoded - frames.astype(np.uint8))
    assert difference.max() <= (12 if syntax in LOSSY else 0)


@pytest.mark.parametrize(
    "syntax",
    [uid for uid in ACCEPTED if uid not in WITHOUT_12_BITS],
    ids=lambda uid: uid.rsplit(".", 2)[-1],
)
def test_a_ct_series_is_decoded(tmp_path, scan_paths, syntax):
    slices = write_ct_series(tmp_path / "ct", field=smooth_field, slices=3)
    expected = build_ct_volume(scan_paths(tmp_path / "ct").ct_series[0]).hu.astype(int)
    for path in slices:
        store_as(path, syntax)
    volume = build_ct_volume(scan_paths(tmp_path / "ct").ct_series[0])
    assert np.abs(volume.hu - expected).max() <= (16 if syntax in LOSSY else 0)


def test_a_video_is_refused_by_the_name_of_its_compression(tmp_path, scan_paths):
    path = write_xa_run(tmp_path / "xa.dcm")
    dataset = pydicom.dcmread(path)
    dataset.compress(pydicom.uid.RLELossless)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.MPEG4HP41
    dataset.save_as(path)
    (run,) = scan_paths(path).xa_runs
    with pytest.raises(Exception, match=r"xa\.dcm: its pixels are stored as MPEG-4 .* cannot be"):
        read_xa_run(run)
