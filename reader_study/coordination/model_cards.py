"""A model's card as the pages show it: what is known of a model, whoever wrote its card."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reader_study.segmentation.models import VesselModel

MOST_FACTS = 40
LONGEST_LIST = 4
LONGEST_VALUE = 120
# PostgreSQL keeps no order of JSON's keys.
SETS = ("training", "internal-validation", "internal-test", "external-validation")
MEASURES = (
    "dice",
    "cl_dice",
    "nsd_1mm",
    "hd95_mm",
    "average_surface_distance_mm",
    "recall",
    "precision",
    "centre_line_recall",
    "betti_0_error",
    "betti_1_error",
    "volume_error_ml",
    "volume_error_percent",
)
AXES = {0: "head to foot", 1: "front to back", 2: "side to side"}


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class MeasureTitle(_Lenient):
    """What people call a measure, its unit and the decimals worth showing."""

    title: str
    unit: str = ""
    decimals: int = Field(default=3, ge=0, le=6)


class Summary(_Lenient):
    """One measure over the cases of a set."""

    n: int
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    ci: tuple[float, float] | None = None


class SetOfCases(_Lenient):
    """A set of cases and the summary of each measure."""

    n: int
    measures: dict[str, Summary]


class PaperRow(_Lenient):
    """Mean and SD of one set as published."""

    mean: float
    sd: float | None = None


class Paper(_Lenient):
    """The published result that readers compare with by eye."""

    source: str
    note: str = ""
    measure: str
    sets: dict[str, PaperRow]


class Evaluation(_Lenient):
    """A card's entry ``evaluation``, as ``inference.evaluation`` writes it."""

    sets: dict[str, SetOfCases] = Field(min_length=1)
    measures: dict[str, MeasureTitle] = {}
    paper: Paper | None = None


class Settings(_Lenient):
    """A card's entry ``prediction``, as ``inference.models.files`` defines it."""

    configuration: str
    tile_step: float
    mirroring_axes: list[int]
    precision: str
    folds: list[str]
    smallest_component_mm3: float = 0.0

    def facts(self) -> Iterator[dict[str, str]]:
        """Say it in words."""
        mirrored = ", ".join(AXES[axis] for axis in self.mirroring_axes if axis in AXES)
        smallest = self.smallest_component_mm3
        for name, value in (
            ("Configuration", self.configuration),
            ("Step between tiles", f"{self.tile_step:g} of a tile"),
            ("Also predicted mirrored", mirrored or "no"),
            ("Folds averaged", ", ".join(self.folds)),
            ("Arithmetic on a CPU", self.precision),
            ("Parts removed", f"smaller than {smallest:g} mm³" if smallest else "none"),
        ):
            yield {"name": name, "value": value}


class FoldOrigin(_Lenient):
    """A fold of an imported model, and nnU-Net's own validation of it."""

    fold: str
    checkpoint: str
    epochs: int | None = None
    validation_dice: float | None = None
    validation_cases: int | None = None


class Origin(_Lenient):
    """Where an imported model comes from."""

    format: str
    source: str
    source_sha256: str | None = None
    dataset: str
    trainer: str
    imported: str
    folds: list[FoldOrigin] = []
    remarks: list[str] = []


def card_of(model: VesselModel) -> dict[str, Any]:
    """What a model's card says, for the pages.

    A card that lacks an entry, or has it in a shape that nobody here writes, is shown without it.
    """
    return {
        "name": model.name,
        "sha256": model.sha256,
        "notice": model.notice,
        "registered_at": model.created_at,
        "labels": [name for name, value in model.labels.items() if value],
        "settings": _settings(model.card.get("prediction")),
        "training": list(_facts(model.card.get("training"))),
        "origin": _read(Origin, model.card.get("origin")),
        "evaluation": _evaluation(model.card.get("evaluation")),
    }


def _settings(entry: object) -> list[dict[str, str]]:
    try:
        return list(Settings.model_validate(entry).facts())
    except ValidationError:
        return list(_facts(entry))


def _evaluation(entry: object) -> dict[str, Any] | None:
    evaluation = _read(Evaluation, entry)
    if evaluation is None:
        return None
    paper = evaluation["paper"]
    sets = [
        {
            "name": name,
            "n": one["n"],
            "measures": [
                {"measure": measure, **summary} for measure, summary in one["measures"].items()
            ],
            "published": paper["sets"].get(name) if paper else None,
        }
        for name, one in _in_order(evaluation["sets"], SETS)
    ]
    titles = evaluation["measures"]
    named = {name: None for one in evaluation["sets"].values() for name in one["measures"]}
    return {
        "sets": sets,
        "measures": [
            {"measure": measure, "title": measure.replace("_", " "), "unit": "", "decimals": 3}
            | titles.get(measure, {})
            for measure, _ in _in_order(named, MEASURES)
        ],
        "paper": {name: paper[name] for name in ("source", "note", "measure")} if paper else None,
    }


def _in_order(entries: dict[str, Any], usual: Sequence[str]) -> list[tuple[str, Any]]:
    """The usual ones in their order, then any others by name."""
    return sorted(
        entries.items(),
        key=lambda entry: (usual.index(entry[0]) if entry[0] in usual else len(usual), entry[0]),
    )


def _read(schema: type[BaseModel], entry: object) -> dict[str, Any] | None:
    try:
        return schema.model_validate(entry).model_dump()
    except ValidationError:
        return None


def _facts(entry: object) -> Iterator[dict[str, str]]:
    """Single values of an entry whose shape nobody fixed, named by their place in it.

    What lies deepest in it comes last and is left out first.
    """
    pairs = list(_pairs(entry, "")) if isinstance(entry, dict) else []
    pairs.sort(key=lambda pair: (pair[0].count(", "), pair[0]))
    for name, value in pairs[:MOST_FACTS]:
        yield {"name": name.replace("_", " "), "value": value[:LONGEST_VALUE]}


def _pairs(entry: dict[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in entry.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            yield from _pairs(value, f"{name}, ")
        elif isinstance(value, list):
            few = len(value) <= LONGEST_LIST
            joined = ", ".join(map(str, value)) if value else "none"
            yield name, joined if few else f"{len(value)} values"
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        elif value is not None:
            yield name, str(value)
