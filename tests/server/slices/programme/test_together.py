"""Several lessons go into weeks of several nodes after a look, and come out again."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.programme import queries
from library.programme.weeks import Week
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_lessons_go_into_weeks_of_two_nodes_and_out_again(served: Served, shelf: Shelf) -> None:
    staff = served.person("staff")
    lessons = [shelf.lesson(LessonState.PUBLISHED) for _ in range(2)]
    nodes, first = [shelf.node(), shelf.node()], present(utc_now()).after(7)
    at = "/weeks-at-once"
    ids = [one.lesson for one in lessons]
    found = staff.post(at, do="find", q=lessons[1].lesson, lesson=ids[0], node=nodes[0], week=str(first)).text
    assert len(re.findall(r'name="lesson" value="\w+" checked', found)) == 1, "the chosen one stays chosen"
    assert f'value="{ids[1]}"' in found
    chosen = {"lesson": ids, "node": nodes, "week": str(first), "spread": "each"}
    preview = staff.post(at, do="preview", **chosen).text
    assert 'name="count" value="4"' in preview
    assert plans(served, nodes, first) == [[], [], [], []], "a look changes nothing"
    assert staff.post(f"{at}/place", count="3", **chosen).status_code == 409, "others than were seen"
    assert plans(served, nodes, first) == [[], [], [], []], "and none at one node alone"
    assert staff.post(at, do="preview", lesson=ids, week=str(first)).status_code == 422, "no node"
    assert staff.post(at, do="find", at="没有的支部").status_code == 422
    assert staff.post(at, do="preview", lesson=ids, node="elsewhere", week=str(first)).status_code == 404
    done = staff.post(f"{at}/place", count="4", **chosen)
    assert done.status_code == 303
    assert plans(served, nodes, first) == [[ids[0]], [ids[1]], [ids[0]], [ids[1]]]
    page = staff.http.get(done.headers["location"]).text
    batches = re.findall(r'name="batch" value="(\w+)"', page)
    assert len(batches) == 2
    assert staff.post(f"{at}/undo", batch=batches).status_code == 303
    assert plans(served, nodes, first) == [[], [], [], []]
    assert staff.post(f"{at}/undo", batch=batches).status_code == 409, "once"


def plans(served: Served, nodes: list[str], first: Week) -> list[list[str]]:
    """The lessons of two weeks at each node."""
    with served.ports.db.read() as session:
        found = [queries.plan_of(session, node, first.after(n)) for node in nodes for n in (0, 1)]
        return [list(one.lessons) if one is not None else [] for one in found]
