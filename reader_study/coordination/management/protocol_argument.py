"""A protocol named on the command line."""

from pathlib import Path

from django.core.management.base import CommandError
from pydantic import ValidationError

from reader_study.studies.protocol import ProtocolDocument


def read_protocol(path: Path) -> ProtocolDocument:
    """Return the protocol of a JSON file. Raises CommandError with what is wrong with it."""
    try:
        return ProtocolDocument.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise CommandError(f"{path} is no protocol: {error}") from error
