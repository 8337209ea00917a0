"""Procedural head phantoms with ground truth: CT, artery tree, DSA. Not for clinical use."""

from inference.phantom.ct import Occlusion, Phantom, make_phantom
from inference.phantom.labels import ARTERY_LABELS
from inference.phantom.tree import ArteryTree, grow_artery_tree

__all__ = [
    "ARTERY_LABELS",
    "ArteryTree",
    "Occlusion",
    "Phantom",
    "grow_artery_tree",
    "make_phantom",
]
