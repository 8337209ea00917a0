"""After too many wrong attempts none is taken for a while."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from tests.accounts.authenticating import (
    PASSWORD,
    code_of,
    empty_cache,
    post,
    proof,
    sign_in,
    with_app,
    with_password,
    wrong_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth() -> User:
    return with_password("ruth")


def fail(client: Client, times: int, username: str = "ruth") -> None:
    for _ in range(times):
        assert sign_in(client, username, "wrong").status_code == 400


def test_the_sixth_attempt_is_not_taken_even_with_the_right_password(client, ruth):
    fail(client, 5)
    refused = sign_in(client)
    assert refused.status_code == 429
    assert refused.json()["detail"].startswith(
        "There were too many wrong attempts. Try again in 15"
    )
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    actions = list(Event.objects.values_list("action", flat=True).order_by("sequence"))
    assert actions == ["sign-in refused"] * 5 + ["locked out"]


def test_the_pause_is_kept_in_the_database(client, ruth):
    fail(client, 5)
    empty_cache()
    assert sign_in(client).status_code == 429


def test_the_pause_ends_by_itself(client, ruth):
    fail(client, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 200


def test_attempts_during_the_pause_do_not_make_it_longer(client, ruth):
    fail(client, 5)
    half = timezone.now() - timedelta(minutes=10)
    AccessAttempt.objects.update(attempt_time=half)
    assert sign_in(client, password="wrong").status_code == 429
    assert int(sign_in(client).headers["Retry-After"]) <= 300


def test_a_right_password_forgets_the_wrong_ones_before(client, ruth):
    fail(client, 4)
    assert sign_in(client).status_code == 200
    fail(client, 4)
    assert sign_in(client).status_code == 200


def test_a_stranger_elsewhere_locks_nobody_out(client, ruth):
    fail(Client(REMOTE_ADDR="203.0.113.9"), 5)
    assert sign_in(client).status_code == 200


def test_another_browser_at_the_same_address_is_no_way_around(client, ruth):
    fail(client, 3)
    other = Client(HTTP_USER_AGENT="another")
    fail(other, 2)
    assert sign_in(other).status_code == 429


def test_many_names_from_one_address_come_to_an_end(client, ruth, settings):
    settings.ADDRESS_FAILURE_LIMIT = 8
    for number in range(8):
        fail(client, 1, f"nobody{number}")
    assert sign_in(client).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9")).status_code == 200


def test_a_client_does_not_choose_its_address(ruth, settings):
    settings.PROXIES = 1
    for number in range(5):
        liar = Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.9")
        fail(liar, 1)
    assert sign_in(Client(HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.9")).status_code == 429
    assert sign_in(Client(HTTP_X_FORWARDED_FOR="203.0.113.9, 203.0.113.8")).status_code == 200


def test_wrong_codes_are_counted_wherever_they_come_from(ruth):
    secret = with_app(ruth)
    for number in range(5):
        elsewhere = Client(REMOTE_ADDR=f"203.0.113.{number}")
        assert sign_in(elsewhere, code=wrong_code(secret)).status_code == 400
    assert sign_in(Client(), code=code_of(secret)).status_code == 429


def test_passwords_asked_for_again_are_counted_too(client, ruth):
    client.force_login(ruth)
    for _ in range(5):
        answer = post(client, "/api/account/password", password="wrong", new_password="x")
        assert answer.status_code == 403
    refused = post(client, "/api/account/password", **proof(new_password="other-siphons"))
    assert refused.status_code == 429
    assert User.objects.get().check_password(PASSWORD)


def test_an_operator_lifts_the_pause(client, ruth, capsys):
    fail(client, 5)
    call_command("lift_lockout", "ruth")
    assert "5 wrong attempts" in capsys.readouterr().out
    assert sign_in(client).status_code == 200
    assert Event.objects.filter(action="lock-out lifted", subject="ruth").exists()


def test_a_name_that_nobody_has_is_not_written_into_the_trail(client, ruth):
    sign_in(client, "my-secret-password", "x")
    assert "my-secret-password" not in str(Event.objects.values())
