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
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from coefficients import ac1, cut_indices, kappa, pabak, rates, sensitivity, wald
from resampling import (
    Bootstrap,
    MonteCarlo,
    acceleration_of,
    bca_interval,
    histogram,
    percentile_interval,
    resampled_kappas,
)
from study import HERE, TOLERANCE, Floats, Study, read_study, table_of

SCHEMES = ("none", "linear", "quadratic")


def kappa_entry(
    study: Study, protocol: dict[str, Any], scheme: str, values: Floats | None
) -> dict[str, Any]:
    """Return all that the report prints of one kappa."""
    found = kappa(study, study.paired, scheme)
    settings = {"resamples": protocol["resamples"], "seed": protocol["seed"]}
    entry = {**found, "wald": wald(study, found["estimate"], found["se"]), **settings}
    if values is None:
        return {**entry, "ci": None, "undefined": 0}
    bootstrap = Bootstrap(values, protocol["resamples"])
    undefined = bootstrap.count(bootstrap.undefined, bootstrap.undefined)
    estimate = found["estimate"]
    if estimate is None or not len(bootstrap.values):
        return {**entry, "ci": None, "undefined": undefined}
    if protocol["ci_method"] == "bca" and not bootstrap.refused:
        ci = bca_interval(study, bootstrap, estimate, acceleration_of(study, scheme))
    else:
        ci = percentile_interval(study, bootstrap)
    return {**entry, "ci": ci, "undefined": undefined}


def recompute(
    report: dict[str, Any], protocol: dict[str, Any], resamples: int | None
) -> dict[str, Any]:
    """Return the numbers of the report, in its shape, from the ratings and the protocol."""
    study = read_study(protocol, report["raters"])
    paired = study.paired
    high = (paired >= study.high_from).astype(np.int64)
    cut = table_of(high, [0, 1])
    table = table_of(paired, study.levels)
    schemes = (*SCHEMES, "dichotomised")
    drawn: dict[str, Floats] = (
        resampled_kappas(study, schemes, resamples or protocol["resamples"], protocol["seed"] + 1)
        if len(paired)
        else {}
    )
    kappas = {name: kappa_entry(study, protocol, name, drawn.get(name)) for name in schemes}
    primary = protocol["weights"]
    return {
        "levels": [{"value": level["value"]} for level in protocol["levels"]],
        "high_from": protocol["high_from"],
        "confidence": protocol["confidence"],
        "n_cases": len(study.grades),
        "n_paired": len(paired),
        "table": table.tolist(),
        "rates": rates(study, study.grades),
        "sites": [
            {"rates": rates(study, study.grades[study.sites == site])}
            for site in sorted(set(study.sites.tolist()), key=lambda site: site.lstrip("'"))
        ],
        "kappa": kappas[primary],
        "kappas": [kappas[name] for name in SCHEMES],
        "dichotomised_kappa": kappas["dichotomised"],
        "dichotomised": cut_indices(cut),
        "ac1": ac1(study),
        "pabak": pabak(study, cut),
        "percent_agreement": float(np.trace(table) / table.sum()) if len(paired) else None,
        "histogram": histogram(
            report["histogram"]["edges"], drawn.get(primary), protocol["resamples"]
        ),
        "sensitivity": sensitivity(study),
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
    print(f"\n{len(printed)} numbers. " + ("\n".join(problems) or "All agree."))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
