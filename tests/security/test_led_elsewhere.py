"""An attacker's addresses and paths stand in names, tags and files: nobody follows them."""

import base64
import io
import json
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from PIL import Image, PngImagePlugin

from reader_study.accounts.models import User
from reader_study.cohorts.models import QuarantinedFile
from reader_study.cohorts.uploads.quarantine import copy_out_of_quarantine
from reader_study.jobs.models import JobState
from reader_study.segmentation.models import ModelImport
from reader_study.segmentation.tasks import import_model_task
from tests.cast import browser_of, make_study
from tests.cohorts.sending import begun_upload, sent_file
from tests.security.canary import Canary, running_canary
from tests.security.planted import Planted, everything_planted
from tests.security.test_formulas import downloads

pytestmark = pytest.mark.django_db


@pytest.fixture
def canary() -> Iterator[Canary]:
    with running_canary() as server:
        yield server


def test_the_canary_hears_who_asks_it(canary):
    """The control: whoever did follow an address would be heard."""
    with urllib.request.urlopen(f"http://{canary.host}/x") as answer:
        assert answer.status == 204
    assert canary.hits == ["GET /x"]


@pytest.mark.parametrize(
    "written",
    [
        "http://{host}/x",
        "//{host}/x",
        '#image("http://{host}/x")',
        '#import "http://{host}/x": *',
        '<img src="http://{host}/x">',
        "file://{host}/x",
        "{host}/x",
    ],
)
def test_no_address_in_a_name_a_tag_or_a_text_is_followed(canary, tmp_path, written):
    """An attacker has the server fetch something: by retrieve URL, by markup, by a name."""
    text = written.format(host=canary.host)
    planted = everything_planted(lambda most: text if len(text) <= most else "x", tmp_path)
    assert text in json.dumps(planted.carol().get(f"/api/studies/{planted.study.pk}/audit").json())
    files = downloads(planted)
    assert len(files) > 10
    for path in ("report", "people", "uploads", "protocol", "cases", "review", "model"):
        assert planted.carol().get(f"/api/studies/{planted.study.pk}/{path}").status_code == 200
    assert canary.hits == []


def test_no_address_in_what_a_model_brings_is_followed(canary, tmp_path):
    """An attacker's model names addresses where the engine looks for folders and downloads."""
    adam = User.objects.create_superuser("adam")
    url = f"http://{canary.host}/model"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("plans.json", "dataset.json", "fold_0/checkpoint_final.pth", "card.json"):
            named = {"plans_name": url, "image_reader_writer": url, "reference": url, "name": url}
            archive.writestr(f"Dataset1/t__p__3d_fullres/{name}", json.dumps(named))
    content = packed.getvalue()
    begun = browser_of(adam.username).post(
        "/api/models",
        {"name": url, "notice": url, "file_name": f"{url}.zip", "size_bytes": len(content)},
        content_type="application/json",
    )
    assert begun.status_code == 201
    sent = browser_of("adam").put(
        f"/api/models/imports/{begun.json()['id']}/file", content, content_type="application/zip"
    )
    assert sent.status_code == 204
    import_model_task(begun.json()["id"])
    assert ModelImport.objects.get().state == JobState.FAILED
    assert canary.hits == []


def test_no_address_in_a_picture_is_followed(canary):
    """An attacker's example image names others in its metadata."""
    study = make_study()
    info = PngImagePlugin.PngInfo()
    url = f"http://{canary.host}/picture"
    info.add_itxt("XML:com.adobe.xmp", f'<x:xmpmeta><a href="{url}"/></x:xmpmeta>')
    png = io.BytesIO()
    Image.new("L", (8, 8)).save(png, "PNG", pnginfo=info)
    png.name = f"{url}.png"
    png.seek(0)
    answer = browser_of("carol").post(f"/api/studies/{study.pk}/protocol/examples", {"image": png})
    assert answer.status_code == 201
    shown = browser_of("carol").get(
        f"/api/studies/{study.pk}/protocol/examples/{answer.json()['sha256']}"
    )
    assert url.encode() not in shown.getvalue()
    assert url not in str(shown.headers)
    assert canary.hits == []


# -- paths ------------------------------------------------------------------------------------

PATHS = (
    "../../outside/x",
    "..\\..\\outside\\x",
    "/tmp/outside/x",  # noqa: S108 - the attacker's
    "C:\\outside\\x",
    "~/outside/x",
    "a/../../../outside/x",
    "....//....//outside/x",
    "..%2f..%2foutside%2fx",
    "..%252foutside",
    "\u2025/\u2025/outside/x",
    "outside\u0000/x",
    ".",
    "..",
    "/",
    "x" * 5000,
    "CON",
    "a\nb",
    "$(touch outside)",
    "`touch outside`",
    "; touch outside",
    "-rf",
    "|touch outside",
)


def stored_names() -> list[str]:
    """Every file of the installation, by its path from the folder of its store."""
    found = []
    for name in ("default", "quarantine", "model-uploads"):
        store = Path(storages[name].path(""))
        found += [path.relative_to(store).as_posix() for path in store.rglob("*")]
    return found


@pytest.mark.parametrize("path", PATHS)
def test_no_name_of_a_sent_file_leads_out_of_its_folder(tmp_path, monkeypatch, path):
    """An attacker names a file of an upload so that it would lie, or be read, elsewhere."""
    monkeypatch.chdir(tmp_path)
    study = make_study()
    upload = begun_upload(study, files=1, size_bytes=9)
    answer = browser_of("carol").post(
        f"/api/studies/{study.pk}/uploads/{upload.pk}/files",
        b"123456789",
        content_type="application/offset+octet-stream",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "9",
            "Upload-Metadata": "name " + base64.b64encode(path.encode()).decode(),
        },
    )
    assert answer.status_code in {201, 400}
    if answer.status_code == 201:
        copies = tmp_path / "copies" / "of" / "it"
        copies.mkdir(parents=True)
        copy_out_of_quarantine(upload, copies)
        lies = [one for one in copies.rglob("*") if one.is_file()]
        assert [one.resolve().is_relative_to(copies) for one in lies] == [True]
        kept = QuarantinedFile.objects.get().sent_name
        assert ".." not in kept.split("/")
        assert "\0" not in kept
        assert len(kept) <= 255
    assert not [name for name in stored_names() if "outside" in name]
    assert not list(tmp_path.rglob("outside"))
    assert not (Path(settings.VAR) / "outside").exists()


@pytest.mark.parametrize("path", PATHS)
def test_no_name_in_a_zip_leads_out_of_it(tmp_path, monkeypatch, path):
    """The same inside a zip, which the worker unpacks."""
    monkeypatch.chdir(tmp_path)
    planted = Planted(lambda most: "x"[:most])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(path.replace("\0", "")[:4000] or "x", b"no image")
        archive.writestr("second", b"no image")
    upload = planted.upload({"patients.zip": packed.getvalue()})
    assert upload.messages.exists()
    assert not [name for name in stored_names() if "outside" in name]
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd", "..", "C:\\x", "a/../b"])
def test_no_path_in_a_list_of_cases_reads_a_file_of_the_server(path):
    """An attacker's list of cases names files that were never sent."""
    study = make_study()
    upload = begun_upload(study)
    sent_file(upload, "one.dcm", b"one")
    answer = browser_of("carol").post(
        f"/api/studies/{study.pk}/manifest",
        {"manifest": f"case,site,file\nS1,north,{path}\n"},
        content_type="application/json",
    )
    assert answer.status_code in {200, 400}
    assert "root:" not in answer.content.decode()


@pytest.mark.parametrize(
    "kind", ["../csv", "csv%00", "CSV", "html", "svg", "csv/../../x", "%2e%2e", "__class__", "py"]
)
def test_no_kind_of_file_is_made_but_those_that_there_are(kind, tmp_path):
    """An attacker asks for exports of kinds that might be read from a path or a module."""
    planted = everything_planted(lambda most: "x"[:most], tmp_path)
    for what in ("export", "consensus", "audit"):
        answer = planted.carol().get(f"/api/studies/{planted.study.pk}/{what}.{kind}")
        assert answer.status_code == 404
