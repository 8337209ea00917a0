"""The report in words: the sentence of the abstract, footnotes, and warnings."""

from typing import Any

import numpy as np

from reader_study.agreement.resampling import REFUSE_UNDEFINED_SHARE, WARN_UNDEFINED_SHARE

Json = dict[str, Any]

METHOD_WORDS = {"percentile": "percentile bootstrap", "bca": "BCa bootstrap"}
WEIGHT_WORDS = {
    "none": "unweighted",
    "linear": "linearly weighted",
    "quadratic": "quadratically weighted",
    "dichotomised": "dichotomised",
}
STABLE_RESAMPLES = 10_000
EXTREME_PREVALENCE = 0.8
RATE_INTERVALS = "Intervals of rates: Wilson score, with Clopper–Pearson (exact) beside it."

# Landis & Koch 1977, Biometrics 33:159: upper end of each word
LANDIS_KOCH = (
    (0.20, "slight"),
    (0.40, "fair"),
    (0.60, "moderate"),
    (0.80, "substantial"),
    (1.00, "almost perfect"),
)


def sentence(report: Json) -> str:
    """Return the result as one would write it in an abstract."""
    return f"{_rates_sentence(report)} {_kappa_sentence(report)}"


def footnotes(report: Json) -> list[str]:
    """Return what a reader must know to judge the numbers, denominators first."""
    notes = [_denominator_note(report), _cut_note(report), RATE_INTERVALS]
    if report["n_paired"]:
        notes += [_bootstrap_note(report["kappa"]), _prevalence_note(report)]
    if report["kappa"]["estimate"] is not None:
        notes.append(_convention_note(report["kappa"]["estimate"]))
    if report["sensitivity"]:
        notes.append(_sensitivity_note(report))
    return notes


def warnings(report: Json) -> list[str]:
    """Return what makes the numbers less sure than they look."""
    found = [
        f"{rater} gave every paired case the same grade: κ is then 0, whatever the other did."
        for rater in _constant_raters(report)
    ]
    found += _kappa_warnings(report)
    if report["kappa"]["resamples"] < STABLE_RESAMPLES:
        found.append(
            f"Only {_count(report['kappa']['resamples'])} resamples: another seed may change the "
            "second decimal of the interval."
        )
    return found


def _rates_sentence(report: Json) -> str:
    first, second = report["rates"]
    level = f"{100 * report['confidence']:g} % CI "
    return (
        f"{first['rater']} graded {_rate(first, f', {level}', ' segmentations high quality')}; "
        f"{second['rater']} {_rate(second, ', ')}."
    )


def _rate(rate: Json, before_interval: str, after_count: str = "") -> str:
    if not rate["n"]:
        return f"0 of 0{after_count} (no rate)"
    low, high = rate["wilson"]
    return (
        f"{_count(rate['high'])} of {_count(rate['n'])}{after_count} "
        f"({100 * rate['rate']:.1f} %{before_interval}{100 * low:.1f}–{100 * high:.1f} %)"
    )


def _kappa_sentence(report: Json) -> str:
    kappa = report["kappa"]
    weighting = WEIGHT_WORDS[kappa["weights"]]
    scale = f"the {len(report['levels'])}-level scale"
    if kappa["estimate"] is None:
        return f"Agreement on {scale} has no {weighting} κ: {kappa['refused']}."
    value = (
        f"Agreement on {scale} in {_cases(report['n_paired'])} graded by both was "
        f"{weighting} κ = {number(kappa['estimate'])}"
    )
    if kappa["ci"] is None:
        return f"{value}, without a confidence interval: {kappa['refused']}."
    return (
        f"{value} ({100 * report['confidence']:g} % CI {interval(kappa['ci'])}, "
        f"{METHOD_WORDS[kappa['method']]}, {_count(kappa['resamples'])} resamples)."
    )


def _denominator_note(report: Json) -> str:
    scored = "; ".join(
        f"graded by {rate['rater']}: {_count(rate['n'])} ({_count(rate['unscorable'])} unscorable)"
        for rate in report["rates"]
    )
    return (
        f"Cases: {_count(report['n_cases'])}; {scored}; graded by both: "
        f"{_count(report['n_paired'])}. Each rate is of the cases that the rater could score; κ, "
        "AC1 and PABAK are of the cases graded by both."
    )


def _cut_note(report: Json) -> str:
    high = [
        f"{level['value']} ({level['name']})"
        for level in report["levels"]
        if level["value"] >= report["high_from"]
    ]
    return f"High quality: grade {' or '.join(high)}. All declared levels count in κ, used or not."


def _bootstrap_note(kappa: Json) -> str:
    undefined = (
        f"κ was undefined in {_count(kappa['undefined'])} of them, which were dropped"
        if kappa["undefined"]
        else "κ was defined in all of them"
    )
    return (
        f"κ was bootstrapped by resampling cases: {_count(kappa['resamples'])} resamples, seed "
        f"{kappa['seed']}, numpy {np.__version__} PCG64; {undefined}."
    )


def _prevalence_note(report: Json) -> str:
    cut = report["dichotomised"]
    facts = (
        f"At the cut-point the raters agree in {100 * cut['percent_agreement']:.1f} % of cases: "
        f"prevalence index {number(cut['prevalence_index'])}, bias index "
        f"{number(cut['bias_index'])}, "
        f"dichotomised κ {number(report['dichotomised_kappa']['estimate'])}, "
        f"PABAK {number(report['pabak']['estimate'])}. AC1 on the full scale is "
        f"{number(report['ac1']['estimate'])}."
    )
    if abs(cut["prevalence_index"]) < EXTREME_PREVALENCE:
        return facts
    return (
        f"{facts} Nearly all cases lie on one side of the cut-point. Chance agreement is then "
        "high, and κ is low or unstable even where raters hardly differ (the κ paradox, Feinstein "
        "& Cicchetti 1990): read κ together with AC1, PABAK and the table."
    )


def _convention_note(kappa: float) -> str:
    printed = round(kappa, 2)
    word = "poor" if printed < 0 else next(word for top, word in LANDIS_KOCH if printed <= top)
    return (
        f"“{word.capitalize()}” is the Landis & Koch (1977) word for κ = {number(kappa)}: a "
        "convention, not a test."
    )


def _sensitivity_note(report: Json) -> str:
    sensitivity = report["sensitivity"]
    rates = "; ".join(f"{rate['rater']} {_rate(rate, ', ')}" for rate in sensitivity["rates"])
    return (
        f"Sensitivity analysis, unscorable counted as low: {rates}; dichotomised κ "
        f"{number(sensitivity['dichotomised_kappa']['estimate'])}."
    )


def _constant_raters(report: Json) -> list[str]:
    """Return the raters without variation, where κ is nevertheless defined."""
    if report["kappa"]["estimate"] is None:
        return []
    table = np.asarray(report["table"])
    totals = (table.sum(axis=1), table.sum(axis=0))
    return [
        rater
        for rater, counts in zip(report["raters"], totals, strict=True)
        if np.count_nonzero(counts) == 1
    ]


def _kappa_warnings(report: Json) -> list[str]:
    """Return one warning per cause, naming every κ that it concerns."""
    concerned: dict[str, list[str]] = {}
    for kappa in (*report["kappas"], report["dichotomised_kappa"]):
        cause = _cause_of_doubt(kappa)
        if cause:
            concerned.setdefault(cause, []).append(WEIGHT_WORDS[kappa["weights"]])
    return [f"κ ({', '.join(names)}) {cause}." for cause, names in concerned.items()]


def _cause_of_doubt(kappa: Json) -> str | None:
    if kappa["estimate"] is None:
        return f"has no value: {kappa['refused']}"
    if kappa["ci"] is None:
        return f"has no confidence interval: {kappa['refused']}"
    share = kappa["undefined"] / kappa["resamples"]
    if share <= WARN_UNDEFINED_SHARE:
        return None
    return (
        f"is undefined in {100 * share:.1f} % of the resamples; they were dropped, and the "
        "interval describes only the others. No interval is given above "
        f"{100 * REFUSE_UNDEFINED_SHARE:.0f} %"
    )


def number(value: float | None) -> str:
    """Return a coefficient to two decimals with a true minus sign, or "undefined"."""
    if value is None:
        return "undefined"
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def interval(limits: list[float]) -> str:
    """Return an interval, "0.56–0.89", or "−0.12 to 0.31" where a dash would look like a minus."""
    low, high = (number(limit) for limit in limits)
    return f"{low} to {high}" if "−" in low + high else f"{low}–{high}"


def _count(count: int) -> str:
    """Return a count with a space between thousands: 100 000."""
    return f"{count:,}".replace(",", " ") if count >= 10_000 else str(count)


def _cases(n: int) -> str:
    return "the one case" if n == 1 else f"the {_count(n)} cases"
