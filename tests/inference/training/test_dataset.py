"""What is used, with which label, and on which side of a split."""

import dataclasses
import json

import numpy as np
import pytest
import SimpleITK as sitk

from inference.training.cases import CaseRecord
from inference.training.dataset import (
    DatasetError,
    choose_cases,
    make_splits,
    read_choice,
    read_labels_file,
    write_dataset,
)
from inference.training.pairs import Pair
from inference.training.quality import RegistrationQuality
from inference.training.workspace import Workspace
from tests.inference.training.phantom_pairs import save

GOOD = RegistrationQuality(0.1, 0.93, 1.0, 1.0, 5.0, 3.0)
BAD = dataclasses.replace(GOOD, disagreement_mm=3.0)
SIZE = 10


class Table:
    """Cases as the first step would have left them, without its work."""

    def __init__(self, root):
        self.workspace = Workspace(root)
        self.pairs = []

    def add(self, case, *, set_name="training", label="mask", quality=GOOD, patient=None, **more):
        folder = self.workspace.case(case)
        folder.folder.mkdir(parents=True)
        pair = Pair(case, "North", set_name, folder.ncct, None, None, patient or case)
        record = CaseRecord(
            case, "North", set_name, pair.patient, label, quality,
            quality.doubts(), None, more.get("failure"), {}, 1.0,
        )  # fmt: skip
        folder.record.write_text(json.dumps(dataclasses.asdict(record)))
        save(sitk.Image(SIZE, SIZE, SIZE, sitk.sitkInt16), folder.ncct)
        save(labels(3), folder.arteries if label == "mask" else folder.draft)
        self.pairs.append(pair)
        return folder

    def choose(self, *, accept_drafts=False):
        return choose_cases(self.pairs, self.workspace, accept_drafts=accept_drafts)

    def decide(self, case, decision):
        self.workspace.review.write_text(
            f"case,doubts,decision,by,note\n{case},,{decision},Dr A,\n"
        )


def labels(value):
    values = np.zeros((SIZE,) * 3, np.uint8)
    values[2:4, 2:4, 2:4] = value
    return sitk.GetImageFromArray(values)


@pytest.fixture
def table(tmp_path):
    return Table(tmp_path)


def test_a_doubtful_registration_is_used_only_once_a_person_accepted_it(table):
    table.add("doubtful", quality=BAD)
    assert "not accepted" in table.choose().left_out["doubtful"]
    table.decide("doubtful", "accept")
    assert [case.case for case in table.choose().used] == ["doubtful"]


def test_a_person_may_exclude_a_good_case(table):
    table.add("good")
    table.decide("good", "exclude")
    assert table.choose().left_out == {"good": "excluded in review.csv"}


def test_a_draft_is_used_when_corrected_or_when_asked_for(table):
    folder = table.add("case", label="draft")
    assert "not corrected" in table.choose().left_out["case"]
    [unreviewed] = table.choose(accept_drafts=True).used
    assert unreviewed.label_source == "unreviewed draft"
    save(labels(1), folder.corrected)
    [corrected] = table.choose().used
    assert corrected.label_source == "corrected draft"


def test_a_failed_case_is_left_out_with_its_reason(table):
    table.add("failed", failure="There is no head")
    assert table.choose().left_out == {"failed": "There is no head"}


def test_a_case_that_was_never_registered_stops_the_step(table):
    table.add("case")
    table.workspace.case("case").record.unlink()
    with pytest.raises(DatasetError, match="run `train register` first"):
        table.choose()


def four_sets(table):
    table.add("t1")
    table.add("t2", patient="P")
    table.add("t3", patient="P")
    table.add("v1", set_name="internal-validation")
    table.add("i1", set_name="internal-test")
    table.add("e1", set_name="external-validation")
    return table.choose()


def test_training_and_validation_are_learnt_from_and_tests_are_not(table):
    choice = four_sets(table)
    dataset = write_dataset(choice, table.workspace)
    raw = table.workspace.raw
    assert set(dataset["dataset"]) == {"t1", "t2", "t3", "v1"}
    assert dataset["numTraining"] == 4
    assert {path.name for path in (raw / "imagesTs").iterdir()} == {
        "i1_0000.nii.gz",
        "e1_0000.nii.gz",
    }
    assert {path.name for path in (raw / "labelsTs").iterdir()} == {"i1.nii.gz", "e1.nii.gz"}
    splits = json.loads((table.workspace.preprocessed / "splits_final.json").read_text())
    assert splits == [{"train": ["t1", "t2", "t3"], "val": ["v1"]}]
    assert read_choice(table.workspace) == choice


def test_all_labels_are_artery_unless_they_are_named(table):
    choice = four_sets(table)
    write_dataset(choice, table.workspace)
    label = table.workspace.raw / "labelsTr" / "t1.nii.gz"
    assert set(np.unique(sitk.GetArrayFromImage(sitk.ReadImage(str(label))))) == {0, 1}
    named = {"background": 0, "ICA": 1, "M1": 2, "M2": 3}
    write_dataset(choice, table.workspace, labels=named)
    assert set(np.unique(sitk.GetArrayFromImage(sitk.ReadImage(str(label))))) == {0, 3}
    with pytest.raises(DatasetError, match="the label 3, which has no name"):
        write_dataset(choice, table.workspace, labels={"background": 0, "ICA": 1})


def test_a_label_on_another_grid_or_without_arteries_is_refused(table):
    table.add("t1")
    table.add("v1", set_name="internal-validation")
    folder = table.workspace.case("t1")
    save(labels(0), folder.arteries)
    with pytest.raises(DatasetError, match="is empty"):
        write_dataset(table.choose(), table.workspace)
    shifted = labels(1)
    shifted.SetOrigin((0.0, 0.0, 1.0))
    save(shifted, folder.arteries)
    with pytest.raises(DatasetError, match="does not lie on the grid"):
        write_dataset(table.choose(), table.workspace)


def test_folds_divide_patients_and_use_each_case_once_for_validation(table):
    for number in range(12):
        table.add(f"c{number}", patient=f"P{number // 2}")
    used = table.choose().used
    patient_of = {case.case: case.patient for case in used}
    splits = make_splits(used, 3)
    assert sorted(case for split in splits for case in split["val"]) == sorted(patient_of)
    for split in splits:
        assert sorted(split["train"] + split["val"]) == sorted(patient_of)
        sides = [{patient_of[case] for case in split[side]} for side in ("train", "val")]
        assert not sides[0] & sides[1]
    assert splits == make_splits(used, 3)


def test_more_folds_than_patients_are_refused(table):
    table.add("a", patient="P")
    table.add("b", patient="P")
    with pytest.raises(DatasetError, match="1 patients"):
        make_splits(table.choose().used, 2)


def test_without_a_validation_set_folds_must_be_asked_for(table):
    table.add("a")
    with pytest.raises(DatasetError, match="folds within the training set"):
        make_splits(table.choose().used, None)


@pytest.mark.parametrize("content", ["[]", "{", '{"background": 0}', '{"background": 0, "a": 2}'])
def test_label_names_that_nnunet_could_not_use_are_refused(tmp_path, content):
    path = tmp_path / "labels.json"
    path.write_text(content)
    with pytest.raises(DatasetError, match=r"labels\.json"):
        read_labels_file(path)
    path.write_text('{"background": 0, "ICA": 1}')
    assert read_labels_file(path) == {"background": 0, "ICA": 1}
