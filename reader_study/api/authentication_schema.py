"""Say in the schema how scripts sign in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token for scripts, which its owner made on the page of their account."""

    target_class = "reader_study.http.study_gate.GatedTokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return what a client has to send."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token for scripts; it reaches what its scopes name.",
        }
