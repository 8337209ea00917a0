"""Serializers of what is sent: JSON's own types, as the schema has them, and no other.

DRF takes ``7`` for a text and ``"yes"`` for true, as forms need it. From a program that is a
mistake, and better said than guessed at.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], str], ...] = (
    (serializers.BooleanField, (bool,), "true or false"),
    (serializers.IntegerField, (int, float), "a whole number"),
    (serializers.FloatField, (int, float), "a number"),
    (serializers.CharField, (str,), "a text"),
    (serializers.ChoiceField, (str, int), "one of the choices"),
    (serializers.UUIDField, (str,), "a text"),
)


class QuerySerializer(serializers.Serializer[Any]):
    """What an address asks after its question mark; a parameter that is not there is a mistake."""

    def to_internal_value(self, data: Any) -> Any:
        """Return what was asked, checked. Raises ValidationError."""
        unknown = {name: ["There is no such parameter."] for name in set(data) - set(self.fields)}
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class BodySerializer(serializers.Serializer[Any]):
    """What a request says."""

    def to_internal_value(self, data: Any) -> Any:
        """Return what was sent, checked. Raises ValidationError."""
        wrong = self._wrong_types(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **wrong}) from error
        if wrong:
            raise serializers.ValidationError(wrong)
        return value

    def _wrong_types(self, data: Mapping[str, Any]) -> dict[str, Any]:
        sent = {
            str(field.field_name): _wrong_type(field, data[str(field.field_name)])
            for field in self._writable_fields
            if field.field_name in data
        }
        return {name: problem for name, problem in sent.items() if problem}


def _wrong_type(field: Any, value: Any) -> Any:
    """Return what is wrong with the type of a value; nothing where DRF's own checks say it."""
    if value is None:
        return None
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return _wrong_parts(field.child, dict(enumerate(value)))
    if isinstance(field, serializers.DictField) and isinstance(value, dict):
        return _wrong_parts(field.child, value)
    for kind, types, words in _TYPES:
        if isinstance(field, kind):
            right = isinstance(value, types) and isinstance(value, bool) == (types == (bool,))
            return None if right else [f"This must be {words}."]
    return None


def _wrong_parts(child: Any, values: Mapping[Any, Any]) -> Any:
    found = {key: _wrong_type(child, value) for key, value in values.items()}
    return {key: problem for key, problem in found.items() if problem} or None
