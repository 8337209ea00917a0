"""Several coordinators save in the same moment: one version, and everybody else is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from reader_study.accounts.models import User
from reader_study.studies.protocol_refusals import StaleProtocolError
from reader_study.studies.protocol_versions import save_protocol
from reader_study.studies.selectors import current_protocol
from tests.cast import QUICK_PROTOCOL, make_study

SAVERS = 8


@pytest.mark.django_db(transaction=True)
def test_of_many_saves_of_one_version_one_succeeds():
    study = make_study()
    carol = User.objects.get(username="carol")
    ready = Barrier(SAVERS)

    def save(number: int) -> int | None:
        document = {**QUICK_PROTOCOL.model_dump(mode="json"), "title": f"Title {number}"}
        ready.wait()
        try:
            save_protocol(study=study, document=document, based_on=1, reason="", actor=carol)
        except StaleProtocolError as refusal:
            assert refusal.latest == 2  # noqa: PT017 - in a thread
            return None
        else:
            return number
        finally:
            connection.close()

    with ThreadPoolExecutor(SAVERS) as pool:
        succeeded = [number for number in pool.map(save, range(SAVERS)) if number is not None]
    assert len(succeeded) == 1
    latest = current_protocol(study)
    assert (latest.version, latest.document["title"]) == (2, f"Title {succeeded[0]}")
