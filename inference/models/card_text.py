"""``MODEL_CARD.md``: a model's card for people, from the same figures as ``model-card.json``."""

import re
from typing import Any

_HEADING = "## Evaluation"


def model_card_text(card: dict[str, Any]) -> str:
    """Write the card of any model in Markdown.

    Parameters
    ----------
    card
        The content of ``model-card.json``; of its free entries only ``evaluation`` is used.
    """
    prediction = card["prediction"]
    mirroring = ", ".join("zyx"[axis] for axis in prediction["mirroring_axes"]) or "none"
    smallest = prediction["smallest_component_mm3"]
    removed = f"parts below {smallest:g} mm³ are removed" if smallest else "all parts are kept"
    text = f"""# {card["name"]}

**{card["notice"]}**

Prediction: configuration {prediction["configuration"]}, folds {", ".join(prediction["folds"])},
tile step {prediction["tile_step"]:g}, mirroring {mirroring}, {prediction["precision"]} on a CPU;
{removed}.

SHA-256 of the model, as `inference/models/files.py` defines it: `{card["sha256"]}`
"""
    evaluation = card.get("evaluation")
    return with_evaluation(text, evaluation) if evaluation else text


def with_evaluation(text: str, evaluation: dict[str, Any]) -> str:
    """Put the section about the evaluation into a card's text, in place of one that is there."""
    section = evaluation_text(evaluation)
    present = re.compile(rf"^{_HEADING}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if present.search(text):
        return present.sub(lambda _: section + "\n", text, count=1).rstrip() + "\n"
    return f"{text.rstrip()}\n\n{section}"


def evaluation_text(evaluation: dict[str, Any]) -> str:
    """Describe an evaluation in Markdown, with a table of each measure by set.

    Parameters
    ----------
    evaluation
        `inference.evaluation.evaluate.Evaluation.as_json`.
    """
    sets, titles = evaluation["sets"], evaluation["measures"]
    names = [name for name in titles if any(name in one["measures"] for one in sets.values())]
    rows = [
        [_title(titles[name])]
        + [_summary(one["measures"].get(name), titles[name]["decimals"]) for one in sets.values()]
        for name in names
    ]
    heads = ["Whole tree", *(f"{name}, n = {one['n']}" for name, one in sets.items())]
    parts = [
        _HEADING,
        "Mean ± SD; median; [95 % CI of the mean, by bootstrap over cases].",
        _table(heads, rows),
        *_remarks(evaluation),
        _paper(evaluation["paper"]),
    ]
    return "\n\n".join(parts) + "\n"


def _remarks(evaluation: dict[str, Any]) -> list[str]:
    titles, remarks = evaluation["measures"], []
    for set_name, one in evaluation["sets"].items():
        if one["failed"]:
            remarks.append(f"{set_name}, cases that could not be evaluated: {one['failed']}.")
        undefined = [
            f"{_title(titles[name])} in {sum(summary['undefined'].values())} "
            f"({', '.join(summary['undefined'])})"
            for name, summary in one["measures"].items()
            if summary["undefined"]
        ]
        if undefined:
            remarks.append(f"{set_name}, cases without a value: {'; '.join(undefined)}.")
    notes = [
        f"{set_name}, {summary['ci_note']}"
        for set_name, one in evaluation["sets"].items()
        for name, summary in one["measures"].items()
        if name == "dice" and summary["ci_note"]
    ]
    return [*remarks, f"Intervals: {'; '.join(notes)}."] if notes else remarks


def _paper(paper: dict[str, Any]) -> str:
    rows = ", ".join(
        f"{name} {one['mean']:.2f} ± {one['sd']:.2f}" for name, one in paper["sets"].items()
    )
    return f"{paper['source']} reports a DSC of {rows} ({paper['note']})."


def _title(measure: dict[str, Any]) -> str:
    return f"{measure['title']}, {measure['unit']}" if measure["unit"] else str(measure["title"])


def _summary(summary: dict[str, Any] | None, decimals: int) -> str:
    if summary is None or summary["mean"] is None:
        return "no value"
    text = f"{summary['mean']:.{decimals}f}"
    if summary["sd"] is not None:
        text += f" ± {summary['sd']:.{decimals}f}"
    text += f"; {summary['median']:.{decimals}f}"
    if summary["ci"] is not None:
        low, high = summary["ci"]
        text += f"; [{low:.{decimals}f}, {high:.{decimals}f}]"
    return text


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
