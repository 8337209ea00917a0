"""``manage.py audit_blinding`` on a study as people have it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from reader_study.audit.models import ChainHead, Event
from reader_study.coordination.blinding.fields import models_of_the_study
from reader_study.reading import media
from tests.blinding.scene import study_half_read

pytestmark = pytest.mark.django_db


def audit(slug: str) -> str:
    said = StringIO()
    call_command("audit_blinding", study=slug, stdout=said)
    return said.getvalue()


TRAIL = (Event, ChainHead)


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of all tables but the audit trail."""
    models: list[type[Model]] = [model for model in models_of_the_study() if model not in TRAIL]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models
    }


def test_it_says_what_it_tried_changes_nothing_and_is_in_the_audit_trail(build):
    study = study_half_read()
    before, events = everything(), Event.objects.count()
    said = audit(study.slug)
    assert "Nothing leaks in “Study of arteries”." in said
    assert "as ruth:" in said
    assert "as nobody:" in said
    assert "26 tokens" in said
    assert "shorter than 4 letters" in said
    assert everything() == before
    assert Event.objects.count() == events + 1
    event = Event.objects.latest("pk")
    assert (event.action, event.subject, event.detail["leaks"]) == (
        "blinding audited",
        "arteries",
        0,
    )
    assert event.detail["tokens"] == 26


def test_it_fails_on_a_leak_and_says_where_and_what(build, monkeypatch, capsys):
    study = study_half_read()
    disposition = {"Content-Disposition": 'inline; filename="C001.bin"'}
    monkeypatch.setattr(media, "HEADERS", {**media.HEADERS, **disposition})
    with pytest.raises(CommandError, match="leaks found in"):
        call_command("audit_blinding", study=study.slug)
    said = capsys.readouterr().out
    assert (
        "secret in header: cohorts.Case.code, plain · GET /media/…/volume.bin as ruth (200)" in said
    )
    assert "gAAAA" not in said  # tokens are secrets of the raters
    assert Event.objects.latest("pk").detail["leaks"] > 0


def test_a_study_that_is_not_there_is_named_with_those_that_are():
    study_half_read()
    with pytest.raises(CommandError, match="There are: arteries"):
        audit("artery")
