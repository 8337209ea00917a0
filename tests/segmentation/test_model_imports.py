"""A model that was trained elsewhere comes in by a command or by the browser, or not at all."""

import io
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from inference.models.files import read_model_files
from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.jobs.models import JobState
from reader_study.segmentation.model_imports import sweep_leftovers
from reader_study.segmentation.models import ModelImport, VesselModel
from reader_study.segmentation.tasks import import_model_task
from tests.cast import browser_of, make_study
from tests.inference.honest_model import export_with_nnunet, train_with_nnunet

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("nnunet")
    train_with_nnunet(root)
    return export_with_nnunet(root, root / "arteries.zip")


@pytest.fixture(autouse=True)
def _adam(db) -> None:
    User.objects.create_superuser("adam")


NEW = {"name": "hospital-model", "notice": "Trained by a hospital.", "file_name": "arteries.zip"}


def announce(size_bytes: int, username: str = "adam", **changes: object):
    return browser_of(username).post(
        "/api/models",
        {**NEW, "size_bytes": size_bytes, **changes},
        content_type="application/json",
    )


def send(content: bytes, size_bytes: int | None = None):
    begun = announce(len(content) if size_bytes is None else size_bytes).json()
    return browser_of("adam").put(
        f"/api/models/imports/{begun['id']}/file", content, content_type="application/zip"
    )


def run_the_import() -> ModelImport:
    job = ModelImport.objects.get(state=JobState.QUEUED)
    import_model_task(str(job.pk))
    job.refresh_from_db()
    return job


def test_the_command_registers_a_model_in_a_folder_named_by_its_hash(exported):
    said = io.StringIO()
    arguments = ["--name", "hospital-model", "--notice", "N.", "--smallest-component-mm3", "5"]
    call_command("import_model", str(exported), *arguments, stdout=said)
    model = VesselModel.objects.get(name="hospital-model")
    assert model.sha256 in said.getvalue()
    assert Path(model.directory) == settings.MODELS / model.sha256
    assert read_model_files(Path(model.directory)).card.sha256 == model.sha256
    assert model.card["prediction"]["smallest_component_mm3"] == 5
    entry = Event.objects.get(action="model imported")
    assert entry.detail["source"] == "arteries.zip"
    call_command("import_model", str(exported), *arguments, stdout=said)
    assert VesselModel.objects.filter(name="hospital-model").count() == 1
    assert [path.name for path in settings.MODELS.iterdir()] == [model.sha256]


def test_the_command_says_what_was_refused(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    with pytest.raises(CommandError, match=r"broken\.zip is no zip"):
        call_command("import_model", str(tmp_path / "broken.zip"), "--name", "n", "--notice", "N")
    with pytest.raises(CommandError, match="201 characters"):
        call_command("import_model", str(tmp_path), "--name", "n", "--notice", "N" * 201)
    assert not VesselModel.objects.exists()
    assert not list(settings.MODELS.glob("*"))


def test_a_model_sent_by_the_browser_is_imported_by_a_worker(exported, tmp_path):
    assert send(exported.read_bytes()).status_code == 204
    (listed,) = browser_of("adam").get("/api/models").json()["imports"]
    assert (listed["state"], listed["file_name"]) == ("queued", "arteries.zip")
    job = run_the_import()
    assert (job.state, job.error) == (JobState.DONE, "")
    assert job.model is not None
    assert job.model.card["origin"]["source"] == "arteries.zip"
    (model,) = browser_of("adam").get("/api/models").json()["models"]
    assert model["card"]["sha256"] == job.model.sha256
    assert model["card"]["origin"]["folds"][0]["validation_dice"] == 0.7


def test_a_refused_file_is_told_of_and_deleted(tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(b"no zip at all")
    job = run_the_import()
    assert job.state == JobState.FAILED
    assert "arteries.zip is no zip" in job.error
    assert not any(path.is_file() for path in (tmp_path / "model-uploads").rglob("*"))
    (listed,) = browser_of("adam").get("/api/models").json()["imports"]
    assert (listed["state"], listed["error"]) == ("failed", job.error)


@pytest.mark.parametrize("announced", [5, 50])
def test_a_file_of_another_size_than_announced_is_not_kept(tmp_path, announced):
    answer = send(b"ten bytes.", announced)
    assert answer.status_code == 400
    assert "did not arrive as a whole" in answer.json()["detail"]
    assert not any(path.is_file() for path in (tmp_path / "model-uploads").rglob("*"))
    assert not ModelImport.objects.exclude(state=JobState.AWAITING).exists()


def test_a_file_is_taken_once(exported):
    assert send(b"x").status_code == 204
    job = ModelImport.objects.get()
    again = browser_of("adam").put(f"/api/models/imports/{job.pk}/file", b"y")
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "My model"}, "small letters"),
        ({"notice": ""}, "notice"),
        ({"size_bytes": 10**12}, "more than 8 GB"),
    ],
)
def test_what_cannot_become_a_model_is_refused_before_it_is_sent(changes, said):
    answer = announce(**{"size_bytes": 1, **changes})
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert not ModelImport.objects.exists()


def test_the_page_says_which_studies_use_a_model():
    make_study()
    (model,) = browser_of("adam").get("/api/models").json()["models"]
    assert (model["card"]["name"], model["studies"]) == ("secret-model-name", ["Study of arteries"])


def test_an_administrator_who_reads_in_a_study_is_told_nothing_of_models():
    make_study()
    User.objects.filter(username="ruth").update(is_superuser=True)
    assert browser_of("ruth").get("/api/models").status_code == 404
    assert announce(1, username="ruth").status_code == 404


def test_what_killed_workers_left_is_deleted_a_day_later_and_nothing_else(tmp_path):
    assert send(b"x").status_code == 204
    waiting = tmp_path / "model-uploads" / str(ModelImport.objects.get().pk)
    leftovers = [tmp_path / "model-uploads" / "gone", settings.MODELS / ".incoming-gone"]
    fresh, model = settings.MODELS / ".incoming-fresh", settings.MODELS / ("a" * 64)
    for folder in (*leftovers, fresh, model):
        (folder / "inside").mkdir(parents=True)
    for folder in (*leftovers, waiting, model):
        os.utime(folder, (0, 0))
    sweep_leftovers()
    assert not any(folder.exists() for folder in leftovers)
    assert all(folder.exists() for folder in (waiting, fresh, model))
