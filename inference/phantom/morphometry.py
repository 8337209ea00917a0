"""Published sizes of cerebral arteries that the phantom's tree follows.

Lengths, radii and numbers of tips are summaries over the 50 healthy adults of BraVa (Wright et al.,
NeuroImage 2013; MR angiography at 3 T, traced by hand): 5th, 50th and 95th percentile over
subjects. A subject's radius entry is the median over its tracing's nodes. Where left and right
differ, the range is the part that both share. BraVa's trunk group holds the carotid, basilar and
vertebral arteries with the cerebellar branches; M1, A1 and P1 are counted here with the territory
that they feed.

Trunk radii agree with the largest inscribed radii of the TopCoW data (Yang et al. 2023; CT and MR
angiography), which are the upper end of a segment, not its mean.
"""

from dataclasses import dataclass
from typing import Literal

Territory = Literal["MCA", "ACA", "PCA", "trunks"]


@dataclass(frozen=True)
class TerritoryMorphometry:
    """Size of one arterial territory (one side; `trunks` holds both sides) over 50 subjects.

    Attributes
    ----------
    length_mm : tuple of float
        Total centre-line length: 5th, 50th, 95th percentile.
    median_radius_mm : tuple of float
        Median radius of a subject: 5th, 50th, 95th percentile over subjects.
    upper_radius_mm : tuple of float
        95th percentile of a subject's radii: 5th, 50th, 95th percentile over subjects.
    tips : tuple of float
        Number of end points: 5th, 50th, 95th percentile.
    """

    length_mm: tuple[float, float, float]
    median_radius_mm: tuple[float, float, float]
    upper_radius_mm: tuple[float, float, float]
    tips: tuple[float, float, float]


BRAVA: dict[Territory, TerritoryMorphometry] = {
    "MCA": TerritoryMorphometry(
        (1492.7, 1892.0, 2274.7), (0.45, 0.505, 0.55), (0.63, 0.71, 0.882), (18.45, 26.0, 35.55)
    ),
    "ACA": TerritoryMorphometry(
        (593.7, 880.0, 1128.4), (0.4445, 0.49, 0.561), (0.59, 0.70, 0.862), (6.9, 12.5, 20.0)
    ),
    "PCA": TerritoryMorphometry(
        (324.2, 492.0, 691.0), (0.43, 0.48, 0.5455), (0.62, 0.737, 0.9055), (6.0, 9.5, 14.55)
    ),
    "trunks": TerritoryMorphometry(
        (310.3, 430.0, 527.0), (0.45, 0.575, 1.01), (1.417, 1.795, 2.2275), (5.0, 7.5, 11.0)
    ),
}

TRUNK_RADIUS_MM: dict[str, float] = {
    "ICA": 2.0, "M1": 1.4, "A1": 1.0, "P1": 1.0, "BA": 1.6, "VA": 1.3,
}  # fmt: skip
"""Mean lumen radius of the named trunk, mm."""
