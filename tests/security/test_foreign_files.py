"""What an attacker sends as image, model or zip neither runs nor exhausts anything."""

import io
import resource
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile

from reader_study.accounts.models import User
from reader_study.jobs.models import JobState
from reader_study.segmentation.models import ModelImport, VesselModel
from reader_study.segmentation.tasks import import_model_task
from tests.cast import browser_of, make_study
from tests.imaging import test_bombs as bombs
from tests.inference.honest_model import MODEL_FOLDER, export_with_nnunet, train_with_nnunet
from tests.inference.test_import_attacks import CHECKPOINT, PLACES, Malicious
from tests.security.planted import Planted

pytestmark = pytest.mark.django_db

MEBIBYTE = 2**20


# -- models -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> bytes:
    root = tmp_path_factory.mktemp("nnunet")
    train_with_nnunet(root)
    return export_with_nnunet(root, root / "model.zip").read_bytes()


def with_file(exported: bytes, name: str, content: bytes) -> bytes:
    """Return the zip with one of its files replaced."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(exported)) as before,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.namelist():
            after.writestr(entry, content if entry.endswith(name) else before.read(entry))
    return packed.getvalue()


def imported(content: bytes) -> ModelImport:
    """Send a model as the administrators' page does, and let the worker's task import it."""
    if not User.objects.filter(username="adam").exists():
        User.objects.create_superuser("adam")
    begun = browser_of("adam").post(
        "/api/models",
        {"name": "m", "notice": "n", "file_name": "model.zip", "size_bytes": len(content)},
        content_type="application/json",
    )
    assert begun.status_code == 201
    sent = browser_of("adam").put(
        f"/api/models/imports/{begun.json()['id']}/file", content, content_type="application/zip"
    )
    assert sent.status_code == 204
    import_model_task(begun.json()["id"])
    return ModelImport.objects.get(pk=begun.json()["id"])


def test_an_honest_model_is_imported(exported):
    """The control: the way that the attacks below take is open."""
    assert imported(exported).state == JobState.DONE


@pytest.mark.parametrize("place", PLACES)
def test_a_foreign_checkpoint_does_not_run_in_the_worker(exported, tmp_path, monkeypatch, place):
    """An attacker's checkpoint runs a program as soon as somebody unpickles it."""
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        checkpoint = archive.read(f"{MODEL_FOLDER}/{CHECKPOINT}")
    content = torch.load(io.BytesIO(checkpoint), weights_only=False)
    PLACES[place](content)
    written = io.BytesIO()
    torch.save(content, written)
    job = imported(with_file(exported, CHECKPOINT, written.getvalue()))
    assert job.state == JobState.FAILED
    assert "could run a program" in job.error
    assert not (tmp_path / "sentinel").exists()
    assert not VesselModel.objects.exists()
    torch.load(io.BytesIO(written.getvalue()), weights_only=False)
    assert (tmp_path / "sentinel").exists() == (place != "nowhere")  # it does where it is let


def test_foreign_plans_do_not_run_in_the_worker(exported, tmp_path, monkeypatch):
    """An attacker's plans name a function of the computer in place of a layer."""
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        plans = archive.read(f"{MODEL_FOLDER}/plans.json").decode()
    for layer in ("torch.nn.LeakyReLU", "torch.nn.modules.conv.Conv3d"):
        job = imported(
            with_file(exported, "plans.json", plans.replace(layer, "os.system").encode())
        )
        assert job.state == JobState.FAILED
    assert not (tmp_path / "sentinel").exists()
    assert not VesselModel.objects.exists()


def test_a_pickle_by_itself_is_no_model(tmp_path, monkeypatch):
    """An attacker sends a pickle in place of a zip."""
    monkeypatch.chdir(tmp_path)
    written = io.BytesIO()
    torch.save({"network_weights": Malicious()}, written)
    assert imported(written.getvalue()).state == JobState.FAILED
    assert not (tmp_path / "sentinel").exists()


# -- pictures ---------------------------------------------------------------------------------

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="attacked()"><script>attacked()</script></svg>'
)
PNG = b"\x89PNG\r\n\x1a\n"
HTML = b"<!doctype html><script>attacked()</script>"
GIF = b"GIF89a/*" + b"\0" * 20 + b"*/=attacked();"


def chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def huge_png() -> bytes:
    """A picture of 60000 × 60000 in 4 MB."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(MEBIBYTE)) for _ in range(3433)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (SVG, "a.svg", "image/svg+xml"),
        (SVG, "a.png", "image/png"),
        (HTML, "a.html", "text/html"),
        (HTML, "a.png", "image/png"),
        (GIF, "a.png", "image/png"),
        (b"%PDF-1.4", "a.png", "image/png"),
        (PNG + HTML, "a.png", "image/png"),
        (b"BM" + bytes(60), "a.png", "image/png"),
    ],
)
def test_what_is_no_picture_does_not_become_an_example_image(content, name, content_type):
    """An attacker sends a page or a drawing with scripts in place of a picture."""
    study = make_study()
    file = SimpleUploadedFile(name, content, content_type)
    answer = browser_of("carol").post(f"/api/studies/{study.pk}/protocol/examples", {"image": file})
    assert answer.status_code == 400


def test_a_picture_with_a_page_behind_it_is_served_as_pixels_alone():
    """An attacker hangs a page behind a picture's pixels and has a browser guess what it is."""
    study = make_study()
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    png = PNG + chunk(b"IHDR", header) + chunk(b"tEXt", b"x\0" + HTML)
    png += chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + HTML
    file = SimpleUploadedFile("a.html", png, "text/html")
    sent = browser_of("carol").post(f"/api/studies/{study.pk}/protocol/examples", {"image": file})
    assert sent.status_code == 201
    for username, address in (
        ("carol", f"/api/studies/{study.pk}/protocol/examples/{sent.json()['sha256']}"),
        ("ruth", f"/api/reading/{study.pk}/examples/{sent.json()['sha256']}"),
    ):
        answer = browser_of(username).get(address)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "a.html" not in str(answer.headers)
        assert b"attacked" not in answer.getvalue()


def test_a_picture_that_unpacks_to_gigabytes_is_refused_in_the_web_process():
    """An attacker's picture of 4 MB is to become 3.6 GB where the pages are served."""
    study = make_study()
    file = SimpleUploadedFile("a.png", huge_png(), "image/png")
    before, began = peak_bytes(), time.process_time()
    answer = browser_of("carol").post(f"/api/studies/{study.pk}/protocol/examples", {"image": file})
    assert answer.status_code == 400
    assert peak_bytes() - before < 300 * MEBIBYTE
    assert time.process_time() - began < 5


# -- zips -------------------------------------------------------------------------------------


def peak_bytes() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def zeros_zip(path: Path) -> None:
    """1 MB that unpack to 1 GB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("zeros.dcm", "w") as entry,
    ):
        for _ in range(1024):
            entry.write(bytes(MEBIBYTE))


def many_names_zip(path: Path) -> None:
    """A zip of 70 000 empty files."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(f"{number}", b"")


@pytest.mark.parametrize(
    "write",
    [bombs.overlapping_zip, bombs.deflated_bomb, zeros_zip, many_names_zip, bombs.nested(100_000)],
    ids=["overlapping", "deflated", "zeros", "many names", "nested"],
)
def test_a_bomb_through_the_api_harms_neither_the_web_process_nor_the_worker(
    tmp_path: Path, write: Callable[[Path], None]
):
    """An attacker uploads a bomb: the web process keeps it as bytes, the reader's child refuses."""
    planted = Planted(lambda most: "x"[:most])
    bomb = tmp_path / "bomb"
    write(bomb)
    before = peak_bytes()
    upload = planted.upload({"bomb.zip": bomb.read_bytes()})
    assert peak_bytes() - before < 400 * MEBIBYTE
    assert not planted.study.cases.exclude(code__in=["C001", "C002", "C003"]).exists()
    assert upload.messages.exists() or upload.error
    listed = browser_of("carol").get(f"/api/studies/{planted.study.pk}/uploads").json()
    assert "Traceback" not in str(listed)
