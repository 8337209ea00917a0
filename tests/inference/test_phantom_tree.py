"""The artery tree: sized like real trees, inside the head, whole, and the same for a seed."""

import hashlib
import json

import numpy as np
import pytest

from inference.phantom import ARTERY_LABELS, ArteryTree, grow_artery_tree
from inference.phantom.labels import Side, territory_labels
from inference.phantom.morphometry import BRAVA, TRUNK_RADIUS_MM, Territory
from inference.phantom.skull import skull_of_seed
from tests.shared_data import shared_file

SEEDS = range(8)
TERRITORIES: list[tuple[Territory, Side]] = [
    ("MCA", "right"), ("MCA", "left"), ("ACA", "right"), ("ACA", "left"),
    ("PCA", "right"), ("PCA", "left"), ("trunks", "left"),
]  # fmt: skip


@pytest.fixture(scope="module")
def trees() -> dict[int, ArteryTree]:
    return {seed: grow_artery_tree(seed) for seed in SEEDS}


def radii_of(tree: ArteryTree, territory: Territory, side: Side) -> np.ndarray:
    return tree.radii_mm[np.isin(tree.labels, list(territory_labels(territory, side)))]


def test_tree_of_seed_7_is_pinned():
    tree = grow_artery_tree(7)
    digest = hashlib.sha256()
    for values in (tree.points_lps_mm, tree.radii_mm, tree.arrival_s):
        digest.update(np.round(values * 64).astype("<i4").tobytes())
    digest.update(tree.labels.tobytes())
    assert digest.hexdigest() == "6a54f898cd8d06510e47a8f026955e95403e62c53724c869c4845ae33ed53460"


@pytest.mark.parametrize(("territory", "side"), TERRITORIES)
def test_territory_length_lies_within_brava(trees, territory, side):
    shortest, _, longest = BRAVA[territory].length_mm
    for seed, tree in trees.items():
        length = tree.length_mm(territory_labels(territory, side))
        assert shortest <= length <= longest, f"seed {seed}"


@pytest.mark.parametrize(("territory", "side"), TERRITORIES)
def test_territory_radii_lie_within_brava(trees, territory, side):
    sizes = BRAVA[territory]
    for seed, tree in trees.items():
        radii = radii_of(tree, territory, side)
        low, _, high = sizes.median_radius_mm
        assert low <= np.median(radii) <= high, f"seed {seed}"
        low, _, high = sizes.upper_radius_mm
        assert low <= np.percentile(radii, 95) <= high, f"seed {seed}"


def test_radii_and_lengths_are_not_biased_against_brava(trees):
    for territory, side in TERRITORIES:
        lengths = [t.length_mm(territory_labels(territory, side)) for t in trees.values()]
        medians = [np.median(radii_of(t, territory, side)) for t in trees.values()]
        assert np.median(lengths) == pytest.approx(BRAVA[territory].length_mm[1], rel=0.15)
        assert np.median(medians) == pytest.approx(BRAVA[territory].median_radius_mm[1], rel=0.10)


@pytest.mark.parametrize("name", ["R-ICA", "L-ICA", "R-M1", "L-M1", "R-A1", "L-A1", "R-P1", "L-P1"])
def test_trunks_have_their_published_radius(trees, name):
    for tree in trees.values():
        mean = tree.radii_mm[tree.labels == ARTERY_LABELS[name]].mean()
        assert mean == pytest.approx(TRUNK_RADIUS_MM[name[2:]], rel=0.1)


def test_constants_agree_with_the_shared_morphometry():
    source = json.loads(shared_file("arteries/morphometry.json").read_text())
    both_sides = {"MCA": "34", "ACA": "25", "PCA": "67", "trunks": "00"}
    for territory, sizes in BRAVA.items():
        percentiles = []
        for kind in both_sides[territory]:
            subjects = [person[kind] for person in source["brava_per_subject"].values()]
            measures = [
                (s["length_mm"], s["radius_mm_p5_50_95"][1], s["radius_mm_p5_50_95"][2], s["tips"])
                for s in subjects
            ]
            percentiles.append(np.percentile(np.array(measures), [5, 50, 95], axis=0))
        low = np.maximum(percentiles[0][0], percentiles[1][0])
        high = np.minimum(percentiles[0][2], percentiles[1][2])
        middle = (percentiles[0][1] + percentiles[1][1]) / 2
        expected = np.stack([low, middle, high], axis=1)
        stated = [sizes.length_mm, sizes.median_radius_mm, sizes.upper_radius_mm, sizes.tips]
        np.testing.assert_allclose(stated, expected, rtol=0.02)


def test_all_arteries_are_there_on_their_own_side(trees):
    for tree in trees.values():
        assert set(np.unique(tree.labels)) == set(ARTERY_LABELS.values())
        x = tree.points_lps_mm[:, 0]
        for name, value in ARTERY_LABELS.items():
            if name != "BA":
                own = x[tree.labels == value] * (1 if name.startswith("L") else -1)
                assert np.percentile(own, 2) > -4.0, name


def test_arteries_stay_inside_the_skull(trees):
    for seed, tree in trees.items():
        assert skull_of_seed(seed).relative_radius(tree.points_lps_mm).max() < 0.98


def test_branches_are_smooth_chains(trees):
    for tree in trees.values():
        first = tree.segments
        steps = tree.points_lps_mm[first + 1] - tree.points_lps_mm[first]
        lengths = np.sqrt((steps**2).sum(axis=1))
        assert lengths.max() < 0.9
        joined = np.flatnonzero(np.diff(first) == 1)
        cosine = (steps[joined] * steps[joined + 1]).sum(axis=1)
        cosine /= lengths[joined] * lengths[joined + 1]
        assert np.percentile(cosine, 0.1) > np.cos(np.deg2rad(40))


def test_every_branch_but_the_four_that_enter_the_head_starts_on_another(trees):
    for tree in trees.values():
        starts = np.flatnonzero(np.diff(tree.branches, prepend=-1))
        points = tree.points_lps_mm
        entering = 0
        for start in starts:
            others = points[tree.branches != tree.branches[start]]
            entering += ((others - points[start]) ** 2).sum(axis=1).min() > 1e-4
        assert entering == 4


def test_contrast_arrives_later_further_down(trees):
    for tree in trees.values():
        first = tree.segments
        assert (tree.arrival_s[first + 1] > tree.arrival_s[first]).all()
        assert 1.0 < tree.arrival_s.max() < 3.0


def test_seeds_give_different_people(trees):
    lengths = {round(tree.length_mm(frozenset(ARTERY_LABELS.values()))) for tree in trees.values()}
    assert len(lengths) == len(trees)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        grow_artery_tree(-1)
