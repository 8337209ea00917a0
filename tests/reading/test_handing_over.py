"""What the proxy is handed: whole, once, under a name that says nothing, and not for ever."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reader_study.accounts.models import User
from reader_study.coordination.deletion.patients import delete_patient
from reader_study.reading.handing_over import ADDRESS, clear_handed_over, hand_over
from tests.cast import browser_of, next_code, open_with_cases


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.ACCEL = tmp_path / "handed-over"
    return tmp_path / "handed-over"


def place_of(address: str | None, folder: Path) -> Path:
    assert address is not None
    return folder / address.removeprefix(ADDRESS)


def test_content_is_left_whole_under_a_name_that_says_nothing(folder: Path) -> None:
    address = hand_over(lambda: [b"one", b"two"], key="C001/volume.bin")
    assert place_of(address, folder).read_bytes() == b"onetwo"
    assert len(place_of(address, folder).name) == 64
    assert [path.name for path in folder.iterdir()] == [place_of(address, folder).name]


def test_it_is_made_once_for_each_key(folder: Path) -> None:
    first = hand_over(lambda: [b"one"], key="C001/volume.bin")
    assert hand_over(lambda: 1 / 0, key="C001/volume.bin") == first  # type: ignore[arg-type,return-value]
    assert hand_over(lambda: [b"one"], key="C002/volume.bin") != first


def test_where_there_is_no_room_the_program_sends_it_itself(folder: Path) -> None:
    def full():
        yield b"half"
        raise OSError(28, "No space left on device")

    assert hand_over(full, key="C001") is None
    assert list(folder.iterdir()) == []


def test_what_was_not_asked_for_within_an_hour_is_cleared_away(folder: Path) -> None:
    used, unused = (place_of(hand_over(lambda: [b"x"], key=key), folder) for key in ("a", "b"))
    torn = folder / "0.arriving"
    torn.write_bytes(b"of a process that died")
    long_ago = time.time() - 3700
    for path in (used, unused, torn):
        os.utime(path, (long_ago, long_ago))
    hand_over(lambda: [b"x"], key="a")
    clear_handed_over()
    assert list(folder.iterdir()) == [used]
    clear_handed_over(older_than=timedelta(0))
    assert list(folder.iterdir()) == []


def test_without_a_proxy_nothing_is_left_anywhere(settings: Any) -> None:
    assert settings.ACCEL is None
    assert hand_over(lambda: 1 / 0, key="C001") is None  # type: ignore[arg-type,return-value]
    clear_handed_over()


@pytest.mark.django_db
def test_one_case_under_two_codes_is_two_files(folder: Path) -> None:
    study = open_with_cases(1)
    for username in ("ruth", "rob"):
        browser = browser_of(username)
        case = browser.get(f"/api/reading/cases/{next_code(study, username)}").json()
        answer = browser.get(f"{case['media']['base']}volume.bin")
        assert place_of(answer["X-Accel-Redirect"], folder).stat().st_size
        assert answer.content == b""
    assert len(list(folder.iterdir())) == 2


@pytest.mark.django_db
def test_nothing_of_a_patient_who_was_deleted_is_left_with_the_proxy(folder: Path) -> None:
    study = open_with_cases(2)
    hand_over(lambda: [b"the patient's"], key="C001/volume.bin")
    carol = User.objects.get(username="carol")
    delete_patient(case=study.cases.get(code="C001"), reason="On request", actor=carol)
    assert list(folder.iterdir()) == []
