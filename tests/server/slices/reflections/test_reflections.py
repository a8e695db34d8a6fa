"""心得体会 over HTTP: written by a form alone, sent, read, published, fed, copied, and never run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from library.catalog.permits import LessonState
from library.reflections.rules import Reach, ReflectionState
from tests.server.conftest import Shelf
from tests.server.slices.reflections.roles import TEXT, put
from tests.support.server import Served

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)>\n\n]]>&amp;"\'〔引1〕 👨‍👩‍👧 \u202e反写'


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.slow
def test_it_is_written_by_forms_alone_sent_and_published(served: Served, shelf: Shelf) -> None:
    member, staff = served.person("lecturer"), served.person("staff")
    lesson = shelf.lesson(LessonState.PUBLISHED, words="小事不出村大事不出镇矛盾不上交")
    page = member.http.get(f"/reflections/write?clip={lesson.clip}&t=3").text
    found = re.search(r'action="/reflections/([0-9a-z]{16})/save"', page)
    assert found is not None
    made = found[1]
    fields = {"title": "一夜", "text": TEXT, "lesson": lesson.lesson}
    quoted = member.post(f"/reflections/{made}/quote", **fields, clip=lesson.clip, at="0:03")
    assert quoted.status_code == 303, quoted.text
    page = member.http.get(quoted.headers["location"]).text
    assert "小事不出村" in page
    assert f"{TEXT}\n〔引1〕" in page
    wrong = member.post(f"/reflections/{made}/quote", **fields, clip=lesson.clip, at="三分")
    assert wrong.status_code == 422
    assert "看不懂这个时间" in wrong.text
    assert TEXT in wrong.text, "what was typed is kept"
    # Begun once is gone on with, not begun twice.
    again = member.http.get(f"/reflections/write?lesson={lesson.lesson}")
    assert again.status_code == 303
    assert again.headers["location"] == f"/reflections/{made}/edit"
    kept = member.post(f"/reflections/{made}/save", title="一夜", text=f"{TEXT}〔引1〕完。", then="check")
    assert kept.headers["location"] == f"/reflections/{made}/check"
    assert "没有发现和别的心得、文稿像的地方" in member.http.get(f"/reflections/{made}/check").text
    assert member.post(f"/reflections/{made}/send").status_code == 303
    desk = staff.http.get("/reflections/desk").text
    assert TEXT in desk
    version = re.search(rf'{made}/publish".*?name="version" value="(\d+)"', desk, re.DOTALL)
    assert version is not None
    empty = staff.post(f"/reflections/{made}/return", version=version[1], remark=" ")
    assert empty.status_code == 422
    assert "还没有写为什么退回" in empty.text
    public = staff.post(f"/reflections/{made}/publish", version=version[1], reach="public")
    assert public.status_code == 422, "the setting is off"
    done = staff.post(f"/reflections/{made}/publish", version=version[1], reach="branch")
    assert done.status_code == 303
    page = served.person("member").http.get(f"/lessons/{lesson.lesson}").text
    assert f"/reflections/{made}" in page
    read = served.person("member").http.get(f"/reflections/{made}").text
    assert "小事不出村大事不出镇矛盾不上交" in read
    assert f"/clips/{lesson.clip}?t=0.0" in read
    assert "您的心得发布了：一夜" in member.http.get("/notices").text
    assert f"/reflections/{made}" not in served.person("nobody").http.get(f"/lessons/{lesson.lesson}").text
    assert TEXT in member.http.get("/reflections/export.txt").text
    assert member.post(f"/reflections/{made}/delete").status_code == 422
    assert member.post(f"/reflections/{made}/withdraw").status_code == 303
    assert served.person("member").http.get(f"/reflections/{made}").status_code == 404


@pytest.mark.slow
def test_hostile_words_are_words_on_every_page_and_in_every_copy(served: Served, shelf: Shelf) -> None:
    made = put(shelf, ReflectionState.PUBLISHED, Reach.PUBLIC, text=HOSTILE + TEXT)
    draft = put(shelf, text=HOSTILE + TEXT)
    lecturer, staff = served.person("lecturer"), served.person("staff")
    for browser, path in (
        (staff, f"/reflections/{made}"),
        (staff, f"/reflections/{made}/share"),
        (staff, "/reflections/desk?state=published"),
        (staff, "/reflections"),
        (lecturer, f"/reflections/{draft}/edit"),
        (lecturer, f"/reflections/{draft}/check"),
        (lecturer, "/reflections/mine"),
    ):
        page = browser.http.get(path)
        assert page.status_code == 200, path
        tags = Tags(page.text).found
        assert not any("onerror" in attributes for _tag, attributes in tags), path
        assert not any(attributes.get("src") == "x" for _tag, attributes in tags), path
        scripts = [its for tag, its in tags if tag == "script"]
        assert all("src" in its or its.get("type") == "application/json" for its in scripts), path
        assert "\u202e" not in page.text
    paste = staff.http.get(f"/reflections/{made}/share").text
    inside = paste[paste.index('id="paste"') : paste.index("</section>", paste.index('id="paste"'))]
    allowed = {"div", "h2", "p", "br", "blockquote", "img"}
    assert {tag for tag, _ in Tags(inside).found} <= allowed, "clean paragraphs"
    assert "&lt;script&gt;" in inside


def _guids(feed: bytes) -> list[str | None]:
    """The ids of a feed's entries, read as XML."""
    return [one.text for one in ElementTree.fromstring(feed).iter("guid")]  # noqa: S314 - our own


@pytest.mark.slow
def test_a_feed_has_what_its_reader_may_read(served: Served, shelf: Shelf) -> None:
    public = put(shelf, ReflectionState.PUBLISHED, Reach.PUBLIC, text=HOSTILE + TEXT)
    branch = put(shelf, ReflectionState.PUBLISHED, Reach.BRANCH)
    nobody, member = served.person("nobody"), served.person("member")
    feed = nobody.http.get("/feeds/public/reflections.rss")
    links = _guids(feed.content)
    assert public in links
    assert branch not in links
    assert member.post("/account/feeds/make").status_code in (303, 409)
    addresses = member.http.get("/account/feeds").text
    own = next(one for one in re.findall(r"/feeds/([^/]+)/reflections\.rss", addresses) if one != "public")
    theirs = nobody.http.get(f"/feeds/{own}/reflections.rss")
    assert branch in _guids(theirs.content)
    assert nobody.http.get("/feeds/public/reflections.rss?week=2026-W99").status_code == 404


@pytest.mark.slow
def test_a_program_keeps_a_draft_and_meets_the_other_version(served: Served, shelf: Shelf) -> None:
    lecturer = served.person("lecturer")
    lesson = shelf.lesson(LessonState.PUBLISHED)
    path = "/reflections/0abcdefghjkmnpqr"
    body = {"text": "一", "lesson": lesson.lesson, "quotes": [{"n": 1, "clip": lesson.clip, "at_s": 1.0}]}
    first = lecturer.api("PUT", path, json=body)
    assert first.status_code == 200, first.text
    version = first.json()["version"]
    assert first.json()["quotes"][0]["text"] == "为人民服务"
    second = lecturer.api("PUT", path, json={**body, "text": "二", "version": version})
    assert second.json()["version"] == version + 1
    late = lecturer.api("PUT", path, json={**body, "text": "三", "version": version})
    assert (late.status_code, late.json()["error"]) == (409, "reflection_changed")
    assert lecturer.api("GET", path).json()["text"] == "二"
    assert lecturer.api("DELETE", path).status_code == 204
    assert lecturer.api("GET", path).status_code == 404


def test_without_scripts_both_versions_are_shown_before_one_is_lost(served: Served, shelf: Shelf) -> None:
    lecturer, made = served.person("lecturer"), put(shelf)
    page = lecturer.http.get(f"/reflections/{made}/edit").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    assert lecturer.api("PUT", f"/reflections/{made}", json={"text": "电脑上写的。"}).status_code == 200
    fields = {"title": "一夜", "text": "纸上写的。", "version": version[1]}
    refused = lecturer.post(f"/reflections/{made}/save", **fields)
    assert refused.status_code == 409
    assert "电脑上写的。" in refused.text, "what would be overwritten"
    assert "纸上写的。</textarea>" in refused.text, "what was typed"
    assert "已存好，只有您看得到。" not in refused.text
    now = re.search(r'name="version" value="(\d+)"', refused.text)
    assert now is not None
    again = lecturer.post(f"/reflections/{made}/save", **{**fields, "version": now[1]})
    assert again.status_code == 303
    assert lecturer.api("GET", f"/reflections/{made}").json()["text"] == "纸上写的。"


@pytest.mark.slow
def test_a_sound_is_served_in_parts_and_with_the_rights_of_its_text(served: Served, shelf: Shelf) -> None:
    made = put(shelf, sound=True)
    path = f"/reflections/{made}/sound.m4a"
    lecturer = served.person("lecturer").http
    whole = lecturer.get(path)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, b"0123456789", "bytes")
    for asked, status, content in (
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=0-999", 206, b"0123456789"),
        ("bytes=10-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ):
        answer = lecturer.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (status, content), asked
    assert lecturer.get(path, headers={"Range": "bytes=2-4"}).headers["content-range"] == "bytes 2-4/10"
    for other in ("nobody", "member", "staff"):
        assert served.person(other).http.get(path).status_code == 404, other


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("name", ["member", "lecturer"])
def test_the_page_of_a_lesson_asks_who_is_signed_in(served: Served, shelf: Shelf, name: str) -> None:
    lesson = shelf.lesson(LessonState.PUBLISHED)
    assert "写心得" in served.person(name).http.get(f"/lessons/{lesson.lesson}").text
    assert "写心得" not in served.person("nobody").http.get(f"/lessons/{lesson.lesson}").text
