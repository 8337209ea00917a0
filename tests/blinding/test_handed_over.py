"""Images that the proxy sends tell a rater no more than those that the program sends itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test.utils import modify_settings

from reader_study.coordination.blinding.audit import BlindingAudit
from reader_study.reading.handing_over import ADDRESS
from tests.blinding.canaries import CANARY, Planter
from tests.blinding.scene import study_half_read

pytestmark = pytest.mark.django_db
SENT: list[str] = []


class PlayedProxy:
    """Does what nginx does with an answer that hands a file over; tests/ops/test_proxy.py holds
    the real one to the same headers."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        from django.conf import settings

        response: Any = self._answer(request)
        address = response.headers.get("X-Accel-Redirect")
        if address:
            SENT.append(request.path)
            del response.headers["X-Accel-Redirect"]
            response.content = (settings.ACCEL / address.removeprefix(ADDRESS)).read_bytes()
            response.headers["Content-Length"] = str(len(response.content))
        return response


def test_images_that_were_handed_over_tell_no_more(tmp_path: Path, settings: Any) -> None:
    settings.ACCEL = tmp_path / "handed-over"
    SENT.clear()
    study = study_half_read()
    Planter(study).plant()
    with modify_settings(MIDDLEWARE={"prepend": f"{__name__}.PlayedProxy"}):
        findings = BlindingAudit(study, marker=CANARY).run()
    assert findings.leaks == []
    assert findings.statuses[500] == 0
    assert len(SENT) > 20
