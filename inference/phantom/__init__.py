"""Procedural head phantoms with ground truth: CT, artery tree, DSA. Not for clinical use."""

from inference.phantom.carm import CArm
from inference.phantom.clot import Occlusion
from inference.phantom.ct import Phantom, make_phantom, scan_phantom
from inference.phantom.cta import PhantomCTA, rigid_motion, scan_cta
from inference.phantom.dicom import PhantomDicom, write_phantom_dicom, write_truth
from inference.phantom.dsa import AngiographyRun, opacified_pixels, project_dsa
from inference.phantom.labels import ARTERY_LABELS
from inference.phantom.scanner import Scanner
from inference.phantom.tree import ArteryTree, grow_artery_tree

__all__ = [
    "ARTERY_LABELS",
    "AngiographyRun",
    "ArteryTree",
    "CArm",
    "Occlusion",
    "Phantom",
    "PhantomCTA",
    "PhantomDicom",
    "Scanner",
    "grow_artery_tree",
    "make_phantom",
    "opacified_pixels",
    "project_dsa",
    "rigid_motion",
    "scan_cta",
    "scan_phantom",
    "write_phantom_dicom",
    "write_truth",
]
