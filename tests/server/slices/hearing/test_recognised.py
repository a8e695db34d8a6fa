"""What a machine recognised is said to be so wherever somebody looks, reads or downloads."""

from __future__ import annotations

import io
from urllib.parse import quote

import docx
import pytest

from library.catalog import actions, queries
from library.catalog.permits import LessonState
from library.catalog.rules import RECOGNISED_NOTE, CueLine, CueSource, TranscriptQuality
from server.slices.intake.heard_part import parts_of
from tests.server.conftest import Shelf
from tests.support.server import Served

LINES = (
    CueLine(0.0, 2.0, "同志们好", source=CueSource.RECOGNISED, confidence=0.91, doubtful=((0, 2),)),
    CueLine(2.0, 4.0, "今天学习", source=CueSource.RECOGNISED, confidence=0.6),
)


@pytest.mark.slow
def test_recognised_words_are_called_so(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED, recording="ready")
    with served.ports.db.write() as session:
        lesson = queries.lesson(session, put.lesson)
        actions.put_transcript(session, lesson, TranscriptQuality.RECOGNISED, LINES)
    http = served.person("member").http
    said = http.get(f"/api/v1/lessons/{put.lesson}/transcript").json()
    assert (said["quality"], said["notice"]) == ("recognised", "机器识别，待校对")
    first = {"start_s": 0.0, "end_s": 2.0, "text": "同志们好", "speaker": ""}
    assert said["cues"][0] == {**first, "source": "recognised", "confidence": 0.91}
    assert http.get(f"/clips/{put.clip}/captions.vtt").text.splitlines()[2] == f"NOTE {RECOGNISED_NOTE}"
    assert "机器识别，待校对" in http.get(f"/clips/{put.clip}").text
    assert "文稿是机器识别的" in http.get(f"/lessons/{put.lesson}").text
    taken = served.person("lecturer").http
    for form, where in (
        ("vtt", f"NOTE {RECOGNISED_NOTE}"),
        ("txt", RECOGNISED_NOTE),
        ("docx", ""),
        ("srt", ""),
    ):
        answer = taken.get(f"/lessons/{put.lesson}/transcript.{form}")
        assert quote("（机器识别，待校对）") in answer.headers["content-disposition"]
        assert where in (answer.text if where else "")
    word = docx.Document(io.BytesIO(taken.get(f"/lessons/{put.lesson}/transcript.docx").content))
    assert [one.text for one in word.paragraphs][1] == RECOGNISED_NOTE


def test_doubtful_places_are_cut_out_of_their_line() -> None:
    assert parts_of("学习三会一课", [(2, 4), (5, 9)]) == (
        ("学习", False),
        ("三会", True),
        ("一", False),
        ("课", True),
    )
    assert parts_of("学习", ()) == (("学习", False),)
