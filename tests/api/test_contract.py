"""The API does what its schema says, to a coordinator, to a rater and to nobody.

``make fuzz-api`` draws more: FUZZ_EXAMPLES requests for each operation.
"""

import os

import pytest
from django.db import connection

from reader_study.accounts.models import User
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.audit import guards
from reader_study.coordination.blinding.places import names_in
from reader_study.reading.selectors import worklist
from reader_study.studies.invitations import invite
from reader_study.studies.models import Membership, Role
from tests.api.fuzzing import fuzz
from tests.blinding.scene import study_half_read
from tests.cast import browser_of

PHASES = os.environ.get("FUZZ_PHASES", "fuzzing")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))


NEEDS_RESULTS = "/(report|export|consensus|adjudication)"


@pytest.fixture
def study(transactional_db):
    """A study that is half read; its results, which are no real ones, are taken away."""
    study = study_half_read()
    guards.remove(connection)
    Snapshot.objects.all().delete()
    Consensus.objects.all().delete()
    guards.install_all(connection)
    return study


@pytest.fixture
def named(study):
    """What the parts of the addresses name, to whom it is there."""
    carol = User.objects.get(username="carol")
    ruth = User.objects.get(username="ruth")
    _, token = invite(study=study, role=Role.RATER, sites=[], invited="Somebody else", actor=carol)
    return names_in(study, worklist(study, ruth).next, token) | {
        "member_id": Membership.objects.get(study=study, user__username="rob").pk,
    }


def session_of(username: str) -> str:
    return browser_of(username).cookies["sessionid"].value


def test_to_a_coordinator(study, named, live_server, tmp_path):
    User.objects.filter(username="carol").update(is_superuser=True)
    fuzz(
        live_server.url,
        tmp_path,
        session=session_of("carol"),
        named=named,
        examples=EXAMPLES,
        arguments=["--exclude-path-regex", "^/api/reading/|^/api/session", "--phases", PHASES],
    )


def test_to_a_rater(study, named, live_server, tmp_path):
    fuzz(
        live_server.url,
        tmp_path,
        session=session_of("ruth"),
        named=named,
        examples=EXAMPLES,
        arguments=[
            *("--include-path-regex", "^/api/reading/|^/api/studies$|^/api/sample-size"),
            *("--phases", PHASES),
        ],
    )


def test_to_nobody(study, named, live_server, tmp_path):
    fuzz(
        live_server.url,
        tmp_path,
        session=None,
        named=named,
        examples=1,
        arguments=["--phases", PHASES],
    )
