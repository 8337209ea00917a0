"""From which address a request came."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the client's address; None where the web server tells none.

    Whatever a client writes into ``X-Forwarded-For`` itself stands left of what the
    installation's own ``settings.PROXIES`` proxies add, and is not looked at.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        told = forwarded[-min(settings.PROXIES, len(forwarded))]
    try:
        return str(ip_address(told.strip()))
    except ValueError:
        return None
