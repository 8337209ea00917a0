"""A running installation with its worker, and a real browser to use it with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.application import REPOSITORY, Application, free_port
from scripts.browser import BROWSER_FLAGS, find_browser
from scripts.demo_study import LogIn, make_phantom, prepare, zipped
from tests.cast import browser_of
from tests.e2e.people import Person

SCREENSHOTS = REPOSITORY / "test-results"
PHANTOM_SEEDS = (7, 8)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return Application(var=tmp_path_factory.mktemp("var"), port=free_port())


@pytest.fixture(scope="session")
def log_ins(application: Application) -> Iterator[dict[str, LogIn]]:
    """The demo's people, of an installation that runs for as long as the tests do."""
    people = prepare(application)
    with application.running() as processes:
        application.wait_until_it_answers(processes)
        yield people
        processes.check()


@pytest.fixture(scope="session")
def phantoms(application: Application, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One zip for each phantom patient."""
    folder = tmp_path_factory.mktemp("phantoms")
    return [
        zipped(make_phantom(application, seed, folder / str(seed), "--small"))
        for seed in PHANTOM_SEEDS
    ]


@pytest.fixture(scope="session")
def browser_path() -> Path:
    return find_browser()


@pytest.fixture(scope="session")
def browser(browser_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_of(browser: Browser, live_server) -> Iterator[Callable[[str], Page]]:
    """A signed-in page for a username."""
    contexts = []

    def open_page(username: str) -> Page:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=live_server.url
        )
        contexts.append(context)
        session = browser_of(username).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def people(
    browser: Browser, application: Application, log_ins: dict[str, LogIn]
) -> Iterator[dict[str, Person]]:
    """Everybody, signed in; the last thing that each of them saw is kept as a picture."""
    everybody = {
        name: Person(browser, application.address, log_in, SCREENSHOTS)
        for name, log_in in log_ins.items()
    }
    yield everybody
    for person in everybody.values():
        person.screenshot("last")
        person.leave()


@pytest.fixture
def coordinator(people: dict[str, Person]) -> Person:
    return people["coordinator"]


@pytest.fixture
def raters(people: dict[str, Person]) -> tuple[Person, Person]:
    return people["rater1"], people["rater2"]
