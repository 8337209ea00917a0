"""Refuse addresses that can name nothing before anybody looks for them."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase


class NoNullCharacters:
    """Middleware: with the character NUL in it an address does not exist.

    PostgreSQL cannot even be asked for such a text.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 404, or let the request pass."""
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)
