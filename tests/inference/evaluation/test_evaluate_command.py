"""``python -m inference evaluate`` from a table to tables, JSON, figures and the model's card."""

import csv
import json

import nibabel
import numpy as np
import pytest

from inference.__main__ import main
from inference.case_tables import TableError
from inference.evaluation.table import read_case_table
from inference.models.files import read_model_files
from tests.inference.untrained_model import NOTICE, write_untrained_model

AFFINE = np.diag([-1.1, -1.2, 1.5, 1.0])
LABELS = {"background": 0, "R-M1": 1, "L-M1": 2}


def _write(path, array_zyx, affine=AFFINE, axes=None):
    image = nibabel.Nifti1Image(array_zyx.transpose(2, 1, 0), affine)
    if axes:
        wanted = nibabel.orientations.axcodes2ornt(axes)
        present = nibabel.orientations.io_orientation(image.affine)
        image = image.as_reoriented(nibabel.orientations.ornt_transform(present, wanted))
    image.to_filename(path)


def _truth(seed):
    truth = np.zeros((20, 30, 40), np.uint8)
    truth[5:9, 10:13, 5:20] = 1
    truth[5:9, 10:13, 20 : 30 + seed] = 2
    return truth


def _table(folder, rows, columns=("case", "site", "set", "mask", "predicted")):
    path = folder / "cases.csv"
    path.write_text("\n".join(",".join(row) for row in [columns, *rows]) + "\n")
    return path


@pytest.fixture
def folder(tmp_path):
    for number in range(3):
        truth = _truth(number)
        _write(tmp_path / f"truth{number}.nii.gz", truth)
        _write(tmp_path / f"predicted{number}.nii.gz", np.roll(truth, 1, axis=0))
    return tmp_path


def _rows(numbers=range(3)):
    return [
        (f"case-{n}", "A", "internal-test", f"truth{n}.nii.gz", f"predicted{n}.nii.gz")
        for n in numbers
    ]


def _evaluate(folder, table, *options):
    status = main(
        ["evaluate", "--table", str(table), "--output", str(folder / "out"), *map(str, options)]
    )
    path = folder / "out" / "evaluation.json"
    return status, json.loads(path.read_text()) if path.is_file() else None


def test_a_table_of_masks_becomes_tables_json_and_figures(folder):
    (folder / "labels.json").write_text(json.dumps({"labels": LABELS}))
    names = ("--labels", folder / "labels.json", "--predicted-labels", folder / "labels.json")
    status, entry = _evaluate(folder, _table(folder, _rows()), *names)
    assert status == 0
    assert entry["sets"]["internal-test"]["measures"]["dice"]["mean"] == pytest.approx(0.75)
    assert set(entry["sets"]["internal-test"]["arteries"]) == {"R-M1", "L-M1"}
    with (folder / "out" / "cases.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [line["case"] for line in lines] == ["case-0", "case-1", "case-2"]
    assert float(lines[0]["dice"]) == pytest.approx(0.75)
    with (folder / "out" / "arteries.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 6
    drawn = {path.name for path in (folder / "out" / "figures").iterdir()}
    stems = ("dice", "hd95_mm", "cl_dice", "arteries")
    assert drawn == {f"{stem}.{ending}" for stem in stems for ending in ("svg", "pdf", "png")}


def test_files_in_other_orientations_are_compared_where_they_lie(folder):
    _write(folder / "predicted0.nii.gz", _truth(0), axes="RAS")
    _write(folder / "truth0.nii.gz", _truth(0), axes="PSR")
    status, entry = _evaluate(folder, _table(folder, _rows([0])))
    assert status == 0
    assert entry["cases"][0]["measures"]["dice"] == 1


def _another_shape(folder):
    _write(folder / "predicted1.nii.gz", _truth(1)[:-1])


def _another_place(folder):
    affine = AFFINE.copy()
    affine[2, 3] = 3.0
    _write(folder / "predicted1.nii.gz", _truth(1), affine)


def _no_mask(folder):
    _write(folder / "predicted1.nii.gz", _truth(1) * np.float32(0.4))


def _no_file(folder):
    (folder / "predicted1.nii.gz").unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_another_shape, "19 × 30 × 40 voxels"),
        (_another_place, "3.0 mm apart"),
        (_no_mask, "is no mask"),
        (_no_file, "predicted1.nii.gz"),
    ],
)
def test_one_bad_case_is_named_and_the_others_go_on(folder, capsys, spoil, message):
    spoil(folder)
    status, entry = _evaluate(folder, _table(folder, _rows()))
    assert status == 1
    said = capsys.readouterr().err.strip()
    assert "case-1" in said
    assert message in said
    assert "\n" not in said
    assert [case["case"] for case in entry["cases"]] == ["case-0", "case-2"]
    assert message in entry["failed"][0]["reason"]
    assert entry["sets"]["internal-test"]["failed"] == 1


def test_a_label_without_a_name_is_refused(folder, capsys):
    (folder / "labels.json").write_text(json.dumps({"R-M1": 1, "BA": 9}))
    status, _ = _evaluate(folder, _table(folder, _rows([0])), "--labels", folder / "labels.json")
    assert status == 1
    assert "[2]" in capsys.readouterr().err


def test_a_mask_that_only_tells_artery_from_not_has_no_arteries(folder):
    _write(folder / "truth0.nii.gz", (_truth(0) > 0).astype(np.uint8))
    (folder / "labels.json").write_text(json.dumps(LABELS))
    _, entry = _evaluate(folder, _table(folder, _rows([0])), "--labels", folder / "labels.json")
    assert entry["sets"]["internal-test"]["arteries"] == {}
    assert not (folder / "out" / "arteries.csv").exists()


@pytest.fixture
def model_folder(tmp_path):
    rng = np.random.default_rng(2)
    for number in range(2):
        hu = rng.normal(45, 25, (20, 30, 40)).astype(np.int16)
        _write(tmp_path / f"ct{number}.nii.gz", hu)
        _write(tmp_path / f"truth{number}.nii.gz", _truth(number))
    write_untrained_model(tmp_path / "model")
    return tmp_path


def _table_of_cts(folder):
    rows = [
        (f"case-{n}", "A", "external-validation", f"ct{n}.nii.gz", f"truth{n}.nii.gz")
        for n in range(2)
    ]
    return _table(folder, rows, ("case", "site", "set", "ncct", "mask"))


def test_a_model_is_run_evaluated_and_its_card_written(model_folder, capsys):
    model = model_folder / "model"
    sha256 = read_model_files(model).card.sha256
    table = _table_of_cts(model_folder)
    status, entry = _evaluate(model_folder, table, "--model", model, "--card")
    assert status == 0
    assert NOTICE in capsys.readouterr().out
    assert entry["model"] == {"name": "untrained-model", "sha256": sha256, "notice": NOTICE}
    mask = nibabel.Nifti1Image.from_filename(model_folder / "out" / "masks" / "case-0.nii.gz")
    assert np.allclose(mask.affine, AFFINE)
    files = read_model_files(model)  # still verified: the card's figures are no part of the hash
    assert files.card.sha256 == sha256
    assert files.card.model_dump()["evaluation"] == entry
    text = (model / "MODEL_CARD.md").read_text()
    assert NOTICE in text
    assert sha256 in text
    mean = entry["sets"]["external-validation"]["measures"]["dice"]["mean"]
    assert f"| DSC | {mean:.3f}" in text


def test_the_rest_of_a_card_s_text_stays(model_folder):
    model = model_folder / "model"
    text = "# Ours\n\nBefore.\n\n## Evaluation\n\nOld.\n\n## Made by\n\nUs.\n"
    (model / "MODEL_CARD.md").write_text(text)
    _evaluate(model_folder, _table_of_cts(model_folder), "--model", model, "--card")
    text = (model / "MODEL_CARD.md").read_text()
    assert text.startswith("# Ours\n\nBefore.\n\n## Evaluation\n\nMean")
    assert text.endswith("\n\n## Made by\n\nUs.\n")
    assert "Old." not in text


def test_a_card_needs_a_model(folder, capsys):
    status, entry = _evaluate(folder, _table(folder, _rows()), "--card")
    assert status == 1
    assert entry is None
    assert "--model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        (("case", "site", "set", "mask"), ("a", "A", "s", "m"), "line 1, column predicted"),
        (("case", "site", "mask", "predicted"), ("a", "A", "m", "p"), "line 1, column set"),
        (("case", "site", "set", "mask", "predicted"), ("../a", "A", "s", "m", "p"), "column case"),
        (("case", "site", "set", "mask", "predicted"), ("a", "A", "s", "", "p"), "column mask"),
        (("case", "site", "set", "mask", "predicted"), ("a", "A"), "line 2"),
    ],
)
def test_a_wrong_table_is_told_by_line_and_column(tmp_path, columns, row, message):
    with pytest.raises(TableError, match=message):
        read_case_table(_table(tmp_path, [row], columns), predicting=False)


def test_a_case_stands_in_the_table_once(tmp_path):
    rows = [("a", "A", "s", "m", "p"), ("A", "A", "s", "m", "p")]
    with pytest.raises(TableError, match="line 3, column case"):
        read_case_table(_table(tmp_path, rows), predicting=False)
