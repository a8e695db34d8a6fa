"""No sentence without its translation, no code without its sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.permits import Audience, LessonState
from library.catalog.rules import LessonKind
from library.core.permits import Role
from library.intake.rules import RecordingState, StepKind, StepState
from server.web.language.formats import clock, device_words, duration_words, size, watched_words
from server.web.language.i18n import LANGUAGES, SOURCE_LANGUAGE, Catalogues, negotiate
from server.web.language.tongues import tongue
from server.web.language.words import explain
from server.web.parts import NoRecording
from tests.server.pages.catalogue import ROOT, catalogue_path, extract, untranslated, update
from tests.support.registry import REGISTRY
from transcode.errors import FAILURES, REFUSALS
from transcode.reading.facts import REMARKS
from transcode.transcripts.parsing import WARNINGS

SENTENCES, WORDS = REGISTRY.phrases.sentences, REGISTRY.phrases.words
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != SOURCE_LANGUAGE])
def test_every_sentence_is_translated(language: str) -> None:
    """If this fails: run `python -m tests.server.pages.catalogue`, then fill in what it lists."""
    with catalogue_path(language).open("rb") as file:
        kept = {message.id for message in read_po(file, locale=language) if message.id}
    now = update(catalogue_path(language), language, extract())
    assert untranslated(now) == []
    assert kept == {message.id for message in now if message.id}, "sentences that nobody uses any more"


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != SOURCE_LANGUAGE])
def test_translations_keep_the_places_of_values(language: str) -> None:
    with catalogue_path(language).open("rb") as file:
        for message in read_po(file, locale=language):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = (message.string,) if isinstance(message.string, str) else message.string
            for string in filter(None, strings or ()):
                assert set(PLACES.findall(string)) == set(PLACES.findall(ids[0])), ids[0]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_have_no_words_outside_the_catalogue(path: Path) -> None:
    text = re.sub(r"\{% block body_class %\}\w*", "", path.read_text(encoding="utf-8"))
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    assert HAN.findall(text) == []
    visible = re.sub(r"<(script|template)\b.*?</\1>|<[^>]*>", " ", text, flags=re.S)
    assert re.findall(r"[A-Za-z]{3,}", visible) == [], "words that no translation can reach"


@pytest.mark.slow
def test_scripts_have_no_words_outside_the_catalogue() -> None:
    known = {
        message.id if isinstance(message.id, str) else message.id[0] for message in extract() if message.id
    }
    for path in sorted((ROOT / "frontend" / "src").rglob("*.js")):
        code = re.sub(r"^\s*(//|\*|/\*).*$", "", path.read_text(encoding="utf-8"), flags=re.M)
        for quoted in re.findall(r"'([^'\n]*)'|`([^`]*)`", code):
            literal = quoted[0] or quoted[1]
            assert not HAN.search(literal) or literal in known, f"{path.name}: {literal}"


def test_pages_hand_their_scripts_what_the_scripts_say(catalogues: Catalogues) -> None:
    words = catalogues.of("en").script_sentences
    assert words["已暂停"] == "Paused"
    assert words["%(num)s 次观看"] == ["%(num)s view", "%(num)s views"]
    assert "登录" not in words, "only what scripts need travels with every page"
    assert catalogues.of("zh-CN").script_sentences == {}


# ---------------------------------------------------------------- codes


def test_every_refusal_and_failure_has_its_sentence() -> None:
    assert (set(REFUSALS) | set(FAILURES) | set(WARNINGS) | set(REMARKS)) - set(SENTENCES) == set()


def _raised_codes() -> dict[str, str]:
    """Every code given to an error or a reason as a literal in library/ and server/, with where it stands."""
    makers = {
        *("NotFound", "SignInNeeded", "Forbidden", "Invalid", "Conflict", "TooLarge", "Throttled"),
        *("Refused", "Failed", "IndexUnavailable", "WeikeError"),
    }
    found = {}
    for path in [*(ROOT / "library").rglob("*.py"), *(ROOT / "server").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            literals = [node.args[0]] if name in makers and node.args else []
            if name in ("Reason", "Flash"):
                literals = [word.value for word in node.keywords if word.arg == "code"]
            if name == "redirect" and len(node.args) > 1:
                literals = [node.args[1]]
            for literal in literals:
                if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
                    found[literal.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


@pytest.mark.slow
def test_every_code_that_is_raised_has_its_sentence() -> None:
    codes = _raised_codes()
    assert len(codes) > 20, "the search has lost its way"
    assert {code: where for code, where in codes.items() if code not in SENTENCES} == {}


def test_every_state_has_its_word() -> None:
    for kind, codes in {
        "role": [str(role) for role in Role],
        "state": [str(state) for state in LessonState],
        "audience": [str(audience) for audience in Audience],
        "recording": [*get_args(NoRecording), *RecordingState],
        "kind": [*LessonKind, "material"],
        "step": list(StepKind),
        "step_state": list(StepState),
    }.items():
        assert set(WORDS[kind]) == set(codes), kind


def test_reasons_name_their_values_in_words(catalogues: Catalogues) -> None:
    zh, en = catalogues.of("zh-CN"), catalogues.of("en")
    args = {"limit_s": 28_800, "duration_s": 30_660.4}
    assert explain("too_long", args, zh).message == "录像长 8 小时 31 分钟，超过了上限 8 小时。"
    assert "8 h 31 min" in explain("too_long", args, en).message
    assert "80" in explain("too_long", {"most": 80, "length": 95}, zh).message, "the other code of that name"
    size_args = {"size_bytes": 9 * 1024**3, "most_bytes": 8 * 1024**3}
    assert "9.0 GB" in explain("upload_size", size_args, zh).message
    assert "压缩包" in explain("not_media", {"found": "archive"}, zh).message
    far = {"week": "2027-W14", "back": 53, "ahead": 53}
    assert explain("week_far", far, zh).message == "2027 年第 14 周离现在太远。"
    assert "W14" not in explain("week_far", far, en).message


def test_tracks_are_told_with_the_names_of_their_languages(catalogues: Catalogues) -> None:
    zh, en = (catalogues.of(language) for language in ("zh-CN", "en"))
    tracks = {"taken": "1 (chi)", "left": "2 (eng, mic)、3 (mic)、4、5 (xx-unknown, 会场)"}
    told = explain("sound_left", {"count": 4, **tracks}, zh).message
    assert told == (
        "文件里有几条声音，用了第 1 (中文) 条；没有用的：2 (英语, mic)、3 (mic)、4、5 (xx, 会场)。"
    )
    assert "2 (English, mic), 3 (mic), 4, 5" in explain("sound_left", {"count": 4, **tracks}, en).message
    known = {
        "zh": "中文",
        "zho": "中文",
        "zh-Hant": "中文",
        "yue": "粤语",
        "bod": "藏语",
        "qqq": "qqq",
        "": "",
    }
    assert {code: tongue(code, zh) for code in known} == known


def test_a_reason_is_never_an_error_itself(catalogues: Catalogues) -> None:
    for catalogue in catalogues:
        for code in SENTENCES:
            assert explain(code, {}, catalogue).message, "values may be missing"
        assert "made_up" in explain("made_up", {"x": 1}, catalogue).message


# ---------------------------------------------------------------- languages and formats


@pytest.mark.parametrize(
    ("chosen", "header", "language"),
    [
        (None, None, "zh-CN"),
        (None, "", "zh-CN"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        (None, "en;q=0.5, zh;q=0.9", "zh-CN"),
        (None, "fr-FR, en;q=0.3", "en"),
        (None, "fr", "zh-CN"),
        (None, "en;q=0, *;q=0.1", "zh-CN"),
        (None, "en;q=x,;;,=", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("zh-CN", "en", "zh-CN"),
        ("klingon", "en", "en"),
    ],
)
def test_the_language_is_the_chosen_or_the_wished_one(
    chosen: str | None, header: str | None, language: str
) -> None:
    assert negotiate(chosen, header) == language


@given(st.text(), st.text())
def test_no_header_breaks_the_choice_of_a_language(chosen: str, header: str) -> None:
    assert negotiate(chosen, header) in LANGUAGES


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (8, "8 秒", "8 s"),
        (60, "1 分钟", "1 min"),
        (75.4, "1 分 15 秒", "1 min 15 s"),
        (630, "11 分钟", "11 min"),
        (3600, "1 小时", "1 h"),
        (3900, "1 小时 5 分钟", "1 h 5 min"),
    ],
)
def test_lengths_of_time(catalogues: Catalogues, seconds: float, zh: str, en: str) -> None:
    assert duration_words(seconds, catalogues.of("zh-CN")) == zh
    assert duration_words(seconds, catalogues.of("en")) == en


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (3599, "60 分钟", "60 min"),
        (3600, "1 小时", "1 h"),
        (28_020, "7.8 小时", "7.8 h"),
        (5_904_000, "1,640 小时", "1,640 h"),
    ],
)
def test_what_many_watched_together(catalogues: Catalogues, seconds: float, zh: str, en: str) -> None:
    assert watched_words(seconds, catalogues.of("zh-CN")) == zh
    assert watched_words(seconds, catalogues.of("en")) == en


def test_places_sizes_and_devices(catalogues: Catalogues) -> None:
    assert [clock(at) for at in (0, 7.9, 754, 3723)] == ["0:00", "0:07", "12:34", "1:02:03"]
    assert [size(n) for n in (17, 2048, 5 * 1024**2, 1.5 * 1024**3)] == ["17 B", "2 KB", "5.0 MB", "1.5 GB"]
    wechat = "Mozilla/5.0 (Linux; Android 13; V2046A) Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0"
    assert device_words(wechat, catalogues.of("zh-CN")) == "微信 · Android"
    assert device_words(wechat, catalogues.of("en")) == "WeChat · Android"
    assert device_words("", catalogues.of("en")) == "Unknown device"
