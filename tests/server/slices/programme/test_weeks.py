"""A week from its plan to what was missed of it, over HTTP: coming, out, late, inherited, refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from library.catalog.permits import LessonState
from library.core.clock import CHINA, local_day
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people.belonging import memberships
from library.programme.weeks import usual_release
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support import server
from tests.support.server import MovableClock, Served

pytestmark = pytest.mark.dear(7)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory, clock: MovableClock) -> Iterator[Served]:
    folder = server.new_data(tmp_path_factory.mktemp("weeks") / "data")
    with server.in_thread(folder, clock) as running:
        yield running


@pytest.fixture
def shelf(served: Served) -> Shelf:
    return Shelf(served)


def out(served: Served, week: str) -> dict[str, object]:
    """The week as nobody sees it, once it has come out."""
    for _ in range(200):
        found: dict[str, object] = served.person("nobody").http.get(f"/api/v1/weeks/{week}").json()
        if found["state"] == "released":
            return found
        time.sleep(0.05)
    raise AssertionError(f"{week} does not come out")


@pytest.mark.slow
def test_a_week_comes_and_is_out_and_is_missed(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    staff, member, nobody = (served.person(name) for name in ("staff", "member", "nobody"))
    lesson, draft = shelf.lesson(LessonState.PUBLISHED), shelf.lesson()
    week = present(clock()).after(1)
    at = f"/programme/{shelf.root()}/{week}"
    assert staff.post(f"{at}/words", version="0", theme="绿水青山", text="先看再议").status_code == 303
    for one in (lesson.lesson, draft.lesson):
        assert staff.post(f"{at}/add", lesson=one).status_code == 303

    link = f"/lessons/{lesson.lesson}"
    coming = member.http.get(f"/weeks/{week}").text
    assert "绿水青山" in coming
    assert lesson.title in coming
    assert link not in coming, "a week that is yet to come opens nothing"
    home = member.http.get("/").text
    assert "下周" in home
    assert draft.title not in coming + home
    assert "还有 1 节课尚未发布" in coming
    told = staff.http.get(f"/weeks/{week}").text
    assert draft.title in told
    assert "尚未发布" in told

    due = usual_release(week, CHINA)
    clock.forward(seconds=(due - clock()).total_seconds() + 1)
    assert out(served, str(week))["late"] is False
    for browser in (member, nobody):
        assert link in browser.http.get("/").text
        assert f"/lessons/{draft.lesson}" not in browser.http.get(f"/weeks/{week}").text
    assert "前几周还没看的" not in member.http.get("/").text

    clock.forward(days=7)
    assert "前几周还没看的" in member.http.get("/").text
    assert "前几周还没看的" not in nobody.http.get("/").text
    play = member.play(lesson.clip)
    clock.forward(seconds=60)
    assert member.beat(play, (0, 40))["counted"]
    assert "前几周还没看的" not in member.http.get("/").text


@pytest.mark.slow
def test_a_member_sees_what_is_above_and_from_where(
    served: Served, shelf: Shelf, clock: MovableClock
) -> None:
    week = present(clock())
    with served.ports.db.write() as session:
        root = make.root(session)
        village = organisation.add_named(session, root, "余村党支部", clock())
        memberships.settle(
            session, str(shelf.viewer("member").person_id), village, local_day(clock()), clock(), None
        )
        root_name, village_id, name = root.name, village.id, village.name
    staff, member = served.person("staff"), served.person("member")

    def put(**body: object) -> dict[str, object]:
        answer = staff.api("PUT", f"/weeks/{week}", json=body)
        assert answer.status_code == 200, answer.text
        made: dict[str, object] = answer.json()
        return made

    assert put(theme="县里的主题")["version"] == 1
    added = put(node=name, text="村里加的", reading=[{"text": "党章", "url": "https://example.org/"}])
    assert put(node=name, text="村里加的", reading=[{"text": "党章", "url": "https://example.org/"}]) == added
    seen = member.http.get(f"/api/v1/weeks/{week}").json()
    assert [part["inherited"] for part in seen["parts"]] == [False, True]
    assert (seen["theme"], seen["inherited_from"]) == ("县里的主题", root_name)
    assert f"来自{root_name}" in re.sub(r"\s", "", member.http.get("/").text)
    assert put(node=village_id, theme="村里自己的", mode="replace")["version"] == 2
    replaced = member.http.get(f"/api/v1/weeks/{week}").json()
    assert [part["theme"] for part in replaced["parts"]] == ["村里自己的"]
    assert "县里的主题" in served.person("nobody").http.get(f"/weeks/{week}").text

    listed = staff.http.get(f"/api/v1/weeks?node={village_id}&first={week}&last={week}").json()["weeks"]
    assert [one["theme"] for one in listed] == ["村里自己的"]
    assert member.http.get(f"/api/v1/weeks?node={village_id}").status_code == 404
    stale = staff.api("PUT", f"/weeks/{week}", json={"node": name, "theme": "旧的", "version": 1})
    assert (stale.status_code, stale.json()["error"]) == (409, "week_changed")
    assert member.api("PUT", f"/weeks/{week}", json={"theme": "x"}).status_code == 403
    assert staff.http.get("/api/v1/weeks/2025-W53").status_code == 422
    assert staff.http.get("/weeks/2025-W53").status_code == 404


@pytest.mark.slow
def test_what_is_refused_comes_back_as_typed(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    staff, week = served.person("staff"), present(clock()).after(2)
    at = f"/programme/{shelf.root()}/{week}"
    empty = staff.post(f"{at}/words", version="0", theme=" ", text="", reading="")
    assert (empty.status_code, "什么都没有写" in empty.text) == (422, True)
    typed = {"theme": "主题", "text": "写了很久的说明", "reading": "书"}
    far = staff.post(f"{at}/words", version="0", **typed, release="2030-01-01T08:00")
    assert far.status_code == 422
    assert "写了很久的说明" in far.text
    assert "2030-01-01T08:00" in far.text
    assert staff.post(f"{at}/words", version="0", **typed).status_code == 303
    stale = staff.post(f"{at}/words", version="0", theme="别人的", text="又写的说明")
    assert (stale.status_code, "又写的说明" in stale.text) == (409, True)
    gone = staff.post(f"{at}/add", lesson="0" * 16)
    assert (gone.status_code, "没有这节课" in gone.text) == (404, True)
    once = staff.post(f"{at}/repeat", every="2", until=str((week.after(6)).sunday))
    assert once.status_code == 303
    for _ in range(2):  # the same again is done already
        assert staff.post(f"{at}/copy", to=str(week.after(4))).status_code == 303
    assert staff.post(f"{at}/words", version="1", theme="改了").status_code == 303
    taken = staff.post(f"{at}/copy", to=str(week.after(4)))
    reason = taken.text[taken.text.index('role="alert"') :][:400]
    assert (taken.status_code, f"第 {int(str(week.after(4))[-2:])} 周" in reason) == (409, True)
    assert staff.http.get(f"/programme?node={shelf.root()}&at=没有的支部").status_code == 422
    month = f"{week.monday + timedelta(days=3):%Y-%m}"
    assert "改了" in staff.http.get(f"/programme?node={shelf.root()}&month={month}").text


@pytest.mark.slow
def test_lessons_are_found_added_ordered_and_taken_out(
    served: Served, shelf: Shelf, clock: MovableClock
) -> None:
    staff, week = served.person("staff"), present(clock()).after(2)
    first, second = (shelf.lesson(LessonState.PUBLISHED, words="竹海深处") for _ in range(2))
    shelf.index()
    at = f"/programme/{shelf.root()}/{week}"
    found = staff.http.get(f"{at}?q=竹海").text
    assert first.lesson in found
    assert second.title in found
    with shelf.broken_index():
        assert first.lesson in staff.http.get(f"{at}?q={first.title}").text, "a whole title needs no index"
    for one in (first, second, first):
        assert (
            staff.post(f"{at}/add", lesson=one.lesson, q="竹海")
            .headers["location"]
            .endswith("?q=%E7%AB%B9%E6%B5%B7#lessons")
        )
    assert staff.post(f"{at}/move", n="2", lesson=second.lesson, way="up").status_code == 303
    assert staff.post(f"{at}/move", n="2", lesson=second.lesson, way="up").status_code == 409
    shown = staff.http.get(f"/api/v1/weeks/{week}").json()
    assert [one["id"] for one in shown["lessons"]] == [second.lesson, first.lesson]
    assert staff.post(f"{at}/take", n="1", lesson=second.lesson).status_code == 303
    last = staff.post(f"{at}/take", n="1", lesson=first.lesson)
    assert (last.status_code, "什么都没有写" in last.text) == (422, True)
    assert staff.post(f"{at}/remove", version="4").status_code == 303
    assert staff.http.get(f"/api/v1/weeks/{week}").json()["state"] == "none"
    with served.ports.db.read() as session:
        assert session.get(Node, shelf.root()) is not None
