"""A script without times that a recording comes with asks for that one recording to be heard, and says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from library.catalog import queries as catalog
from library.hearing.rules import RecognitionState, SpeechMode
from library.hearing.tables import Recognition
from server.commands.lessons import local_lessons
from server.commands.lessons.json_objects import account_object
from server.commands.lessons.local_lessons import About
from server.settings import Settings
from server.slices import phrases
from server.web.language.i18n import source_catalogue
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.speech.test_models import model_bin

pytestmark = [pytest.mark.slow, pytest.mark.every]

SCRIPT = ("同志们好。今天讲绿水青山。".encode(), "讲稿.txt")
TIMED = (b"1\n00:00:01,000 --> 00:00:02,000\nhello there\n", "words.srt")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks whole; nothing in these tests recognises with it."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.bin").write_bytes(model_bin())
    (folder / "tokenizer.json").write_text('{"added_tokens": ["<|zh|>"]}')
    for name, said in (("config.json", "{}"), ("vocabulary.txt", "a")):
        (folder / name).write_text(said)
    return folder


def settings(ports: Ports, **values: Any) -> Settings:
    return ports.settings.model_copy(update=values)


def taken(ports: Ports, wanted: Settings, file: Path, words: tuple[bytes, str] | None) -> list[str]:
    """The codes of what is said of a recording that comes with `words`."""
    about = About(title="绿水青山", transcript=words)
    made = local_lessons.take(ports.db, wanted, ports.clock, file, about, again=True)
    with ports.db.read() as session:
        zh = source_catalogue(phrases())
        said: list[dict[str, Any]] = account_object(session, wanted, made.lesson_id, zh)["warnings"]
    return [one["code"] for one in said]


def wanted_states(ports: Ports) -> list[RecognitionState]:
    with ports.db.read() as session:
        return list(session.scalars(select(Recognition.state)))


@pytest.mark.parametrize(
    ("speech", "words", "said", "states"),
    [
        (SpeechMode.ON_REQUEST, SCRIPT, ["script_to_be_aligned"], [RecognitionState.WAITING]),
        (SpeechMode.NEVER, SCRIPT, ["speech_off"], []),
        (SpeechMode.ON_REQUEST, TIMED, [], []),
        (SpeechMode.ON_REQUEST, None, [], []),
    ],
    ids=["script", "never", "timed", "no-words"],
)
def test_a_script_started_no_hearing_in_silence(
    ports: Ports, model: Path, short: Path, speech: SpeechMode, words: Any, said: list[str], states: list[Any]
) -> None:
    assert taken(ports, settings(ports, speech=speech, speech_model=model), short, words) == said
    assert wanted_states(ports) == states


def test_without_a_model_the_account_says_that_times_stay_estimated(
    ports: Ports, tmp_path: Path, short: Path
) -> None:
    nothing = settings(ports, speech=SpeechMode.ON_REQUEST, speech_model=tmp_path / "nothing")
    assert taken(ports, nothing, short, SCRIPT) == ["speech_model_missing"]
    assert wanted_states(ports) == []


def test_a_script_that_is_given_again_does_not_hear_what_somebody_stopped(
    ports: Ports, model: Path, short: Path
) -> None:
    usable = settings(ports, speech=SpeechMode.ON_REQUEST, speech_model=model)
    about = About(title="绿水青山", transcript=SCRIPT)
    made = local_lessons.take(ports.db, usable, ports.clock, short, about)
    with ports.db.write() as session:
        session.scalars(select(Recognition)).one().state = RecognitionState.CANCELLED
    made = local_lessons.take(ports.db, usable, ports.clock, short, about)
    assert made.already_here
    assert wanted_states(ports) == [RecognitionState.CANCELLED]
    with ports.db.read() as session:
        zh = source_catalogue(phrases())
        said = account_object(session, usable, made.lesson_id, zh)["warnings"]
        assert catalog.lesson(session, made.lesson_id).title == "绿水青山"
    assert [one["code"] for one in said] == ["script_not_heard"]


def test_an_import_asks_for_each_row_that_has_a_script_and_a_recording(
    weike: Weike, ports: Ports, model: Path, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"key": "a", "title": "有讲稿", "transcript_text": "同志们好。今天讲绿水青山。", "media": str(short)},
        {"key": "b", "title": "只有讲稿", "transcript_text": "同志们好。"},
    ]
    manifest = tmp_path / "old.jsonl"
    manifest.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    monkeypatch.setenv("WEIKE_SPEECH_MODEL", str(model))
    ran = weike("import", manifest, "--json")
    assert ran.code == 0, ran.err
    assert [(one["key"], one["code"]) for one in ran.json["warnings"]][:1] == [("a", "script_to_be_aligned")]
    assert len(wanted_states(ports)) == 1
