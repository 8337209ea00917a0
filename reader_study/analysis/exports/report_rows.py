"""The report's numbers as rows, in the order in which paper and spreadsheet print them."""

from dataclasses import dataclass
from typing import Any

from reader_study.agreement.wording import WEIGHT_WORDS

Json = dict[str, Any]

ALL_SITES = "All sites"


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
    """Return the rates over all cases, then by site where there are several."""
    groups = [(ALL_SITES, report["rates"])]
    if len(report["sites"]) > 1:
        groups += [(f"Site {site['site']}", site["rates"]) for site in report["sites"]]
    return [RateRow(group, rate) for group, rates in groups for rate in rates]


def sensitivity_rows(report: Json) -> list[RateRow]:
    """Return the rates with unscorable counted as low; none where every case was scored."""
    if not report["sensitivity"]:
        return []
    return [RateRow("Unscorable as low", rate) for rate in report["sensitivity"]["rates"]]


def coefficient_rows(report: Json) -> list[CoefficientRow]:
    """Return κ under every weighting, κ at the cut-point, AC1 and PABAK."""
    kappas = [
        CoefficientRow(f"Cohen’s κ, {WEIGHT_WORDS[kappa['weights']]}", kappa["primary"], kappa)
        for kappa in report["kappas"]
    ]
    return [
        *kappas,
        CoefficientRow(
            f"Cohen’s κ, high quality (≥ {report['high_from']}) or not",
            False,
            report["dichotomised_kappa"],
        ),
        CoefficientRow("Gwet’s AC1", False, report["ac1"]),
        CoefficientRow("PABAK", False, report["pabak"]),
    ]
