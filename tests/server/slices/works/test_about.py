"""The pages of a lecturer and of a topic: their series, honours and lessons, and nothing that is hidden."""

from __future__ import annotations

import pytest

from library.catalog import actions
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.works import honours, series
from library.works.rules import HonourLevel
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_a_lecturer_and_a_topic_show_what_their_viewer_sees(served: Served, shelf: Shelf) -> None:
    shown, hidden = shelf.lesson(LessonState.PUBLISHED), shelf.lesson()
    alone = shelf.lesson()
    lecturer, staff, now = shelf.viewer("lecturer"), shelf.viewer("staff"), served.ports.clock()
    with served.ports.db.write() as session:
        for put, name in ((shown, "韩老师"), (hidden, "韩老师"), (alone, "藏老师")):
            lesson = catalog.lesson(session, put.lesson)
            actions.edit(session, lesson, actions.Details(lecturer=name, topics=[f"{name}的专题"]))
        ids = {put.lesson: catalog.lesson(session, put.lesson) for put in (shown, alone)}
        lecturers = {lesson_id: lesson.lecturer_id for lesson_id, lesson in ids.items()}
        topics = {lesson_id: lesson.topics[0].topic_id for lesson_id, lesson in ids.items()}
        made = series.make(session, lecturer, "韩老师十讲", "", now)
        for put, award, level in (
            (shown, "县里的奖", HonourLevel.COUNTY),
            (shown, "全国的奖", HonourLevel.NATIONAL),
            (hidden, "藏起来的奖", HonourLevel.CITY),
        ):
            honours.grant(session, staff, put.lesson, honours.Awarded(award, level, 2025), now)
        for put in (shown, hidden):
            series.add(session, lecturer, made.id, put.lesson, now)
    with served.nobody() as visitor:
        for path in (f"/lecturers/{lecturers[shown.lesson]}", f"/topics/{topics[shown.lesson]}"):
            page = visitor.http.get(path).text
            assert "韩老师十讲" in page
            assert page.index("全国的奖") < page.index("县里的奖")
            assert "藏起来的奖" not in page
            assert hidden.lesson not in page
            assert "1 节课" in page
            assert path in visitor.http.get(f"/lessons/{shown.lesson}").text
        for path in (f"/lecturers/{lecturers[alone.lesson]}", f"/topics/{topics[alone.lesson]}", "/topics/x"):
            assert visitor.http.get(path).status_code == 404, "whoever has hidden lessons only is not there"
