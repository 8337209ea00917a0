"""The GRRAS checklist, filled in as far as the locked study knows the answers.

Guidelines for Reporting Reliability and Agreement Studies: Kottner, Audigé, Brorson et al. 2011, J
Clin Epidemiol 64:96. Fifteen items. What only the authors can know stays open, and says so.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

from reader_study.agreement.wording import METHOD_WORDS, WEIGHT_WORDS, count
from reader_study.analysis.snapshot import SnapshotDocument

Status = Literal["filled", "partly", "authors"]

FOR_THE_AUTHORS = "For the authors."


class ChecklistItem(TypedDict):
    """An item of the checklist: what it asks for, and what this study can say.

    ``status`` is "filled", "partly" (the authors must add to it) or "authors" (theirs alone).
    """

    item: str
    section: str
    asks: str
    says: str
    status: Status


def grras_checklist(snapshot: SnapshotDocument, report: dict[str, Any]) -> list[ChecklistItem]:
    """Return the fifteen items.

    Parameters
    ----------
    snapshot
        The locked study.
    report
        Its report, for the numbers in words.
    """
    rows: tuple[tuple[str, str, str, Status], ...] = (
        (
            "Title and abstract",
            "Say in title or abstract that agreement or reliability was investigated.",
            f"Sentence for the abstract: {report['sentence']} The title is for the authors.",
            "partly",
        ),
        ("Introduction", "Name and describe the measurement.", _measurement(snapshot), "filled"),
        ("Introduction", "Specify the population of subjects.", FOR_THE_AUTHORS, "authors"),
        ("Introduction", "Specify the population of raters.", FOR_THE_AUTHORS, "authors"),
        (
            "Introduction",
            "Say what is known of reliability and agreement, and why the study is done.",
            FOR_THE_AUTHORS,
            "authors",
        ),
        (
            "Methods",
            "Explain how the sample size was chosen; state raters, subjects and replicates.",
            f"{_numbers(snapshot, report)} How the numbers were chosen is for the authors.",
            "partly",
        ),
        (
            "Methods",
            "Describe the sampling method.",
            f"{_sites(report)} How cases and raters were selected is for the authors.",
            "partly",
        ),
        ("Methods", "Describe the rating process.", *_process(snapshot)),
        ("Methods", "Say whether ratings were independent.", *_independence(snapshot)),
        ("Methods", "Describe the statistical analysis.", _analysis(snapshot), "filled"),
        (
            "Results",
            "State the actual numbers of raters, subjects and replicates.",
            f"{_numbers(snapshot, report)}{_left_out(snapshot)}",
            "filled",
        ),
        (
            "Results",
            "Describe raters and subjects (training, experience).",
            f"{_training(snapshot)}{_sites(report)} Experience of the raters and characteristics "
            "of the patients are for the authors.",
            "partly",
        ),
        (
            "Results",
            "Report estimates of reliability and agreement with their uncertainty.",
            f"{report['sentence']} All coefficients with intervals are in the tables.",
            "filled",
        ),
        ("Discussion", "Discuss the practical relevance.", FOR_THE_AUTHORS, "authors"),
        (
            "Auxiliary material",
            "Provide detailed results, for example online.",
            "The reproduction bundle holds ratings, protocol, report and the scripts that "
            "recompute it, under the hash of the locked ratings.",
            "filled",
        ),
    )
    return [
        {"item": str(number), "section": section, "asks": asks, "says": says, "status": status}
        for number, (section, asks, says, status) in enumerate(rows, start=1)
    ]


def _measurement(snapshot: SnapshotDocument) -> str:
    protocol, model = snapshot["protocol"], snapshot["model"]
    levels = "; ".join(
        f"{level['value']} {level['name']}: {level['anchor']}" for level in protocol["levels"]
    )
    judged = (
        f" Judged: segmentations by {model['name']} (SHA-256 {model['sha256'][:12]}…)."
        if model
        else ""
    )
    items = [part["label"] for part in protocol.get("territories", ())]
    territories = f" Territories graded apart: {', '.join(items)}." if items else ""
    return (
        f"“{protocol['title']}”, {len(protocol['levels'])} levels ({levels}); high quality from "
        f"{protocol['high_from']}. Unscorable is a status with a reason, no level.{territories}"
        f"{judged}"
    )


def _numbers(snapshot: SnapshotDocument, report: dict[str, Any]) -> str:
    repeats = Counter(rating["rater"] for rating in snapshot.get("repeats", []))
    again = (
        f" Read twice: {', '.join(f'{rater} {count}' for rater, count in sorted(repeats.items()))}."
        if repeats
        else " No case was read twice by a rater."
    )
    return (
        f"{len(report['raters'])} raters, {report['n_cases']} cases, each read by all "
        f"raters.{again}"
    )


def _sites(report: dict[str, Any]) -> str:
    sites = [f"{site['site']} {_cases_of(site)}" for site in report["sites"]]
    return f"Cases by site: {', '.join(sites)}." if sites else "There are no cases."


def _cases_of(site: dict[str, Any]) -> int:
    first = site["rates"][0]
    return int(first["n"] + first["unscorable"])


_TREE_OVER_DSA = {
    "hidden-at-first": " They could lay the predicted tree over the DSA; each use was recorded.",
    "shown-at-first": " The predicted tree lay over the DSA at first; they could take it off.",
    "never": " The predicted tree was never laid over the DSA.",
}


def _process(snapshot: SnapshotDocument) -> tuple[str, Status]:
    if not _was_read_here(snapshot):
        return (
            "The ratings were loaded from elsewhere: how they were given is for the authors.",
            "authors",
        )
    protocol = snapshot["protocol"]
    order = {
        "random-per-rater": "in an order drawn at random for each rater",
        "random-shared": "in one random order for all raters",
    }[protocol.get("reading_order", "random-per-rater")]
    repeats = protocol.get("repeats")
    washout = (
        f" Hidden repeats followed at least {repeats['washout_days']} days later under new codes."
        if repeats
        else ""
    )
    limit = protocol.get("cases_per_day")
    pace = f" At most {limit} cases a day." if limit else ""
    overlay = _TREE_OVER_DSA.get(protocol.get("tree_over_dsa", ""), "")
    runs = " Every DSA run had to be opened." if protocol.get("require_all_runs_opened") else ""
    return (
        f"Cases were read on screen {order}, under codes that tell nothing: raters saw NCCT, DSA "
        "and the predicted arteries, no identity, no site, no model and no other rating."
        f"{overlay}{runs}{pace}{washout} {_corrections(snapshot)} Displays and reading environment "
        "are for the authors.",
        "partly",
    )


def _corrections(snapshot: SnapshotDocument) -> str:
    superseded = snapshot.get("superseded", [])
    taken_back = sum(row.get("taken_back", False) for row in superseded)
    unlocked = len(superseded) - taken_back
    return (
        f"A submitted rating was final unless a coordinator unlocked it with a reason ({unlocked} "
        "were) or its rater took it back before answering the next case "
        f"({taken_back} were); every original is kept."
    )


def _independence(snapshot: SnapshotDocument) -> tuple[str, Status]:
    if not _was_read_here(snapshot):
        return FOR_THE_AUTHORS, "authors"
    return (
        "Each rater graded alone; nobody saw other ratings or any aggregate before the lock at "
        f"{_utc(snapshot['locked_at'])}.",
        "filled",
    )


def _was_read_here(snapshot: SnapshotDocument) -> bool:
    return any(rating["wall_seconds"] is not None for rating in snapshot["ratings"])


def _analysis(snapshot: SnapshotDocument) -> str:
    protocol = snapshot["protocol"]
    unit = protocol.get("resampling_unit", "case")
    raters = len(snapshot["raters"])
    kappa = "Cohen’s κ" if raters == 2 else "mean of Cohen’s κ over the pairs of raters (Light)"
    return (
        f"Declared in the protocol (SHA-256 {snapshot['protocol_sha256'][:12]}…): primary "
        f"{WEIGHT_WORDS[protocol['weights']]} {kappa} on all declared levels, "
        f"{100 * protocol['confidence']:g} % {METHOD_WORDS[protocol['ci_method']]} interval from "
        f"{count(protocol['resamples'])} resamples of {unit}s, seed {protocol['seed']}. Rates with "
        "Wilson and Clopper–Pearson intervals, each of the cases that the rater could grade; "
        "sensitivity analysis with unscorable counted as low. κ under all weightings, AC1 and "
        "PABAK beside it."
    )


def _utc(time: str) -> str:
    return f"{datetime.fromisoformat(time):%d %B %Y, %H:%M} UTC".lstrip("0")


def _left_out(snapshot: SnapshotDocument) -> str:
    withdrawn = len(snapshot.get("withdrawn_cases", []))
    former = len(snapshot.get("former_raters", []))
    told = []
    if withdrawn:
        told.append(f"{withdrawn} withdrawn case{'s' * (withdrawn > 1)}")
    if former:
        told.append(f"{former} rater{'s' * (former > 1)} who left")
    return f" Left out, with reasons in the JSON: {' and '.join(told)}." if told else ""


def _training(snapshot: SnapshotDocument) -> str:
    attempts = snapshot.get("calibration", [])
    raters: Sequence[str] = [rater["code"] for rater in snapshot["raters"]]
    passed = [row for row in attempts if row["passed"] and row["rater"] in raters]
    if not passed:
        return ""
    told = [
        f"{row['rater']} {row['agreed']}/{row['total']} in attempt {row['attempt']}"
        for row in passed
    ]
    return f"Calibration cases were passed before the reading: {', '.join(told)}. "
