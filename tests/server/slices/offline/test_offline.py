"""What a device may keep, and how it is asked: of many clips at once."""

from __future__ import annotations

import threading

from sqlalchemy import event

from library.catalog.permits import Audience, LessonState
from tests.server.conftest import Shelf
from tests.support.server import Served


def stay(served: Served, who: str, ids: list[str]) -> set[str]:
    """Those that may stay on somebody's device."""
    answer = served.person(who).http.get("/offline/still", params={"ids": ",".join(ids)})
    assert answer.status_code == 200
    return set(answer.json()["stay"])


def test_only_what_is_published_for_more_than_chosen_people_stays(served: Served, shelf: Shelf) -> None:
    public = shelf.lesson(LessonState.PUBLISHED)
    inside = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    draft, gone = shelf.lesson(), shelf.lesson(LessonState.WITHDRAWN)
    asked = [one.clip for one in (public, inside, draft, gone)] + ["nothing", "", "'; --"]
    assert stay(served, "nobody", asked) == {public.clip}
    assert stay(served, "member", asked) == {public.clip, inside.clip}
    assert stay(served, "staff", asked) == {public.clip, inside.clip}, "who sees drafts keeps none of them"


def test_each_kept_clip_was_asked_for_by_itself(served: Served, shelf: Shelf) -> None:
    clips = [shelf.lesson(LessonState.PUBLISHED).clip for _ in range(12)]
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name not in ("closing", "index") and "catalog_clip" in statement:
            asked.append(statement)

    event.listen(served.ports.db.engine, "before_cursor_execute", note)
    try:
        assert stay(served, "nobody", clips) == set(clips)
    finally:
        event.remove(served.ports.db.engine, "before_cursor_execute", note)
    assert len(asked) == 1, asked
