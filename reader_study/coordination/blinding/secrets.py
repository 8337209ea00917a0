"""The secrets of one study, as one visitor must not learn them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import ForeignKey, Model, OneToOneField, QuerySet
from drf_spectacular.generators import SchemaGenerator

from reader_study.accounts.models import User
from reader_study.api.models import KeptAnswer
from reader_study.audit.models import ChainHead, Event
from reader_study.coordination.blinding.fields import (
    OWN,
    PARTLY,
    SECRET,
    VISIBLE,
    fields_of,
    models_of_the_study,
)
from reader_study.coordination.blinding.search import Secret
from reader_study.reading.serializers import told_of_media
from reader_study.segmentation.models import ModelImport, StudyModel, VesselModel
from reader_study.studies.api import RaterProtocolSerializer
from reader_study.studies.models import Role, Study
from reader_study.studies.protocol_templates import PROTOCOL_TEMPLATES
from reader_study.studies.selectors import studies_with_role

SHORTEST_TEXT = 4
FEWEST_DIGITS = 5
_WORD = re.compile(r"[^\W_]+")


@dataclass
class StudySecrets:
    """What is searched for, and what had to be left out.

    Attributes
    ----------
    skipped
        How many values were left out, by reason.
    keys
        Secret fields of a few values, such as a side: their names are searched as keys.
    """

    values: list[Secret] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    keys: frozenset[str] = frozenset()


def secrets_of(study: Study, visitor: User | None) -> StudySecrets:
    """Collect everything of a study that the visitor must not learn.

    A value is left out where it is too short to be told from chance, stands in what the visitor
    is rightly told, or is a word of the programme itself.
    """
    found = StudySecrets(keys=secret_keys())
    told = _words(_told_to(visitor)) if visitor else set()
    vocabulary = _vocabulary()
    member = _reads(visitor, study)
    seen: dict[str, str] = {}
    for model in models_of_the_study():
        for row in rows_of(study, model):
            for name, value in _secret_values(model, row, visitor, member=member):
                seen.setdefault(value, f"{model._meta.label}.{name}")
    for value, where in seen.items():
        reason = _why_skipped(value, told, vocabulary)
        if reason:
            found.skipped[reason] += 1
        else:
            found.values.append(Secret(value, where))
    return found


def secret_keys() -> frozenset[str]:
    """Name the secret fields of a few fixed values, where no visible field is called the same."""
    shown = {name for table in (VISIBLE, PARTLY, OWN) for names in table.values() for name in names}
    few = {
        field.name
        for model in models_of_the_study()
        for field in fields_of(model)
        if field.choices and field.name in SECRET.get(model._meta.label, ())
    }
    return frozenset(few - shown)


def rows_of(study: Study, model: type[Model]) -> QuerySet[Any]:
    """Return the rows of a model that belong to a study."""
    if model is Study:
        return Study.objects.filter(pk=study.pk)
    chosen_models = StudyModel.objects.filter(study=study).values("model")
    if model is VesselModel:
        return VesselModel.objects.filter(pk__in=chosen_models)
    if model is ModelImport:
        return ModelImport.objects.filter(model__in=chosen_models)
    if model is User:
        return User.objects.filter(memberships__study=study)
    if model is KeptAnswer:
        return KeptAnswer.objects.filter(person__memberships__study=study)
    if model is Event:
        return Event.objects.filter(study_id=study.pk)
    if model is ChainHead:
        return ChainHead.objects.filter(chain=study.pk)
    path = _path_to_study(model)
    if path is None:
        raise LookupError(f"say in rows_of how {model._meta.label} belongs to a study")
    return model._default_manager.filter(**{path: study})


@cache
def _path_to_study(model: type[Model]) -> str | None:
    """Return the way over foreign keys, the shortest, such as ``case__study``."""
    ways: list[tuple[type[Model], str]] = [(model, "")]
    met = {model}
    while ways:
        at, way = ways.pop(0)
        for reference in at._meta.concrete_fields:
            if not isinstance(reference, ForeignKey | OneToOneField):
                continue
            target: Any = reference.related_model
            if target is Study:
                return f"{way}{reference.name}"
            if target not in met and target is not User:
                met.add(target)
                ways.append((target, f"{way}{reference.name}__"))
    return None


def _secret_values(
    model: type[Model], row: Any, visitor: User | None, *, member: bool
) -> Iterator[tuple[str, str]]:
    label = model._meta.label
    own = visitor is not None and _owner(row) == visitor.pk
    for column in fields_of(model):
        name = column.name
        visible = member and name in VISIBLE.get(label, {})
        if visible or (own and name in OWN.get(label, {})) or column.choices:
            continue
        value = getattr(row, name)
        if member and name in PARTLY.get(label, {}):
            value = without(value, _told_part(label, value))
        for written in spelled(value):
            yield name, written


def _owner(row: Any) -> int | None:
    """Return the key of the person whose own row this is."""
    if isinstance(row, User):
        return row.pk
    for name in ("rater_id", "user_id", "signer_id"):
        if hasattr(row, name):
            owner: int | None = getattr(row, name)
            return owner
    assignment = getattr(row, "assignment", None)
    return assignment.rater_id if assignment else None


def _reads(visitor: User | None, study: Study) -> bool:
    if visitor is None:
        return False
    return studies_with_role(visitor, Role.RATER, Role.ADJUDICATOR).contains(study)


def _told_part(label: str, document: Any) -> Any:
    if label == "studies.Protocol":
        return json.loads(json.dumps(RaterProtocolSerializer(document).data))
    return told_of_media(document) if document else document


def _rightly_in(label: str, part: Any) -> Any:
    """Return what of a told part may be said: of a manifest no name of a file or a run."""
    if label != "segmentation.MediaPack" or not part:
        return part
    said = [part["corrections"], (part["labels"] or {}).get("names")]
    return [*said, [leaf for leaf in leaves(part) if not isinstance(leaf, str)]]


def without(document: Any, told: Any) -> Any:
    """Return what of a JSON document is not told."""
    if isinstance(document, dict) and isinstance(told, dict):
        return {
            name: without(value, told[name]) if name in told else value
            for name, value in document.items()
            if name not in told or told[name] != value
        }
    if isinstance(document, list) and isinstance(told, list) and len(document) == len(told):
        return [without(one, other) for one, other in zip(document, told, strict=True)]
    return None if document == told else document


def leaves(document: Any) -> Iterator[Any]:
    """Yield the values of a JSON document that hold no others."""
    if isinstance(document, dict):
        document = list(document.values())
    if not isinstance(document, list):
        yield document
        return
    for inner in document:
        yield from leaves(inner)


def spelled(value: Any) -> Iterator[str]:
    """Yield how a value would be written in an answer; a JSON document's leaves one by one."""
    for leaf in leaves(value):
        if isinstance(leaf, datetime):
            if leaf.microsecond:
                yield f"{leaf:%Y-%m-%dT%H:%M:%S.%f}"
        elif isinstance(leaf, bytes | memoryview):
            yield bytes(leaf).decode("latin-1")
        elif leaf is not None and not isinstance(leaf, bool):
            yield str(leaf)


def _told_to(visitor: User) -> Iterator[str]:
    """Yield what the visitor is rightly told: the visible of their studies, and their own."""
    for study in studies_with_role(visitor, Role.RATER, Role.ADJUDICATOR):
        for model in models_of_the_study():
            label = model._meta.label
            tables = {**VISIBLE.get(label, {}), **PARTLY.get(label, {}), **OWN.get(label, {})}
            for row in rows_of(study, model) if tables else ():
                for name in tables:
                    if name in OWN.get(label, {}) and _owner(row) != visitor.pk:
                        continue
                    value = getattr(row, name)
                    if name in PARTLY.get(label, {}):
                        value = _rightly_in(label, _told_part(label, value))
                    yield from spelled(value)
    yield visitor.username
    yield visitor.full_name


def _words(texts: Iterator[str]) -> set[str]:
    """Return the texts, and each of their words, in small letters."""
    words: set[str] = set()
    for text in texts:
        words.add(text.lower())
        words.update(word.lower() for word in _WORD.findall(text))
    return words


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of the programme's public description and of its ready-made protocols."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    protocols = [
        (one.key, one.name, one.description, one.document.model_dump(mode="json"))
        for one in PROTOCOL_TEMPLATES
    ]
    written = json.dumps([schema, protocols], default=str, ensure_ascii=False)
    return frozenset(word.lower() for word in _WORD.findall(written))


def _why_skipped(value: str, told: set[str], vocabulary: frozenset[str]) -> str | None:
    words = [word.lower() for word in _WORD.findall(value)]
    letters = sum(len(word) for word in words)
    if not words or letters < SHORTEST_TEXT:
        return f"shorter than {SHORTEST_TEXT} letters"
    if all(word.isdigit() for word in words) and letters < FEWEST_DIGITS:
        return f"a number of fewer than {FEWEST_DIGITS} digits"
    if value.lower() in told or all(word in told for word in words):
        return "stands in what the rater is rightly told"
    if all(word in vocabulary for word in words):
        return "a word of the programme"
    return None
