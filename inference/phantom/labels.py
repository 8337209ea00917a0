"""Numbers of the ground-truth label map, and what belongs together."""

from typing import Literal

from inference.phantom.morphometry import Territory

Side = Literal["left", "right"]

ARTERY_LABELS: dict[str, int] = {
    "R-ICA": 1, "L-ICA": 2, "R-M1": 3, "L-M1": 4, "R-M2": 5, "L-M2": 6, "R-M3": 7, "L-M3": 8,
    "R-A1": 9, "L-A1": 10, "R-A2": 11, "L-A2": 12, "R-P1": 13, "L-P1": 14, "R-P2": 15, "L-P2": 16,
    "BA": 17, "R-VA": 18, "L-VA": 19,
}  # fmt: skip
"""Label value of each artery. M3 holds the cortical branches too, A2 and P2 all that they feed, BA
and VA their cerebellar branches."""


def artery_label(side: Side, segment: str) -> int:
    """Return the label value of a paired artery segment, such as ``("left", "M1")``."""
    return ARTERY_LABELS[f"{side[0].upper()}-{segment}"]


def labels_beyond_m1(side: Side) -> frozenset[int]:
    """Return the label values of the arteries that M1 feeds: M2, M3 and the cortical branches."""
    return frozenset({artery_label(side, "M2"), artery_label(side, "M3")})


def territory_labels(territory: Territory, side: Side) -> frozenset[int]:
    """Return the label values counted in a territory; `trunks` is the same for both sides."""
    if territory == "trunks":
        trunks = ("R-ICA", "L-ICA", "BA", "R-VA", "L-VA")
        return frozenset(ARTERY_LABELS[name] for name in trunks)
    segments = {"MCA": ("M1", "M2", "M3"), "ACA": ("A1", "A2"), "PCA": ("P1", "P2")}[territory]
    return frozenset(artery_label(side, segment) for segment in segments)


def carotid_circulation(side: Side) -> frozenset[int]:
    """Return the labels that an injection into one internal carotid artery opacifies."""
    return (
        territory_labels("MCA", side) | territory_labels("ACA", side) | {artery_label(side, "ICA")}
    )
