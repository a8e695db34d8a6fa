"""What programs subscribe to, over HTTP: what it holds, for whom, and how it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from lxml import etree

from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Clip
from library.core.clock import CHINA
from library.intake.files.objects import clip_prefix
from library.people.tables import Person as Account
from library.works import series
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.client import PLAIN
from tests.support.rendition import make_rendition
from tests.support.server import MovableClock, Served

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def program(served: Served, path: str, **headers: str) -> httpx.Response:
    """What a program without cookies gets; `path` may be a whole address."""
    with httpx.Client(base_url=served.base_url, verify=PLAIN) as http:
        return http.get(path, headers=headers)


def own_link(served: Served, username: str) -> str:
    """Make somebody's link on their page; returns what its addresses begin with."""
    person = served.person(username)
    assert person.post("/account/feeds/make").status_code == 303
    found = re.search(r'value="([^"]+)/weeks\.ics"', person.http.get("/account/feeds").text)
    assert found is not None
    return found[1]


def titles(answer: httpx.Response) -> list[str]:
    """The titles of a feed's items."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    return [str(one.text) for one in etree.fromstring(answer.content).iterfind("channel/item/title")]


@pytest.mark.slow
def test_a_feed_holds_what_its_reader_may_see_and_ends(served: Served, shelf: Shelf) -> None:
    all_, inside = (
        shelf.lesson(LessonState.PUBLISHED),
        shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN),
    )
    draft = shelf.lesson()
    link = own_link(served, "lecturer")
    public = titles(program(served, "/feeds/public/lessons.rss"))
    own = titles(program(served, f"{link}/lessons.rss"))
    assert all_.title in public
    assert inside.title not in public
    assert {all_.title, inside.title} <= set(own)
    assert draft.title not in own, "a draft is nobody's to subscribe to, its lecturer's neither"
    node = program(served, f"{link}/nodes/{shelf.root()}.rss")
    assert titles(node) == own

    first = program(served, f"{link}/lessons.rss")
    tag = first.headers["etag"]
    assert program(served, f"{link}/lessons.rss", **{"If-None-Match": tag}).status_code == 304
    assert "no-cache" in first.headers["cache-control"]
    assert served.person("staff").post(f"/lessons/{inside.lesson}/withdraw").status_code == 303
    then = program(served, f"{link}/lessons.rss", **{"If-None-Match": tag})
    assert inside.title not in titles(then)

    # A key that was changed by one letter, another one in its place, one that ended.
    forged = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert program(served, f"{forged}/lessons.rss").status_code == 404
    again = own_link(served, "lecturer")
    assert again != link
    assert program(served, f"{link}/weeks.ics").status_code == 404
    assert program(served, f"{again}/weeks.ics").status_code == 200
    assert served.person("lecturer").post("/account/feeds/end").status_code == 303
    assert program(served, f"{again}/weeks.ics").status_code == 404
    # It opens feeds and no page, and no program learns it.
    assert served.person("lecturer").http.get("/account").status_code == 200
    assert program(served, "/account/feeds").status_code in (303, 401)


def test_it_ends_with_the_account(served: Served, shelf: Shelf) -> None:
    link = own_link(served, "other")
    viewer = shelf.viewer("other")
    with served.ports.db.write() as session:
        session.get_one(Account, viewer.person_id).active = False
    assert program(served, f"{link}/lessons.rss").status_code == 404
    with served.ports.db.write() as session:
        session.get_one(Account, viewer.person_id).active = True
    assert program(served, f"{link}/lessons.rss").status_code == 200


@pytest.mark.slow
def test_a_podcast_plays(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    make_rendition(served.data / "objects" / clip_prefix(put.clip, factories.PLAN) / "240p")
    lecturer, now = shelf.viewer("lecturer"), served.ports.clock()
    with served.ports.db.write() as session:
        clip = session.get_one(Clip, put.clip)
        clip.sizes = {"1080p": 9, "240p": 3_600_000, "audio": 400_000}
        clip.lesson.title = "乡村\x0b振兴<五句话>&"
        made = series.make(session, lecturer, "党史十讲", "", now)
        series.add(session, lecturer, made.id, put.lesson, now)
        series_id = made.id
    link = own_link(served, "member")
    assert program(served, f"/feeds/public/series/{series_id}.rss").status_code == 404
    feed = etree.fromstring(program(served, f"{link}/series/{series_id}.rss").content)
    item = feed.find("channel/item")
    assert item.findtext("title") == "乡村振兴<五句话>&"
    assert item.findtext(f"{ITUNES}duration") == "60"
    assert item.findtext(f"{ITUNES}episode") == "1"
    assert feed.findtext(f"channel/{ITUNES}block") == "Yes"
    enclosure = item.find("enclosure")
    assert (enclosure.get("type"), enclosure.get("length")) == ("video/mp4", "3600000")
    lead = program(served, enclosure.get("url"))
    assert lead.status_code == 303
    assert program(served, lead.headers["location"]).content[4:8] == b"ftyp"
    sound = etree.fromstring(program(served, f"{link}/series/{series_id}.rss?form=sound").content)
    assert sound.find("channel/item/enclosure").get("type") == "audio/mp4"
    assert served.person("staff").post(f"/lessons/{put.lesson}/withdraw").status_code == 303
    assert program(served, enclosure.get("url")).status_code == 404
    assert program(served, f"{link}/series/{series_id}.rss").status_code == 404


def test_the_calendar(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    staff = served.person("staff")
    this = present(clock())
    later, lesson = this.after(2), shelf.lesson(LessonState.PUBLISHED)
    words = "先看，再议；\n再想一想，" + "绿水青山" * 40
    body = {"theme": "绿水青山,就是;金山银山", "text": words, "lessons": [lesson.lesson]}
    assert staff.api("PUT", f"/weeks/{later}", json=body).status_code == 200
    for path in ("/feeds/public/weeks.ics", f"{own_link(served, 'member')}/weeks.ics"):
        answer = program(served, path)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        calendar = Calendar.from_ical(answer.content)
        event = next(one for one in calendar.walk("VEVENT") if str(later) in one["uid"])
        assert event["summary"] == "绿水青山,就是;金山银山"
        assert (event.decoded("dtstart"), event.decoded("dtend")) == (
            later.monday,
            later.monday + timedelta(days=7),
        )
        assert words in event["description"]
        assert "即将发布" in event["description"]
        assert lesson.lesson not in event["description"], "what is yet to come opens nothing"
        assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
        assert program(served, path).content == answer.content


@pytest.mark.slow
def test_gatherings_stand_in_the_calendar_of_those_whom_they_concern(
    served: Served, shelf: Shelf, clock: MovableClock
) -> None:
    staff, member = served.person("staff"), own_link(served, "member")
    node, stranger = shelf.root(), shelf.node()
    day = (clock() + timedelta(days=3)).astimezone(CHINA)
    at = day.replace(hour=9, minute=30, second=0, microsecond=0)
    plan = {
        "kind": "study",
        "title": "学习,第一次;开始",
        "starts_at": at.isoformat(),
        "agenda": "先看，\n再议",
    }
    plan |= {"ends_at": (at + timedelta(hours=2)).isoformat(), "place": "二楼会议室"}
    own, other = (staff.api("POST", "/gatherings", json={**plan, "node": its}) for its in (node, stranger))
    assert (own.status_code, other.status_code) == (201, 201), own.text + other.text
    one = own.json()["id"]

    def told(link: str) -> dict[str, Any]:
        answer = program(served, f"{link}/gatherings.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        return {str(event["uid"]).split("@")[0]: event for event in events}

    first = told(member)
    assert f"gathering-{other.json()['id']}" not in first, "whom it does not concern is told nothing of it"
    event = first[f"gathering-{one}"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (at, at + timedelta(hours=2))
    assert (event["summary"], event["location"]) == ("学习,第一次;开始", "二楼会议室")
    assert (event["description"], event["status"]) == ("先看，\n再议", "CONFIRMED")
    assert str(event["url"]).endswith(f"/gatherings/{one}")
    assert program(served, "/feeds/public/gatherings.ics").status_code == 404
    assert "/feeds/public/gatherings.ics" not in served.person("member").http.get("/account/feeds").text

    cancelled = staff.post(f"/gatherings/{one}/cancel", version=str(own.json()["version"]))
    assert cancelled.status_code == 303, cancelled.text
    gone = told(member)[f"gathering-{one}"]
    assert gone["status"] == "CANCELLED", "a calendar that had it learns that it is given up"
    assert gone["sequence"] > event["sequence"]
