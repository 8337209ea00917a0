"""The schema that the pages' types are generated from is the one that the server speaks."""

import json

from drf_spectacular.generators import SchemaGenerator

from scripts.application import REPOSITORY


def test_the_committed_schema_is_the_servers_own():
    committed = json.loads((REPOSITORY / "frontend" / "openapi.json").read_text(encoding="utf-8"))
    served = SchemaGenerator().get_schema(request=None, public=True)
    assert committed == json.loads(json.dumps(served, default=str)), (
        "frontend/openapi.json is out of date: run `make api-types`"
    )
