"""Files that the API sends."""

from collections.abc import Iterable

from drf_spectacular.types import OpenApiTypes


def downloads(content_types: Iterable[str]) -> dict[tuple[int, str], OpenApiTypes]:
    """Return what the schema says of an answer that is a file of one of some types."""
    kinds = {content_type.partition(";")[0] for content_type in content_types}
    return {(200, kind): OpenApiTypes.BINARY for kind in sorted(kinds)}
