"""Every address of the application, and what is sent to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PAGE = r"^(?!api/|media/|static/)"
"""The page that is the whole user interface: every other address."""

STUDY = "api/studies/<uuid:study_id>"
CASE = "api/reading/cases/<str:code>"
SERIES = f"{STUDY}/cases/<uuid:case_id>/series/<int:series_id>"

_DISPLAY_CHECK = {
    "screen": {
        "screen_width": 1920,
        "screen_height": 1080,
        "window_width": 1920,
        "window_height": 960,
        "pixel_ratio": 1.0,
        "colour_depth": 24,
        "zoom_percent": 100,
    },
    "room_is_dim": True,
    "empty_patches": [7],
    "seen_patches": [],
    "goes_on": True,
}
_ANSWERS: dict[str, Any] = {
    "grade": None,
    "unscorable_reason": None,
    "comment": "",
    "territory_grades": {},
    "question_answers": {},
}
_USE: dict[str, Any] = {
    "key": "00000000-0000-4000-8000-000000000000",
    "kind": "head-pose",
    "detail": {"left": 1.0, "posterior": 0.0, "head": 0.0},
    "ago_ms": 0,
}
_NOTHING: Mapping[str, Any] = {}

ROUTES: Mapping[str, Mapping[str, Any]] = {
    "health": _NOTHING,
    "ready": _NOTHING,
    "metrics": _NOTHING,
    "policy-reports": _NOTHING,
    "api/schema": _NOTHING,
    "api/session": _NOTHING,
    "api/session/passkey-question": _NOTHING,
    "api/session/passkey": _NOTHING,
    "api/session/second-factor": _NOTHING,
    "api/session/directories/<str:directory_id>": _NOTHING,
    "sign-in/<str:provider_id>": _NOTHING,
    "api/account": _NOTHING,
    "api/account/password": _NOTHING,
    "api/account/app/secret": _NOTHING,
    "api/account/app": _NOTHING,
    "api/account/app/remove": _NOTHING,
    "api/account/passkeys/question": _NOTHING,
    "api/account/passkeys": _NOTHING,
    "api/account/passkeys/<int:passkey_id>/remove": _NOTHING,
    "api/account/recovery-codes": _NOTHING,
    "api/account/end-other-sessions": _NOTHING,
    "api/account/tokens": _NOTHING,
    "api/account/tokens/<int:token_id>": _NOTHING,
    f"{STUDY}/second-factor": _NOTHING,
    "api/studies": _NOTHING,
    "api/invitations/<str:token>": _NOTHING,
    "api/invitations/<str:token>/accept": _NOTHING,
    "api/protocol-templates": _NOTHING,
    "api/sample-size": _NOTHING,
    "api/models": _NOTHING,
    "api/models/imports/<uuid:import_id>/file": _NOTHING,
    STUDY: _NOTHING,
    f"{STUDY}/progress": _NOTHING,
    f"{STUDY}/model": _NOTHING,
    f"{STUDY}/protocol": _NOTHING,
    f"{STUDY}/protocol/examples": _NOTHING,
    f"{STUDY}/protocol/examples/<str:sha256>": _NOTHING,
    f"{STUDY}/review": _NOTHING,
    f"{STUDY}/cases": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/images": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/findings": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/identity": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/retry": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/cancel": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/purpose": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/occlusion": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/withdraw": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/restore": _NOTHING,
    f"{STUDY}/cases/<uuid:case_id>/delete-patient": _NOTHING,
    f"{SERIES}/thumbnail": _NOTHING,
    f"{SERIES}/pictures/<int:number>": _NOTHING,
    f"{SERIES}/overrule": _NOTHING,
    f"{SERIES}/review": _NOTHING,
    f"{STUDY}/readings/<int:assignment_id>/unlock": _NOTHING,
    f"{STUDY}/add-to-lists": _NOTHING,
    f"{STUDY}/uploads": _NOTHING,
    f"{STUDY}/uploads/<uuid:upload_id>": _NOTHING,
    f"{STUDY}/uploads/<uuid:upload_id>/complete": _NOTHING,
    f"{STUDY}/uploads/<uuid:upload_id>/cancel": _NOTHING,
    f"{STUDY}/uploads/<uuid:upload_id>/retry": _NOTHING,
    f"{STUDY}/uploads/<uuid:upload_id>/files": _NOTHING,
    f"{STUDY}/uploads/<uuid:upload_id>/files/<uuid:file_id>": _NOTHING,
    f"{STUDY}/storage": _NOTHING,
    f"{STUDY}/manifest": _NOTHING,
    f"{STUDY}/open": _NOTHING,
    f"{STUDY}/lock": _NOTHING,
    f"{STUDY}/report": _NOTHING,
    f"{STUDY}/report/cases/<str:case_code>": _NOTHING,
    f"{STUDY}/export.<str:kind>": _NOTHING,
    f"{STUDY}/signatures": _NOTHING,
    f"{STUDY}/adjudication": _NOTHING,
    f"{STUDY}/conclude": _NOTHING,
    f"{STUDY}/consensus.<str:kind>": _NOTHING,
    f"{STUDY}/audit": _NOTHING,
    f"{STUDY}/audit/chain": _NOTHING,
    f"{STUDY}/audit.<str:kind>": _NOTHING,
    f"{STUDY}/people": _NOTHING,
    f"{STUDY}/people/<int:member_id>/end": _NOTHING,
    f"{STUDY}/people/<int:member_id>/restore": _NOTHING,
    f"{STUDY}/invitations": _NOTHING,
    f"{STUDY}/invitations/<uuid:invitation_id>/revoke": _NOTHING,
    "api/reading/<uuid:study_id>/worklist": _NOTHING,
    "api/reading/<uuid:study_id>/display-checks": {"POST": _DISPLAY_CHECK},
    "api/reading/<uuid:study_id>/signature": {
        "POST": {"record_sha256": "0" * 64, "password": "no password"}
    },
    "api/reading/<uuid:study_id>/examples/<str:sha256>": _NOTHING,
    CASE: _NOTHING,
    f"{CASE}/following": _NOTHING,
    f"{CASE}/draft": {"PUT": {"revision": 0, "answers": _ANSWERS}},
    f"{CASE}/opened": {"POST": {"run": 0}},
    f"{CASE}/heartbeat": {"POST": {"active": True}},
    f"{CASE}/view-uses": {"POST": {"uses": [_USE]}},
    f"{CASE}/submit": {"POST": {"revision": 0, "answers": _ANSWERS}},
    f"{CASE}/take-back": _NOTHING,
    "media/<str:token>/unblinded/<path:name>": _NOTHING,
    "media/<str:token>/<path:name>": _NOTHING,
    PAGE: _NOTHING,
}
"""What is sent to each route by method; an empty object where nothing is said."""

PAGES = ("/", "/login", "/studies", "/join/no-such-link", "/nothing-is-here.php")

NO_SUCH_ADDRESSES = (
    "/api/nothing",
    "/api/reading/cases/NO-SUCH-CODE",
    "/media/no-such-token/volume.bin",
    "/static/nothing.js",
)


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Yield every route of the application."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def without_entry() -> list[str]:
    """Name the routes that nobody said how to try, and entries whose route is gone."""
    return sorted(set(routes()) ^ set(ROUTES))


def filled(route: str, named: Mapping[str, object]) -> str | None:
    """Return the address of a route; None where the study has nothing for it to name."""
    address = f"/{route}"
    for name, value in named.items():
        for kind in ("uuid", "int", "str", "path"):
            address = address.replace(f"<{kind}:{name}>", str(value))
    return None if "<" in address else address
