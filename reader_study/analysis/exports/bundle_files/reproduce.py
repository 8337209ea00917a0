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
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

Floats = NDArray[np.float64]
Grades = NDArray[np.int64]

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-6
STANDARD_ERRORS = 5
REFUSED_ABOVE = 0.20  # share of undefined resamples
SAME_KAPPA = 1e-12  # closer than this, two values of kappa differ by rounding alone
UNSCORABLE = -1
SCHEMES = ("none", "linear", "quadratic")


@dataclass(frozen=True)
class MonteCarlo:
    """A number that depends on random draws, and the range in which another draw's must lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Study:
    """Grades by case (rows) and rater (columns), UNSCORABLE where there is none."""

    grades: Grades
    sites: NDArray[np.str_]
    raters: list[str]
    levels: list[int]
    high_from: int
    confidence: float

    @property
    def paired(self) -> Grades:
        """Cases that both raters graded."""
        return np.asarray(self.grades[(self.grades != UNSCORABLE).all(axis=1)])

    @property
    def z(self) -> float:
        """Normal quantile of the confidence level."""
        return float(ndtri((1 + self.confidence) / 2))

    @property
    def tail(self) -> float:
        """Share of the distribution left out at either end."""
        return (1 - self.confidence) / 2


def read_study(protocol: dict[str, Any], names: list[str]) -> Study:
    """Read ratings.csv. Raters stand in the order in which the file names them."""
    with (HERE / "ratings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    order = list(dict.fromkeys(row["rater"] for row in rows))
    cases = list(dict.fromkeys(row["case"] for row in rows))
    place = {case: number for number, case in enumerate(cases)}
    levels = [int(level["value"]) for level in protocol["levels"]]
    grades = np.full((len(cases), 2), UNSCORABLE)
    sites = np.empty(len(cases), dtype=object)
    for row in rows:
        # Levels become 1, 2, 3 …, so that no grade can be taken for UNSCORABLE.
        grade = levels.index(int(row["grade"])) + 1 if row["grade"] else UNSCORABLE
        grades[place[row["case"]], order.index(row["rater"])] = grade
        sites[place[row["case"]]] = row["site"]
    return Study(
        grades=grades,
        sites=sites.astype(str),
        raters=names,
        levels=list(range(1, len(levels) + 1)),
        high_from=levels.index(protocol["high_from"]) + 1,
        confidence=protocol["confidence"],
    )


def rate(study: Study, grades: Grades, *, unscorable_is_low: bool = False) -> dict[str, Any]:
    """Return the rate of high quality of one rater with both intervals."""
    scored = grades != UNSCORABLE
    n = len(grades) if unscorable_is_low else int(scored.sum())
    high = int((grades[scored] >= study.high_from).sum())
    alpha = 1 - study.confidence
    limits = {
        name: [float(end) for end in proportion_confint(high, n, alpha, method)] if n else None
        for name, method in (("wilson", "wilson"), ("clopper_pearson", "beta"))
    }
    unscorable = 0 if unscorable_is_low else len(grades) - n
    return {"high": high, "n": n, "rate": high / n if n else None, **limits} | {
        "unscorable": unscorable
    }


def rates(study: Study, grades: Grades, *, unscorable_is_low: bool = False) -> list[dict[str, Any]]:
    """Return the rate of each rater."""
    return [rate(study, column, unscorable_is_low=unscorable_is_low) for column in grades.T]


def table_of(pairs: Grades, levels: list[int]) -> Grades:
    """Return the contingency table on the declared levels, used or not."""
    if not len(pairs):
        return np.zeros((len(levels), len(levels)), dtype=np.int64)
    return np.asarray(confusion_matrix(pairs[:, 0], pairs[:, 1], labels=levels), dtype=np.int64)


def disagreement(size: int, scheme: str, high_index: int) -> Floats:
    """Return 1 minus the agreement weights of a scheme."""
    i, j = np.indices((size, size))
    if scheme == "dichotomised":
        return np.asarray((i >= high_index) != (j >= high_index), dtype=float)
    if scheme == "none":
        return np.asarray(i != j, dtype=float)
    return np.asarray((np.abs(i - j) / (size - 1)) ** {"linear": 1, "quadratic": 2}[scheme])


def kappa(study: Study, pairs: Grades, scheme: str) -> dict[str, float | None]:
    """Return kappa, its standard errors and its Wald interval; None where kappa is 0/0."""
    levels = study.levels
    if scheme == "dichotomised":
        pairs, levels, scheme = (pairs >= study.high_from).astype(np.int64), [0, 1], "none"
    undefined: dict[str, float | None] = {"estimate": None, "se": None, "se0": None}
    if not len(pairs) or (pairs == pairs[0, 0]).all():
        return undefined
    weights = None if scheme == "none" else scheme
    estimate = float(cohen_kappa_score(pairs[:, 0], pairs[:, 1], labels=levels, weights=weights))
    if math.isnan(estimate):
        return undefined
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # root of −1e-17 at perfect agreement
        errors = cohens_kappa(table_of(pairs, levels), wt=weights)
    return {
        "estimate": estimate,
        "se": float(np.nan_to_num(errors.std_kappa)),
        "se0": float(np.nan_to_num(errors.std_kappa0)),
    }


def wald(study: Study, estimate: float | None, se: float | None) -> list[float] | None:
    """Return the Wald interval, its upper end cut at 1; None without a standard error."""
    if estimate is None or se is None or se < TOLERANCE:
        return None
    return [estimate - study.z * se, min(1.0, estimate + study.z * se)]


def resampled_kappas(
    study: Study, schemes: tuple[str, ...], resamples: int, seed: int
) -> dict[str, Floats]:
    """Return each kappa of cases drawn with replacement; NaN where it is 0/0."""
    size = len(study.levels)
    cell = (study.paired[:, 0] - 1) * size + study.paired[:, 1] - 1
    n = len(cell)
    generator = np.random.default_rng(seed)
    found: dict[str, list[Floats]] = {scheme: [] for scheme in schemes}
    chunk = max(1, 2_000_000 // n)
    for start in range(0, resamples, chunk):
        count = min(chunk, resamples - start)
        drawn = cell[generator.integers(0, n, (count, n))]
        drawn += size * size * np.arange(count)[:, None]
        tables = np.bincount(drawn.ravel(), minlength=count * size * size)
        for scheme in schemes:
            found[scheme].append(kappas_of_tables(tables.reshape(count, size, size), study, scheme))
    return {scheme: np.concatenate(parts) for scheme, parts in found.items()}


def kappas_of_tables(tables: NDArray[np.int64], study: Study, scheme: str) -> Floats:
    """Return kappa of (m, K, K) tables; NaN where it is 0/0."""
    weights = disagreement(len(study.levels), scheme, study.high_from - 1)
    counts = tables.astype(float)
    n = counts[0].sum()
    observed = np.einsum("mij,ij->m", counts, weights) / n
    expected = np.einsum("mi,ij,mj->m", counts.sum(2), weights, counts.sum(1)) / n**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - observed / expected, np.nan)


class Bootstrap:
    """The resampled values of one kappa, beside what the report drew."""

    def __init__(self, values: Floats, printed_resamples: int) -> None:
        self.values = np.sort(values[~np.isnan(values)])
        self.undefined = int(np.isnan(values).sum())
        self.drawn = len(values)
        self.printed_resamples = printed_resamples
        self._both = 1 / self.drawn + 1 / printed_resamples

    def count(self, low: int, high: int) -> MonteCarlo:
        """Return how many of the report's resamples fall where between low and high of ours do."""
        ends = []
        for number, sign in ((low, -1), (high, 1)):
            share = (number + 1) / (self.drawn + 2)
            error = STANDARD_ERRORS * math.sqrt(share * (1 - share) * self._both)
            ends.append(self.printed_resamples * (number / self.drawn + sign * error) + sign)
        value = self.printed_resamples * (low + high) / 2 / self.drawn
        return MonteCarlo(value, max(0.0, ends[0]), ends[1])

    def quantile(self, low_share: float, share: float, high_share: float) -> MonteCarlo:
        """Return a quantile, and the range that its share's uncertainty leaves it."""
        ends = []
        for position, sign in ((low_share, -1), (high_share, 1)):
            error = STANDARD_ERRORS * math.sqrt(position * (1 - position) * self._both)
            ends.append(np.quantile(self.values, min(1, max(0, position + sign * error))))
        value = float(np.quantile(self.values, share))
        return MonteCarlo(value, float(ends[0]) - TOLERANCE, float(ends[1]) + TOLERANCE)

    @property
    def refused(self) -> bool:
        """Whether there is no interval: too often undefined, or the same in every resample."""
        return (
            self.undefined > REFUSED_ABOVE * self.drawn
            or self.values[-1] - self.values[0] < SAME_KAPPA
        )


def percentile_interval(study: Study, bootstrap: Bootstrap) -> list[MonteCarlo] | None:
    """Return the percentile interval, or None where it is refused."""
    if bootstrap.refused:
        return None
    return [bootstrap.quantile(share, share, share) for share in (study.tail, 1 - study.tail)]


def bca_interval(
    study: Study, bootstrap: Bootstrap, estimate: float, acceleration: float
) -> list[MonteCarlo] | None:
    """Return Efron's (1987) bias-corrected and accelerated interval, or None."""
    if bootstrap.refused:
        return None
    near = np.searchsorted(bootstrap.values, (estimate - SAME_KAPPA, estimate + SAME_KAPPA))
    below = near.mean() / len(bootstrap.values)  # ties count half
    error = STANDARD_ERRORS * math.sqrt(
        0.25 * (1 / bootstrap.drawn + 1 / bootstrap.printed_resamples)
    )
    shares = ndtri(np.clip([below - error, below, below + error], 1e-12, 1 - 1e-12))
    limits = []
    for tail in (study.tail, 1 - study.tail):
        reach = shares + ndtri(tail)
        limits.append(bootstrap.quantile(*ndtr(shares + reach / (1 - acceleration * reach))))
    return limits


def acceleration_of(study: Study, scheme: str) -> float:
    """Return BCa's acceleration from the kappas with one case left out."""
    size = len(study.levels)
    table = table_of(study.paired, study.levels)
    cells = np.argwhere(table)
    left_out = np.repeat(table[None], len(cells), axis=0)
    left_out[np.arange(len(cells)), cells[:, 0], cells[:, 1]] -= 1
    kappas = kappas_of_tables(left_out.reshape(-1, size, size), study, scheme)
    times = table[cells[:, 0], cells[:, 1]]
    deviation = np.average(kappas, weights=times) - kappas
    return float((times @ deviation**3) / (6 * (times @ deviation**2) ** 1.5))


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


def ac1(study: Study) -> dict[str, Any]:
    """Return Gwet's AC1 (2008) with its standard error, cases sampled and raters fixed."""
    table = table_of(study.paired, study.levels)
    n, size = table.sum(), len(study.levels)
    if not n:
        return {"estimate": None, "se": None, "ci": None}
    p = table / n
    share = (p.sum(0) + p.sum(1)) / 2
    observed, expected = np.trace(p), np.sum(share * (1 - share)) / (size - 1)
    estimate = (observed - expected) / (1 - expected)
    mean_share = (share[:, None] + share[None, :]) / 2
    terms = np.eye(size) - 2 * (1 - estimate) * (1 - mean_share) / (size - 1)
    variance = np.sum(p * terms**2) - (observed - 2 * (1 - estimate) * expected) ** 2
    se = math.sqrt(max(0.0, variance) / n) / (1 - expected)
    return {"estimate": float(estimate), "se": se, "ci": wald(study, float(estimate), se)}


def pabak(study: Study, cut: Grades) -> dict[str, Any]:
    """Return 2 po − 1 with Wilson's interval of po on the same line."""
    n, agreed = int(cut.sum()), int(np.trace(cut))
    if not n:
        return {"estimate": None, "se": None, "ci": None}
    share = agreed / n
    limits = proportion_confint(agreed, n, 1 - study.confidence, "wilson")
    return {
        "estimate": 2 * share - 1,
        "se": 2 * math.sqrt(share * (1 - share) / n),
        "ci": [2 * float(end) - 1 for end in limits],
    }


def cut_indices(cut: Grades) -> dict[str, Any]:
    """Return agreement, prevalence and bias at the cut-point."""
    (low, second_high), (first_high, high) = cut.tolist()
    n, apart = low + high + first_high + second_high, first_high + second_high
    return {
        "table": cut.tolist(),
        "percent_agreement": (low + high) / n if n else None,
        "positive_agreement": 2 * high / (2 * high + apart) if high + apart else None,
        "negative_agreement": 2 * low / (2 * low + apart) if low + apart else None,
        "prevalence_index": (high - low) / n if n else None,
        "bias_index": (first_high - second_high) / n if n else None,
    }


def sensitivity(study: Study) -> dict[str, Any] | None:
    """Return rates and agreement with unscorable counted as low."""
    if (study.grades != UNSCORABLE).all():
        return None
    high = (study.grades >= study.high_from).astype(np.int64)
    table = table_of(high, [0, 1])
    found = kappa(study, study.grades, "dichotomised")
    estimate, se = found["estimate"], found["se"]
    return {
        "rates": rates(study, study.grades, unscorable_is_low=True),
        "table": table.tolist(),
        "percent_agreement": float(np.trace(table) / table.sum()),
        "dichotomised_kappa": {"estimate": estimate, "se": se, "ci": wald(study, estimate, se)},
    }


def histogram(edges: list[float], values: Floats | None, resamples: int) -> dict[str, Any]:
    """Return the counts between the printed edges; a value on an edge may fall on either side."""
    if values is None or not edges:
        return {"edges": edges, "counts": []}
    bootstrap = Bootstrap(values, resamples)
    margin = 1e-9
    counts = []
    for low, high in pairwise(edges):
        inner = np.searchsorted(bootstrap.values, (low + margin, high - margin))
        outer = np.searchsorted(bootstrap.values, (low - margin, high + margin))
        counts.append(bootstrap.count(int(np.diff(inner)[0]), int(np.diff(outer)[0])))
    return {"edges": edges, "counts": counts}


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
