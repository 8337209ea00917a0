"""The browser gets arrays that it can rebuild exactly, and nothing about who the patient is."""

import json

import numpy as np
import pytest

from reader_study.imaging import ImagingError, build_ct_volume, read_xa_run, shared_isocentre
from reader_study.imaging.media_pack import build_media_pack, slices_from_the_middle
from reader_study.imaging.packed_pixels import unpack_images, unpack_labels

from .synthetic_dicom import growing_bar, write_ct_series, write_xa_run


@pytest.fixture
def case(tmp_path, scan_paths):
    write_ct_series(tmp_path / "case" / "ct", tilt_deg=12)
    write_xa_run(tmp_path / "case" / "pa.dcm", angles=(0, 0))
    write_xa_run(tmp_path / "case" / "lateral.dcm", angles=(90, 0))
    return scan_paths(tmp_path / "case")


@pytest.fixture
def volume(case):
    return build_ct_volume(case.ct_series[0])


@pytest.fixture
def mask(volume):
    """The bright ball alone, far from the skull."""
    bright = (volume.hu > 300).astype(np.uint8)
    nz, ny, nx = bright.shape
    bright[:, : ny // 2 - 6] = bright[:, ny // 2 + 6 :] = 0
    bright[:, :, : nx // 2] = bright[:, :, nx // 2 + 16 :] = 0
    bright[: nz // 3] = bright[2 * nz // 3 :] = 0
    return bright


def test_the_browser_can_rebuild_the_volume_and_the_labels(volume, mask):
    pack = build_media_pack(volume, mask, {"background": 0, "artery": 1}, [])
    entry = pack.manifest["volume"]
    assert entry["spacing"] == list(volume.spacing_zyx_mm)
    assert entry["origin"] == list(volume.origin_lps_mm)
    shape = tuple(entry["shape"])
    rebuilt = np.empty(shape, np.int16)
    rebuilt[entry["sliceOrder"]] = unpack_images(pack.files[entry["file"]], shape, np.int16)
    labels = unpack_labels(pack.files["labels.bin"], shape)
    np.testing.assert_array_equal(rebuilt, np.clip(volume.hu, -200, 1000))
    np.testing.assert_array_equal(labels, mask)
    assert pack.manifest["labels"]["names"] == {"1": "artery"}
    assert pack.manifest["tree"] == {"file": "tree.glb"}
    assert pack.manifest["corrections"] == volume.corrections


def test_the_browser_can_rebuild_the_runs(case, volume):
    runs = [read_xa_run(run) for run in case.xa_runs]
    pack = build_media_pack(volume, None, {}, runs)
    first, second = pack.manifest["runs"]
    assert (first["name"], second["name"]) == ("Run 1", "Run 2")
    assert first["frames"] == ["run1.bin"] * 6
    frames = unpack_images(pack.files["run1.bin"], (6, 64, 64), np.uint16)
    np.testing.assert_array_equal(frames, growing_bar())
    assert (first["rows"], first["columns"], first["bits"]) == (64, 64, 16)
    assert first["frameStartsMs"] == [0, 250, 500, 750, 1000, 1250]
    assert first["maskFrames"] == [0]
    assert {(entry["primaryDeg"][0], entry["secondaryDeg"][0]) for entry in (first, second)} == {
        (0, 0),
        (90, 0),
    }
    assert (first["sidMm"], first["sodMm"], first["detectorSpacingMm"]) == (1100, 750, [0.4, 0.4])


def test_runs_of_a_biplane_system_name_each_other_by_their_place(case, volume):
    run = read_xa_run(case.xa_runs[0])
    pack = build_media_pack(volume, None, {}, [run] * 3, partner_of={1: 2, 2: 1})
    assert [entry["partner"] for entry in pack.manifest["runs"]] == [None, 2, 1]


def test_every_file_is_named_in_the_manifest(case, volume, mask):
    runs = [read_xa_run(run) for run in case.xa_runs]
    pack = build_media_pack(volume, mask, {"artery": 1}, runs)
    named = {pack.manifest[part]["file"] for part in ("volume", "labels", "tree")}
    named |= {name for entry in pack.manifest["runs"] for name in entry["frames"]}
    assert named == set(pack.files)


def test_before_segmentation_there_are_no_labels_and_no_tree(volume):
    manifest = build_media_pack(volume, None, {}, []).manifest
    assert (manifest["labels"], manifest["tree"]) == (None, None)


def test_an_empty_mask_has_labels_but_no_tree(volume, mask):
    pack = build_media_pack(volume, mask * 0, {"artery": 1}, [])
    assert pack.manifest["tree"] is None
    assert "labels.bin" in pack.files


def test_identical_input_gives_identical_bytes(case, volume, mask):
    runs = [read_xa_run(run) for run in case.xa_runs]
    first, second = (build_media_pack(volume, mask, {"artery": 1}, runs) for _ in range(2))
    assert first == second


def test_nothing_of_the_source_headers_is_in_the_pack(case, volume, mask):
    runs = [read_xa_run(run) for run in case.xa_runs]
    pack = build_media_pack(volume, mask, {"artery": 1}, runs)
    series = case.ct_series[0]
    secrets = ["SECRET", "TEST-1", "2026", series.series_uid, series.study_uid, ".dcm", "DICM"]
    manifest = json.dumps(pack.manifest)
    for secret in secrets:
        assert secret not in manifest
        for content in pack.files.values():
            assert secret.encode() not in content


def test_the_isocentre_is_the_given_one_else_the_centre_of_the_tree(case, volume):
    run = read_xa_run(case.xa_runs[0])
    mask = np.zeros(volume.hu.shape, np.uint8)
    mask[10:13, 20:25, 30:37] = 1
    centre = np.array(volume.origin_lps_mm) + np.array([33, 22, 11]) * volume.spacing_zyx_mm[::-1]
    given = build_media_pack(volume, mask, {"artery": 1}, [run], isocentre_lps_mm=(0, 0, 0))
    assumed = build_media_pack(volume, mask, {"artery": 1}, [run])
    assert given.manifest["runs"][0]["isocentre"] == [0, 0, 0]
    assert assumed.manifest["runs"][0]["isocentre"] == pytest.approx(list(centre))
    assert given.manifest["runs"][0]["isocentreKnown"] is True
    assert assumed.manifest["runs"][0]["isocentreKnown"] is False


def test_the_headers_give_the_isocentre_only_where_all_share_one_frame(tmp_path, scan_paths):
    frame = {"FrameOfReferenceUID": "1.2.3.4"}
    write_ct_series(tmp_path / "ct", slices=3, elements=frame)
    write_xa_run(tmp_path / "same.dcm", elements=frame)
    write_xa_run(tmp_path / "none.dcm")
    result = scan_paths(tmp_path)
    (series,) = result.ct_series
    frames = [run.frame_of_reference_uid for run in result.xa_runs]
    assert sorted(frames) == ["", "1.2.3.4"]
    assert shared_isocentre(series.frame_of_reference_uid, ["1.2.3.4"]) == (0, 0, 0)
    assert shared_isocentre(series.frame_of_reference_uid, frames) is None
    assert shared_isocentre(series.frame_of_reference_uid, []) is None


def test_a_mask_of_another_shape_is_refused(volume):
    with pytest.raises(ImagingError, match="the mask has shape"):
        build_media_pack(volume, np.zeros((2, 2, 2), np.uint8), {}, [])


@pytest.mark.parametrize("count", [1, 2, 3, 20, 21])
def test_slices_go_from_the_middle_outwards(count):
    order = slices_from_the_middle(count)
    assert sorted(order) == list(range(count))
    distances = [abs(index - count // 2) for index in order]
    assert distances == sorted(distances)
