"""What is measured of a tree, left and right of it, and what is worth a second look."""

import json

import numpy as np
import pytest
from scipy import ndimage

from inference.anatomy.hints import findings_or_problem, quality_hints, tree_findings
from inference.anatomy.mid_plane import find_mid_plane
from inference.anatomy.sides import pairs_of, side_of_name
from inference.anatomy.tree_measures import measure_tree
from inference.phantom import ARTERY_LABELS, make_phantom
from tests.inference.tubes import tube

SPACING = (2.0, 2.0, 2.0)
SHAPE = (70, 110, 110)
ONE_LABEL = {"background": 0, "artery": 1}
EVEN = (0.5, 0.5, 0.5)


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(4, shape_zyx=SHAPE, spacing_zyx_mm=SPACING)


@pytest.fixture(scope="module")
def fine():
    """Arteries thin enough to be told apart, on half a million voxels."""
    return make_phantom(4, shape_zyx=(120, 160, 160), spacing_zyx_mm=(1.2, 1.2, 1.2))


def turn(axis, degrees):
    """Rotation matrix for z, y, x about one of these axes."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    first, second = (other for other in range(3) if other != axis)
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = cos
    matrix[first, second], matrix[second, first] = -sin, sin
    return matrix


@pytest.mark.parametrize(
    ("yaw", "roll", "pitch", "shift"),
    [(0, 0, 0, (0, 0, 0)), (18, -12, 10, (4, -3, 8)), (-20, 15, -15, (0, 6, -9))],
)
def test_the_mid_plane_turns_with_the_head(phantom, yaw, roll, pitch, shift):
    matrix = turn(0, yaw) @ turn(1, roll) @ turn(2, pitch)
    middle = (np.array(SHAPE) - 1) / 2
    offset = middle - matrix.T @ (middle + np.divide(shift, SPACING))
    turned = ndimage.affine_transform(
        phantom.hu.astype(np.float32), matrix.T, offset=offset, order=1, cval=-1000
    )
    plane = find_mid_plane(turned, SPACING)
    assert plane is not None
    normal = matrix @ [0, 0, 1]
    head = -np.array(phantom.origin_lps_mm[::-1])
    centre = (middle * 2.0 + shift) + matrix @ (head - middle * 2.0)
    assert np.degrees(np.arccos(plane.normal_zyx @ normal)) < 0.5
    assert abs(plane.leftward_mm(centre[None])[0]) < 0.3


def test_without_a_skull_there_are_no_sides():
    assert find_mid_plane(np.full(SHAPE, -1000, np.int16), SPACING) is None
    rng = np.random.default_rng(0)
    assert find_mid_plane(rng.normal(0, 20, SHAPE), SPACING) is None
    assert find_mid_plane(np.zeros((1, 1, 1)), SPACING) is None


def test_bones_that_mirror_in_no_plane_are_no_head():
    hu = np.full((60, 60, 60), 30.0)
    hu[2:6, 5:30, 2:40] = 1000
    hu[10:55, 50:53, 3:15] = 1000
    hu[40:44, 8:40, 20:58] = 1000
    assert find_mid_plane(hu, SPACING) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("L-M1", ("left", "M1")),
        ("M1_R", ("right", "M1")),
        ("left ICA", ("left", "ICA")),
        ("RightPCA", ("right", "PCA")),
        ("ACA (Left)", ("left", "ACA")),
        ("R Pcom", ("right", "Pcom")),
        ("artery", None),
        ("BA", None),
        ("Lateral", None),
        ("L-R-shunt", None),
        ("left", None),
    ],
)
def test_the_side_is_read_from_a_labels_name(name, told):
    assert side_of_name(name) == told


def test_only_arteries_that_are_named_on_both_sides_make_a_pair():
    pairs = pairs_of([*ARTERY_LABELS, "R-Pcom"])
    assert len(pairs) == 9
    assert ("M1", "L-M1", "R-M1") in [(pair.name, pair.left, pair.right) for pair in pairs]


def test_names_and_the_middle_of_the_head_tell_the_same_sides(fine):
    named = measure_tree(fine.labels, fine.spacing_zyx_mm, ARTERY_LABELS, fine.hu).sides
    whole = (fine.labels > 0).astype(np.uint8)
    halved = measure_tree(whole, fine.spacing_zyx_mm, ONE_LABEL, fine.hu).sides
    assert named is not None
    assert halved is not None
    assert (named.told_by, halved.told_by) == ("names", "mid-plane")
    left = np.isin(fine.labels, [v for n, v in ARTERY_LABELS.items() if n.startswith("L")])
    assert named.left.volume_ml == pytest.approx(left.sum() * 1.2**3 / 1000)
    # What lies within 5 mm of the middle is on neither side.
    for side in ("left", "right"):
        by_name, by_plane = getattr(named, side), getattr(halved, side)
        assert 0.7 < by_plane.length_mm / by_name.length_mm < 1.05


def test_a_phantoms_whole_tree_gives_no_hint(fine):
    whole = (fine.labels > 0).astype(np.uint8)
    assert quality_hints(measure_tree(whole, fine.spacing_zyx_mm, ONE_LABEL, fine.hu)) == []


@pytest.mark.parametrize(("half", "lost"), [("left", slice(85, None)), ("right", slice(0, 75))])
def test_a_tree_with_half_of_one_side_lost_is_called_shorter_there(fine, half, lost):
    mask = (fine.labels > 0).astype(np.uint8)
    mask[60:, :, lost] = 0
    hints = quality_hints(measure_tree(mask, fine.spacing_zyx_mm, ONE_LABEL, fine.hu))
    other = "right" if half == "left" else "left"
    assert [hint for hint in hints if f"{half} side" in hint.lower() and f"than {other}" in hint]


def test_an_artery_that_is_missing_on_one_side_is_named(fine):
    mask = np.where(fine.labels == ARTERY_LABELS["L-M1"], 0, fine.labels).astype(np.uint8)
    tree = measure_tree(mask, fine.spacing_zyx_mm, ARTERY_LABELS, fine.hu)
    length = next(one.extent.length_mm for one in tree.arteries if one.name == "R-M1")
    assert f"Nothing was found of L-M1; R-M1 is {length:.0f} mm long" in quality_hints(tree)
    lost = next(one for one in tree.arteries if one.name == "L-M1")
    assert (lost.extent.volume_ml, lost.extent.length_mm, lost.parts) == (0, 0, 0)


def broken_tube(gaps):
    mask = tube(EVEN, (5.0, 10.0, 10.0), (85.0, 10.0, 10.0), 2.5, (90.0, 20.0, 20.0))
    for gap in range(gaps):
        mask[30 + 20 * gap : 33 + 20 * gap] = 0
    return mask


def test_parts_are_counted_and_the_largest_is_weighed():
    mask = broken_tube(4)
    tree = measure_tree(mask, EVEN, ONE_LABEL, np.zeros(mask.shape))
    parts, _ = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    assert tree.parts == 5
    share = np.bincount(parts.ravel())[1:].max() / mask.sum()
    assert tree.largest_part_share == pytest.approx(share)
    assert f"The tree is in 5 parts; the largest holds {100 * share:.0f} % of the volume" in (
        quality_hints(tree)
    )


def test_three_parts_are_anatomy():
    mask = broken_tube(2)
    assert quality_hints(measure_tree(mask, EVEN, ONE_LABEL, np.zeros(mask.shape))) == []


def test_the_mean_radius_is_the_tubes():
    mask = broken_tube(0)
    tree = measure_tree(mask, EVEN, ONE_LABEL, np.zeros(mask.shape))
    assert tree.whole.mean_radius_mm == pytest.approx(2.5, rel=0.03)
    assert tree.whole.volume_ml == pytest.approx(mask.sum() * 0.125 / 1000)


def test_the_neck_is_where_arteries_leave_the_scan_and_elsewhere_it_is_told():
    mask = np.zeros((60, 30, 30), np.uint8)
    mask[:50, 10:14, 10:14] = 1
    empty = np.zeros(mask.shape)
    assert quality_hints(measure_tree(mask, EVEN, ONE_LABEL, empty)) == [
        "Almost nothing was found: 0.1 ml"
    ]
    mask[:, 10:20, 10:20] = 1
    mask[40:50, 10:20, 10:] = 1
    assert quality_hints(measure_tree(mask, EVEN, ONE_LABEL, empty)) == [
        "The tree touches the edge of the scan: highest slice, left edge"
    ]


def test_nothing_found_is_said_and_nothing_else():
    empty = np.zeros((20, 30, 30), np.uint8)
    found = tree_findings(empty, EVEN, {**ONE_LABEL, "L-M1": 2, "R-M1": 3}, empty)
    assert found["hints"] == ["Nothing was found"]
    assert (found["volume_ml"], found["mean_radius_mm"], found["parts"]) == (0, None, 0)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 20, 20), (20, 1, 1), (3, 4, 5)])
def test_one_voxel_is_measured_in_any_volume_and_all_is_plain_json(shape):
    mask = np.zeros(shape, np.uint8)
    mask[0, 0, 0] = 1
    found = tree_findings(mask, EVEN, ONE_LABEL, np.zeros(shape, np.int16))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["parts"], found["length_mm"], found["sides"]) == (1, 0.5, None)
    assert found["hints"][0].startswith("Almost nothing was found")


def test_a_volume_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="shape"):
        measure_tree(np.zeros((2, 2, 2), np.uint8), EVEN, ONE_LABEL, np.zeros((3, 2, 2)))


def test_a_mask_far_too_large_is_kept_and_its_problem_told_in_plain_words():
    mask = np.ones((51, 100, 100), np.uint8)
    found = findings_or_problem(mask, (1.0, 1.0, 1.0), ONE_LABEL, np.zeros(mask.shape))
    assert found["problem"].startswith("Not measured: The mask holds 510 ml")
