"""Describe every operation with the problems that it can answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from reader_study.api.idempotency import KEY_PATTERN
from reader_study.api.problems import CONTENT_TYPE

SAFE = {"GET", "HEAD", "OPTIONS"}


class ProblemPartSerializer(serializers.Serializer[Any]):
    """What is wrong with one part of what was sent, and which part it is."""

    detail = serializers.CharField()
    pointer = serializers.CharField(
        required=False, help_text="JSON pointer into the body, as the fragment of an address."
    )
    parameter = serializers.CharField(required=False, help_text="Of the address.")
    line = serializers.IntegerField(required=False, help_text="Of a list of cases.")
    column = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="As the list of cases names it; empty where no single column is meant.",
    )


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a request was refused (RFC 9457). Some problems have further members."""

    type = serializers.CharField(
        help_text="urn:reader-study:problem:KIND, or about:blank where the status says enough."
    )
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="One sentence for people.")
    # DRF takes fields out of the class, so that this does not hide its own `errors`.
    errors = ProblemPartSerializer(many=True, required=False)  # type: ignore[assignment]


def refusals_of(view: Any, method: str) -> tuple[int, ...]:
    """Return what a view's own rules refuse by a method, beside what any view refuses."""
    name = "refuses" if method in SAFE else "refuses_changes"
    found: tuple[int, ...] = getattr(view, name, ())
    return found


def if_match_of(view: Any, method: str) -> str:
    """Return whether a view takes If-Match by a method: ``required``, ``accepted`` or empty."""
    return "" if method in SAFE else str(getattr(view, "if_match", ""))


def _header(
    name: str, schema: dict[str, Any], about: str, required: bool = False
) -> OpenApiParameter:
    return OpenApiParameter(
        name, schema, OpenApiParameter.HEADER, required=required, description=about
    )


class ProblemSchema(AutoSchema):
    """Adds to each operation the problems that it can answer."""

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in sorted(set(self._problems()) - {int(code) for code in bodies}):
            bodies[str(status)] = self._problem()
        return bodies

    def get_override_parameters(self) -> list[Any]:
        """Return the headers that the view asks for."""
        headers = []
        if asked := if_match_of(self.view, self.method):
            about = "The `etag` that the change is based on, in quotation marks; * for any."
            headers.append(_header("If-Match", {"type": "string"}, about, asked == "required"))
        if self._takes_key():
            about = "A request that is sent again with its key is not done a second time."
            schema = {"type": "string", "pattern": KEY_PATTERN}
            headers.append(_header("Idempotency-Key", schema, about))
        return headers

    def _takes_key(self) -> bool:
        return self.method == "POST" and getattr(self.view, "takes_idempotency_key", False)

    def _problems(self) -> Iterator[int]:
        view, method = self.view, self.method
        yield from refusals_of(view, method)
        if view.get_throttles():
            yield HTTPStatus.TOO_MANY_REQUESTS
        if "{" in self.path:
            yield HTTPStatus.NOT_FOUND
        if self._get_parameters_of_query():
            yield HTTPStatus.BAD_REQUEST
        if self._get_request_body():  # type: ignore[no-untyped-call]
            yield HTTPStatus.BAD_REQUEST
            yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        if self._takes_key():
            yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT)
            yield HTTPStatus.UNPROCESSABLE_ENTITY
        if asked := if_match_of(view, method):
            yield HTTPStatus.PRECONDITION_FAILED
            if asked == "required":
                yield HTTPStatus.PRECONDITION_REQUIRED
        if method not in SAFE:
            yield HTTPStatus.FORBIDDEN  # without the page's token
        if not self._open_to_all():
            yield self._unknown_person()

    def _get_parameters_of_query(self) -> list[Any]:
        return [found for found in self._get_parameters() if found["in"] == "query"]

    def _open_to_all(self) -> bool:
        return all("AllowAny" in type(each).__name__ for each in self.view.get_permissions())

    def _unknown_person(self) -> int:
        """The status for who is not signed in: 401 only where the answer can say how to be."""
        first = next(iter(self.view.get_authenticators()), None)
        header = first.authenticate_header(self.view.request) if first else None
        return HTTPStatus.UNAUTHORIZED if header else HTTPStatus.FORBIDDEN

    def _problem(self) -> dict[str, Any]:
        schema = self.resolve_serializer(ProblemSerializer, "response").ref
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="Problem",
            type=ResolvedComponent.RESPONSE,
            schema={
                "description": "The request was refused; `detail` says why.",
                "content": {CONTENT_TYPE: {"schema": schema}},
            },
            object="Problem",
        )
        self.registry.register_on_missing(component)
        return dict(component.ref)
