"""Figures of an evaluation: every case, each set's mean and interval, the arteries."""

# mypy: disallow-untyped-calls=False

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any colour vision tell apart; markers say it again.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_GREY, _DARK, _PAPER = "#8a8f98", "#22262b", "#6b4f9e"
_BY_SET = ("dice", "hd95_mm", "cl_dice")
_BY_ARTERY = ("dice", "recall")  # the first that the arteries have
_ENDINGS = ("svg", "pdf", "png")
_STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _DARK,
    "xtick.color": _DARK,
    "ytick.color": _DARK,
    "pdf.fonttype": 42,
    "svg.hashsalt": "evaluation",
}


def draw_figures(evaluation: dict[str, Any], folder: Path, *, notice: str = "") -> list[Path]:
    """Draw the figures of an evaluation as SVG, PDF and PNG.

    ``dice``, ``hd95_mm`` and ``cl_dice`` show every case by set, with the mean and its interval;
    ``arteries`` the mean of each artery, where the truth names arteries.

    Parameters
    ----------
    evaluation
        `inference.evaluation.evaluate.Evaluation.as_json`.
    folder
        Created if absent; files of the same names are replaced.
    notice
        What people must be told wherever the model's results are shown.

    Returns
    -------
    list of Path
        The files written.
    """
    from matplotlib import rc_context

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with rc_context(_STYLE):  # type: ignore[arg-type]  # the names are matplotlib's
        for measure in _BY_SET:
            written += _save(_by_set(evaluation, measure, notice), folder / measure)
        arteries = _by_artery(evaluation, notice)
        if arteries is not None:
            written += _save(arteries, folder / "arteries")
    return written


def _by_set(evaluation: dict[str, Any], measure: str, notice: str) -> "Figure":
    """One row a set: its cases as points, quartiles as a box, mean and interval above them."""
    from matplotlib.figure import Figure

    sets = [name for name, one in evaluation["sets"].items() if one["n"]]
    paper = evaluation["paper"] if evaluation["paper"]["measure"] == measure else None
    figure = Figure(figsize=(7.2, 1.5 + 0.85 * len(sets)), layout="constrained")
    axes = figure.add_subplot()
    for row, name in enumerate(sets):
        values = [
            case["measures"][measure]
            for case in evaluation["cases"]
            if case["set"] == name and case["measures"][measure] is not None
        ]
        _draw_cases(axes, row, values, row)
        _draw_mean(axes, row, evaluation["sets"][name]["measures"][measure], measure, evaluation)
        if paper and name in paper["sets"]:
            _draw_paper(axes, row, paper["sets"][name])
    axes.set_yticks(range(len(sets)), [_set_label(evaluation, name, measure) for name in sets])
    axes.set_ylim(len(sets) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e3e6ea", linewidth=0.8)
    axes.set_axisbelow(True)
    title = evaluation["measures"][measure]
    if title["best"] == 0:
        axes.set_xlim(0, 1.03 * axes.get_xlim()[1])
    axes.set_xlabel(_title(title))
    axes.set_title(f"{title['title']} of the whole tree, by set", loc="left", fontsize=11)
    marks = "Diamond and bar: mean and its 95 % CI, with ± SD. Points: cases; box: quartiles."
    source = f"Dashed: mean, shaded: ± SD of {paper['source']}; {paper['note']}." if paper else ""
    _explain(figure, [marks, source, notice])
    return figure


def _draw_cases(axes: "Axes", row: int, values: list[float], number: int) -> None:
    colour = _COLOURS[number % len(_COLOURS)]
    if len(values) >= 5:
        axes.boxplot(
            [values],
            positions=[row + 0.13],
            orientation="horizontal",
            widths=0.3,
            whis=(0, 100),
            manage_ticks=False,
            boxprops={"color": _GREY, "linewidth": 0.9},
            whiskerprops={"color": _GREY, "linewidth": 0.9},
            capprops={"color": _GREY, "linewidth": 0.9},
            medianprops={"color": _DARK, "linewidth": 1.2},
        )
    spread = np.random.default_rng(number).uniform(-0.1, 0.1, len(values))
    axes.plot(
        values,
        row + 0.13 + spread,
        linestyle="",
        marker=_MARKERS[number % len(_MARKERS)],
        markersize=3.5,
        color=colour,
        alpha=0.65,
        markeredgewidth=0,
    )


def _draw_mean(
    axes: "Axes", row: int, summary: dict[str, Any], measure: str, evaluation: dict[str, Any]
) -> None:
    if summary["mean"] is None:
        return
    place = row - 0.16
    if summary["ci"] is not None:
        axes.plot(summary["ci"], [place, place], color=_DARK, linewidth=2, solid_capstyle="butt")
    axes.plot(summary["mean"], place, marker="D", markersize=5.5, color=_DARK, linestyle="")
    decimals = evaluation["measures"][measure]["decimals"]
    text = f"{summary['mean']:.{decimals}f}"
    if summary["sd"] is not None:
        text += f" ± {summary['sd']:.{decimals}f}"
    axes.annotate(
        text,
        (summary["mean"], place),
        xytext=(0, 5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8,
        color=_DARK,
    )


def _draw_paper(axes: "Axes", row: int, published: dict[str, float]) -> None:
    low, high = published["mean"] - published["sd"], published["mean"] + published["sd"]
    axes.fill_betweenx([row - 0.3, row + 0.33], low, high, color=_PAPER, alpha=0.12, linewidth=0)
    axes.plot(
        [published["mean"]] * 2,
        [row - 0.3, row + 0.33],
        color=_PAPER,
        linewidth=1.2,
        linestyle="--",
    )
    axes.annotate(
        f"paper {published['mean']:.2f} ± {published['sd']:.2f}",
        (published["mean"], row + 0.33),
        xytext=(0, -1),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=7,
        color=_PAPER,
    )


def _by_artery(evaluation: dict[str, Any], notice: str) -> "Figure | None":
    """One row an artery, in it each set's mean and interval; None if no artery has a name."""
    from matplotlib.figure import Figure

    sets = {name: one["arteries"] for name, one in evaluation["sets"].items() if one["arteries"]}
    arteries = list(dict.fromkeys(artery for one in sets.values() for artery in one))
    if not arteries:
        return None
    present = {measure for one in sets.values() for value in one.values() for measure in value}
    measure = next(measure for measure in _BY_ARTERY if measure in present)
    height = 1.6 + 0.075 * len(arteries) * (1 + len(sets))
    figure = Figure(figsize=(7.2, height), layout="constrained")
    axes = figure.add_subplot()
    for number, (name, measured) in enumerate(sets.items()):
        colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
        offset = (number - (len(sets) - 1) / 2) * 0.7 / len(sets)
        rows = [
            (row + offset, measured[artery][measure])
            for row, artery in enumerate(arteries)
            if artery in measured and measured[artery][measure]["mean"] is not None
        ]
        for place, summary in rows:
            if summary["ci"] is not None:
                axes.plot(summary["ci"], [place, place], color=colour, linewidth=1.4)
        axes.plot(
            [summary["mean"] for _, summary in rows],
            [place for place, _ in rows],
            linestyle="",
            marker=marker,
            markersize=4.5,
            color=colour,
            label=_in_words(name),
        )
    for row in range(0, len(arteries), 2):
        axes.axhspan(row - 0.5, row + 0.5, color="#f3f4f6", linewidth=0, zorder=0)
    for row, artery in enumerate(arteries):
        if all(one[artery][measure]["mean"] is None for one in sets.values() if artery in one):
            axes.text(0.01, row, "no value", va="center", fontsize=7.5, color=_GREY)
    axes.set_yticks(range(len(arteries)), arteries)
    axes.set_ylim(len(arteries) - 0.5, -0.5)
    axes.set_xlim(0, 1.005)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#dfe2e6", linewidth=0.8)
    axes.set_axisbelow(True)
    title = evaluation["measures"][measure]["title"]
    axes.set_xlabel(f"{title}, mean and 95 % CI")
    axes.set_title(f"{title} of each artery", loc="left", fontsize=11, pad=20)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.995),
        ncols=4,
        frameon=False,
        fontsize=8,
        handletextpad=0.2,
        columnspacing=1.2,
    )
    _explain(figure, [notice])
    return figure


def _set_label(evaluation: dict[str, Any], name: str, measure: str) -> str:
    one = evaluation["sets"][name]
    undefined = sum(one["measures"][measure]["undefined"].values())
    label = f"{_in_words(name)}\nn = {one['measures'][measure]['n']}"
    for count, what in ((undefined, "undefined"), (one["failed"], "failed")):
        label += f", {count} {what}" if count else ""
    return label


def _explain(figure: "Figure", lines: list[str]) -> None:
    text = "\n".join(line for line in lines if line)
    figure.text(0.01, -0.02, text, fontsize=7.5, color=_DARK, va="top")


def _in_words(set_name: str) -> str:
    return set_name.replace("-", " ").capitalize()


def _title(measure: dict[str, Any]) -> str:
    return f"{measure['title']}, {measure['unit']}" if measure["unit"] else str(measure["title"])


def _save(figure: "Figure", stem: Path) -> list[Path]:
    written = []
    for ending in _ENDINGS:
        path = stem.with_suffix(f".{ending}")
        dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
        figure.savefig(path, dpi=200, bbox_inches="tight", facecolor="white", metadata=dates)
        written.append(path)
    return written
