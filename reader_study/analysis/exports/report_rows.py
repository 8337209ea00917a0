"""The report's numbers as rows, in the order in which paper and spreadsheet print them."""

from dataclasses import dataclass
from typing import Any

from reader_study.agreement.wording import WEIGHT_WORDS

Json = dict[str, Any]

ALL_SITES = "All sites"
SIDE_NAMES = {
    "left": "Left side",
    "right": "Right side",
    "both": "Both sides",
    "midline": "Midline",
    "": "Side unknown",
}
COEFFICIENT_NAMES = {
    "fleiss": "Fleiss’ κ",
    "conger": "Conger’s κ",
    "gwet": "Gwet’s AC2",
    "scott": "Scott’s π",
    "brennan_prediger": "Brennan–Prediger",
}
SEGMENT_NAMES = {"other": "Other segment", "": "Segment unknown"}


@dataclass(frozen=True)
class RateRow:
    """One rater's rate of high quality in one group of cases."""

    group: str
    rate: Json


@dataclass(frozen=True)
class CoefficientRow:
    """One coefficient of agreement; ``primary`` is the one that the protocol chose."""

    name: str
    primary: bool
    coefficient: Json


def rate_rows(report: Json) -> list[RateRow]:
    """Return the rates over all cases, then by site, side and segment where there are several."""
    groups = [(ALL_SITES, report["rates"])]
    for part, name_of in (("sites", _site), ("sides", _side), ("segments", _segment)):
        subgroups = report.get(part, [])
        if len(subgroups) > 1:
            groups += [(name_of(one), one["rates"]) for one in subgroups]
    return [RateRow(group, rate) for group, rates in groups for rate in rates]


def _site(group: Json) -> str:
    return f"Site {group['site']}"


def _side(group: Json) -> str:
    return SIDE_NAMES[group["side"]]


def _segment(group: Json) -> str:
    return SEGMENT_NAMES.get(group["segment"], f"Segment {group['segment']}")


def sensitivity_rows(report: Json) -> list[RateRow]:
    """Return the rates with unscorable counted as low; none where every case was scored."""
    if not report["sensitivity"]:
        return []
    return [RateRow("Unscorable as low", rate) for rate in report["sensitivity"]["rates"]]


def coefficient_rows(report: Json) -> list[CoefficientRow]:
    """Return κ under every weighting, κ at the cut-point, AC1, PABAK, and what stands beside."""
    name = "Cohen’s κ" if len(report["raters"]) == 2 else "Mean κ of the pairs (Light)"
    kappas = [
        CoefficientRow(f"{name}, {WEIGHT_WORDS[kappa['weights']]}", kappa["primary"], kappa)
        for kappa in report["kappas"]
    ]
    return [
        *kappas,
        CoefficientRow(
            f"{name}, high quality (≥ {report['high_from']}) or not",
            False,
            report["dichotomised_kappa"],
        ),
        CoefficientRow("Gwet’s AC1", False, report["ac1"]),
        CoefficientRow("PABAK", False, report["pabak"]),
        *(
            CoefficientRow(overall_name(one), False, one)
            for one in report.get("overall", [])
            if (one["coefficient"], one["weights"]) != ("gwet", "none")  # AC1 again
        ),
    ]


def overall_name(one: Json) -> str:
    """Return what a coefficient beside κ, AC1 and PABAK is called."""
    if one["coefficient"] == "krippendorff":
        return f"Krippendorff’s α, {one['weights']}"
    return f"{COEFFICIENT_NAMES[one['coefficient']]}, {WEIGHT_WORDS[one['weights']]}"


def same_grade_name(report: Json) -> str:
    """Return what the share of identical grades is called."""
    return (
        "Same grade by both raters"
        if len(report["raters"]) == 2
        else "Same grade, mean of the pairs of raters"
    )


def pairs_of(report: Json) -> list[Json]:
    """Return each pair of raters with its numbers; of two raters the report itself."""
    return report.get("pairs") or [report]
