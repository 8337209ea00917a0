"""Agreement of two raters or more on one grade: every kappa with its bootstrap, and the rest."""

from typing import Any

import numpy as np
from coefficients import ac1, cut_indices, kappa, pabak, wald
from further import further, observed, of_weights
from further import pabak as pabak_of_many
from habits import habits
from resampling import (
    Bootstrap,
    accelerations,
    bca_interval,
    histogram,
    percentile_interval,
    resampled_kappas,
    unit_tables,
)
from study import UNSCORABLE, Floats, Study, table_of

SCHEMES = ("none", "linear", "quadratic")
LEAST_SITES = 2
HABITS = ("mcnemar", "bowker", "stuart_maxwell")


class Drawn:
    """The resampled kappas of a study: of each pair of raters, and their mean."""

    def __init__(self, study: Study, protocol: dict[str, Any], resamples: int | None) -> None:
        self.study, self.protocol = study, protocol
        self.unit = protocol.get("resampling_unit", "case")
        self.units = unit_tables(study, self.unit) if len(study.grades) else np.empty((0,))
        enough = len(self.units) >= (LEAST_SITES if self.unit == "site" else 1)
        self.values: dict[str, Floats] = (
            resampled_kappas(
                study,
                self.units,
                (*SCHEMES, "dichotomised"),
                resamples or protocol["resamples"],
                protocol["seed"] + 1,
            )
            if enough
            else {}
        )

    def interval(self, scheme: str, place: int, estimate: float | None) -> dict[str, Any]:
        """Return the interval of one kappa, and in how many resamples it is undefined."""
        if scheme not in self.values:
            return {"ci": None, "undefined": 0}
        bootstrap = Bootstrap(self.values[scheme][:, place], self.protocol["resamples"])
        undefined = bootstrap.count(bootstrap.undefined, bootstrap.undefined)
        if estimate is None or not len(bootstrap.values):
            return {"ci": None, "undefined": undefined}
        if self.protocol["ci_method"] == "bca" and not bootstrap.refused:
            skew = float(accelerations(self.study, self.units, scheme)[place])
            ci = bca_interval(self.study, bootstrap, estimate, skew)
        else:
            ci = percentile_interval(self.study, bootstrap)
        return {"ci": ci, "undefined": undefined}

    def entries(
        self, place: int, printed: dict[str, Any], estimates: dict[str, dict[str, Any]]
    ) -> dict[str, Any]:
        """Return all that is printed of the kappas of one pair, or of the mean over pairs."""
        kappas = {
            scheme: {
                **found,
                "wald": wald(self.study, found["estimate"], found["se"]),
                "resamples": self.protocol["resamples"],
                "seed": self.protocol["seed"],
                **self.interval(scheme, place, found["estimate"]),
            }
            for scheme, found in estimates.items()
        }
        primary = self.protocol["weights"]
        values = self.values[primary][:, place] if self.values else None
        return {
            "kappa": kappas[primary],
            "kappas": [kappas[name] for name in SCHEMES],
            "dichotomised_kappa": kappas["dichotomised"],
            "histogram": histogram(
                printed["histogram"]["edges"], values, self.protocol["resamples"]
            ),
        }


def of_pair(drawn: Drawn, place: int, printed: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of one pair of raters."""
    study = drawn.study.pairs[place]
    paired = study.paired
    cut = table_of((paired >= study.high_from).astype(np.int64), [0, 1])
    table = table_of(paired, study.levels)
    estimates = {scheme: kappa(study, paired, scheme) for scheme in (*SCHEMES, "dichotomised")}
    return {
        "n_paired": len(paired),
        "table": table.tolist(),
        **drawn.entries(place, printed, estimates),
        "dichotomised": cut_indices(cut),
        "ac1": ac1(study),
        "pabak": pabak(study, cut),
        "percent_agreement": float(np.trace(table) / table.sum()) if len(paired) else None,
        **(habits(study, table, cut) if "mcnemar" in printed else {}),
    }


def of_many(drawn: Drawn, report: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of more than two raters: the mean over pairs, and each pair."""
    study = drawn.study
    pairs = [of_pair(drawn, place, printed) for place, printed in enumerate(report["pairs"])]
    names = (*SCHEMES, "dichotomised")
    estimates = {
        scheme: {"estimate": mean_of(pairs, place), "se": None, "se0": None}
        for place, scheme in enumerate(names)
    }
    alike = np.eye(len(study.levels))
    return {
        "n_paired": int(((study.grades != UNSCORABLE).sum(axis=1) >= 2).sum()),
        "table": None,
        **drawn.entries(len(pairs), report, estimates),
        "dichotomised": None,
        **({"paradox": None} if "paradox" in report else {}),
        **{name: None for name in HABITS if name in report},
        "ac1": of_weights(study, "gwet", alike),
        "pabak": pabak_of_many(study),
        "percent_agreement": observed(study, alike),
        "overall": further(study, report.get("overall", [])),
        "pairs": pairs,
    }


def mean_of(pairs: list[dict[str, Any]], place: int) -> float | None:
    """Return the mean over pairs of one kappa; None where a pair has none."""
    found = [[*pair["kappas"], pair["dichotomised_kappa"]][place]["estimate"] for pair in pairs]
    return None if None in found else float(np.mean(found))
