"""Lecturers choose whether their own lessons are heard: on their account's page and under /api/v1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from library.catalog import queries
from library.catalog.tables import Lesson
from library.core.errors import Conflict
from library.hearing import actions
from library.hearing import queries as hearing
from library.hearing.rules import AskedAs, RecognitionState, SpeechMode
from library.intake.transcripts import taking
from server.settings import Settings
from server.web.shown import recognition
from tests.server.conftest import Shelf
from tests.speech.test_models import model_bin
from tests.support.server import Served


@pytest.fixture
def usable(served: Served, tmp_path: Path) -> Settings:
    """Settings by which a machine hears where somebody asks."""
    (tmp_path / "model.bin").write_bytes(model_bin())
    (tmp_path / "tokenizer.json").write_text('{"added_tokens": ["<|zh|>"]}')
    for name, said in (("config.json", "{}"), ("vocabulary.txt", "a")):
        (tmp_path / name).write_text(said)
    return served.ports.settings.model_copy(
        update={"speech": SpeechMode.ON_REQUEST, "speech_model": tmp_path}
    )


def checked(page: str) -> list[str]:
    return re.findall(r'name="choice" value="([a-z-]+)" checked', page)


@pytest.mark.slow
def test_the_page_and_the_api_choose_the_same_thing(served: Served, shelf: Shelf) -> None:
    lesson_id = shelf.lesson(recording="ready").lesson
    lecturer, path = served.person("lecturer"), "/api/v1/account/speech"
    page = lecturer.http.get("/account").text
    assert checked(page) == ["on-request"]
    assert "您还没有选过" in page
    assert 'name="choice"' not in served.person("member").http.get("/account").text
    with served.ports.db.write() as session:
        actions.want(session, lesson_id, None, served.ports.clock(), AskedAs.LECTURER)
    waits = lecturer.http.get(f"/lessons/{lesson_id}/transcripts").text
    assert "自动听写的：讲师选了总是听写" in waits
    answer = lecturer.post("/account/speech", choice="never")
    assert answer.headers["location"].endswith("/account")
    told = lecturer.http.get("/account").text
    assert "正在听写和排队的已经停下" in told
    assert checked(told) == ["never"]
    said = lecturer.http.get(path).json()
    assert (said["choice"], said["server"], said["holds"]) == ("never", "on-request", "never")
    state = lecturer.http.get(f"/api/v1/lessons/{lesson_id}/recognition").json()
    assert (state["state"], state["holds"], state["chosen_by_lecturer"], state["asked_as"]) == (
        "cancelled",
        "never",
        True,
        "lecturer",
    )
    headers = {"X-CSRF-Token": lecturer.csrf()}
    for body, code in (({"choice": "sometimes"}, 422), ({}, 422), ({"choice": "always"}, 200)):
        assert lecturer.http.put(path, json=body, headers=headers).status_code == code
    assert lecturer.post("/account/speech", choice="sometimes").status_code == 422
    assert lecturer.http.get(path).json()["holds"] == "always"
    assert lecturer.post("/account/speech", choice="server").status_code == 303
    assert lecturer.http.get(path).json()["choice"] is None


def test_whoever_never_wants_to_be_heard_is_not_and_is_named_as_who_chose_that(
    served: Served, shelf: Shelf, usable: Settings
) -> None:
    now, words = served.ports.clock(), taking.read("同志们好。".encode(), "讲稿.txt")

    def lesson_of(session: Session) -> Lesson:
        return queries.lesson(session, lesson_id)

    lesson_id = shelf.lesson(recording="ready").lesson
    with served.ports.db.write() as session:
        owner = str(lesson_of(session).owner_id)
        actions.choose(session, owner, SpeechMode.NEVER, now)
        taking.take(session, lesson_of(session), words, now, replace=True)
    with served.ports.db.write() as session:
        lesson = lesson_of(session)
        recognition.ask_for_text(session, usable, lesson, owner, now)
        assert hearing.recognition_of(session, lesson_id) is None
        assert [one.code for one in recognition.unasked(session, usable, lesson)] == ["speech_not_wanted"]
        with pytest.raises(Conflict, match="speech_not_wanted"):
            recognition.ask(session, usable, lesson, owner, now)
        part = recognition.recognition_part(session, usable, lesson, now)
        assert (part.offered, part.why_not and part.why_not.code) == (False, "speech_not_wanted")
        actions.choose(session, owner, SpeechMode.ON_REQUEST, now)
        recognition.ask_for_text(session, usable, lesson, owner, now)
        part = recognition.recognition_part(session, usable, lesson, now)
        assert (part.state, part.asked_as) == (RecognitionState.WAITING, AskedAs.TEXT)
        assert part.asked_by == part.owner != ""
        off = usable.model_copy(update={"speech": SpeechMode.NEVER})
        actions.choose(session, owner, SpeechMode.ALWAYS, now)
        with pytest.raises(Conflict, match="speech_off"):
            recognition.ask(session, off, lesson, owner, now)
        actions.choose(session, owner, None, now)
