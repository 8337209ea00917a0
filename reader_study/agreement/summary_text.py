"""The summary as a table for a terminal."""

from collections.abc import Sequence

from reader_study.agreement.as_json import Json
from reader_study.agreement.resampling import BootstrapPlan
from reader_study.agreement.scale import Scale
from reader_study.agreement.wording import METHOD_WORDS, interval, number

Row = tuple[str, ...]


def summary_text(summary: Json, scale: Scale, plan: BootstrapPlan) -> str:
    """Return a summary as aligned text, the primary κ marked by a star."""
    level = f"{100 * plan.confidence:g} %"
    blocks = [
        f"{summary['n']} cases graded by two raters or more; levels "
        f"{', '.join(map(str, scale.values))}; high from {scale.high_from}",
        _block([("Rate of high", "n", "%", f"Wilson {level}", "Clopper–Pearson")], _rates(summary)),
        _block([("κ, weights", "value", "SE", f"{level} CI", "undefined")], _kappas(summary)),
        f"  * primary. {METHOD_WORDS[plan.method]}, {plan.resamples} resamples, seed {plan.seed}",
        _block([("Pair", "value", "SE", f"{level} CI", "n")], _pairs(summary)),
        _block([("Beside κ", "value", "SE", f"{level} CI")], _coefficients(summary)),
        _block([("Two raters compared", "χ²", "df", "p")], _tests(summary)),
        "\n".join(f"! {warning}" for warning in summary["warnings"]),
    ]
    return "\n\n".join(block for block in blocks if block).replace("\n\n  * ", "\n  * ")


def _rates(summary: Json) -> list[Row]:
    return [
        (
            rate["rater"],
            f"{rate['high']}/{rate['n']}",
            "–" if rate["rate"] is None else f"{100 * rate['rate']:.1f}",
            _percentages(rate["wilson"]),
            _percentages(rate["clopper_pearson"]),
        )
        for rate in summary["rates"]
    ]


def _kappas(summary: Json) -> list[Row]:
    primary = summary["kappa"]["weights"]
    return [
        (
            f"{kappa['weights']}{' *' if kappa['weights'] == primary else ''}",
            *_estimate(kappa),
            str(kappa["undefined"]),
        )
        for kappa in summary["kappas"]
    ]


def _pairs(summary: Json) -> list[Row]:
    return [
        (" – ".join(pair["raters"]), *_estimate(pair["kappa"]), str(pair["n"]))
        for pair in summary.get("pairs", [])
    ]


def _coefficients(summary: Json) -> list[Row]:
    rows = [
        (name, *_estimate(coefficient))
        for name, coefficient in (
            ("AC1", summary["ac1"]),
            ("PABAK", summary["pabak"]),
            ("Scott's π", summary["scott"]),
            ("Fleiss' κ", summary["fleiss"]),
            *(
                (f"Krippendorff's α, {metric}", summary["krippendorff"][metric])
                for metric in ("nominal", "ordinal", "interval", "ratio")
            ),
        )
        if coefficient is not None
    ]
    return [
        *rows,
        *(
            (name, number(summary[key]), "", "")
            for name, key in (
                ("Agreement (share)", "percent_agreement"),
                ("Prevalence index", "prevalence_index"),
                ("Bias index", "bias_index"),
            )
            if summary[key] is not None
        ),
    ]


def _tests(summary: Json) -> list[Row]:
    paired = summary["mcnemar"]
    if paired is None:
        return []
    return [
        ("McNemar", *_chi_square(paired)),
        ("McNemar, corrected", *_chi_square(paired["corrected"])),
        ("McNemar, exact", "", "", _p(paired["exact_p"])),
        ("Bowker", *_chi_square(summary["bowker"])),
        ("Stuart–Maxwell", *_chi_square(summary["stuart_maxwell"])),
    ]


def _estimate(values: Json) -> Row:
    return (
        number(values["estimate"]),
        "–" if values["se"] is None else f"{values['se']:.3f}",
        "–" if values["ci"] is None else interval(values["ci"]),
    )


def _chi_square(test: Json) -> Row:
    if test["statistic"] is None:
        return ("–", "–", "–")
    return (f"{test['statistic']:.3f}", str(test["df"]), _p(test["p"]))


def _p(p: float | None) -> str:
    if p is None:
        return "–"
    return "<.0001" if p < 1e-4 else f"{p:.4f}"


def _percentages(limits: list[float] | None) -> str:
    return "–" if limits is None else f"{100 * limits[0]:.1f}–{100 * limits[1]:.1f}"


def _block(header: Sequence[Row], rows: Sequence[Row]) -> str:
    """Return rows under a header, first column left-aligned, the others right-aligned."""
    if not rows:
        return ""
    lines = [*header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
