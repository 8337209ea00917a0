"""Rates by side and segment of the occlusion, from the cases to every export."""

import csv
import io

import openpyxl
import pytest

from reader_study.agreement.occlusion_rates import ORDER
from reader_study.analysis.exports.columns import column_rows
from reader_study.analysis.exports.paper import paper_content, report_pdf
from reader_study.analysis.exports.ratings_csv import ratings_csv
from reader_study.analysis.exports.redcap import redcap_dictionary_csv
from reader_study.analysis.exports.report_rows import rate_rows
from reader_study.analysis.exports.workbook import workbook
from reader_study.analysis.services import lock_study
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.cohorts.case_changes import set_occlusion
from reader_study.cohorts.models import Case, OcclusionSegment, OcclusionSide
from tests.analysis.snapshots import constructed_b, simulated, with_occlusions
from tests.analysis.whole_study import opened, person, read_all, study_with


@pytest.fixture(scope="module")
def snapshot():
    return with_occlusions(simulated(7, cases=60, levels=4, high_from=3))


@pytest.fixture(scope="module")
def report(snapshot):
    return report_from_snapshot(snapshot)


def test_the_groups_are_those_of_the_cohort():
    assert {
        "side": (*OcclusionSide.values, ""),
        "segment": (*OcclusionSegment.values, ""),
    } == ORDER


def test_each_group_has_the_rates_of_its_own_cases(snapshot, report):
    assert [group["side"] for group in report["sides"]] == ["left", "right", "both", ""]
    assert [group["segment"] for group in report["segments"]] == [
        "ICA-T",
        "M1",
        "M2",
        "BA",
        "other",
        "",
    ]
    left = [row for row in snapshot["ratings"] if row["occlusion_side"] == "left"]
    for rater, rate in zip(report["raters"], report["sides"][0]["rates"], strict=True):
        grades = [row["grade"] for row in left if row["rater"] == rater]
        scored = [grade for grade in grades if grade is not None]
        assert (rate["high"], rate["n"]) == (sum(grade >= 3 for grade in scored), len(scored))
        assert rate["unscorable"] == len(grades) - len(scored)
    for part in ("sides", "segments"):
        for place, whole in enumerate(report["rates"]):
            assert sum(group["rates"][place]["n"] for group in report[part]) == whole["n"]


def test_the_report_says_that_the_groups_are_descriptive(report):
    assert any("nothing is tested between them" in note for note in report["footnotes"])
    plain = report_from_snapshot(constructed_b())
    assert not any("nothing is tested" in note for note in plain["footnotes"])


def test_where_no_side_is_known_there_are_no_groups():
    report = report_from_snapshot(constructed_b())
    assert (report["sides"], report["segments"]) == ([], [])
    assert {row.group for row in rate_rows(report)} == {"All sites", "Site North", "Site South"}


def test_nothing_else_of_the_report_hangs_on_side_and_segment():
    plain = simulated(7, cases=60, levels=4, high_from=3)
    numbers = report_from_snapshot(plain)
    again = report_from_snapshot(with_occlusions(plain))
    for key in numbers.keys() - {"sides", "segments", "footnotes", "snapshot_sha256"}:
        assert numbers[key] == again[key]


def test_paper_and_workbook_print_the_groups(snapshot, report):
    groups = list(dict.fromkeys(rate["group"] for rate in paper_content(snapshot, report)["rates"]))
    assert groups[4:] == [
        "Left side",
        "Right side",
        "Both sides",
        "Side unknown",
        "Segment ICA-T",
        "Segment M1",
        "Segment M2",
        "Segment BA",
        "Other segment",
        "Segment unknown",
    ]
    assert report_pdf(snapshot, report).startswith(b"%PDF")
    sheets = openpyxl.load_workbook(io.BytesIO(workbook(snapshot, report)))
    texts = [str(cell) for row in sheets["Rates"].iter_rows(values_only=True) for cell in row]
    assert "Segment ICA-T" in texts


def test_the_ratings_carry_side_and_segment_with_their_codes(snapshot):
    rows = list(csv.DictReader(io.StringIO(ratings_csv(snapshot), newline="")))
    given = {row["case"]: (row["occlusion_side"], row["occlusion_segment"]) for row in rows}
    assert given["S-000"] == ("left", "M1")
    assert given["S-004"] == ("", "BA")
    codes = {row["column"]: row["values"] for row in column_rows(snapshot)}
    assert codes["occlusion_side"] == "left Left; right Right; both Both sides; midline Midline"
    assert "ICA-T Carotid terminus" in codes["occlusion_segment"]
    redcap = csv.DictReader(io.StringIO(redcap_dictionary_csv(snapshot), newline=""))
    field = {row["Variable / Field Name"]: row for row in redcap}["occlusion_segment"]
    assert field["Field Type"] == "dropdown"
    assert "M1, Middle cerebral artery, M1 | M2" in field["Choices, Calculations, OR Slider Labels"]


def test_snapshots_and_reports_of_before_are_exported_as_they_are():
    snapshot = constructed_b()
    report = {
        key: value
        for key, value in report_from_snapshot(snapshot).items()
        if key not in ("sides", "segments")
    }
    rows = list(csv.DictReader(io.StringIO(ratings_csv(snapshot), newline="")))
    assert {row["occlusion_side"] for row in rows} == {""}
    assert report_pdf(snapshot, report).startswith(b"%PDF")
    assert workbook(snapshot, report)


@pytest.mark.django_db
def test_the_snapshot_takes_side_and_segment_from_the_case():
    study = opened(study_with(["C001", "C002"]))
    case = Case.objects.get(code="C001")
    set_occlusion(case=case, side="right", segment="M2", actor=person("carol"))
    read_all(study, {"C001": (4, 3), "C002": (2, 2)})
    snapshot = lock_study(study=study, actor=person("carol"))
    found = {
        (row["case"], row["occlusion_side"], row["occlusion_segment"])
        for row in snapshot.document["ratings"]
    }
    assert found == {("C001", "right", "M2"), ("C002", "", "")}
    assert [group["segment"] for group in snapshot.report["segments"]] == ["M2", ""]
