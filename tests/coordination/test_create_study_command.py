"""``manage.py create_study``: everything a study needs before its cohort, or nothing at all."""

import json

import pytest
from django.core.management import CommandError, call_command

from inference.demo.model import DEMO_MODEL_DIRECTORY, DEMO_MODEL_NOTICE
from reader_study.accounts.models import User
from reader_study.studies.models import Study
from reader_study.studies.protocol_templates import FOUR_POINT_PROTOCOL
from reader_study.studies.selectors import current_protocol, raters_of

pytestmark = pytest.mark.django_db

ARGUMENTS = ["lvo", "--name", "LVO study", "--site", "n=North Hospital", "--coordinator", "carol"]
RATERS = ["--rater", "ruth", "--rater", "rob"]
MODEL = ["--model", str(DEMO_MODEL_DIRECTORY)]


def test_a_study_is_created_with_people_who_can_sign_in(capsys, client):
    call_command("create_study", *ARGUMENTS, *RATERS, *MODEL)
    study = Study.objects.get(slug="lvo")
    assert [row.user.username for row in raters_of(study)] == ["ruth", "rob"]
    assert study.data_notice == DEMO_MODEL_NOTICE
    lines = capsys.readouterr().out.splitlines()
    passwords = {line.split()[2].rstrip(","): line.split()[4] for line in lines[:3]}
    for username, password in passwords.items():
        body = {"username": username, "password": password}
        answer = client.post("/api/session", body, content_type="application/json")
        assert answer.status_code == 200


def test_the_protocol_may_come_from_a_file(tmp_path):
    document = {**FOUR_POINT_PROTOCOL.model_dump(mode="json"), "high_from": 4}
    (tmp_path / "protocol.json").write_text(json.dumps(document))
    protocol = ["--protocol", str(tmp_path / "protocol.json")]
    call_command("create_study", *ARGUMENTS, *RATERS, *MODEL, *protocol)
    assert current_protocol(Study.objects.get()).document["high_from"] == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*ARGUMENTS, *RATERS, "--model", "/nowhere"], "/nowhere"),
        ([*ARGUMENTS, "--rater", "carol", *MODEL], "carol cannot both coordinate and rate"),
        ([*ARGUMENTS[:4], "n", *ARGUMENTS[5:], *RATERS, *MODEL], "write a site as CODE=NAME"),
        ([*ARGUMENTS, *RATERS, *MODEL, "--protocol", "/nowhere.json"], "is no protocol"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_left_behind(arguments, said):
    with pytest.raises(CommandError, match=said):
        call_command("create_study", *arguments)
    assert not Study.objects.exists()
    assert not User.objects.exists()
