"""Every route is an act of the table of permissions, and answers everybody as the table says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from library.catalog import queries as catalog
from library.catalog.permits import thing_of
from library.catalog.tables import Clip, Lesson
from library.core.clock import local_day, utc_now
from library.core.permits import NOBODY, Role, Viewer
from library.core.rights import GIVES, RIGHTS, Act, Scope, Thing, allowed
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import queries as people
from server.web.routing.route_rights import ROUTES, act_of
from tests.server.conftest import Put, Shelf
from tests.server.permissions_page import DOCUMENT, document
from tests.server.rights.test_roles import CASES
from tests.server.role_table import Case, send
from tests.server.routes import all_routes
from tests.support import factories as make
from tests.support.client import Person
from tests.support.server import Served
from tests.support.signing import token


@pytest.mark.slow
def test_every_route_is_an_act_of_the_table(served: Served) -> None:
    listed = [route for routes in ROUTES.values() for route in routes]
    assert len(listed) == len(set(listed))
    assert set(listed) == all_routes(served) | {"* /static"}


def test_every_act_is_in_the_table_and_every_right_can_be_had() -> None:
    assert set(RIGHTS) == set(Act)
    for act, rights in RIGHTS.items():
        assert rights, act
        for right in rights:
            by_role = right.scope in (Scope.NODE, Scope.ABOVE, Scope.ALL, Scope.ANYWHERE)
            assert (right.role is not None) >= by_role, act
    assert GIVES[Role.ADMIN] == set(Role)


def test_the_document_says_what_the_table_says() -> None:
    """`python -m tests.server.permissions_page` writes it anew."""
    assert DOCUMENT.read_text("utf-8") == document()


# ---------------------------------------------------------------------- the walk

WHO = {
    "nobody": None,
    "a member of the node": (Role.MEMBER, "at"),
    "a lecturer of the node": (Role.LECTURER, "at"),
    **{
        f"{role} {place}": (role, place)
        for role, place in (
            (Role.SECRETARY, "at"),
            (Role.REVIEWER, "above"),
            (Role.REVIEWER, "beside"),
            (Role.STAFF, "at"),
            (Role.STAFF, "beside"),
            (Role.ADMIN, "above"),
        )
    },
    "the auditor of all": (Role.AUDITOR, "root"),
}
OF_A_THING = [
    case
    for case in CASES
    if any(place in case.route for place in ("{lesson_id}", "{clip_id}", "{node_id}"))
    and act_of(case.route) is not None
    and not case.fresh
]


@dataclass(frozen=True)
class Asker:
    """Somebody who asks, with their program's token."""

    viewer: Viewer
    browser: Person


class Program(Person):
    """A program with a token: it carries no cookie, so it needs no token of a page."""

    def csrf(self) -> str:
        """Nothing."""
        return ""


class TownShelf(Shelf):
    """A shelf whose things are those of a village in a town, and not of the root."""

    def __init__(self, served: Served) -> None:
        super().__init__(served)
        now = served.ports.clock()
        with served.ports.db.write() as session:
            root = make.root(session)
            town = organisation.add_named(session, root, "天荒坪镇党委", now)
            other = organisation.add_named(session, root, "灵峰镇党委", now)
            village = organisation.add_named(session, town, "余村党支部", now)
            self.places = {"root": root.id, "above": town.id, "at": village.id, "beside": other.id}

    def lesson(self, *args: Any, **named: Any) -> Put:
        """A lesson of the village."""
        put = super().lesson(*args, **named)
        with self.served.ports.db.write() as session:
            moved = update(Lesson).where(Lesson.id == put.lesson)
            session.execute(moved.values(node_id=self.places["at"]))
        return put

    def node(self, *, closed: bool = False) -> str:
        """A new node right below the village."""
        node = super().node(closed=closed)
        with self.served.ports.db.write() as session:
            branch = session.get_one(Node, node)
            if not closed:
                village = session.get_one(Node, self.places["at"])
                organisation.move(session, branch, village, self.served.ports.clock(), None)
        return node


@pytest.fixture(scope="module")
def town(served: Served) -> TownShelf:
    return TownShelf(served)


@pytest.fixture(scope="module")
def askers(served: Served, town: TownShelf) -> Iterator[dict[str, Asker]]:
    now, found = served.ports.clock(), {}
    for name, held in WHO.items():
        browser, viewer = Person(served.base_url), NOBODY
        if held is not None:
            with served.ports.db.write() as session:
                branch = session.get_one(Node, town.places[held[1]])
                viewer = make.person(session, (held[0], branch))
                secret = token(session, str(viewer.person_id), "x", now)[1]
            browser = Program(served.base_url)
            browser.http.headers["Authorization"] = f"Bearer {secret}"
        found[name] = Asker(viewer, browser)
    yield found
    for asker in found.values():
        asker.browser.http.close()


def thing_asked(served: Served, asked: dict[str, Any]) -> Thing:
    """What a request is about, as the table sees it."""
    with served.ports.db.read() as session:
        if "node_id" in asked:
            return Thing(session.get_one(Node, asked["node_id"]).path)
        told = re.search(r"/(lessons|clips)/([0-9a-z]{16})", asked.get("path", ""))
        named = {told[1]: told[2]} if told else {}
        lesson_id, clip_id = (
            asked.get("lesson_id", named.get("lessons")),
            asked.get("clip_id", named.get("clips")),
        )
        lesson_id = lesson_id or session.get_one(Clip, clip_id).lesson_id
        return thing_of(catalog.facts(catalog.lesson(session, lesson_id)))


def says(viewer: Viewer, act: Act, thing: Thing) -> bool:
    """Whether the table gives somebody an act; of a lesson nothing without seeing it."""
    if act.startswith("lesson.") and not allowed(viewer, Act.LESSON_VIEW, thing):
        return False
    if act.startswith("node."):
        return allowed(viewer, Act.NODE_LOOK, thing) and allowed(viewer, act, thing)
    return allowed(viewer, act, thing)


def refused(answer: httpx.Response) -> bool:
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    return to_sign_in or answer.status_code in (401, 403, 404)


@pytest.mark.slow
@pytest.mark.spread("case", kind=lambda case: str(act_of(case.route)))
@pytest.mark.parametrize("case", OF_A_THING, ids=str)
def test_a_route_answers_everybody_as_the_table_says(
    served: Served, town: TownShelf, askers: dict[str, Asker], case: Case
) -> None:
    act = act_of(case.route)
    assert act is not None
    asked = None
    for name, asker in askers.items():
        asked = asked or case.ask(town)
        thing = thing_asked(served, asked)
        answer = send(asker.browser, case, asked)
        # Who is refused leaves it as it was, and so does who looks: the next one asks for the same.
        if case.counted or (not case.route.startswith("GET ") and not refused(answer)):
            asked = None
        expected = says(asker.viewer, act, thing)
        assert refused(answer) is not expected, (name, act, answer.status_code, answer.text[:300])
        if thing.state and not allowed(asker.viewer, Act.LESSON_VIEW, thing):
            assert answer.status_code != 403, (name, "a lesson that may not be seen is not there")
    with served.ports.db.read() as session:  # nobody got more by having asked
        for asker in askers.values():
            if asker.viewer.person_id:
                row = people.person(session, asker.viewer.person_id)
                assert people.viewer_of(session, row, local_day(utc_now())).grants == asker.viewer.grants


OF_AN_ACCOUNT = (
    ("POST", "/people/{}/sign-out", 303),
    ("POST", "/api/v1/people/{}/sign-out", 204),
    ("POST", "/people/{}/reset", 200),
    ("POST", "/api/v1/people/{}/reset", 200),
    ("GET", "/people/{}/ways-in", 404),  # nothing but passwords is offered here: there is no such page
)


@pytest.mark.slow
def test_programs_of_secretaries_were_refused_what_their_pages_offered(
    served: Served, town: TownShelf, askers: dict[str, Asker]
) -> None:
    secretary = askers["secretary at"].browser
    with served.ports.db.write() as session:
        mine = make.person(session, (Role.MEMBER, session.get_one(Node, town.places["at"]))).person_id
        other = make.person(session, (Role.MEMBER, session.get_one(Node, town.places["beside"]))).person_id
        above = make.person(session, (Role.STAFF, session.get_one(Node, town.places["at"]))).person_id
    for method, path, status in OF_AN_ACCOUNT:
        assert secretary.http.request(method, path.format(mine)).status_code == status, path
        for person_id in (other, above):
            assert secretary.http.request(method, path.format(person_id)).status_code in (403, 404), path
    assert secretary.http.delete(f"/api/v1/people/{mine}").status_code == 403
