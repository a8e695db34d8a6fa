"""What a gathering is called reaches those whom it concerns, however many read what was written about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from library.core.clock import utc_now
from library.core.permits import NOBODY
from library.gatherings import actions as gatherings
from library.gatherings import queries
from library.gatherings.actions import Desk, Draft
from library.gatherings.tables import Gathering
from library.reflections.rules import Reach, ReflectionState
from library.reflections.tables import Reflection
from server.commands.administrator import machine
from tests.server.conftest import Shelf
from tests.server.slices.reflections.roles import put
from tests.support.server import Served

TITLE = "帮扶谈话会（王某）"


def about_a_gathering(shelf: Shelf, reach: Reach, chair: str = "member") -> str:
    """A published reflection of the lecturer about a gathering of a node in which none of the others is."""
    made, node_id, now = put(shelf, ReflectionState.PUBLISHED, reach), shelf.node(), utc_now()
    with shelf.served.ports.db.write() as session:
        at = now + timedelta(days=1)
        draft = Draft("study", TITLE, at, at + timedelta(hours=1), chair_id=shelf.viewer(chair).person_id)
        one = gatherings.plan(session, Desk(machine(session), now), node_id, draft, tell=False)[0]
        session.get_one(Reflection, made).gathering_id = one.id
    return made


@pytest.mark.slow
def test_a_gatherings_title_is_for_those_whom_it_concerns(served: Served, shelf: Shelf) -> None:
    made = about_a_gathering(shelf, Reach.PUBLIC)
    pages = (
        "/reflections",
        f"/reflections/{made}",
        f"/reflections/{made}/share",
        "/feeds/public/reflections.rss",
        f"/api/v1/reflections/{made}",
        "/api/v1/reflections",
    )
    for name in ("nobody", "lecturer"):
        for page in pages:
            answer = served.person(name).http.get(page)
            assert answer.status_code == 200, page
            assert TITLE not in answer.text, (name, page)
    for name in ("member", "staff"):  # its chair, and who plans there
        assert TITLE in served.person(name).http.get(f"/reflections/{made}").text, name


@pytest.mark.slow
def test_whoever_has_no_account_chairs_no_gathering_without_a_chair(served: Served, shelf: Shelf) -> None:
    made = about_a_gathering(shelf, Reach.PUBLIC)
    with served.ports.db.write() as session:
        gathering_id = session.get_one(Reflection, made).gathering_id or ""
        session.get_one(Gathering, gathering_id).chair_id = None
        assert queries.concerning(session, shelf.viewer("lecturer"), [gathering_id]) == {}
    page = served.person("nobody").http.get(f"/reflections/{made}")
    assert page.status_code == 200
    assert TITLE not in page.text
    with served.ports.db.read() as session:
        assert queries.concerning(session, NOBODY, [gathering_id]) == {}
