"""Audit the blinding of a study, which stays as it is."""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.test import Client

from reader_study.accounts.models import User
from reader_study.coordination.blinding import checks, walk
from reader_study.coordination.blinding.addresses import PAGE, ROUTES, filled, without_entry
from reader_study.coordination.blinding.answers import (
    MEDIA,
    RATERS_API,
    STATIC,
    Answer,
    Leak,
    Visitor,
)
from reader_study.coordination.blinding.fields import undeclared
from reader_study.coordination.blinding.findings import Findings
from reader_study.coordination.blinding.places import names_in
from reader_study.coordination.blinding.search import Search
from reader_study.coordination.blinding.secrets import secrets_of
from reader_study.reading.media import media_base
from reader_study.reading.models import Assignment, Stage
from reader_study.reading.selectors import assignments_visible_to, worklist
from reader_study.studies.models import Role, Study
from reader_study.studies.selectors import protocol_in_force

NOBODY = "nobody"
STRANGER = "somebody without a role"
MOST_CASES = 30
"""Of so many cases on each list the addresses and sizes of all images are compared."""


class BlindingAudit:
    """One audit of one study.

    Parameters
    ----------
    elsewhere
        The methods that are tried on addresses that are not the raters'.
    marker
        Pattern of bytes that counts as a word wherever it stands: the tests' canaries.
    others
        People without a part in the reading who are tried as well.
    """

    def __init__(
        self,
        study: Study,
        *,
        elsewhere: Sequence[str] = walk.SAFE,
        marker: re.Pattern[bytes] | None = None,
        others: Iterable[User] = (),
    ) -> None:
        self.study = study
        self.elsewhere = elsewhere
        self.marker = marker
        self.others = list(others)
        self.findings = Findings(routes=len(ROUTES))
        self.images: list[Answer] = []
        self.pages: list[Answer] = []
        self.refusals: list[Answer] = []
        self.tokens: dict[str, str] = {}
        self.absent: set[tuple[str, str]] = set()

    def run(self) -> Findings:
        """Try everything as everybody; each visitor's doings are undone behind them."""
        self._look_at_the_program()
        with walk.undone():
            self._visit(NOBODY, None)
        readers = User.objects.filter(
            memberships__study=self.study,
            memberships__role__in=[Role.RATER, Role.ADJUDICATOR],
            memberships__ended_at__isnull=True,
        )
        for person in [*readers.order_by("pk"), *self.others]:
            with walk.undone():
                self._visit(f"{person.username}", person)
        with walk.undone():
            name = f"blinding-audit-{secrets.token_hex(8)}"
            self._visit(STRANGER, User.objects.create(username=name))
        self._compare()
        return self.findings

    def _look_at_the_program(self) -> None:
        unknown = [Leak("route", name, "nobody said how to try it") for name in without_entry()]
        unsaid = [Leak("field", name, "nobody said whether it is secret") for name in undeclared()]
        self.findings.add([*unknown, *unsaid])
        if settings.DEBUG:
            self.findings.add(
                [Leak("error page", "READER_STUDY_DEBUG", "errors show what is inside")]
            )

    def _visit(self, name: str, person: User | None) -> None:
        visitor = Visitor(name, Client(raise_request_exception=False), extra=_as_if_outside())
        own = self._place_of(person) if person else None
        # Who has no place on a list tries that of somebody else.
        place = own or Assignment.objects.filter(study=self.study, media_pack__isnull=False).first()
        search = self._search_for(person)
        if person:
            visitor.client.force_login(person)
        session_key = visitor.client.session.session_key if person else None
        token = media_base(place, session_key if own else None).split("/")[2] if place else None
        named = names_in(self.study, place, token)
        self._say_what_is_missing(named)
        code = place.code if place else "NO-SUCH-CODE"
        answers = [
            *walk.walk(visitor, named, self.elsewhere, self.absent),
            *walk.malformed(visitor, code),
        ]
        if own:
            with walk.undone():
                answers += walk.read_case(visitor, code, own.case.code)
        self._take_in(answers, search)
        pages = list(walk.pages(visitor, self.study.pk, code))
        refusals = list(walk.refusals(visitor))
        self._take_in([*pages, *refusals], search)
        self.pages += pages
        self.refusals += refusals
        if person:
            self._take_in(self._sizes(visitor, person, session_key), search)
        else:
            self._take_in(_built_files(visitor), search)

    def _place_of(self, person: User) -> Assignment | None:
        following = worklist(self.study, person).next
        own = assignments_visible_to(person).filter(study=self.study, media_pack__isnull=False)
        if following is None:
            following = own.filter(current_reading__isnull=False).first()
        return own.select_related("case", "media_pack").get(pk=following.pk) if following else None

    def _search_for(self, person: User | None) -> Search:
        unsaid = secrets_of(self.study, person)
        if len(unsaid.values) > self.findings.searched:
            self.findings.searched = len(unsaid.values)
            self.findings.skipped = unsaid.skipped
        return Search(unsaid.values, marker=self.marker, secret_keys=unsaid.keys)

    def _say_what_is_missing(self, named: dict[str, object]) -> None:
        for route in ROUTES:
            if route != PAGE and filled(route, named) is None:
                sentence = f"{route}: the study has nothing that this could name"
                if sentence not in self.findings.not_tried:
                    self.findings.not_tried.append(sentence)

    def _sizes(self, visitor: Visitor, person: User, session_key: str | None) -> Iterator[Answer]:
        """Ask for all images of the rater's cases, without reading them."""
        own = assignments_visible_to(person).filter(study=self.study, media_pack__isnull=False)
        order = ["case__code", "pk"]  # raters have the same cases among these
        for place in own.select_related("case", "media_pack").order_by(*order)[:MOST_CASES]:
            assert place.media_pack is not None  # noqa: S101 - filtered above
            base = media_base(place, session_key)
            self.tokens[place.code] = base.split("/")[2]
            for name in walk.files_of(place.media_pack.manifest):
                image = visitor.ask(
                    "GET", f"{base}{name}", about=(place.case.code, name), unread=True
                )
                self.images.append(image)
                yield image

    def _take_in(self, answers: Iterable[Answer], search: Search) -> None:
        for answer in answers:
            self.findings.by_visitor[answer.visitor] += 1
            self.findings.statuses[answer.status] += 1
            if answer.status == walk.OK and answer.address.startswith((MEDIA, RATERS_API)):
                self.findings.shown[answer.visitor] += 1
            self.findings.add(search.leaks_in(answer))
            self.findings.add(checks.header_leaks(answer))
            self.findings.add(checks.source_map_leaks(answer))

    def _compare(self) -> None:
        self.findings.tokens = len(self.tokens)
        self.findings.add(checks.size_leaks(self.images))
        self.findings.add(checks.token_leaks(self.tokens))
        self.findings.add(checks.page_leaks(self.pages))
        self.findings.add(checks.refusal_leaks(self.refusals))
        shared = protocol_in_force(self.study).reading_order == "random-shared"
        self.findings.add(checks.order_leaks(_orders(self.study), shared=shared))


def _orders(study: Study) -> dict[str, list[str]]:
    """Return the case codes in the order in which each rater first reads them."""
    orders: dict[str, list[str]] = {}
    places = Assignment.objects.filter(study=study, stage=Stage.MAIN, repeat_of__isnull=True)
    for rater, case in places.order_by("rater", "position").values_list(
        "rater__username", "case__code"
    ):
        orders.setdefault(rater, []).append(case)
    return orders


def _built_files(visitor: Visitor) -> Iterator[Answer]:
    """Ask for every file of the built pages, and for the source map that it might have."""
    build: Path = settings.FRONTEND_BUILD
    for path in sorted(build.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            address = f"{STATIC}{path.relative_to(build).as_posix()}"
            yield visitor.ask("GET", address)
            if path.suffix in {".js", ".css"}:
                yield visitor.ask("GET", f"{address}.map")


def _as_if_outside() -> dict[str, object]:
    """Return what makes a request look as one from a browser, on any installation."""
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    return {"HTTP_HOST": host, "secure": True}
