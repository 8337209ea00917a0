"""Ten leaks, planted one at a time: the audit finds each, and nothing where there is none."""

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import F
from django.http import HttpResponse, HttpResponseRedirect
from django.test import override_settings
from rest_framework.settings import api_settings

from reader_study.api.errors import explain
from reader_study.audit import guards
from reader_study.coordination.blinding.answers import Leak
from reader_study.coordination.blinding.audit import BlindingAudit
from reader_study.coordination.blinding.walk import undone
from reader_study.imaging.padding import Filling, fill_up
from reader_study.reading import api, media, serializers
from reader_study.reading.models import Assignment, Stage
from reader_study.studies.models import Study
from tests.blinding.canaries import CANARY, Planter
from tests.blinding.scene import study_half_read

pytestmark = pytest.mark.django_db


def audited(study: Study) -> list[Leak]:
    """What is found in all that raters use; coordinators' addresses are walked elsewhere."""
    return BlindingAudit(study, elsewhere=(), marker=CANARY).run().leaks


@pytest.fixture(scope="module")
def made_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Study, dict[str, Any]]]:
    """A study with canaries that all tests here share, and where its files are."""
    stores: dict[str, Any] = deepcopy(django_settings.STORAGES)
    for name in ("default", "quarantine"):
        stores[name]["OPTIONS"] = {"location": tmp_path_factory.mktemp(name)}
    with django_db_blocker.unblock(), undone(), override_settings(STORAGES=stores):
        study = study_half_read()
        Planter(study).plant()
        yield study, stores


@pytest.fixture
def study(made_once: tuple[Study, dict[str, Any]], settings: Any) -> Study:
    made, settings.STORAGES = made_once
    return Study.objects.get(pk=made.pk)


def case_code(study: Study) -> str:
    """The code of a case, which raters must not learn; a canary here."""
    case = study.cases.first()
    assert case is not None
    assert CANARY.fullmatch(case.code.encode())
    return case.code


def found(leaks: list[Leak], kind: str, what: str, where: str = "") -> bool:
    return any(kind == leak.kind and what in leak.what and where in leak.where for leak in leaks)


def test_nothing_is_found_where_nothing_is_planted(study, build):
    assert audited(study) == []


def test_a_title_with_the_code_of_a_case_is_found(study, build):
    (build / "index.html").write_text(f"<!doctype html><title>Case {case_code(study)}</title>")
    assert found(audited(study), "secret in body", "cohorts.Case.code", "GET / ")


def test_a_file_called_as_it_was_uploaded_is_found(study, build, monkeypatch):
    upload = study.uploads.get()

    def telling(manifest: dict[str, Any]) -> dict[str, Any]:
        return {**told(manifest), "tree": {"file": f"{upload.filename}.glb"}}

    told = serializers.told_of_media
    monkeypatch.setattr(api, "told_of_media", telling)
    assert found(audited(study), "secret in body", "cohorts.Upload.filename", "/api/reading/cases/")


def test_a_content_disposition_is_found(study, build, monkeypatch):
    name = study.cases.first().series.first().dicom_name
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    monkeypatch.setattr(media, "HEADERS", {**media.HEADERS, **disposition})
    leaks = audited(study)
    assert found(leaks, "secret in header", "cohorts.Series.dicom_name", "/media/")
    assert found(leaks, "header", "Content-Disposition is sent", "/media/")


def test_an_etag_made_of_the_content_is_found(study, build, monkeypatch):
    filled_up = media._filled_up

    def tagged(file, *, seed):
        digest = hashlib.sha256(file.read()).hexdigest()
        response = filled_up(file, seed=seed)
        response["ETag"] = f'"{digest}"'
        return response

    monkeypatch.setattr(media, "_filled_up", tagged)
    assert found(audited(study), "header", "ETag is sent", "/media/")


def test_lists_in_the_order_of_the_cases_are_found(study, build):
    guards.remove(connection)
    for rater in study.memberships.filter(role="rater").values_list("user", flat=True):
        places = Assignment.objects.filter(
            study=study, rater=rater, stage=Stage.MAIN, repeat_of__isnull=True
        )
        places.update(position=F("position") + 1_000_000_000)
        for position, place in enumerate(places.order_by("case__code"), start=1):
            Assignment.objects.filter(pk=place.pk).update(position=position)
    leaks = audited(study)
    assert found(leaks, "order", "in the order of their codes")
    assert found(leaks, "order", "in one order")


def test_files_of_their_own_length_are_found(study, build, monkeypatch):
    monkeypatch.setattr(
        media, "fill_up", lambda beginning, length, seed: Filling(b"", 0, b"", length)
    )
    assert found(audited(study), "size", "is the file's own length", "/media/")


def test_files_that_are_as_long_for_every_rater_are_found(study, build, monkeypatch):
    monkeypatch.setattr(
        media, "fill_up", lambda beginning, length, seed: fill_up(beginning, length, "one seed")
    )
    assert found(audited(study), "size", "pairs of files are equally long")


def test_an_error_page_that_names_the_case_is_found(study, build, monkeypatch):
    def telling(error: Exception, context: dict[str, Any]) -> HttpResponse:
        answer: Any = explain(error, context)
        told = {"case": f"There is no access to {case_code(study)} now."}
        answer.content = json.dumps(json.loads(answer.content) | told)
        return answer

    monkeypatch.setattr(api_settings, "EXCEPTION_HANDLER", telling)
    leaks = audited(study)
    assert found(leaks, "secret in body", "cohorts.Case.code", "(404)")


def test_an_html_comment_is_found(study, build):
    site = study.sites.first()
    (build / "index.html").write_text(f"<!doctype html><!-- {site.name} --><title>R</title>")
    assert found(audited(study), "secret in body", "studies.Site.name", "GET / ")


def test_a_source_map_is_found(study, build):
    script = build / "assets" / "index-1.js"
    script.write_text("console.log(1)\n//# sourceMappingURL=index-1.js.map")
    script.with_suffix(".js.map").write_text('{"version": 3, "sources": ["src/report.ts"]}')
    leaks = audited(study)
    assert found(leaks, "source map", "the file names a source map", "index-1.js")
    assert found(leaks, "source map", "is served", "index-1.js.map")


class RedirectsToLogIn:
    """Middleware that sends whoever is not signed in to a log-in page, and says where from."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 403 and request.path.startswith("/api/reading/cases/"):
            code = request.path.split("/")[4]
            for place in Assignment.objects.filter(code=code):
                came_from = f"/studies/{place.study_id}/cases/{place.case.code}"
                return HttpResponseRedirect(f"/login?next={quote(came_from, safe='')}")
        return response


def test_a_redirect_to_the_log_in_that_names_the_case_is_found(study, build, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.RedirectsToLogIn"]
    leaks = audited(study)
    assert found(leaks, "secret in header", "cohorts.Case.code", "as nobody (302)")


def test_errors_shown_in_full_are_found(study, build, settings):
    settings.DEBUG = True
    assert found(audited(study), "error page", "errors show what is inside")
