"""The report as a PDF that reads like a paper, set by Typst.

Typst is a typesetter in one wheel: it brings its fonts, draws the figures as vectors, tags the
document for screen readers and has no means of fetching an address. The template sees the report
as data only, so no text in it can become markup.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from reader_study.agreement.wording import METHOD_WORDS, interval, number
from reader_study.analysis.exports.axes import COEFFICIENT_STEPS, SHARE_STEPS, round_axis
from reader_study.analysis.exports.paper_parts import checklist, courses, part_tables
from reader_study.analysis.exports.report_json import check_same_snapshot
from reader_study.analysis.exports.report_rows import (
    RateRow,
    coefficient_rows,
    pairs_of,
    rate_rows,
    same_grade_name,
    sensitivity_rows,
)
from reader_study.analysis.exports.signature_rows import signatures_of
from reader_study.analysis.snapshot import SnapshotDocument, printed_audit_head
from reader_study.signatures.printed import PrintedSignature

Json = dict[str, Any]

TEMPLATE = Path(__file__).with_name("paper.typ")
MOST_NAMED_COLUMNS = 5
_NO_SUCH_GLYPH = "could not be displayed with font"
NUMBER_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


def report_pdf(
    snapshot: SnapshotDocument, report: Json, signatures: Sequence[PrintedSignature] = ()
) -> bytes:
    """Return the report as PDF: sentence, tables, vector figures, footnotes, signatures, hashes.

    The data notice and the snapshot's hash stand on every page. The document's date is that of
    the lock, so the same snapshot gives the same bytes.

    Raises
    ------
    ValueError
        If the report is of another snapshot.
    """
    check_same_snapshot(snapshot, report)
    locked_at = datetime.fromisoformat(snapshot["locked_at"])
    given = signatures_of(snapshot, signatures)
    content = json.dumps(paper_content(snapshot, report, given), ensure_ascii=False)
    try:
        return _typeset(content, locked_at, accessible=True)
    except typst.TypstError as error:
        if _NO_SUCH_GLYPH not in str(error):
            raise
        # A name in letters that no font here has stands as empty boxes, which the standard of
        # accessible documents forbids; better than a study without a paper.
        return _typeset(content, locked_at, accessible=False)


def _typeset(content: str, locked_at: datetime, *, accessible: bool) -> bytes:
    return typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"content": content},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"] if accessible else [],
        timestamp=int(locked_at.timestamp()),
    )


def paper_content(
    snapshot: SnapshotDocument, report: Json, signatures: Sequence[PrintedSignature] = ()
) -> Json:
    """Return what the template prints: texts as they appear, and figures as numbers."""
    kappa = report["kappa"]
    return {
        "study": snapshot["study"]["name"],
        "protocol": snapshot["protocol"]["title"],
        "notice": snapshot["study"]["data_notice"],
        "locked": _utc(snapshot["locked_at"]),
        "sentence": report["sentence"],
        "warnings": report["warnings"],
        "footnotes": report["footnotes"],
        "raters": report["raters"],
        "levels": [f"{level['value']} {level['name']}" for level in report["levels"]],
        "columns": _column_heads(report["levels"]),
        "title": _title(report),
        "tables": [
            {"raters": pair["raters"], "counts": pair["table"], "n": _count(pair["n_paired"])}
            for pair in pairs_of(report)
        ],
        "high_from": report["high_from"],
        "high_index": [level["value"] for level in report["levels"]].index(report["high_from"]),
        "n_paired": _count(report["n_paired"]),
        "coverage": f"{100 * report['confidence']:g} %",
        "rates": [_rate(row) for row in rate_rows(report)],
        "rate_axis": _rate_axis(report),
        "rate_table": [_rate(row) for row in (*rate_rows(report), *sensitivity_rows(report))],
        "coefficients": _coefficients(report),
        "pairs": [_pair(pair) for pair in report.get("pairs", [])],
        "intra_rater": [_intra_rater(one) for one in report.get("intra_rater", [])],
        "paradox": [pair["paradox"] for pair in pairs_of(report) if pair.get("paradox")],
        "parts": part_tables(report),
        "courses": courses(report),
        "checklist": checklist(report),
        "primary_note": kappa["refused"] or _bootstrap_note(report),
        "histogram": _histogram(report),
        "signatures": [
            {**signature, "signed_at": _utc(signature["signed_at"])} for signature in signatures
        ],
        "record": _record(snapshot, report),
        "snapshot_sha256": snapshot["snapshot_sha256"],
        "audit_head": printed_audit_head(snapshot.get("audit_head")),
    }


def _column_heads(levels: list[Json]) -> list[str]:
    """Return values with names, or values alone where names would not fit above the columns."""
    if len(levels) > MOST_NAMED_COLUMNS:
        return [str(level["value"]) for level in levels]
    return [f"{level['value']} {level['name']}" for level in levels]


def _rate(row: RateRow) -> Json:
    rate = row.rate
    scored = rate["rate"] is not None
    return {
        "group": row.group,
        "rater": rate["rater"],
        "count": f"{rate['high']}/{rate['n']}",
        "share": rate["rate"],
        "wilson": rate["wilson"],
        "rate_text": f"{100 * rate['rate']:.1f} %" if scored else "no case scored",
        "wilson_text": _percent_range(rate["wilson"]),
        "exact_text": _percent_range(rate["clopper_pearson"]),
        "unscorable": rate["unscorable"],
    }


def _rate_axis(report: Json) -> Json:
    limits = [end for row in rate_rows(report) for end in row.rate["wilson"] or ()]
    axis = asdict(round_axis(limits, SHARE_STEPS))
    return {**axis, "tick_texts": [f"{100 * tick:.0f} %" for tick in axis["ticks"]]}


def _coefficients(report: Json) -> list[Json]:
    rows = [
        {
            "name": row.name,
            "primary": row.primary,
            "estimate": number(row.coefficient["estimate"]),
            "ci": interval(row.coefficient["ci"]) if row.coefficient["ci"] else "–",
            "se": "–" if row.coefficient["se"] is None else f"{row.coefficient['se']:.3f}",
        }
        for row in coefficient_rows(report)
    ]
    share = report["percent_agreement"]
    agreed = "undefined" if share is None else f"{100 * share:.1f} %"
    same = {"name": same_grade_name(report), "primary": False, "estimate": agreed}
    return [*rows, {**same, "ci": "", "se": ""}]


def _title(report: Json) -> str:
    raters = len(report["raters"])
    return f"Quality rates and agreement of {NUMBER_WORDS.get(raters, raters)} raters"


def _pair(pair: Json) -> Json:
    return {
        "name": " – ".join(pair["raters"]),
        "n": _count(pair["n_paired"]),
        **_kappa_texts(pair),
    }


def _intra_rater(one: Json) -> Json:
    return {
        "name": one["rater"],
        "n": f"{_count(one['n_paired'])} of {_count(one['n_repeated'])}",
        **_kappa_texts(one),
    }


def _kappa_texts(of: Json) -> Json:
    kappa, share = of["kappa"], of["percent_agreement"]
    return {
        "estimate": number(kappa["estimate"]),
        "ci": interval(kappa["ci"]) if kappa["ci"] else "–",
        "same": "–" if share is None else f"{100 * share:.1f} %",
    }


def _bootstrap_note(report: Json) -> str:
    kappa = report["kappa"]
    unit = report.get("resampling", {}).get("unit", "case")
    return (
        f"Intervals of κ: {METHOD_WORDS[kappa['method']]}, {_count(kappa['resamples'])} resamples "
        f"of {unit}s, seed {kappa['seed']}; the primary κ was undefined in "
        f"{_count(kappa['undefined'])} of them."
    )


def _histogram(report: Json) -> Json | None:
    """Return bars, axis and marks; None where no resample had a κ."""
    edges, counts = report["histogram"]["edges"], report["histogram"]["counts"]
    if not counts:
        return None
    kappa = report["kappa"]
    low, high = kappa["ci"] or (None, None)
    bars = [
        {
            "low": left,
            "high": right,
            "height": count / max(counts),
            "inside": low is not None and low <= (left + right) / 2 <= high,
        }
        for left, right, count in zip(edges, edges[1:], counts, strict=False)
    ]
    axis = asdict(round_axis(edges, COEFFICIENT_STEPS))
    marks = [{"value": end, "text": number(end), "estimate": False} for end in kappa["ci"] or ()]
    if kappa["estimate"] is not None:
        estimate = {"value": kappa["estimate"], "text": number(kappa["estimate"])}
        marks.append({**estimate, "estimate": True})
    return {
        "bars": bars,
        "axis": {**axis, "tick_texts": [number(tick) for tick in axis["ticks"]]},
        "marks": marks,
        "resamples": _count(kappa["resamples"]),
        "method": METHOD_WORDS[kappa["method"]] if kappa["ci"] else None,
    }


def _record(snapshot: SnapshotDocument, report: Json) -> list[list[str]]:
    facts = [
        ["Locked", _utc(snapshot["locked_at"])],
        ["Snapshot SHA-256", snapshot["snapshot_sha256"]],
        ["Protocol SHA-256", snapshot["protocol_sha256"]],
    ]
    audit_head = printed_audit_head(snapshot.get("audit_head"))
    if audit_head:
        facts.append(["Audit trail at the lock", audit_head])
    model = report["model"]
    if model:
        facts.append(["Segmentation model", f"{model['name']}. {model['notice']}"])
        facts.append(["Model SHA-256", model["sha256"]])
    return facts


def _percent_range(limits: list[float] | None) -> str:
    return f"{100 * limits[0]:.1f}–{100 * limits[1]:.1f} %" if limits else "–"


def _count(count: int) -> str:
    return f"{count:,}".replace(",", " ") if count >= 10_000 else str(count)


def _utc(time: str) -> str:
    return f"{datetime.fromisoformat(time):%d %B %Y, %H:%M} UTC".lstrip("0")
