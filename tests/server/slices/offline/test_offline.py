"""What a device may keep, and how it is asked: of many clips at once."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from sqlalchemy import event

from library.catalog.permits import Audience, LessonState
from library.choices import actions as choices
from library.core.clock import utc_now
from server.slices.settings.emblem import rewritten
from tests.server.conftest import Shelf
from tests.support.server import Served


def stay(served: Served, who: str, ids: list[str]) -> set[str]:
    """Those that may stay on somebody's device."""
    answer = served.person(who).http.get("/offline/still", params={"ids": ",".join(ids)})
    assert answer.status_code == 200
    return set(answer.json()["stay"])


@pytest.mark.slow
def test_only_what_is_published_for_more_than_chosen_people_stays(served: Served, shelf: Shelf) -> None:
    public = shelf.lesson(LessonState.PUBLISHED)
    inside = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    draft, gone = shelf.lesson(), shelf.lesson(LessonState.WITHDRAWN)
    asked = [one.clip for one in (public, inside, draft, gone)] + ["nothing", "", "'; --"]
    assert stay(served, "nobody", asked) == {public.clip}
    assert stay(served, "member", asked) == {public.clip, inside.clip}
    assert stay(served, "staff", asked) == {public.clip, inside.clip}, "who sees drafts keeps none of them"


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_telephone_gets_pictures_that_it_can_show_of_the_sites_own_emblem(
    served: Served, shelf: Shelf
) -> None:
    """iPhones had no picture at all and photographed the page; what Android cut out was nobody's plan."""
    http = served.person("nobody").http
    told = http.get("/app.webmanifest").json()["icons"]
    assert {(one["sizes"], one["purpose"]) for one in told} == {
        ("any", "any"),
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    paper = http.get("/").text.split('rel="apple-touch-icon" href="')[1].split('"')[0]
    for url, size in [
        (paper, "180x180"),
        *((one["src"], one["sizes"]) for one in told if ".png" in one["src"]),
    ]:
        answer = http.get(url)
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert f"{picture.width}x{picture.height}" == size
            filled = "any" not in url
            assert (picture.mode == "RGB") == filled, "a transparent edge is black on an iPhone"
            if filled:
                assert picture.getpixel((2, 2)) == (165, 29, 36)
        assert "immutable" in answer.headers["cache-control"]
    blue = io.BytesIO()
    Image.new("RGB", (90, 90), (0, 40, 200)).save(blue, "PNG")
    with served.ports.db.write() as session:
        mark = choices.keep_emblem(session, rewritten(blue.getvalue()), utc_now())
    with Image.open(io.BytesIO(http.get(f"/app-icon/{mark}/maskable-512.png").content)) as own:
        assert (own.getpixel((256, 256)), own.getpixel((2, 2))) == ((0, 40, 200), (255, 255, 255))
    for wrong in (f"/app-icon/{mark}/any-9999.png", f"/app-icon/{'0' * 64}/any-192.png"):
        assert http.get(wrong).status_code == 404
