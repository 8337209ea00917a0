"""Let schemathesis ask a running server for everything that its own schema says."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SEED = 8
CSRF_TOKEN = "f" * 32

REFUSED = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429]
ACCEPTED = ["2xx", 400, 403, 404, 409, 410, 413, 415, 429]
RULES_BEYOND_THE_SCHEMA = {
    "invitations_accept_create": "the name must be free and the password good",
    "models_create": "the file's size has a limit that is the installation's",
    "studies_uploads_files_create": "tus: name and checksum are base64, the type octets",
    "studies_uploads_files_partial_update": "tus: offset and checksum must be those of the file",
    "sample_size_create": "κ and κ₀ must differ",
    "studies_invitations_create": "the sites must be the study's",
    "studies_manifest_create": "the text must be a list of cases",
    "studies_model_create": "the model must be registered",
    "studies_protocol_create": "the document must be a protocol",
    "studies_protocol_examples_create": "the file must be a picture",
    "studies_uploads_create": "site, sizes and list of cases must fit the study",
    "reading_cases_view_uses_create": "the detail must be that of its kind, the run there",
    "reading_cases_draft_update": "the answers must be the protocol's",
    "reading_cases_submit_create": "the answers must be the protocol's and complete",
    "reading_cases_opened_create": "the run must be there",
    "reading_display_checks_create": "what was seen must be patches of the pattern",
    "session_create": "the password must be the person's",
}
"""Operations that may refuse with status 400 or 413 what their schema allows, and why."""

_HOOKS = """
import json
from pathlib import Path

import schemathesis

NAMED = json.loads(Path("named.json").read_text(encoding="utf-8"))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            # Of two bodies with one key the second is refused; test_idempotency.py has it.
            operation["parameters"] = [
                parameter
                for parameter in operation.get("parameters", [])
                if parameter["name"] != "Idempotency-Key"
            ]
            for parameter in operation["parameters"]:
                if parameter["name"] in NAMED:
                    parameter["schema"]["enum"] = [NAMED[parameter["name"]]]


@schemathesis.hook
def before_call(context, case, kwargs):
    case.cookies = {**(case.cookies or {}), "csrftoken": "ffffffffffffffffffffffffffffffff"}


@schemathesis.serializer("application/zip", "application/offset+octet-stream")
def as_it_is(context, value):
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
"""


def fuzz(
    url: str,
    folder: Path,
    *,
    session: str | None,
    named: Mapping[str, object],
    examples: int,
    arguments: Sequence[str] = (),
) -> None:
    """Raise AssertionError where schemathesis found something, which is printed.

    Parameters
    ----------
    session
        The cookie of who asks; None for nobody.
    named
        What each part of an address names.
    examples
        How many requests are drawn for each operation, beside those that cover its schema.
    """
    values = {name: _in_json(value) for name, value in named.items()} | {"If-Match": "*"}
    (folder / "named.json").write_text(json.dumps(values), encoding="utf-8")
    (folder / "schemathesis.toml").write_text(_settings(session), encoding="utf-8")
    (folder / "hooks.py").write_text(_HOOKS, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/schema?format=json"),
        *("--seed", str(SEED), "--max-examples", str(examples), "--generation-database", "none"),
        # Text with null characters is refused everywhere; tests/api/test_problems.py has it.
        *("--generation-allow-x00", "false", "--no-color", "--warnings", "off"),
        "--continue-on-failure",
        *arguments,
    ]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    print(ran.stdout, ran.stderr)
    assert ran.returncode == 0, "schemathesis found something, which is printed above"


def _in_json(value: object) -> object:
    return value if isinstance(value, int) else str(value)


def _settings(session: str | None) -> str:
    lines = ['hooks = "hooks.py"', "", "[headers]", f'X-CSRFToken = "{CSRF_TOKEN}"']
    if session:
        lines += ["", "[auth.openapi.cookieAuth]", f'api_key = "{session}"']
    lines += ["", "[checks]", f"missing_required_header.expected-statuses = {REFUSED}"]
    lines += [f"negative_data_rejection.expected-statuses = {REFUSED}"]
    for operation in RULES_BEYOND_THE_SCHEMA:
        lines += [
            "",
            "[[operations]]",
            f'include-operation-id = "{operation}"',
            f"checks.positive_data_acceptance.expected-statuses = {ACCEPTED}",
        ]
    return "\n".join([*lines, ""])
