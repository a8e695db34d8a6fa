"""What is offered at the end of a lesson: what is left of this week, and to nobody what they may not see."""

from __future__ import annotations

import pytest

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Viewer
from library.programme import actions, releasing
from library.programme.actions import Desk
from library.programme.rules import Draft
from server.commands.administrator import machine
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_what_is_left_of_this_week_is_offered_in_its_order(served: Served, shelf: Shelf) -> None:
    now, week = utc_now(), present(utc_now())
    watched, first, second = (shelf.lesson(LessonState.PUBLISHED) for _ in range(3))
    draft = shelf.lesson()
    with served.ports.db.write() as session:
        viewer: Viewer = machine(session)
        planned = Draft("主题", lessons=(watched.lesson, draft.lesson, first.lesson, second.lesson))
        actions.put(session, Desk(viewer, shelf.root(), now), week, planned)
        releasing.release(session, now)
    address = f"/api/v1/clips/{watched.clip}/after"
    offered = served.person("nobody").http.get(address).json()
    assert [one["url"] for one in offered["lessons"]] == [f"/clips/{first.clip}", f"/clips/{second.clip}"]
    assert not offered["unseen"], "nobody knows what a visitor has seen"
    assert (offered["left"], offered["left_words"]) == (2, ""), "nor what is left for them"
    own = served.person("member").http.get(f"/api/v1/clips/{second.clip}/after").json()
    assert own["unseen"]
    assert (own["left"], own["left_words"]) == (2, "本周还没看的：2 节")
    assert [one["url"] for one in own["lessons"]] == [f"/clips/{watched.clip}", f"/clips/{first.clip}"]
