"""The parts of the report beside the grade, as the paper prints them: texts and small tables."""

from collections.abc import Sequence
from typing import Any

from reader_study.agreement.wording import count, interval, number
from reader_study.analysis.exports.part_rows import STATUS_WORDS, unscorable_rows
from reader_study.analysis.exports.report_rows import pairs_of

Json = dict[str, Any]

MOST_DIFFERING = 60
NONE = "–"


def part_tables(report: Json) -> list[Json]:
    """Return tables: ``caption, head, rows`` of texts, ``texts`` (columns set left), ``note``.

    Empty for a report of a release that had no such parts.
    """
    tables: list[Json] = _habits(report)
    if report.get("unscorable"):
        tables.append(_denominators(report))
    for what, items in (
        ("Territory", report.get("territories", [])),
        ("Question", report.get("questions", [])),
    ):
        if items:
            tables += [_item_rates(what, items), _item_agreement(what, items, report)]
    if report.get("disagreements"):
        tables.append(_disagreements(report))
    return tables


def courses(report: Json) -> list[Json]:
    """Return each rater's sentence and points, scaled to 0 … 1 in both directions."""
    given = report.get("courses", [])
    points = [point for course in given for point in course["points"]]
    if not points:
        return []
    last = max(place for place, _, _ in points)
    times = sorted(seconds for _, seconds, _ in points if seconds is not None)
    longest = max(times[int(0.97 * (len(times) - 1))], 1.0) if times else 1.0
    levels = [level["value"] for level in report["levels"]]
    return [
        {
            "sentence": course["sentence"],
            "times": [
                [place / last, min(seconds / longest, 1.0)]
                for place, seconds, _ in course["points"]
                if seconds is not None
            ],
            "line": _line(course, last, longest),
            "grades": [
                [place / last, levels.index(grade) / (len(levels) - 1)]
                for place, _, grade in course["points"]
                if grade is not None
            ],
            "longest": f"{longest:.0f} s",
            "last": str(last),
            "levels": [str(level) for level in levels],
        }
        for course in given
    ]


def _line(course: Json, last: int, longest: float) -> list[float] | None:
    slope = (course["seconds"] or {}).get("slope")
    if slope is None:
        return None
    ends = (slope["intercept"], slope["intercept"] + slope["per_100"] / 100 * last)
    return [min(max(end / longest, 0.0), 1.0) for end in ends]


def checklist(report: Json) -> list[list[str]]:
    """Return the GRRAS checklist as rows of texts."""
    return [
        [f"{row['item']}. {row['section']}", row["asks"], STATUS_WORDS[row["status"]], row["says"]]
        for row in report.get("grras", [])
    ]


def _table(
    caption: str, head: Sequence[str], rows: list[list[str]], texts: int, note: str = ""
) -> Json:
    return {"caption": caption, "head": list(head), "rows": rows, "texts": texts, "note": note}


def _habits(report: Json) -> list[Json]:
    """Return the tests of whether two raters use the scale alike; none of an older report."""
    pairs = [pair for pair in pairs_of(report) if pair.get("mcnemar")]
    if not pairs:
        return []
    if len(report["raters"]) > 2:
        return [_habits_of_pairs(pairs)]
    [pair] = pairs
    paired = pair["mcnemar"]
    rows = [
        ["Difference of the rates of high", "Tango", _difference(paired), ""],
        [
            "Same rate of high?",
            "McNemar, exact",
            f"{paired['only_first']} against {paired['only_second']} cases",
            _p(paired["exact_p"]),
        ],
        ["", "McNemar", _chi_square(paired), _p(paired["p"])],
        [
            "Same use of every level?",
            "Stuart–Maxwell",
            _chi_square(pair["stuart_maxwell"]),
            _p(pair["stuart_maxwell"]["p"]),
        ],
        [
            "Do differences go both ways alike?",
            "Bowker",
            _chi_square(pair["bowker"]),
            _p(pair["bowker"]["p"]),
        ],
    ]
    first, second = pair["raters"]
    caption = f"Do {first} and {second} use the scale alike?"
    note = f"Difference: rate of {first} minus that of {second} in the cases that both graded."
    return [_table(caption, ["Question", "Test", "Result", "p"], rows, 3, note)]


def _habits_of_pairs(pairs: list[Json]) -> Json:
    rows = [
        [
            " – ".join(pair["raters"]),
            _difference(pair["mcnemar"]),
            _p(pair["mcnemar"]["exact_p"]),
            _p(pair["stuart_maxwell"]["p"]),
            _p(pair["bowker"]["p"]),
        ]
        for pair in pairs
    ]
    head = ["Raters", "Difference of rates", "McNemar, exact p", "Stuart–Maxwell p", "Bowker p"]
    note = (
        "Difference: rate of high of the first rater minus that of the second in the cases that "
        "both graded, with Tango’s interval. No p: the two never differ."
    )
    return _table("Do the raters use the scale alike?", head, rows, 1, note)


def _difference(paired: Json) -> str:
    """Return a difference of rates in percentage points with its interval."""
    if paired["difference"] is None:
        return NONE
    low, high = (_points(end) for end in paired["ci"])
    return f"{_points(paired['difference'])} points ({low} to {high})"


def _points(share: float) -> str:
    text = f"{100 * share:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "−")


def _chi_square(test: Json) -> str:
    if test["statistic"] is None:
        return str(test["refused"])
    return f"χ² = {test['statistic']:.2f}, {test['df']} df"


def _p(p: float | None) -> str:
    if p is None:
        return NONE
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _denominators(report: Json) -> Json:
    rows = [
        ["Cases in the study", *[count(report["n_cases"])] * len(report["raters"])],
        ["Graded", *(count(rate["n"]) for rate in report["rates"])],
        *(
            [f"Unscorable: {row['reason']}", *(str(row[rater]) for rater in report["raters"])]
            for row in unscorable_rows(report)
        ),
    ]
    return _table(
        "Denominators: cases that each rater graded, and why the others could not be graded.",
        ["", *report["raters"]],
        rows,
        1,
    )


def _item_rates(what: str, items: list[Json]) -> Json:
    territory = what == "Territory"
    rows = []
    for item in items:
        for place, rate in enumerate(item["rates"]):
            row = [
                "" if place else item["label"],
                rate["rater"],
                f"{rate['high']}/{rate['n']}",
                _percent(rate["rate"]),
                _percents(rate["wilson"]),
            ]
            apart = [str(rate["not_opacified"])] if territory else []
            rows.append([*row, *apart, str(rate["unanswered"])])
    head = [what, "Rater", "High" if territory else "Yes", "Rate", "Wilson"]
    return _table(
        "Rates of high quality by territory. “Not opacified” is in no denominator."
        if territory
        else "Answers to the questions with yes or no.",
        [*head, *(["Not opacified"] if territory else []), "No answer"],
        rows,
        2,
    )


def _item_agreement(what: str, items: list[Json], report: Json) -> Json:
    kappa = "κ" if len(report["raters"]) == 2 else "Mean κ"
    rows = []
    for item in items:
        row = [
            item["label"],
            count(item["n_paired"]),
            *_kappa_texts(item["kappa"]),
            number(item["ac1"]["estimate"]),
            _percent(item["percent_agreement"]),
        ]
        answers = item["answers"]
        apart = _kappa_texts(answers["kappa"]) if answers else [NONE, NONE]
        rows.append([*row, *apart] if what == "Territory" else row)
    apart_head = ["κ, all answers", "CI"] if what == "Territory" else []
    return _table(
        f"Agreement by {what.lower()}."
        + (" All answers: “not opacified” beside the levels." if apart_head else ""),
        [what, "Cases", kappa, "CI", "AC1", "Same", *apart_head],
        rows,
        1,
        f"Secondary: {count(items[0]['kappa']['resamples'])} resamples, not corrected for the "
        "number of comparisons.",
    )


def _how_far(one: Json) -> tuple[str, str]:
    if one["levels_apart"] is None:
        return "–", "–"
    return str(one["levels_apart"]), "yes" if one["across_cut"] else "no"


def _disagreements(report: Json) -> Json:
    found = report["disagreements"]
    shown = found[:MOST_DIFFERING]
    left = len(found) - len(shown)
    return _table(
        f"Cases on which raters differ, {len(found)} of {count(report['n_cases'])}, the widest "
        "apart first.",
        ["Case", "Site", *report["raters"], "Levels apart", "Across cut-point"],
        [
            [
                one["case"],
                one["site"],
                *("unscorable" if grade is None else str(grade) for grade in one["grades"]),
                *_how_far(one),
            ]
            for one in shown
        ],
        2,
        f"{left} more are in the workbook and in the JSON." if left else "",
    )


def _kappa_texts(kappa: Json) -> list[str]:
    return [number(kappa["estimate"]), interval(kappa["ci"]) if kappa["ci"] else NONE]


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100 * share:.1f} %"


def _percents(limits: list[float] | None) -> str:
    return f"{100 * limits[0]:.1f}–{100 * limits[1]:.1f} %" if limits else NONE
