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
from collections.abc import Callable, Iterator
from typing import Any

from agreement import Drawn, of_many, of_pair
from coefficients import rates, rates_by_occlusion, sensitivity
from further import further
from parts import courses, disagreements, questions, territories, unscorable
from resampling import MonteCarlo
from study import HERE, TOLERANCE, Study, read_repeats, read_rows, read_study


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
        **({"overall": further(study, report["overall"])} if two and "overall" in report else {}),
        **({"resampling": {"units": len(drawn.units)}} if "resampling" in report else {}),
        "sensitivity": sensitivity(study),
        "intra_rater": [of_repeats(one, protocol, resamples, printed) for one, printed in repeats],
        **of_items(report, protocol, resamples),
        "model": report["model"],
    }


def of_items(
    report: dict[str, Any], protocol: dict[str, Any], resamples: int | None
) -> dict[str, Any]:
    """Return the parts beside the grade that this report has; older ones have none."""
    rows = read_rows("ratings.csv")
    again: dict[str, Callable[[], Any]] = {
        "disagreements": lambda: disagreements(rows, protocol),
        "courses": lambda: courses(rows, protocol),
        "territories": lambda: territories(rows, protocol, resamples),
        "questions": lambda: questions(rows, protocol, resamples),
        "unscorable": lambda: unscorable(rows, protocol),
    }
    return {name: part() for name, part in again.items() if name in report}


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
