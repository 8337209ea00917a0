"""The parts of the report beside the grade as rows: one layout for the workbook and the paper."""

from typing import Any

from reader_study.analysis.exports.columns import Cell
from reader_study.analysis.exports.report_rows import pairs_of

Json = dict[str, Any]
Rows = list[dict[str, Cell]]


def item_rate_rows(items: list[Json]) -> Rows:
    """Return a row for each item and rater."""
    return [
        {
            "item": item["label"],
            "rater": rate["rater"],
            "high": rate["high"],
            "n": rate["n"],
            "rate": rate["rate"],
            "wilson_low": _end(rate["wilson"], 0),
            "wilson_high": _end(rate["wilson"], 1),
            "not_opacified": rate["not_opacified"],
            "unanswered": rate["unanswered"],
        }
        for item in items
        for rate in item["rates"]
    ]


def item_agreement_rows(items: list[Json]) -> Rows:
    """Return a row for each item: agreement of its grades, then of all answers."""
    return [
        {
            "item": item["label"],
            "n_paired": item["n_paired"],
            "weights": item["kappa"]["weights"],
            "kappa": item["kappa"]["estimate"],
            "ci_low": _end(item["kappa"]["ci"], 0),
            "ci_high": _end(item["kappa"]["ci"], 1),
            "ac1": item["ac1"]["estimate"],
            "same": item["percent_agreement"],
            "kappa_all_answers": answers["kappa"]["estimate"] if answers else None,
            "all_ci_low": _end(answers["kappa"]["ci"], 0) if answers else None,
            "all_ci_high": _end(answers["kappa"]["ci"], 1) if answers else None,
            "same_all_answers": answers["percent_agreement"] if answers else None,
        }
        for item in items
        for answers in [item["answers"]]
    ]


def habit_rows(report: Json) -> Rows:
    """Return a row for each pair of raters and test of their habits; none in older reports."""
    rows: Rows = []
    for pair in pairs_of(report):
        paired = pair.get("mcnemar")
        if paired is None:
            continue
        tests = (
            ("McNemar, of the rate of high", paired),
            ("McNemar, continuity-corrected", paired["corrected"]),
            ("McNemar, exact", {"statistic": None, "df": None, "p": paired["exact_p"]}),
            ("Stuart–Maxwell, of the use of every level", pair["stuart_maxwell"]),
            ("Bowker, of symmetry", pair["bowker"]),
        )
        rows += [
            {
                "rater_1": pair["raters"][0],
                "rater_2": pair["raters"][1],
                "test": name,
                "statistic": test["statistic"],
                "df": test["df"],
                "p": test["p"],
                "difference_of_rates": paired["difference"],
                "tango_low": _end(paired["ci"], 0),
                "tango_high": _end(paired["ci"], 1),
                "high_for_rater_1_only": paired["only_first"],
                "high_for_rater_2_only": paired["only_second"],
            }
            for name, test in tests
        ]
    return rows


def disagreement_rows(report: Json) -> Rows:
    """Return a row for each case on which raters differ; grades empty where unscorable."""
    return [
        {
            "case": one["case"],
            "site": one["site"],
            **dict(zip(report["raters"], one["grades"], strict=True)),
            "levels_apart": one["levels_apart"],
            "across_cut": int(one["across_cut"]),
            "partly_unscorable": int(one["partly_unscorable"]),
        }
        for one in report.get("disagreements", [])
    ]


def course_rows(report: Json) -> Rows:
    """Return a row for each rater: times, Theil–Sen slope, τ of the grade with the order."""
    rows: Rows = []
    for course in report.get("courses", []):
        seconds = course["seconds"] or {}
        slope, grade = seconds.get("slope") or {}, course["grade"]
        rows.append(
            {
                "rater": course["rater"],
                "n": course["n"],
                "median_seconds": seconds.get("median"),
                "lower_quartile": _end(seconds.get("quartiles"), 0),
                "upper_quartile": _end(seconds.get("quartiles"), 1),
                "seconds_per_100_cases": slope.get("per_100"),
                "slope_low": _end(slope.get("ci"), 0),
                "slope_high": _end(slope.get("ci"), 1),
                "tau": grade["estimate"],
                "tau_low": _end(grade["ci"], 0),
                "tau_high": _end(grade["ci"], 1),
            }
        )
    return rows


def unscorable_rows(report: Json) -> Rows:
    """Return a row for each reason why cases could not be graded, a column for each rater."""
    return [
        {"reason": one["label"], **dict(zip(report["raters"], one["counts"], strict=True))}
        for one in report.get("unscorable", [])
    ]


def checklist_rows(report: Json) -> Rows:
    """Return the GRRAS checklist, a row for each item."""
    return [
        {
            "item": row["item"],
            "section": row["section"],
            "asks_for": row["asks"],
            "this_study": row["says"],
            "status": STATUS_WORDS[row["status"]],
        }
        for row in report.get("grras", [])
    ]


STATUS_WORDS = {
    "filled": "from the study",
    "partly": "authors to add",
    "authors": "for the authors",
}


def _end(limits: list[float] | None, place: int) -> float | None:
    return limits[place] if limits else None
