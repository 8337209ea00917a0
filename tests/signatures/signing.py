"""People who sign, and a study that asks them to."""

from typing import Any

from reader_study.accounts.models import User
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.studies.models import Study
from tests.cast import browser_of, open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

PASSWORD = "arteries-under-oath"


def person(username: str) -> User:
    """Somebody with a password."""
    user = User.objects.get(username=username)
    if not user.password:
        user.set_password(PASSWORD)
        user.save()
    return user


def proof(username: str) -> Reauthenticated:
    """The proof that somebody typed their password."""
    return Reauthenticated(person(username))


def signed_study(cases: int = 2, **changes: Any) -> Study:
    """A study that asks for signatures, open for reading."""
    references = changes.pop("references", ())
    protocol = protocol_with(**{"signatures": "required", **changes})
    return open_with_cases(cases, protocol=protocol, references=references)


def post(username: str, address: str, body: dict[str, Any]) -> Any:
    """Send JSON as somebody."""
    return browser_of(username).post(address, body, content_type="application/json")


class Signer(RaterAtWork):
    """A rater who also signs."""

    def __init__(self, study: Study, username: str = "ruth") -> None:
        super().__init__(study, username)
        person(username)

    @property
    def address(self) -> str:
        return f"/api/reading/{self.study.id}/signature"

    def read_all(self, grade: int = 3) -> None:
        while self.worklist()["next"]:
            self.read_next(grade)

    def told(self) -> dict[str, Any]:
        answer = self.get(self.address)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def sign(self, sha256: str | None = None, password: str = PASSWORD) -> Any:
        sha256 = sha256 or (self.told()["block"] or {"record_sha256": "0" * 64})["record_sha256"]
        return post(self.username, self.address, {"record_sha256": sha256, "password": password})

    def read_and_sign(self, grade: int = 3) -> None:
        self.read_all(grade)
        assert self.sign().status_code == 200
