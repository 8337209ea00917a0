"""Recompute every number of report.json from ratings.csv and protocol.json.

Usage: python reproduce.py [--resamples N]

Needs Python 3.11 with numpy, scipy, scikit-learn and statsmodels; it uses nothing of the program
that wrote the report. Rates and their intervals come from statsmodels, the estimates of kappa
from scikit-learn, their standard errors from statsmodels, and the bootstrap from drawing cases
with replacement, one by one. AC1, the indices at the cut-point and the BCa correction are in none
of these packages and are written out below.

The bootstrap here uses other random numbers than the report, so its limits, counts of undefined
resamples and histogram differ by Monte-Carlo error. Such a number is OK where the printed one
lies within five standard errors of that difference; the table shows the range. Every other number
must agree to six decimals. The edges of the histogram are a choice of the drawing, not a result:
they are taken as printed, and the counts between them are recomputed.

Ends with status 0 where all agree, 1 where a number does not, or was not recomputed.
"""

import argparse
import csv
import hashlib
import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

import many
import numpy as np
from coefficients import (
    ac1,
    cut_indices,
    kappa,
    pabak,
    rates,
    rates_by_occlusion,
    sensitivity,
    wald,
)
from resampling import (
    Bootstrap,
    MonteCarlo,
    accelerations,
    bca_interval,
    histogram,
    percentile_interval,
    resampled_kappas,
    unit_tables,
)
from study import (
    HERE,
    TOLERANCE,
    UNSCORABLE,
    Floats,
    Study,
    read_repeats,
    read_study,
    table_of,
)

SCHEMES = ("none", "linear", "quadratic")
LEAST_SITES = 2
# Large-sample standard errors of coefficients of more than two raters.
NOT_RECOMPUTED = re.compile(r"overall\[\d+\]\.(se|ci|undefined)|(ac1|pabak)\.(se|ci)")


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
    }


def of_many(drawn: Drawn, report: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of more than two raters: the mean over pairs, and each pair."""
    study, protocol = drawn.study, drawn.protocol
    pairs = [of_pair(drawn, place, printed) for place, printed in enumerate(report["pairs"])]
    names = (*SCHEMES, "dichotomised")
    estimates = {
        scheme: {"estimate": mean_of(pairs, place), "se": None, "se0": None}
        for place, scheme in enumerate(names)
    }
    same = many.observed(study, np.eye(len(study.levels)))
    return {
        "n_paired": int(((study.grades != UNSCORABLE).sum(axis=1) >= 2).sum()),
        "table": None,
        **drawn.entries(len(pairs), report, estimates),
        "dichotomised": None,
        "ac1": {"estimate": many.gwet(study, np.eye(len(study.levels)))},
        "pabak": {"estimate": many.pabak(study)},
        "percent_agreement": same,
        "overall": many.overall(study, protocol["weights"]),
        "pairs": pairs,
    }


def mean_of(pairs: list[dict[str, Any]], place: int) -> float | None:
    """Return the mean over pairs of one kappa; None where a pair has none."""
    found = [[*pair["kappas"], pair["dichotomised_kappa"]][place]["estimate"] for pair in pairs]
    return None if None in found else float(np.mean(found))


def of_repeats(
    study: Study, protocol: dict[str, Any], resamples: int | None, printed: dict[str, Any]
) -> dict[str, Any]:
    """Return the agreement of one rater with himself."""
    pair = of_pair(Drawn(study, protocol, resamples), 0, {"histogram": {"edges": []}})
    found = {key: value for key, value in pair["kappa"].items() if key in printed["kappa"]}
    return {
        "n_repeated": len(study.grades),
        "n_paired": pair["n_paired"],
        "table": pair["table"],
        "kappa": found,
        "percent_agreement": pair["percent_agreement"],
    }


def recompute(
    report: dict[str, Any], protocol: dict[str, Any], resamples: int | None
) -> dict[str, Any]:
    """Return the numbers of the report, in its shape, from the ratings and the protocol."""
    study = read_study(protocol)
    drawn = Drawn(study, protocol, resamples)
    two = len(report["raters"]) == 2
    agreement = of_pair(drawn, 0, report) if two else of_many(drawn, report)
    repeats = zip(read_repeats(protocol), report.get("intra_rater", []), strict=True)
    return {
        "levels": [{"value": level["value"]} for level in protocol["levels"]],
        "high_from": protocol["high_from"],
        "confidence": protocol["confidence"],
        "n_cases": len(study.grades),
        "rates": rates(study, study.grades),
        "sites": [
            {"rates": rates(study, study.grades[study.sites == site])}
            for site in sorted(set(study.sites.tolist()), key=lambda site: site.lstrip("'"))
        ],
        **rates_by_occlusion(study, report),
        **agreement,
        **({"resampling": {"units": len(drawn.units)}} if "resampling" in report else {}),
        "sensitivity": sensitivity(study),
        "intra_rater": [of_repeats(one, protocol, resamples, printed) for one, printed in repeats],
        "model": report["model"],
    }


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every number and every absent value with its place, ``kappas[1].ci[0]``."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}[{number}]")
    elif isinstance(value, bool) or path.endswith(".refused"):
        return  # a choice of the protocol, and a sentence
    elif value is None or isinstance(value, MonteCarlo | int | float):
        yield path, value


def agrees(printed: Any, again: Any) -> bool:
    """Return whether a printed number is the recomputed one."""
    if printed is None or again is None:
        return printed is again
    if isinstance(again, MonteCarlo):
        return bool(again.low <= printed <= again.high)
    return math.isclose(printed, again, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def row(name: str, printed: Any, again: Any) -> str:
    """Return one line of the table."""
    value = again.value if isinstance(again, MonteCarlo) else again
    texts = [("none" if v is None else f"{v:.8g}") for v in (printed, value)]
    apart = "" if None in (printed, value) else f"{value - printed:.2g}"
    verdict = "OK" if agrees(printed, again) else "DIFFERS"
    if isinstance(again, MonteCarlo):
        verdict += f"  (Monte-Carlo: {again.low:.6g} to {again.high:.6g})"
    return f"{name:44} {texts[0]:>14} {texts[1]:>14} {apart:>10}  {verdict}"


def sentence_parts(report: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """Return what the sentence of the report must say, rounded as in print."""

    def count(number: int) -> str:
        return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)

    def coefficient(number: float) -> str:
        text = f"{number:.2f}"
        return "0.00" if text == "-0.00" else text.replace("-", "−")

    parts = []
    for one in again["rates"]:
        parts.append(f"{count(one['high'])} of {count(one['n'])}")
        if one["n"]:
            low, high = one["wilson"]
            parts.append(f"({100 * one['rate']:.1f} %")
            parts.append(f"{100 * low:.1f}–{100 * high:.1f} %")
    if again["kappa"]["estimate"] is not None:
        parts.append(f"κ = {coefficient(again['kappa']['estimate'])}")
    # The limits of record: theirs were found to agree above, ours may round otherwise.
    parts += [coefficient(limit) for limit in report["kappa"]["ci"] or ()]
    return parts


def check_hashes(report: dict[str, Any]) -> list[str]:
    """Return what is wrong with the hashes of the files, in words."""
    wrong = []
    protocol = hashlib.sha256((HERE / "protocol.json").read_bytes()).hexdigest()
    if protocol != report["protocol_sha256"]:
        wrong.append("protocol.json is not the protocol that report.json names.")
    with (HERE / "ratings.csv").open(encoding="utf-8", newline="") as file:
        snapshots = {row["snapshot_sha256"] for row in csv.DictReader(file)}
    if snapshots - {report["snapshot_sha256"]}:
        wrong.append("ratings.csv and report.json come from different snapshots.")
    return wrong


def main() -> int:
    """Print the table of printed and recomputed numbers; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--resamples", type=int, help="draw so many instead of the protocol's")
    resamples = parser.parse_args().resamples
    report = json.loads((HERE / "report.json").read_text(encoding="utf-8"))
    protocol = json.loads((HERE / "protocol.json").read_text(encoding="utf-8"))
    printed = dict(leaves(report))
    numbers = recompute(report, protocol, resamples)
    again = dict(leaves(numbers))
    print(f"{'number':44} {'printed':>14} {'recomputed':>14} {'difference':>10}")
    problems = check_hashes(report)
    # A whole part can be absent (null) from the report, with its numbers named here one by one.
    problems += [f"{name}: not in the report." for name in again.keys() - printed.keys()]
    for name, value in printed.items():
        if name not in again:
            if NOT_RECOMPUTED.match(name):
                continue
            problems.append(f"{name}: not recomputed here.")
            continue
        print(row(name, value, again[name]))
        if not agrees(value, again[name]):
            problems.append(f"{name}: printed {value}, recomputed {again[name]}.")
    for part in sentence_parts(report, numbers):
        said = part in report["sentence"]
        print(f"sentence says “{part}”  {'OK' if said else 'DIFFERS'}")
        if not said:
            problems.append(f"The sentence does not say “{part}”.")
    left = [name for name in printed if name not in again and NOT_RECOMPUTED.match(name)]
    if left:
        print(f"{len(left)} numbers are not recomputed: {', '.join(left)}.")
    print(f"\n{len(printed)} numbers. " + ("\n".join(problems) or "All agree."))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
