"""The dictionary: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.slices.dictionary import contexts as c
from server.web.parts import Pager, Reason
from tests.server.pages.samples import NOW, STAFF, Sample, frame

OWN = (
    c.DictionaryEntry(
        id="e1", words=("千村示范万村整治", "千万工程"), version=2, changed_at=NOW, changed_by="陈志远"
    ),
    c.DictionaryEntry(id="e2", words=("浙里办",), version=1, changed_at=NOW),
    c.DictionaryEntry(
        id="e3",
        words=tuple(f"第{n}种说法，其实很长很长很长" for n in range(1, 8)),
        version=1,
        changed_at=NOW,
        changed_by="王芳",
    ),
)
SHIPPED = (
    c.DictionaryEntry(id="s1", words=("新质生产力",), shipped=True),
    c.DictionaryEntry(id="s2", words=("建党节", "七一", "党的生日"), shipped=True, on=False),
    c.DictionaryEntry(id="s3", words=("二十大", "党的二十大", "中共二十大"), shipped=True),
)
HISTORY = (
    c.DictionaryChange(
        at=NOW,
        who="陈志远",
        what="change",
        before=("千万工程",),
        after=("千村示范万村整治", "千万工程"),
    ),
    c.DictionaryChange(at=NOW, who="", what="add", before=(), after=("浙里办",)),
    c.DictionaryChange(
        at=NOW,
        who="王芳",
        what="off",
        before=("建党节", "七一", "党的生日"),
        after=("建党节", "七一", "党的生日"),
    ),
)


def pages() -> Iterator[Sample]:
    """Full, empty, tried, after a paste, after a change that was not saved."""
    full = c.DictionaryPage(
        frame=frame(STAFF, "/vocabulary"),
        entries=(*OWN, *SHIPPED),
        pager=Pager(page=1, pages=7, total=341, url="/vocabulary"),
        own=3,
        off=1,
        history=HISTORY,
    )
    yield "dictionary", full
    yield from _typed(full)
    yield from _tried(full)
    yield from _pasted(full)


def _typed(full: c.DictionaryPage) -> Iterator[Sample]:
    yield (
        "dictionary_join",
        replace(
            full,
            typed_group="江姐=双枪老太婆",
            join=c.Join(id="entry1", version=1, words=("江姐", "江竹筠", "双枪老太婆")),
            problem=Reason(code="entry_shares", args={"word": "江姐=双枪老太婆", "where": "江姐=江竹筠"}),
            problem_at="group",
        ),
    )
    yield (
        "dictionary_new",
        replace(
            full,
            entries=SHIPPED[::2],
            own=0,
            off=0,
            history=(),
            typed_group="三农=三農",
            problem=Reason(code="group_of_one", args={"word": "三农"}),
            problem_at="group",
        ),
    )
    yield (
        "dictionary_none",
        replace(full, entries=(), q="浙里", pager=Pager(page=1, pages=1, total=0, url="/vocabulary?q=x")),
    )
    yield (
        "dictionary_changed",
        replace(
            full,
            edit=c.Edit(
                id="e1", version=3, typed="千万工程、千村万村", present=("千村示范万村整治", "千万工程")
            ),
            problem=Reason(code="entry_changed", args={"word": "千村示范万村整治=千万工程"}),
            problem_at="edit",
        ),
    )


def _tried(full: c.DictionaryPage) -> Iterator[Sample]:
    tried = c.Tried(
        text="学习党的二十大报告 “以人民为中心”",
        words=(
            c.TriedWord(text="学习"),
            c.TriedWord(text="党的二十大", known=True, synonyms=("二十大", "中共二十大")),
            c.TriedWord(text="报告"),
        ),
        phrases=("以人民为中心",),
        found=12,
    )
    yield "dictionary_tried", replace(full, tried=tried)
    yield "dictionary_tried_loosely", replace(full, tried=replace(tried, relaxed=True, phrases=()))
    yield (
        "dictionary_tried_now",
        replace(
            full, tried=replace(tried, words=(), phrases=(), found=None, problem=Reason(code="index_busy"))
        ),
    )


def _pasted(full: c.DictionaryPage) -> Iterator[Sample]:
    there = Reason(code="entry_there", args={"word": "浙里办", "where": "浙里办"})
    yield (
        "dictionary_pasted",
        replace(
            full,
            typed_lines="，，\n三农=三農",
            pasted=(
                c.PastedLine(
                    number=2,
                    what="left",
                    text="，，",
                    reason=Reason(code="word_parted", args={"word": "，，"}),
                ),
                c.PastedLine(
                    number=14,
                    what="left",
                    text="三农=三農",
                    reason=Reason(code="group_of_one", args={"word": "三农"}),
                ),
                c.PastedLine(number=3, what="there", text="浙里办", reason=there),
                c.PastedLine(number=1, what="add", text="千万工程=千村示范万村整治", same=("千萬工程",)),
                c.PastedLine(number=5, what="off", text="建党节=七一=党的生日"),
            ),
        ),
    )
    yield (
        "dictionary_too_much",
        replace(
            full,
            typed_lines="一\n二",
            problem=Reason(code="too_many_lines", args={"most": 10_000, "count": 12_000}),
            problem_at="paste",
        ),
    )
