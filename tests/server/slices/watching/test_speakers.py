"""Who speaks: on the watch page, in captions, and on the page of a lesson whose video is to come."""

from __future__ import annotations

import pytest

from library.catalog import actions, queries
from library.catalog.rules import CueLine, TranscriptQuality
from tests.server.conftest import Shelf
from tests.support.server import Served

LINES = (
    CueLine(0.0, 2.0, "同志们好", "主持人"),
    CueLine(2.0, 4.0, "今天学习", "主持人"),
    CueLine(4.0, 6.0, "共同富裕", "王<老师>"),
    CueLine(6.0, 8.0, "没有名字"),
    CueLine(8.0, 9.0, "再说一句", "王<老师>"),
)


@pytest.mark.slow
def test_who_speaks_is_named_where_it_changes(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    with served.ports.db.write() as session:
        lesson = queries.lesson(session, put.lesson)
        actions.put_transcript(session, lesson, TranscriptQuality.EXACT, LINES)
    page = served.person("lecturer").http.get(f"/clips/{put.clip}").text
    assert page.count('class="speaker">主持人：<') == 1
    assert page.count('class="speaker">王&lt;老师&gt;：<') == 2
    captions = served.person("lecturer").http.get(f"/clips/{put.clip}/captions.vtt").text
    assert captions.count("<v 主持人>") == 2
    assert "<v 王&lt;老师&gt;>共同富裕" in captions


@pytest.mark.slow
def test_a_text_names_who_speaks(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    with served.ports.db.write() as session:
        lesson = queries.lesson(session, put.lesson)
        actions.put_clips(session, lesson, [])
        actions.put_transcript(session, lesson, TranscriptQuality.PLAIN, LINES)
    page = served.person("lecturer").http.get(f"/lessons/{put.lesson}").text
    assert "<p>主持人：同志们好</p><p>今天学习</p><p>王&lt;老师&gt;：共同富裕</p><p>没有名字</p>" in page
