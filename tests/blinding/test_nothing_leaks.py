"""Every response that a rater can get, searched for what stands in every secret field."""

import json

import pytest
from django.conf import settings

from reader_study.accounts.models import User
from reader_study.analysis.adjudication_services import begin_adjudication
from reader_study.analysis.services import lock_study
from reader_study.coordination.blinding import walk
from reader_study.coordination.blinding.addresses import without_entry
from reader_study.coordination.blinding.audit import BlindingAudit
from reader_study.coordination.blinding.fields import (
    SECRET,
    fields_of,
    models_of_the_study,
    undeclared,
)
from reader_study.coordination.blinding.findings import Findings
from reader_study.coordination.blinding.secrets import secrets_of
from reader_study.reading import answering
from reader_study.studies.models import Membership
from tests.blinding.canaries import CANARY, NOT_PLANTED, Planter, plantable
from tests.blinding.scene import rater_of_another_study, study_half_read
from tests.cast import QUICK_PROTOCOL, add_every_role, grade, open_with_cases

pytestmark = pytest.mark.django_db


def tell(record_property, findings: Findings) -> None:
    """Have it said at the end of the run how much was checked."""
    record_property("blinding", json.dumps([findings.responses, findings.tokens]))


def test_every_field_is_declared_secret_or_visible():
    assert undeclared() == []


def test_every_route_has_an_entry():
    assert without_entry() == []


def test_canaries_stand_in_every_secret_field_and_are_searched_for():
    study = study_half_read()
    planter = Planter(study)
    planter.plant()
    secret = {
        f"{model._meta.label}.{field.name}"
        for model in models_of_the_study()
        for field in fields_of(model)
        if plantable(field) and field.name in SECRET.get(model._meta.label, ())
    }
    assert secret - set(planter.planted.values()) - set(NOT_PLANTED) == set()
    searched = {one.value for one in secrets_of(study, None).values}
    assert {name for value, name in planter.planted.items() if value not in searched} == set()


def test_while_a_study_is_read_nothing_tells_a_rater_more_than_the_images(record_property):
    study = study_half_read()
    others = [rater_of_another_study(), *User.objects.filter(username__in=["eve", "stan"])]
    readers = set(User.objects.filter(username__in=["ruth", "rob"]).values_list("pk", flat=True))
    Planter(study).plant()
    # As they are now: with a password that was planted, a session of the one before is over.
    others = list(User.objects.filter(pk__in=[person.pk for person in others]))
    findings = BlindingAudit(study, elsewhere=walk.ALL, marker=CANARY, others=others).run()
    tell(record_property, findings)
    assert findings.leaks == []
    for reader in User.objects.filter(pk__in=readers):
        assert findings.shown[reader.username] > 50
    assert findings.statuses[500] == 0
    assert findings.not_tried == []
    assert findings.tokens == 2 * (9 + 2 + 2)


def test_while_it_is_adjudicated_the_adjudicator_is_told_no_more_either(record_property, build):
    study = open_with_cases(
        2, protocol=QUICK_PROTOCOL.model_copy(update={"adjudication": "any-difference"})
    )
    add_every_role(study)
    grade(study, "ruth", {"C001": 4, "C002": 3})
    grade(study, "rob", {"C001": 4, "C002": 1})
    carol = User.objects.get(username="carol")
    lock_study(study=study, actor=carol)
    ada = Membership.objects.get(study=study, user__username="ada")
    begin_adjudication(study=study, adjudicator=ada, actor=carol)
    Planter(study).plant()
    findings = BlindingAudit(study, marker=CANARY).run()
    tell(record_property, findings)
    assert findings.leaks == []
    assert findings.shown[User.objects.get(pk=ada.user_id).username] > 10


def test_a_fault_says_nothing_of_what_it_met(monkeypatch, record_property, build):
    study = study_half_read()
    planter = Planter(study)
    planter.plant()

    def fails(assignment):
        raise RuntimeError(f"{study.cases.first()} in {assignment.media_pack.folder}")

    monkeypatch.setattr(answering, "reading_of", fails)
    findings = BlindingAudit(study, elsewhere=("GET",), marker=CANARY).run()
    tell(record_property, findings)
    assert findings.statuses[500] > 0
    assert findings.leaks == []


@pytest.mark.skipif(not settings.FRONTEND_BUILD.is_dir(), reason="the pages are not built")
def test_the_pages_are_built_without_source_maps():
    assert list(settings.FRONTEND_BUILD.rglob("*.map")) == []
