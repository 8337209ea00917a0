"""The JSON Schema describes what is exported, and refuses what is not."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from reader_study.agreement import CaseGrades
from reader_study.agreement.constructed_tables import SCALE_A
from reader_study.analysis.exports.report_json import EXPORT_SCHEMA, report_json
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.cohorts.models import OcclusionSegment, OcclusionSide
from tests.analysis.snapshots import (
    constructed_a,
    constructed_b,
    four_raters,
    hostile,
    sealed,
    snapshot_of,
    with_items,
    with_occlusions,
    with_repeats,
)

SCHEMA = json.loads(EXPORT_SCHEMA.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def exported(snapshot):
    return json.loads(report_json(snapshot, report_from_snapshot(snapshot)))


def with_model():
    model = {"name": "demo", "sha256": "ab" * 32, "notice": "phantoms only"}
    return sealed({**constructed_a(), "model": model})


@pytest.mark.parametrize(
    "snapshot",
    [
        constructed_a(),
        constructed_b(),
        with_model(),
        hostile("=1"),
        snapshot_of([], SCALE_A, resamples=500),
        snapshot_of([CaseGrades("C-1", "North", (4, 4))], SCALE_A, resamples=500),
        with_repeats(four_raters()),
        with_items(four_raters()),
        with_items(constructed_b()),
        with_repeats(four_raters(resampling_unit="site")),
        with_occlusions(constructed_b()),
    ],
    ids=[
        "table A",
        "table B",
        "model",
        "hostile",
        "no case",
        "one case",
        "four",
        "items of four",
        "items",
        "sites",
        "occlusions",
    ],
)
def test_exports_are_valid(snapshot):
    assert list(VALIDATOR.iter_errors(exported(snapshot))) == []


def test_the_schema_itself_is_valid():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("part", ["snapshot", "report"])
def test_every_key_that_is_exported_is_described(part):
    described = SCHEMA["$defs"][part]["properties"]

    assert exported(with_repeats(four_raters()))[part].keys() <= described.keys()
    assert set(SnapshotDocument.__annotations__) == SCHEMA["$defs"]["snapshot"]["properties"].keys()
    assert set(SnapshotRating.__annotations__) == SCHEMA["$defs"]["rating"]["properties"].keys()


def test_the_codes_of_sides_and_segments_are_those_of_the_cohort():
    described = SCHEMA["$defs"]["rating"]["properties"]
    assert described["occlusion_side"]["enum"] == ["", *OcclusionSide.values]
    assert described["occlusion_segment"]["enum"] == ["", *OcclusionSegment.values]


def damaged(change):
    content = copy.deepcopy(exported(constructed_b()))
    change(content)
    return content


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["snapshot"].pop("snapshot_sha256"),
        lambda content: content["report"].update(snapshot_sha256="short"),
        lambda content: content["snapshot"]["ratings"][0].update(grade="4"),
        lambda content: content["snapshot"]["ratings"][0].update(grade=None),
        lambda content: content["report"]["kappa"].pop("estimate"),
        lambda content: content["report"]["rates"][0].update(rate=1.2),
        lambda content: content.update(more=1),
    ],
)
def test_what_is_not_an_export_is_refused(change):
    assert not VALIDATOR.is_valid(damaged(change))
