"""Values that come up nowhere by chance, put into every field that no rater may read."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction

from reader_study.audit import guards
from reader_study.coordination.blinding.fields import (
    VISIBLE,
    fields_of,
    models_of_the_study,
)
from reader_study.coordination.blinding.secrets import rows_of
from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import ExampleImage, Study

CANARY = re.compile(rb"canary\d{5}")

NOT_PLANTED = {
    "audit.ChainHead.chain": "the study's identifier, by which the row is found",
    "reading.Assignment.code": "drawn at random already, and the address of a rater's case",
    "reading.Assignment.attempt": "a constraint: 1 but for calibrations; too small to be searched",
    "reading.Reading.attempt": "a constraint: 1 unless unlocked; too small to be searched",
    "reading.Reading.territory_grades": "the protocol's codes and levels, checked as such",
    "reading.Reading.question_answers": "the protocol's codes, yes or no",
    "reading.Reading.unlock_reason": "a constraint: of later attempts alone",
    "reading.Reading.removed_comment_sha256": "a constraint: where the comment is gone alone",
    "studies.ExampleImage.sha256": "visible",
}
"""Fields of text or numbers that hold no canary, and why."""


class Planter:
    """Fills every field that is not visible, as far as the database allows."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.numbers = count(1)
        self.planted: dict[str, str] = {}
        """Field by canary."""

    def plant(self) -> None:
        """Fill the fields of every row of the study. Guards stay away until the test ends."""
        guards.remove(connection)
        for model in models_of_the_study():
            fields = [
                field
                for field in fields_of(model)
                if field.name not in VISIBLE.get(model._meta.label, {})
                and f"{model._meta.label}.{field.name}" not in NOT_PLANTED
            ]
            for row in list(rows_of(self.study, model)):
                self._plant_row(model, row, fields)

    def _plant_row(self, model: Any, row: models.Model, fields: list[models.Field]) -> None:
        values = {
            field.name: value
            for field in fields
            if (value := self._canary(field, getattr(row, field.name), model)) is not None
        }
        folder: str = getattr(row, "folder", "")
        stored_name: str = getattr(row, "stored_name", "")
        planted = self._update(model, row, values)
        if not planted:
            planted = {}
            for name, value in values.items():
                planted |= self._update(model, row, {name: value})
        for name, value in planted.items():
            for written in _leaves(value):
                self.planted[written] = f"{model._meta.label}.{name}"
        if model is MediaPack and "folder" in planted:
            _copy(folder, planted["folder"])
        if model is ExampleImage and "stored_name" in planted:
            with default_storage.open(stored_name) as file:
                default_storage.save(planted["stored_name"], ContentFile(file.read()))

    def _update(self, model: Any, row: models.Model, values: dict[str, Any]) -> dict[str, Any]:
        try:
            with transaction.atomic():
                model._default_manager.filter(pk=row.pk).update(**values)
        except DatabaseError:
            return {}
        return values

    def _canary(self, field: Any, before: Any, model: Any) -> Any:
        number = next(self.numbers)
        text = f"canary{number:05d}"
        if field.choices or isinstance(field, models.BooleanField | models.UUIDField):
            return None
        if isinstance(field, models.JSONField):
            return _with(before, text, 700_000 + number, model._meta.label)
        if isinstance(field, models.PositiveSmallIntegerField | models.SmallIntegerField):
            return 20_000 + number % 12_000
        if isinstance(field, models.FloatField):
            return 0.5 + number / 10**6 + 0.0000001
        if isinstance(field, models.IntegerField):
            place = [one.name for one in fields_of(model)].index(field.name)
            return 1_000_000 + number * 100 - place * 200  # falling within a row: sums of parts
        if isinstance(field, models.BinaryField):
            return text.encode()
        if isinstance(field, models.CharField | models.TextField):
            return text
        return None


def plantable(field: Any) -> bool:
    """Whether a field holds text or numbers of many values."""
    kinds = (models.CharField | models.TextField | models.IntegerField | models.FloatField) | (
        models.JSONField | models.BinaryField
    )
    return isinstance(field, kinds) and not field.choices


def _with(document: Any, text: str, number: int, label: str) -> Any:
    """Return a JSON document with a canary in it, of the same kind as before."""
    if label == "studies.Protocol":
        return {**document, "seed": number}
    if label == "segmentation.MediaPack" and document:
        telling = {"stationName": text}
        runs = [{**run, **telling} for run in document["runs"]]
        return {**document, **telling, "volume": {**document["volume"], **telling}, "runs": runs}
    if label == "reading.Reading":
        return [*document, number]
    if isinstance(document, list):
        return [*document, {"verdict": "flagged", "sentence": text}]
    return {**(document or {}), "planted": text}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        written = value.decode() if isinstance(value, bytes) else str(value)
        if CANARY.fullmatch(written.encode()) or re.fullmatch(r"\d{5,}|0\.\d{6,}", written):
            yield written


def _copy(folder: str, new: str) -> None:
    folders, files = default_storage.listdir(folder)
    for name in files:
        with default_storage.open(f"{folder}/{name}") as file:
            default_storage.save(f"{new}/{name}", ContentFile(file.read()))
    for name in folders:
        _copy(f"{folder}/{name}", f"{new}/{name}")
