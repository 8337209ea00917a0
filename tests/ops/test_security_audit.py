"""`make audit` passes what is explained, fails for what is not, and calls nothing clean unasked."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from scripts import security_audit
from scripts.security_audit import NotAskedError, Part, explained, judge

KNOWN = Counter({("bandit B101", "a.py"): 1})


def answers(*texts: str):
    """A tool that answers one text after the other."""
    left = list(texts)

    def ask(command: Sequence[str], folder: Path = Path()) -> CompletedProcess[str]:
        return CompletedProcess(command, 1, stdout=left.pop(0), stderr="a refusal")

    return ask


def pip(**packages: list[str]) -> str:
    listed = [
        {"name": name, **({"vulns": [{"id": hole} for hole in holes]} if holes else NOT_KNOWN)}
        for name, holes in packages.items()
    ]
    return json.dumps({"dependencies": listed})


NOT_KNOWN = {"skip_reason": "Dependency not found on PyPI and could not be audited"}


def npm(**packages: str) -> str:
    via = {
        name: {"via": [{"url": f"https://github.com/advisories/{hole}"}, "through another"]}
        for name, hole in packages.items()
    }
    return json.dumps({"vulnerabilities": via})


def test_our_code_holds_nothing_but_what_is_explained() -> None:
    found = security_audit.python_code()
    known = Counter({key: n for key, n in explained().items() if key[0].startswith("bandit")})
    assert found == known


def test_what_is_explained_passes_and_one_more_of_it_does_not() -> None:
    assert judge([Part("code", KNOWN)], KNOWN)[0] == 0
    status, lines = judge([Part("code", KNOWN + KNOWN)], KNOWN)
    assert (status, lines[1]) == (1, "    bandit B101 in a.py (1)")


def test_an_explanation_without_its_finding_does_not_pass() -> None:
    status, lines = judge([Part("code")], KNOWN)
    assert status == 1
    assert "take it out" in lines[-1]


def test_what_was_not_asked_is_neither_clean_nor_a_finding() -> None:
    status, lines = judge([Part("code", KNOWN), Part("npm", not_asked="no way there")], KNOWN)
    assert status == 3
    assert lines == [
        "code: nothing new, 1 explained",
        "npm: NOT ASKED, so nothing is known: no way there.",
    ]


def test_a_finding_weighs_more_than_a_database_that_was_not_asked() -> None:
    other = Counter({("GHSA-1", "lodash"): 1})
    assert judge([Part("npm", other), Part("pip", not_asked="no way there")], KNOWN)[0] == 1


def test_advisories_about_python_packages_are_found() -> None:
    asked = answers(pip(urllib3=["PYSEC-1"]), pip(django=["PYSEC-2", "PYSEC-3"], numpy=["X"]))
    found = security_audit.python_packages(asked)
    assert found == {("PYSEC-2", "django"): 1, ("PYSEC-3", "django"): 1, ("X", "numpy"): 1}


@pytest.mark.parametrize(
    "said",
    [
        [pip(urllib3=[])],  # a mirror that knows of no advisory
        [pip(urllib3=["PYSEC-1"]), pip(torch=[])],
        ["not JSON at all"],
    ],
)
def test_a_database_of_python_packages_that_knows_nothing_was_not_asked(said: list[str]) -> None:
    with pytest.raises(NotAskedError):
        security_audit.python_packages(answers(*said))


def test_advisories_about_npm_packages_are_found() -> None:
    found = security_audit.npm_packages(answers(npm(lodash="GHSA-0"), npm(three="GHSA-1")))
    assert found == {("GHSA-1", "three"): 1}


@pytest.mark.parametrize(
    "said",
    [[npm()], [npm(lodash="GHSA-0"), '{"message": "405 Method Not Allowed"}'], [""]],
)
def test_a_database_of_npm_packages_that_knows_nothing_was_not_asked(said: list[str]) -> None:
    with pytest.raises(NotAskedError):
        security_audit.npm_packages(answers(*said))


def test_a_tool_that_is_not_installed_was_not_asked() -> None:
    with pytest.raises(NotAskedError, match="make setup"):
        security_audit.run(["no-such-tool-anywhere"])
