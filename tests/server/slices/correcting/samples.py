"""Correcting what is said: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from library.catalog.rules import CueSource, TranscriptQuality
from library.correcting.comparing import changes
from server.slices.correcting import contexts as c
from server.slices.correcting.words_json import LimitsOut, LineOut, PlayingOut, WordingOut, WordsOut
from server.web.parts import LessonRef, Pager, Reason
from tests.server.pages.samples import LECTURER, NOW, SENTENCES, STAFF, TITLES, Sample, frame

HEARD = (
    ("同志们大家好今天我们用十分钟", ()),
    ("讲一讲绿水青山就是金山银山", ()),
    ("二十年前余存靠开矿办水泥厂", ((4, 6),)),
    ("成了全县有名的富遇村", ((7, 9),)),
    ("可是山秃了水浑了", ()),
    ("老百姓连窗户都不敢开", ()),
    ("余存的党支部开了三个晚上的会", ((0, 2), (3, 6))),
    ("最后决定关矿山停水泥厂", ()),
)


def _line(n: int, text: str, source: CueSource, doubtful: tuple[tuple[int, int], ...] = ()) -> LineOut:
    sure = {CueSource.RECOGNISED: 0.62 if doubtful else 0.91, CueSource.ALIGNED: 1.0}.get(source)
    return LineOut(
        start_s=6.4 * n + 1.2,
        end_s=6.4 * n + 7.1,
        text=text,
        speaker="",
        source=source,
        confidence=sure,
        doubtful=list(doubtful),
    )


def _words(lines: list[LineOut], **about: Any) -> WordsOut:
    usual: dict[str, Any] = {
        "base": "b1",
        "quality": TranscriptQuality.RECOGNISED,
        "version": 2,
        "by": None,
        "made_at": NOW,
        "being_heard": False,
        "duration_s": 612.4,
        "lines": lines,
        "playing": [
            PlayingOut(start_s=0, end_s=612.4, master="/media/sig/1/everyone/clip1/plan/master.m3u8")
        ],
        "pauses": [],
        "heard": [],
        "always": [],
        "may_teach": False,
        "limits": LimitsOut(line=2000, wording=60),
    }
    return WordsOut(**{**usual, **about})


def _page(words: WordsOut) -> c.WordsPage:
    return c.WordsPage(
        frame=frame(LECTURER, "/lessons/lesson0/words"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        words=words.model_dump(mode="json"),
    )


def _side(n: int, quality: TranscriptQuality, file_name: str = "", by: str | None = None) -> c.CompareSide:
    return c.CompareSide(n=n, file_name=file_name, quality=quality, by=by, made_at=NOW, corrected=False)


GIVEN = (
    "同志们，大家好，今天我们用十分钟，",
    "讲一讲绿水青山就是金山银山。",
    "二十年前，余村靠开矿、办水泥厂，",
    "成了全县有名的富裕村。",
)


def _compare(**about: Any) -> c.ComparePage:
    heard, given = (
        _side(1, TranscriptQuality.RECOGNISED),
        _side(2, TranscriptQuality.ALIGNED, "余村讲稿.docx"),
    )
    usual: dict[str, Any] = {
        "frame": frame(LECTURER, "/lessons/lesson0/compare"),
        "lesson": LessonRef(id="lesson0", title=TITLES[0]),
        "now": heard,
        "other": given,
        "others": (_side(3, TranscriptQuality.EXACT, "会议记录.srt", "王芳"), given),
        "base": "b1",
        "pager": Pager(page=1, pages=1, total=4, url="/lessons/lesson0/compare?with=2"),
    }
    return c.ComparePage(**{**usual, **about})


def _compared(n: int, right: str, **about: Any) -> c.CompareRow:
    left, other = changes(HEARD[n][0], right)
    usual: dict[str, Any] = {"clip_id": "clip1", "clip_s": 6.4 * n, "moment_s": 6.4 * n + 1.2}
    return c.CompareRow(key=f"{n}.{n}", left=left, right=other, **{**usual, **about})


def compare_pages() -> Iterator[Sample]:
    """Lines that differ, some chosen; what one side does not say; changed meanwhile; nothing left; nothing to
    compare."""
    rows = [_compared(n, text, choice="right" if n == 2 else "keep") for n, text in enumerate(GIVEN)]
    one_sided = [
        replace(rows[0], key="a", left=(), right=((SENTENCES[3], True),), moment_s=40.0),
        replace(rows[0], key="b", left=((SENTENCES[5], True),), right=(), moment_s=61.5),
    ]
    many = Pager(page=2, pages=7, total=260, url="/lessons/lesson0/compare?with=2")
    yield "compare", _compare(rows=(*rows, *one_sided), same=112, decided=6, pager=many)
    changed = [replace(rows[0], changed=True), replace(rows[1], choice="left"), *rows[2:]]
    yield "compare_conflict", _compare(rows=tuple(changed), same=112, problem=Reason(code="words_changed"))
    none = Pager(page=1, pages=1, total=0, url="/lessons/lesson0/compare?with=2")
    yield "compare_done", _compare(same=116, decided=4, pager=none)
    alone = {"other": None, "others": (), "pager": none, "problem": Reason(code="nothing_to_compare")}
    yield "compare_nothing", _compare(**alone)


def pages() -> Iterator[Sample]:
    """What a machine heard; some of it corrected; a script without times; nothing; while it is heard."""
    heard = [_line(n, text, CueSource.RECOGNISED, doubts) for n, (text, doubts) in enumerate(HEARD)]
    yield "words", _page(_words(heard))
    done = [_line(n, text, CueSource.CORRECTED) for n, text in enumerate(SENTENCES[:4])]
    laid = [_line(n, text, CueSource.ALIGNED) for n, text in enumerate(SENTENCES[4:7], 4)]
    always = [WordingOut(was="余存", now="余村"), WordingOut(was="负遇", now="富裕")]
    corrected = _words(
        done + laid + [_line(7, *HEARD[6][:1], CueSource.RECOGNISED)], by="王芳", always=always
    )
    yield "words_corrected", _page(corrected)
    staff = _page(_words(done, quality=TranscriptQuality.EXACT, may_teach=True))
    yield "words_exact", replace(staff, frame=frame(STAFF, "/lessons/lesson0/words"))
    plain = [
        _line(n, text, CueSource.GIVEN).model_copy(update={"start_s": None, "end_s": None})
        for n, text in enumerate(SENTENCES)
    ]
    yield "words_plain", _page(_words(plain, quality=TranscriptQuality.PLAIN, playing=[]))
    yield "words_none", _page(_words([], quality=TranscriptQuality.NONE, version=None))
    yield "words_being_heard", _page(_words(heard[:3], being_heard=True))
    yield from compare_pages()
