"""Take over models that were trained with nnU-Net elsewhere."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.text import get_valid_filename

from inference.errors import InferenceError, ModelError
from inference.models.importing.importing import import_model
from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.uploads.receiving import Body
from reader_study.files.durable_storage import (
    LEFTOVER_SECONDS,
    make_entries_durable,
    make_tree_durable,
)
from reader_study.jobs.database_restarts import storing_result
from reader_study.jobs.models import JobState, Priority
from reader_study.jobs.runner import JobFailedError, does
from reader_study.jobs.services import fail, finish, send_on_commit
from reader_study.segmentation.models import ModelImport, VesselModel
from reader_study.segmentation.services import refresh_card

LONGEST_NOTICE = 200
READ_BYTES = 2**20
LONGEST_FILE_NAME = 100


def import_foreign_model(
    *,
    source: Path,
    name: str,
    notice: str,
    actor: User | None,
    configuration: str | None = None,
    precision: str = "float32",
    smallest_component_mm3: float = 0.0,
) -> VesselModel:
    """Import a results folder or an exported zip of nnU-Net and make the model known.

    The model comes to lie in the folder of models, below its SHA-256. One that is known already
    is returned.

    Raises
    ------
    ModelError
        Saying what was refused and what to do.
    """
    _require_short(notice)
    sha256 = _store_model(
        source,
        name=name,
        notice=notice,
        configuration=configuration,
        precision=precision,
        smallest_component_mm3=smallest_component_mm3,
    )
    return _register(sha256, actor)


def _require_short(notice: str) -> None:
    if len(notice) > LONGEST_NOTICE:
        raise ModelError(f"The notice has {len(notice)} characters; {LONGEST_NOTICE} fit.")


def _store_model(source: Path, **wanted: Any) -> str:
    """Convert a model into the folder of models, durable and as a whole; returns its SHA-256."""
    settings.MODELS.mkdir(parents=True, exist_ok=True)
    incoming = Path(mkdtemp(prefix=".incoming-", dir=settings.MODELS))
    try:
        sha256 = import_model(source, incoming / "model", **wanted)
        make_tree_durable(incoming / "model")
        directory = settings.MODELS / sha256
        try:
            (incoming / "model").rename(directory)
        except OSError:
            if not directory.exists():  # else another worker was faster with the same
                raise
        make_entries_durable(settings.MODELS)
    finally:
        shutil.rmtree(incoming)
    return sha256


@transaction.atomic
def _register(sha256: str, actor: User | None) -> VesselModel:
    directory = settings.MODELS / sha256
    card = _json_of(directory / "model-card.json")
    model, created = VesselModel.objects.get_or_create(
        sha256=sha256,
        defaults={
            "name": card["name"],
            "notice": card["notice"],
            "directory": str(directory),
            "labels": _json_of(directory / "dataset.json")["labels"],
            "card": card,
        },
    )
    if created:
        record(
            action="model imported",
            actor=actor,
            subject=sha256,
            name=model.name,
            source=card["origin"]["source"],
            source_sha256=card["origin"]["source_sha256"],
        )
    else:
        refresh_card(model, card, actor)
    return model


def _json_of(path: Path) -> Any:
    # Written a moment ago by the importing process, which checked all of it.
    return json.loads(path.read_text())


@transaction.atomic
def begin_import(
    *,
    file_name: str,
    size_bytes: int,
    name: str,
    notice: str,
    configuration: str,
    smallest_component_mm3: float,
    actor: User,
) -> ModelImport:
    """Note what a zip that is about to be sent is to become.

    Raises
    ------
    ModelError
        The file is larger than is taken, or than there is room for.
    """
    if size_bytes > settings.MAX_MODEL_BYTES:
        most = f"{settings.MAX_MODEL_BYTES / 1e9:.0f} GB"
        raise ModelError(
            f"The file has {size_bytes / 1e9:.1f} GB, more than {most}. Export fewer folds, or run "
            "manage.py import_model on the server."
        )
    settings.MODELS.mkdir(parents=True, exist_ok=True)
    # It is unpacked beside itself.
    if shutil.disk_usage(settings.MODELS).free - 3 * size_bytes < settings.KEEP_FREE_BYTES:
        raise ModelError("The server's disk has no room for the model: ask its operator for space.")
    job = ModelImport.objects.create(
        state=JobState.AWAITING,
        priority=Priority.WAITED_FOR,
        name=name,
        notice=notice,
        configuration=configuration,
        smallest_component_mm3=smallest_component_mm3,
        file_name=get_valid_filename(Path(file_name).name or "model.zip")[-LONGEST_FILE_NAME:],
        size_bytes=size_bytes,
        requested_by=actor,
    )
    record(action="model sent for import", actor=actor, subject=str(job.pk), name=name)
    return job


def receive_import(*, job: ModelImport, body: Body) -> None:
    """Store the zip that was announced, and have a worker import it.

    Raises
    ------
    ModelError
        Fewer or more bytes arrived than were announced; nothing was kept.
    """
    content = _Announced(body, job.size_bytes)
    stored_name = _uploads().save(f"{job.pk}/{job.file_name}", content)
    queued = False
    try:
        if content.left or body.read(1):
            raise ModelError("The file did not arrive as a whole: send it again.")
        with transaction.atomic():
            queued = bool(
                ModelImport.objects.filter(pk=job.pk, state=JobState.AWAITING).update(
                    state=JobState.QUEUED, stored_name=stored_name
                )
            )
            send_on_commit(job)
    finally:
        if not queued:
            _delete_upload(stored_name)


class _Announced(File):  # type: ignore[type-arg]  # the stubs' parameter is not there at run time
    """So many bytes of a body, for a storage to save piece by piece."""

    def __init__(self, body: Body, size_bytes: int) -> None:
        super().__init__(None)
        self._body = body
        self.left = size_bytes

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield what arrives, and no more than was announced."""
        while self.left:
            try:
                piece = self._body.read(min(READ_BYTES, self.left))
            except OSError:  # the connection broke
                return
            if not piece:
                return
            self.left -= len(piece)
            yield piece


@does(ModelImport)
def run_import(job: ModelImport) -> None:
    """Import an uploaded model; the upload is deleted once that is done or refused."""
    if not job.stored_name or not _uploads().exists(job.stored_name):
        raise JobFailedError("The file is no longer here: send it again.")
    try:
        _require_short(job.notice)
        sha256 = _store_model(
            Path(_uploads().path(job.stored_name)),
            name=job.name,
            notice=job.notice,
            configuration=job.configuration or None,
            smallest_component_mm3=job.smallest_component_mm3,
        )
    except InferenceError as error:
        # Only by whom the job still belongs to: its successor reads the same file.
        if fail(job, str(error)):
            _delete_upload(job.stored_name)
        return
    with storing_result():
        finish(job, model=_register(sha256, job.requested_by))
        transaction.on_commit(lambda: _delete_upload(job.stored_name), robust=True)


def sweep_leftovers() -> None:
    """Delete what workers and servers that were killed left behind."""
    if not settings.MODELS.is_dir():
        return
    wanted = ModelImport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
    uploads = {str(key) for key in wanted.values_list("pk", flat=True)}
    root = Path(_uploads().path(""))
    folders = [folder for folder in root.glob("*") if folder.name not in uploads]
    long_ago = time.time() - LEFTOVER_SECONDS
    for folder in [*folders, *settings.MODELS.glob(".incoming-*")]:
        if folder.stat().st_mtime < long_ago:
            shutil.rmtree(folder, ignore_errors=True)


def _delete_upload(stored_name: str) -> None:
    _uploads().delete(stored_name)
    _uploads().delete(str(Path(stored_name).parent))


def _uploads() -> Storage:
    return storages["model-uploads"]
