"""Each pair is worked on once; what fails or is doubtful is written down, not passed over."""

import csv
import dataclasses
import json
import os

import numpy as np
import pytest
import SimpleITK as sitk

from inference.__main__ import main
from inference.case_tables import TableError
from inference.training import cases
from inference.training.cases import CaseRecord, read_record, register_cases
from inference.training.pairs import Pair
from inference.training.quality import RegistrationQuality
from inference.training.review import decisions, update_review, write_summary
from inference.training.workspace import Workspace
from tests.inference.training.phantom_pairs import make_pair, save

GOOD = RegistrationQuality(0.1, 0.93, 1.0, 1.0, 5.0, 3.0)
BAD = dataclasses.replace(GOOD, disagreement_mm=3.0)


def record_of_case(workspace: Workspace, case: str) -> CaseRecord:
    record = read_record(workspace.case(case))
    assert record is not None
    return record


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """Two pairs by the command line: the first with a mask on the CTA, the second without."""
    folder = tmp_path_factory.mktemp("pairs")
    with_mask = make_pair(11, turns_deg=(3, 2, -4), shift_mm=(4, 2, 3))
    without = make_pair(12, turns_deg=(-3, 1, 2), shift_mm=(-2, 5, 1))
    save(with_mask.ncct, folder / "n1.nii.gz")
    save(with_mask.cta, folder / "c1.nii.gz")
    save(with_mask.cta_labels, folder / "m1.nii.gz")
    save(without.ncct, folder / "n2.nii.gz")
    save(without.cta, folder / "c2.nii.gz")
    save(without.cta * 0 - 1000, folder / "air.nii.gz")
    save(without.ncct, folder / "n3.nii.gz")
    (folder / "pairs.csv").write_text(
        "case,site,set,ncct,cta,mask\n"
        "one,North,training,n1.nii.gz,c1.nii.gz,m1.nii.gz\n"
        "two,South,training,n2.nii.gz,c2.nii.gz,\n"
        "three,South,training,n3.nii.gz,air.nii.gz,\n"
    )
    status = main(["train", "register", str(folder / "pairs.csv"), "--output", str(folder / "w")])
    return folder, Workspace(folder / "w"), status, with_mask


def test_the_mask_is_moved_onto_the_ncct(registered):
    _, workspace, _, pair = registered
    folder = workspace.case("one")
    moved = sitk.ReadImage(str(folder.arteries))
    assert moved.GetSize() == pair.ncct.GetSize()
    assert np.allclose(moved.GetOrigin(), pair.ncct.GetOrigin(), atol=1e-3)
    found = np.argwhere(sitk.GetArrayFromImage(moved) > 0).mean(axis=0)
    true = np.argwhere(sitk.GetArrayFromImage(pair.labels) > 0).mean(axis=0)
    assert np.linalg.norm(found - true) < 2
    assert folder.figure.is_file()
    assert not folder.draft.exists()


def test_the_matrix_in_the_record_maps_ncct_points_to_cta_points(registered):
    _, workspace, _, pair = registered
    numbers = record_of_case(workspace, "one").matrix_lps
    assert numbers is not None
    matrix = np.array(numbers).reshape(4, 4)
    point = (20.0, -30.0, 40.0)
    assert (matrix @ (*point, 1.0))[:3] == pytest.approx(
        pair.transform.TransformPoint(point), abs=0.7
    )


def test_without_a_mask_there_is_a_draft_with_what_a_person_needs(registered):
    _, workspace, _, _ = registered
    folder = workspace.case("two").folder
    names = {file.name for file in folder.iterdir()}
    assert {
        "ncct.nii.gz",
        "cta.nii.gz",
        "difference.nii.gz",
        "draft.nii.gz",
        "registration.png",
        "itk-snap-labels.txt",
        "README.txt",
    } <= names
    assert "corrected.nii.gz" not in names
    assert "case two" in (folder / "README.txt").read_text()


def test_a_case_that_fails_is_told_and_the_others_are_done(registered):
    _, workspace, status, _ = registered
    assert status == 1
    assert "no head" in (record_of_case(workspace, "three").failure or "")
    with workspace.summary.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["case"] == "three"
    assert "no head" in rows[0]["doubts"]
    assert {row["case"] for row in rows} == {"one", "two", "three"}


def test_what_is_done_is_skipped_until_a_file_changes(registered, monkeypatch, tmp_path):
    folder, workspace, _, _ = registered
    pair = Pair(
        "one", "North", "training", folder / "n1.nii.gz", folder / "c1.nii.gz",
        folder / "m1.nii.gz", "one",
    )  # fmt: skip
    worked: list[Pair] = []

    def work(pair, _folder, record):
        worked.append(pair)
        return record

    monkeypatch.setattr(cases, "_prepared", work)
    lines: list[str] = []
    register_cases([pair], workspace, lines.append)
    assert worked == []
    assert lines == ["1/1 one: done before, skipped"]
    moved_site = dataclasses.replace(pair, site="West")
    [record], _ = register_cases([moved_site], workspace, lines.append)
    assert worked == []
    assert (record.site, record_of_case(workspace, "one").site) == ("West", "West")
    mask = folder / "m1.nii.gz"
    changed = mask.stat().st_mtime + 5
    os.utime(mask, (changed, changed))
    _, now = register_cases([pair], workspace, lines.append)
    assert worked == [pair]
    assert now == {"one"}


def test_what_simpleitk_does_not_like_is_one_cases_failure(tmp_path, monkeypatch):
    def refuse(*_):
        raise RuntimeError("Exception thrown in SimpleITK\nInputs do not occupy the same space!")

    monkeypatch.setattr(cases, "_prepared", refuse)
    (tmp_path / "n.nii.gz").touch()
    pair = Pair("a", "North", "training", tmp_path / "n.nii.gz", None, None, "a")
    [record], _ = register_cases([pair], Workspace(tmp_path / "w"), lambda _: None)
    assert record.failure == "SimpleITK failed: Inputs do not occupy the same space!"


def record_of(case, quality):
    return CaseRecord(
        case, "N", "training", case, "mask", quality, quality.doubts(), None, None, {}, 1
    )


def test_the_worst_registration_stands_first(tmp_path):
    workspace = Workspace(tmp_path)
    middling = dataclasses.replace(GOOD, disagreement_mm=0.5)
    records = [record_of("good", GOOD), record_of("bad", BAD), record_of("middling", middling)]
    write_summary(records, workspace)
    with workspace.summary.open(newline="") as file:
        assert [row["case"] for row in csv.DictReader(file)] == ["bad", "middling", "good"]


def test_a_persons_decision_stays_until_the_registration_is_another(tmp_path):
    workspace = Workspace(tmp_path)
    update_review([record_of("bad", BAD), record_of("good", GOOD)], set(), workspace)
    text = workspace.review.read_text()
    assert "good" not in text
    workspace.review.write_text(text.replace("3.0 mm,,,", "3.0 mm,Accept,Dr A,fine"))
    update_review([record_of("bad", BAD)], set(), workspace)
    assert decisions(workspace) == {"bad": "accept"}
    assert "Dr A" in workspace.review.read_text()
    update_review([record_of("bad", BAD)], {"bad"}, workspace)
    assert decisions(workspace) == {"bad": ""}


def test_a_decision_that_is_none_is_refused(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.review.write_text("case,doubts,decision,by,note\nbad,,perhaps,,\n")
    with pytest.raises(TableError, match="line 2, column decision"):
        decisions(workspace)


def test_a_table_with_a_mistake_ends_with_its_place(tmp_path, capsys):
    (tmp_path / "pairs.csv").write_text("case,site,set,ncct,cta,mask\na,,training,n,c,\n")
    arguments = ["train", "register", str(tmp_path / "pairs.csv"), "--output", str(tmp_path / "w")]
    assert main(arguments) == 1
    assert "line 2, column site" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_a_record_is_read_as_it_was_written(registered):
    _, workspace, _, _ = registered
    record = record_of_case(workspace, "two")
    assert json.loads(workspace.case("two").record.read_text()) == dataclasses.asdict(record)
    assert record.label == "draft"
