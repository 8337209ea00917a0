"""Fail where the schema or the pages' types that are committed are not those of the code."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.application import REPOSITORY

FRONTEND = REPOSITORY / "frontend"
SCHEMA = FRONTEND / "openapi.json"
TYPES = FRONTEND / "src" / "api" / "schema.d.ts"


def schema_of_the_code() -> object:
    """Return the OpenAPI schema that the server would answer."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reader_study.settings")
    django.setup()
    from drf_spectacular.generators import SchemaGenerator

    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.loads(json.dumps(schema, default=str))


def types_of(schema: Path) -> str:
    """Return the pages' types as they are generated from a schema; Node does it."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "schema.d.ts"
        command = ["npx", "--no-install", "openapi-typescript", str(schema), "-o", str(written)]
        subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
        return written.read_text(encoding="utf-8")


def main() -> int:
    """Compare both; say which is out of date."""
    stale = []
    if json.loads(SCHEMA.read_text(encoding="utf-8")) != schema_of_the_code():
        stale.append(SCHEMA)
    if TYPES.read_text(encoding="utf-8") != types_of(SCHEMA):
        stale.append(TYPES)
    for path in stale:
        print(f"{path.relative_to(REPOSITORY)} is out of date: run `make api-types`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
