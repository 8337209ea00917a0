"""A rater at work through the API, as the reading room talks to it."""

import uuid
from typing import Any

from reader_study.reading.models import Assignment
from reader_study.studies.models import Study
from tests.cast import browser_of


class RaterAtWork:
    """One rater of one study. Every request signs in anew, so that days may pass between them."""

    def __init__(self, study: Study, username: str = "ruth") -> None:
        self.study = study
        self.username = username

    def get(self, address: str) -> Any:
        return browser_of(self.username).get(address)

    def send(self, method: str, code: str, what: str, body: dict[str, Any]) -> Any:
        return getattr(browser_of(self.username), method)(
            f"/api/reading/cases/{code}/{what}", body, content_type="application/json"
        )

    def worklist(self) -> dict[str, Any]:
        answer = self.get(f"/api/reading/{self.study.id}/worklist")
        assert answer.status_code == 200, answer.content
        return answer.json()

    @property
    def next(self) -> str:
        """The code of the next case, which there must be."""
        code = self.worklist()["next"]
        assert code, self.worklist()
        return code

    def open(self, code: str) -> Any:
        return self.get(f"/api/reading/cases/{code}")

    def answers(self, grade: int | None = 3, **more: Any) -> dict[str, Any]:
        return {
            "grade": grade,
            "unscorable_reason": None if grade is not None else "motion",
            "comment": "",
            **more,
        }

    def submit(self, code: str, grade: int | None = 3, **more: Any) -> Any:
        """Open the case and all its runs, and submit; ``key`` is the submission's key."""
        body = {key: more.pop(key) for key in ("submission_key",) if key in more}
        case = self.open(code).json()
        for run in range(len(case["media"]["manifest"]["runs"])):
            self.send("post", code, "opened", {"run": run})
        body |= {"revision": case["revision"], "answers": self.answers(grade, **more)}
        return self.send("post", code, "submit", body)

    def look(self, code: str, kind: str, detail: dict[str, Any], *, ago_ms: int = 0) -> Any:
        """Tell of something that was done to the images of a case."""
        use = {"key": str(uuid.uuid4()), "kind": kind, "detail": detail, "ago_ms": ago_ms}
        return self.send("post", code, "view-uses", {"uses": [use]})

    def take_back(self, code: str) -> Any:
        return self.send("post", code, "take-back", {})

    def read_next(self, grade: int | None = 3, **more: Any) -> Assignment:
        """Read the next case and submit it; return its place on the list."""
        code = self.next
        answer = self.submit(code, grade, **more)
        assert answer.status_code == 200, answer.content
        return Assignment.objects.select_related("case", "current_reading").get(code=code)
