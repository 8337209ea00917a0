"""What every response tells the browser it may do with it: pages, API, images, files, errors."""

from collections.abc import Callable, Mapping
from typing import Any

from csp.constants import HEADER, NONCE, NONE, SELF
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponseBase

REPORT_ADDRESS = "/policy-reports"

PAGE_POLICY: Mapping[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "worker-src": [SELF],
    # Mantine writes its theme into <style> tags; they carry the page's nonce.
    "style-src": [SELF, NONCE],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
    "report-uri": [REPORT_ADDRESS],
}
"""For the page and for its scripts: a worker's rules are those that came with its script."""

DATA_POLICY = "; ".join(
    f"{directive} {NONE}"
    for directive in ("default-src", "base-uri", "form-action", "frame-ancestors")
)
"""For what is data: should a browser ever show it as a page, it can do nothing."""

DATA_ADDRESSES = ("/api/", "/media/", "/metrics", "/health", "/ready", REPORT_ADDRESS)

UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
USED_FEATURES = (
    "clipboard-write",
    "fullscreen",
    "publickey-credentials-create",
    "publickey-credentials-get",
)
PERMISSIONS_POLICY = ", ".join(
    [f"{feature}=()" for feature in UNUSED_FEATURES]
    + [f"{feature}=(self)" for feature in USED_FEATURES]
)


class PagePolicyMiddleware(CSPMiddleware):
    """Sends the Content-Security-Policy of a page, or the narrower one of data."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Choose the policy by the address."""
        if request.path_info.startswith(DATA_ADDRESSES):
            response.headers[HEADER] = DATA_POLICY
        return super().process_response(request, response)


class BrowserFeaturesMiddleware:
    """Switches off what the pages do not use, and keeps other sites from embedding anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
