"""Serve the single page that is the whole user interface."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

NONCE_PLACE = "STYLE-NONCE"
"""What stands in ``frontend/index.html`` in place of the nonce."""


@require_GET
@never_cache
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """Return the built page; the browser's router shows what the address asks for."""
    index = settings.FRONTEND_BUILD / "index.html"
    if not index.is_file():
        return HttpResponse(
            "The pages are not built yet: run `make setup`.", status=503, content_type="text/plain"
        )
    # Reading the nonce is what puts it into the policy's header.
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
    return HttpResponse(index.read_text(encoding="utf-8").replace(NONCE_PLACE, nonce))


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Answer that the web process lives."""
    return HttpResponse("ok", content_type="text/plain")
