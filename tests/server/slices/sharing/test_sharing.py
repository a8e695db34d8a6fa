"""Handing on, over HTTP: the card and its code, the page inside another page, oEmbed, the text to paste."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree, html
from PIL import Image
from pydantic import ValidationError

from library.catalog.permits import Audience, LessonState
from server.settings import Settings
from server.slices.sharing.drawing import Card, draw
from tests.server.conftest import Shelf
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.every]

PORTAL = "https://portal.example.cn"


def test_a_card_is_drawn_and_names_what_it_shows(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    nobody = served.person("nobody")
    answer = nobody.http.get(f"/lessons/{put.lesson}/card.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (1080, 1440)
        assert len(picture.getcolors(1 << 24) or []) > 50
    assert nobody.http.get(f"/lessons/{put.lesson}/card.jpg").content == answer.content
    page = nobody.http.get(f"/lessons/{put.lesson}/share")
    assert f'src="/lessons/{put.lesson}/card.jpg"' in page.text
    assert "WEIKE_EMBED_ON" in page.text
    inside = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    assert nobody.http.get(f"/lessons/{inside.lesson}/card.jpg").status_code == 303
    assert "不是对所有人公开的" in served.person("member").http.get(f"/lessons/{inside.lesson}/share").text


def test_long_names_and_broken_posters_are_drawn(served: Served) -> None:
    from server.fonts import find_fonts

    assert served
    for poster in (b"", b"\xff\xd8\xffno picture"):
        card = Card("长" * 500, "名" * 200, poster, "https://weike.example.cn/lessons/x", "微课", "扫码观看")
        assert draw(card, find_fonts())[:3] == b"\xff\xd8\xff"


def test_another_page_shows_it_only_where_that_is_allowed(tmp_path: Path) -> None:
    with in_thread(new_data(tmp_path / "data"), embed_on=PORTAL) as served:
        shelf = Shelf(served)
        put = shelf.lesson(LessonState.PUBLISHED)
        hidden = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
        nobody = served.person("nobody")
        for thing in (put.lesson, put.clip):
            answer = nobody.http.get(f"/embed/{thing}")
            assert f"frame-ancestors {PORTAL}" in answer.headers["content-security-policy"]
            assert "x-frame-options" not in answer.headers
            assert "master.m3u8" in answer.text
        assert "frame-ancestors 'self'" in nobody.http.get("/").headers["content-security-policy"]
        assert nobody.http.get(f"/embed/{hidden.lesson}").status_code == 303
        assert nobody.http.get(f"/embed/{shelf.lesson().lesson}").status_code == 404

        page = html.fromstring(nobody.http.get(f"/lessons/{put.lesson}").text)
        found = {one.get("type"): one.get("href") for one in page.iterfind(".//link[@rel='alternate']")}
        told = nobody.http.get(found["application/json+oembed"])
        assert told.headers["content-type"] == "application/json"
        said = told.json()
        assert (said["version"], said["type"], said["title"]) == ("1.0", "video", put.title)
        frame = html.fromstring(said["html"])
        assert frame.get("src") == f"{served.base_url}/embed/{put.clip}"
        assert (int(frame.get("width")), int(frame.get("height"))) == (said["width"], said["height"])
        small = nobody.http.get(found["application/json+oembed"] + "&maxwidth=320&maxheight=100").json()
        assert small["width"] <= 320
        xml = nobody.http.get(found["text/xml+oembed"])
        assert etree.fromstring(xml.content).findtext("html") == said["html"]
        for url in (f"{served.base_url}/lessons/{hidden.lesson}", f"{PORTAL}/lessons/{put.lesson}", "x"):
            assert nobody.http.get(f"/oembed?url={quote(url, safe='')}").status_code == 404
        assert (
            nobody.http.get(f"/oembed?url={served.base_url}/lessons/{put.lesson}&format=yaml").status_code
            == 501
        )
        code = served.person("member").http.get(f"/lessons/{put.lesson}/share").text
        assert f"/embed/{put.lesson}" in code


def test_by_itself_no_site_may_show_it(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    nobody = served.person("nobody")
    answer = nobody.http.get(f"/embed/{put.lesson}")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    told = nobody.http.get(f"/oembed?url={served.base_url}/lessons/{put.lesson}").json()
    assert told["type"] == "link"
    assert "html" not in told
    for wrong in ("*", "https://a.cn; script-src *", "https://a.cn/path", "javascript:x", "'self'"):
        with pytest.raises(ValidationError):
            Settings(embed_on=wrong, _env_file=None)  # type: ignore[call-arg]


def test_a_text_to_paste_brings_its_pictures(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    page = html.fromstring(served.person("nobody").http.get(f"/lessons/{put.lesson}/share").text)
    paste = page.get_element_by_id("paste")
    assert all(str(one.get("src")).startswith("data:image/") for one in paste.iter("img"))
    assert len(list(paste.iter("img"))) == 2
    assert {one.tag for one in paste.iter() if isinstance(one.tag, str)} <= {"div", "h2", "p", "img"}
    assert not any(re.match("class|style|on", name) for one in paste.iterdescendants() for name in one.attrib)
