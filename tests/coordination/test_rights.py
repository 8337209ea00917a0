"""Every address of the API, as every role: what is not granted in this table is refused.

The addresses come from the application itself, so that one which is not in the table fails.
"""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from reader_study.accounts.directories import Directory
from reader_study.accounts.models import TokenScope, User
from reader_study.accounts.tokens import create_token
from reader_study.analysis.adjudication_services import begin_adjudication, conclude
from reader_study.analysis.services import lock_study
from reader_study.cohorts.models import Series, SeriesKind, Upload
from reader_study.cohorts.series.store import save_preview
from reader_study.coordination.unblinded_tokens import unblinded_base
from reader_study.jobs.models import JobState
from reader_study.reading.media import media_base
from reader_study.reading.models import Assignment
from reader_study.segmentation.models import MediaPack, ModelImport, SegmentationJob
from reader_study.studies.invitations import invite
from reader_study.studies.models import ExampleImage, Membership, Role, Study
from tests.accounts.passkeys import Passkey
from tests.cast import (
    MEASURES,
    QUICK_PROTOCOL,
    add_every_role,
    browser_of,
    grade,
    next_code,
    open_with_cases,
)
from tests.cohorts.sending import begun_upload, sent_file

pytestmark = pytest.mark.django_db

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

COORDINATOR = frozenset({"carol"})
COHORT = COORDINATOR | {"sid"}
STUDY = COHORT | {"stella"}
RESULTS = COORDINATOR | {"stella"}
READERS = frozenset({"ruth", "rob", "ada"})
RUTH = frozenset({"ruth"})
"""The one rater whose list, case and images the addresses of a case name."""

FORMER = frozenset({"eve"})
STRANGERS = frozenset({"stan"})
ADMINISTRATORS = frozenset({"adam"})
SIGNED_IN = STUDY | READERS | FORMER | STRANGERS | ADMINISTRATORS
ANONYMOUS = "nobody"
EVERYBODY = SIGNED_IN | {ANONYMOUS}

SERIES = "api/studies/<uuid:study_id>/cases/<uuid:case_id>/series/<int:series_id>"

GRANTED: dict[str, dict[str, frozenset[str]]] = {
    "api/schema": {"GET": EVERYBODY},
    "api/session": {"GET": EVERYBODY, "POST": EVERYBODY, "DELETE": EVERYBODY},
    "api/session/passkey-question": {"POST": EVERYBODY},
    "api/session/passkey": {"POST": EVERYBODY},
    "api/session/second-factor": {"POST": SIGNED_IN},
    "api/session/directories/<str:directory_id>": {"POST": EVERYBODY, "DELETE": SIGNED_IN},
    "api/account": {"GET": SIGNED_IN},
    "api/account/password": {"POST": SIGNED_IN},
    "api/account/app/secret": {"POST": SIGNED_IN},
    "api/account/app": {"POST": SIGNED_IN},
    "api/account/app/remove": {"POST": SIGNED_IN},
    "api/account/passkeys/question": {"POST": SIGNED_IN},
    "api/account/passkeys": {"POST": SIGNED_IN},
    "api/account/passkeys/<int:passkey_id>/remove": {"POST": RUTH},
    "api/account/recovery-codes": {"POST": SIGNED_IN},
    "api/account/end-other-sessions": {"POST": SIGNED_IN},
    "api/account/tokens": {"POST": SIGNED_IN},
    "api/account/tokens/<int:token_id>": {"DELETE": RUTH},
    "api/studies/<uuid:study_id>/second-factor": {"POST": COORDINATOR},
    "api/invitations/<str:token>": {"GET": EVERYBODY},
    "api/invitations/<str:token>/accept": {"POST": EVERYBODY},
    "api/protocol-templates": {"GET": SIGNED_IN},
    "api/sample-size": {"POST": SIGNED_IN},
    "api/studies": {"GET": SIGNED_IN},
    "api/studies/<uuid:study_id>": {"GET": STUDY},
    "api/models": {"GET": ADMINISTRATORS, "POST": ADMINISTRATORS},
    "api/models/imports/<uuid:import_id>/file": {"PUT": ADMINISTRATORS},
    "api/studies/<uuid:study_id>/model": {"GET": COORDINATOR, "POST": COORDINATOR},
    "api/studies/<uuid:study_id>/progress": {"GET": STUDY},
    "api/studies/<uuid:study_id>/protocol": {"GET": STUDY, "POST": COORDINATOR},
    "api/studies/<uuid:study_id>/protocol/examples": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/protocol/examples/<str:sha256>": {"GET": STUDY},
    "api/studies/<uuid:study_id>/cases": {"GET": STUDY},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>": {"GET": STUDY},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/identity": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/retry": {"POST": COHORT},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/cancel": {"POST": COHORT},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/purpose": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/occlusion": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/withdraw": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/restore": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/delete-patient": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/review": {"GET": STUDY},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/images": {"GET": STUDY},
    "api/studies/<uuid:study_id>/cases/<uuid:case_id>/findings": {"GET": COHORT},
    f"{SERIES}/thumbnail": {"GET": STUDY},
    f"{SERIES}/pictures/<int:number>": {"GET": STUDY},
    f"{SERIES}/overrule": {"POST": COHORT},
    f"{SERIES}/review": {"POST": COHORT},
    "api/studies/<uuid:study_id>/readings/<int:assignment_id>/unlock": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/add-to-lists": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/uploads": {"GET": STUDY, "POST": COHORT},
    "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>": {"DELETE": COHORT},
    "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/complete": {"POST": COHORT},
    "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/cancel": {"POST": COHORT},
    "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/retry": {"POST": COHORT},
    "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/files": {
        "GET": STUDY,
        "POST": COHORT,
    },
    "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/files/<uuid:file_id>": {
        "PATCH": COHORT,
        "DELETE": COHORT,
    },
    "api/studies/<uuid:study_id>/storage": {"GET": STUDY},
    "api/studies/<uuid:study_id>/manifest": {"POST": COHORT},
    "api/studies/<uuid:study_id>/open": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/lock": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/report": {"GET": RESULTS},
    "api/studies/<uuid:study_id>/report/cases/<str:case_code>": {"GET": RESULTS},
    "api/studies/<uuid:study_id>/export.<str:kind>": {"GET": RESULTS},
    "api/studies/<uuid:study_id>/signatures": {"GET": RESULTS, "POST": RESULTS},
    "api/studies/<uuid:study_id>/adjudication": {"GET": RESULTS, "POST": COORDINATOR},
    "api/studies/<uuid:study_id>/conclude": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/consensus.<str:kind>": {"GET": RESULTS},
    "api/studies/<uuid:study_id>/audit": {"GET": COORDINATOR},
    "api/studies/<uuid:study_id>/audit/chain": {"GET": COORDINATOR},
    "api/studies/<uuid:study_id>/audit.<str:kind>": {"GET": COORDINATOR},
    "api/studies/<uuid:study_id>/people": {"GET": COORDINATOR},
    "api/studies/<uuid:study_id>/people/<int:member_id>/end": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/people/<int:member_id>/restore": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/invitations": {"POST": COORDINATOR},
    "api/studies/<uuid:study_id>/invitations/<uuid:invitation_id>/revoke": {"POST": COORDINATOR},
    "api/reading/<uuid:study_id>/worklist": {"GET": READERS},
    "api/reading/<uuid:study_id>/display-checks": {"POST": READERS},
    "api/reading/<uuid:study_id>/signature": {"GET": READERS, "POST": READERS},
    "api/reading/<uuid:study_id>/examples/<str:sha256>": {"GET": READERS},
    "api/reading/cases/<str:code>": {"GET": RUTH},
    "api/reading/cases/<str:code>/following": {"GET": RUTH},
    "api/reading/cases/<str:code>/draft": {"PUT": RUTH},
    "api/reading/cases/<str:code>/opened": {"POST": RUTH},
    "api/reading/cases/<str:code>/heartbeat": {"POST": RUTH},
    "api/reading/cases/<str:code>/view-uses": {"POST": RUTH},
    "api/reading/cases/<str:code>/submit": {"POST": RUTH},
    "api/reading/cases/<str:code>/take-back": {"POST": RUTH},
    "media/<str:token>/unblinded/<path:name>": {"GET": RESULTS},
    "media/<str:token>/<path:name>": {"GET": RUTH},
}


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every route of the application below ``api/`` and ``media/``."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern) and route.startswith(("api/", "media/")):
            yield route


@dataclass
class Scene:
    """A study with something for every part of an address to name, and everybody logged in.

    One browser is used in turn by everybody: to set one up takes longer than to ask it.
    """

    study: Study
    named: dict[str, Any]
    sessions: dict[str, str]
    browser: Client = field(default_factory=Client)

    def address(self, route: str) -> str:
        """The route with every part filled in."""
        address = route
        if "/unblinded/" in route:
            pack = MediaPack.objects.get(segmentation__case__code="C001")
            return f"{unblinded_base(self.study, pack)}volume.bin"
        if route.startswith("media/"):
            assignment = Assignment.objects.get(code=self.named["code"])
            return f"{media_base(assignment, None)}volume.bin"
        for name, value in self.named.items():
            for kind in ("uuid", "int", "str"):
                address = address.replace(f"<{kind}:{name}>", str(value))
        assert "<" not in address, f"say in Scene.named what {address} is to name"
        return f"/{address}"


@pytest.fixture
def scene(monkeypatch) -> Scene:
    hospital = Directory("hospital", "North Hospital")
    monkeypatch.setattr("reader_study.accounts.api.directories", lambda *_: [hospital])
    monkeypatch.setattr("reader_study.accounts.api.address_at", lambda *_, **__: "/")
    study = open_with_cases(
        2, protocol=QUICK_PROTOCOL.model_copy(update={"adjudication": "any-difference"})
    )
    add_every_role(study)
    adam = User.objects.create_superuser("adam")
    sent_model = ModelImport.objects.create(
        state=JobState.AWAITING, name="m", file_name="m.zip", size_bytes=1, requested_by=adam
    )
    invitation, token = invite(
        study=study,
        role=Role.STATISTICIAN,
        sites=[],
        invited="Nora",
        actor=User.objects.get(username="carol"),
    )
    stored_name = default_storage.save("example.png", ContentFile(b"picture"))
    ExampleImage.objects.create(study=study, sha256="e" * 64, stored_name=stored_name)
    upload = begun_upload(study)
    file = sent_file(upload, "ct.dcm", b"ct")
    case = study.cases.get(code="C001")
    preview = save_preview({0: b"picture"}, b"thumbnail")
    Series.objects.filter(case=case).update(preview_name=preview)
    code = next_code(study, "ruth")
    browser_of("ruth").get(f"/api/reading/cases/{code}")
    ruth = User.objects.get(username="ruth")
    passkey = Passkey().given_to(ruth)
    token_of_a_script, _ = create_token(
        person=ruth,
        name="s",
        scopes=[TokenScope.READ],
        only_study=None,
        days=1,
        second_factor=False,
    )
    return Scene(
        study,
        named={
            "study_id": study.id,
            "case_id": case.id,
            "series_id": case.series.get(kind=SeriesKind.NCCT).pk,
            "number": 0,
            "case_code": "C001",
            "member_id": Membership.objects.get(user__username="rob").pk,
            "invitation_id": invitation.id,
            "token": token,
            "sha256": "e" * 64,
            "code": code,
            "assignment_id": Assignment.objects.get(code=code).pk,
            "kind": "csv",
            "upload_id": upload.id,
            "file_id": file.id,
            "import_id": sent_model.pk,
            "passkey_id": passkey.pk,
            "token_id": token_of_a_script.pk,
            "directory_id": "hospital",
        },
        sessions={
            username: browser_of(username).cookies[settings.SESSION_COOKIE_NAME].value
            for username in SIGNED_IN
        },
    )


def send(scene: Scene, username: str, method: str, address: str) -> Any:
    """Ask for an address as a person."""
    scene.browser.cookies.clear()
    if username != ANONYMOUS:
        scene.browser.cookies[settings.SESSION_COOKIE_NAME] = scene.sessions[username]
    return scene.browser.generic(method, address, b"{}", "application/json")


def ask(scene: Scene, username: str, method: str, address: str) -> int:
    """Ask for an address and return the status of the answer."""
    status: int = send(scene, username, method, address).status_code
    return status


def answer_to(scene: Scene, username: str, method: str, address: str) -> str:
    """Ask for an address and return all that is answered, headers and body."""
    answer = send(scene, username, method, address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.headers)} {body.decode(errors='replace')}"


def test_every_address_is_in_the_table_and_none_that_is_gone():
    assert set(addresses()) == set(GRANTED)


def is_right(status: int, username: str, granted: frozenset[str]) -> bool:
    """Whether an answer of this status is what the table says."""
    if username in granted:
        # What was sent is empty, so that it may well be refused, but for another reason.
        return status < 500 and status not in {401, 403, 404, 405}
    return status in ({401, 403, 404} if username == ANONYMOUS else {404})


def breaches(scene: Scene) -> list[str]:
    """Ask for every address as everybody; say what was not answered as the table has it."""
    found = []
    for route, method in itertools.product(GRANTED, METHODS):
        address = scene.address(route)
        granted = GRANTED[route].get(method)
        # A method that is not there is not there for anybody: one person says as much as all.
        for username in sorted(EVERYBODY if granted else COORDINATOR):
            with transaction.atomic():
                status = ask(scene, username, method, address)
                transaction.set_rollback(True)  # whoever comes next meets the same study
            right = is_right(status, username, granted) if granted else status == 405
            if not right:
                found.append(f"{method} {address} as {username}: {status}")
    return found


def leaks(scene: Scene, secrets: list[str]) -> list[str]:
    """Ask for every address as everybody who is no coordinator; say what told a secret."""
    found = []
    for route, method in itertools.product(GRANTED, METHODS):
        if method not in GRANTED[route]:
            continue
        address = scene.address(route)
        for username in sorted(EVERYBODY - COHORT):
            with transaction.atomic():
                answer = answer_to(scene, username, method, address)
                transaction.set_rollback(True)
            found += [f"{method} {address} as {username}" for one in secrets if one in answer]
    return found


def lock(study: Study) -> None:
    """Let the raters read both cases, differ on the second, and lock."""
    grade(study, "ruth", {"C001": 4, "C002": 3})
    grade(study, "rob", {"C001": 4, "C002": 1})
    lock_study(study=study, actor=User.objects.get(username="carol"))


def adjudicate(study: Study) -> None:
    """Let the adjudicator decide, and conclude."""
    carol = User.objects.get(username="carol")
    ada = Membership.objects.get(study=study, user__username="ada")
    begin_adjudication(study=study, adjudicator=ada, actor=carol)
    grade(study, "ada", {"C002": 2})
    conclude(study=study, actor=carol)


def test_while_a_study_is_read_everybody_gets_what_is_granted_and_nothing_else(scene):
    assert breaches(scene) == []


def test_once_a_study_is_locked_everybody_gets_what_is_granted_and_nothing_else(scene):
    lock(scene.study)
    assert breaches(scene) == []


def test_once_a_study_is_concluded_everybody_gets_what_is_granted_and_nothing_else(scene):
    lock(scene.study)
    adjudicate(scene.study)
    assert breaches(scene) == []


MEASURED = ["secret hint", "secret artery", str(MEASURES["length_mm"])]


def test_what_was_measured_of_a_tree_is_told_to_those_who_care_for_the_cohort(scene):
    findings = scene.address("api/studies/<uuid:study_id>/cases/<uuid:case_id>/findings")
    for username in COHORT:
        told = answer_to(scene, username, "GET", findings)
        assert [secret for secret in MEASURED if secret not in told] == []


def test_what_was_measured_of_a_tree_reaches_nobody_else_at_any_time(scene):
    assert leaks(scene, MEASURED) == []
    lock(scene.study)
    adjudicate(scene.study)
    assert leaks(scene, MEASURED) == []


def test_a_study_that_one_may_not_see_is_answered_like_one_that_was_never_made(scene):
    stan = browser_of("stan")
    hidden = stan.get(f"/api/studies/{scene.study.id}/people")
    missing = stan.get(f"/api/studies/{uuid.uuid4()}/people")
    assert hidden.json() == missing.json()
    assert hidden.json()["detail"] == "This does not exist, or your account has no access to it."


@pytest.mark.parametrize("username", sorted(FORMER | STRANGERS))
def test_who_has_no_role_any_more_or_never_had_one_has_no_studies(username, scene):
    assert browser_of(username).get("/api/studies").json() == []


def test_a_former_rater_reaches_neither_case_nor_image(scene):
    addresses_of_ruth = [
        scene.address(route)
        for route in GRANTED
        if route.startswith(("media/", "api/reading/cases/<str:code>")) and "GET" in GRANTED[route]
    ]
    ruth = Membership.objects.get(study=scene.study, user__username="ruth")
    browser_of("carol").post(
        f"/api/studies/{scene.study.id}/people/{ruth.pk}/end",
        {"reason": "Left"},
        content_type="application/json",
    )
    answers = [browser_of("ruth").get(address) for address in addresses_of_ruth]
    assert [answer.status_code for answer in answers] == [404] * 4


# -- a site coordinator and the other hospitals ----------------------------------------------
# In the scene C001 comes from the north, which is sid's, and C002 from the south.


def test_a_site_coordinator_sees_the_cases_and_uploads_of_their_own_sites(scene):
    for code in ("north", "south"):
        site = scene.study.sites.get(code=code)
        Upload.objects.create(
            study=scene.study, site=site, filename=f"{code}.zip", size_bytes=1, state=JobState.DONE
        )
    sid = browser_of("sid")
    cases = sid.get(f"/api/studies/{scene.study.id}/cases").json()
    assert [case["code"] for case in cases] == ["C001"]
    uploads = sid.get(f"/api/studies/{scene.study.id}/uploads").json()
    assert {upload["site"] for upload in uploads} == {"north"}


def test_the_overview_of_a_site_coordinator_knows_their_own_sites(scene):
    told = browser_of("sid").get(f"/api/studies/{scene.study.id}").json()
    assert told["role"] == "site-coordinator"
    assert told["counts"]["cases"] == 1
    assert [site["code"] for site in told["sites"]] == ["north"]
    whole = browser_of("stella").get(f"/api/studies/{scene.study.id}").json()
    assert whole["counts"]["cases"] == 2


def test_a_site_coordinator_uploads_for_their_own_sites_alone(scene):
    def upload(site: str):
        return browser_of("sid").post(
            f"/api/studies/{scene.study.id}/uploads",
            {"site": site, "name": "a.zip", "files": 1, "size_bytes": 1},
            content_type="application/json",
        )

    assert upload("north").status_code == 201
    refused = upload("south")
    assert refused.status_code == 400
    assert refused.json()["detail"].endswith("You upload for: north.")
    assert not Upload.objects.filter(site__code="south").exists()


def test_a_site_coordinator_retries_their_own_cases_alone(scene):
    SegmentationJob.objects.update(state=JobState.FAILED, error="No memory.")
    answers = {
        case.code: browser_of("sid")
        .post(f"/api/studies/{scene.study.id}/cases/{case.id}/retry")
        .status_code
        for case in scene.study.cases.all()
    }
    assert answers == {"C001": 200, "C002": 404}
