"""The report in words: the sentence of the abstract, footnotes, and warnings."""

from typing import Any

import numpy as np

from reader_study.agreement.joint_bootstrap import FEW_CLUSTERS as FEW_SITES
from reader_study.agreement.report_bootstrap import LEAST_SITES
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
OCCLUSION_NOTE = (
    "Rates by side and by segment of the occlusion are descriptive: the study was not planned to "
    "compare them, and nothing is tested between them."
)
SITES_NOTE = (
    "Sites were resampled whole, because cases of one site may be alike. Wald intervals, those of "
    "rates and of every coefficient but κ, and the tests take every case as independent and do not "
    "know of sites."
)
HABITS_NOTE = (
    "McNemar’s, Bowker’s and the Stuart–Maxwell test look only at the cases on which two raters "
    "differ: they compare the raters’ habits, not their agreement. They are secondary and not "
    "corrected for their number, and a large p is no proof of equal habits."
)
FURTHER_NOTE = (
    "AC1, AC2, Scott’s π, the Brennan–Prediger coefficient and Krippendorff’s α have large-sample "
    "intervals."
)

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
        notes += [_bootstrap_note(report), _prevalence_note(report)]
    if report["kappa"]["estimate"] is not None:
        notes.append(_convention_note(report["kappa"]["estimate"]))
    if report["n_paired"]:
        notes.append(_overall_note(report) if len(report["raters"]) > 2 else FURTHER_NOTE)
        notes.append(HABITS_NOTE)
    if report["sides"] or report["segments"]:
        notes.append(OCCLUSION_NOTE)
    if report["resampling"]["unit"] == "site":
        notes.append(SITES_NOTE)
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
            f"Only {count(report['kappa']['resamples'])} resamples: another seed may change the "
            "second decimal of the interval."
        )
    return found + _few_sites(report["resampling"])


def _few_sites(resampling: Json) -> list[str]:
    """Return a warning where sites are resampled and there are not enough of them."""
    sites = resampling["units"]
    if resampling["unit"] != "site" or not LEAST_SITES <= sites < FEW_SITES:
        return []
    return [
        f"Only {sites} sites: resampling fewer than {FEW_SITES} sites tends to give intervals "
        "that are too narrow (Cameron, Gelbach & Miller 2008). Read them as a lower limit of the "
        "uncertainty."
    ]


def _rates_sentence(report: Json) -> str:
    first, *others = report["rates"]
    level = f"{100 * report['confidence']:g} % CI "
    told = [
        f"{first['rater']} graded {_rate(first, f', {level}', ' segmentations high quality')}",
        *(f"{other['rater']} graded {_rate(other, ', ')}" for other in others),
    ]
    return f"{'; '.join(told)}."


def _rate(rate: Json, before_interval: str, after_count: str = "") -> str:
    if not rate["n"]:
        return f"0 of 0{after_count} (no rate)"
    low, high = rate["wilson"]
    return (
        f"{count(rate['high'])} of {count(rate['n'])}{after_count} "
        f"({100 * rate['rate']:.1f} %{before_interval}{100 * low:.1f}–{100 * high:.1f} %)"
    )


def _kappa_sentence(report: Json) -> str:
    kappa = report["kappa"]
    weighting = WEIGHT_WORDS[kappa["weights"]]
    scale = f"the {len(report['levels'])}-level scale"
    if kappa["estimate"] is None:
        return f"Agreement on {scale} has no {weighting} κ: {kappa['refused']}."
    where = (
        f"{scale} in {_cases(report['n_paired'])} graded by both"
        if len(report["raters"]) == 2
        else f"{scale}, mean of the {len(report['pairs'])} pairs of raters,"
    )
    value = f"Agreement on {where} was {weighting} κ = {number(kappa['estimate'])}"
    if kappa["ci"] is None:
        return f"{value}, without a confidence interval: {kappa['refused']}."
    return (
        f"{value} ({100 * report['confidence']:g} % CI {interval(kappa['ci'])}, "
        f"{METHOD_WORDS[kappa['method']]}, {count(kappa['resamples'])} resamples)."
    )


def _denominator_note(report: Json) -> str:
    scored = "; ".join(
        f"graded by {rate['rater']}: {count(rate['n'])} ({count(rate['unscorable'])} unscorable)"
        for rate in report["rates"]
    )
    together, of_them = (
        ("both", "κ, AC1 and PABAK are of the cases graded by both")
        if len(report["raters"]) == 2
        else ("two or more", "κ of a pair is of the cases graded by both raters of that pair")
    )
    return (
        f"Cases: {count(report['n_cases'])}; {scored}; graded by {together}: "
        f"{count(report['n_paired'])}. Each rate is of the cases that the rater could score; "
        f"{of_them}."
    )


def _cut_note(report: Json) -> str:
    high = [
        f"{level['value']} ({level['name']})"
        for level in report["levels"]
        if level["value"] >= report["high_from"]
    ]
    return f"High quality: grade {' or '.join(high)}. All declared levels count in κ, used or not."


def _bootstrap_note(report: Json) -> str:
    kappa = report["kappa"]
    undefined = (
        f"κ was undefined in {count(kappa['undefined'])} of them, which were dropped"
        if kappa["undefined"]
        else "κ was defined in all of them"
    )
    drawn = "sites with all their cases" if report["resampling"]["unit"] == "site" else "cases"
    return (
        f"κ was bootstrapped by resampling {drawn}: {count(kappa['resamples'])} resamples, seed "
        f"{kappa['seed']}, numpy {np.__version__} PCG64; {undefined}."
    )


def _overall_note(report: Json) -> str:
    return (
        f"κ of {len(report['raters'])} raters is the mean of Cohen’s κ over all pairs (Light "
        "1971). All pairs were bootstrapped from the same resamples. Fleiss’, Conger’s, Gwet’s, "
        "Brennan–Prediger’s and Krippendorff’s coefficients have large-sample intervals."
    )


def _prevalence_note(report: Json) -> str:
    cut = report["dichotomised"]
    if cut is None:
        return (
            f"At the cut-point the mean dichotomised κ of the pairs is "
            f"{number(report['dichotomised_kappa']['estimate'])} and PABAK of all raters "
            f"{number(report['pabak']['estimate'])}. AC1 on the full scale is "
            f"{number(report['ac1']['estimate'])}. Where nearly all cases lie on one side of the "
            "cut-point, κ is low or unstable even where raters hardly differ: read κ together with "
            "AC1, PABAK and the tables of the pairs."
        )
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
    levels_used: dict[str, int] = dict.fromkeys(report["raters"], 0)
    for pair in report["pairs"] or [report]:
        table = np.asarray(pair["table"])
        totals = (table.sum(axis=1), table.sum(axis=0))
        for rater, counts in zip(pair["raters"], totals, strict=True):
            levels_used[rater] = max(levels_used[rater], int(np.count_nonzero(counts)))
    return [rater for rater, used in levels_used.items() if used == 1]


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


def count(number_of: int) -> str:
    """Return a count with a space between thousands: 100 000."""
    return f"{number_of:,}".replace(",", " ") if number_of >= 10_000 else str(number_of)


def _cases(n: int) -> str:
    return "the one case" if n == 1 else f"the {count(n)} cases"
