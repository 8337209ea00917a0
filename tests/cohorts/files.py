"""What lies in the storages."""

from pathlib import Path

from django.core.files.storage import storages


def files_in(store: str) -> list[Path]:
    """Every file of a storage."""
    return [path for path in Path(storages[store].path("")).rglob("*") if path.is_file()]
