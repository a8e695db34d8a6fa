"""Versions of a lesson, and what waits: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from library.review.rules import Decided
from library.versions.rules import ClipShown, Origin, Part, pieces
from server.slices.versions import contexts as c
from server.slices.versions.differences import bars
from server.web.parts import LessonRef, Picture, Reason, RefusedForm
from tests.server.pages.samples import LECTURER, NOW, STAFF, TITLES, Sample, frame

PICTURE = Picture(url="/poster/1.jpg")
LESSON = LessonRef(id="lesson0", title=TITLES[0], lecturer="王芳")
OLD = "一个村子关掉矿山、靠好风景过上好日子的故事。适合支部主题党日集中学习，配有讨论题。"
NEW = "一个村子关掉三座矿山、靠好风景过上好日子的故事。2026年重新剪辑，适合支部主题党日学习，配有讨论题。"


def _text(field: str, old: str, new: str) -> c.FieldChange:
    return c.FieldChange(field=field, pieces=pieces(old, new), old=old, new=new)


def _cuts(*borders: float) -> tuple[ClipShown, ...]:
    return tuple(
        ClipShown(f"c{n}", f"第{n}讲", start, end, "00001.jpg")
        for n, (start, end) in enumerate(pairwise(borders), 1)
    )


BEFORE, AFTER = _cuts(0, 540, 1100, 1690), _cuts(0, 540, 980, 1400, 1690)
DIFFERENCES = c.Differences(
    fields=(
        _text("title", "绿水青山的故事", "绿水青山就是金山银山"),
        _text("lecturer", "", "王芳"),
        _text("topics", "生态文明", "生态文明、乡村振兴"),
        _text("summary", OLD, NEW),
        c.FieldChange(field="genre", kind="genre", old="lecture", new="onsite"),
    ),
)
WITH_PARTS = replace(
    DIFFERENCES,
    parts=(
        c.PartChange(
            part=Part.CLIPS, old_clips=bars(BEFORE, AFTER, 1690), new_clips=bars(AFTER, BEFORE, 1690)
        ),
        c.PartChange(part=Part.WORDS),
        c.PartChange(part=Part.COVER, covers=(c.CoverChange(old=None, new=PICTURE),)),
        c.PartChange(part=Part.POSTERS, covers=(c.CoverChange(n=2, old=PICTURE, new=PICTURE),)),
        c.PartChange(part=Part.MATERIALS, gone=("讨论题",), come=("讨论题（第二稿）", "参观路线")),
    ),
)
LINES = tuple(
    c.VersionLine(n=n, at=NOW - timedelta(days=9 * (3 - n)), who=who, origin=origin, why=why)
    for n, who, origin, why in (
        (3, "李书记", Origin.DRAFT, "题目和年份写错了，改正；专题补上“乡村振兴”。"),
        (2, "李书记", Origin.PUBLISHED, ""),
        (1, "", Origin.FOUND, ""),
    )
)


def pages() -> Iterator[Sample]:
    """What waits, as the staff and the lecturer see it; the history; an old version."""
    draft = c.DraftPage(
        frame=frame(STAFF, "/lessons/lesson0/draft"),
        lesson=LESSON,
        published=True,
        who="王芳",
        changed_at=NOW - timedelta(hours=1),
        n=3,
        based_on=3,
        restored=None,
        differences=WITH_PARTS,
        words=c.WordsChange(
            rows=(
                c.CueChange(
                    moment_s=12.0,
                    old=(("二十年前，余村靠开矿、办水泥", False), ("长", True)),
                    new=(("二十年前，余村靠开矿、办水泥", False), ("厂，成了全县有名的富裕村", True)),
                ),
                c.CueChange(moment_s=95.5, old=(), new=(("大家鼓掌。", True),)),
            ),
            more=14,
        ),
        seen=7,
        may_publish=True,
        may_edit=True,
    )
    yield "draft", draft
    yield (
        "draft_lecturer",
        replace(
            draft, frame=frame(LECTURER, "/lessons/lesson0/draft"), may_publish=False, based_on=2, restored=1
        ),
    )
    changed = RefusedForm(
        form="publish", typed={"note": "改正题目"}, reason=Reason(code="draft_changed", args={})
    )
    yield "draft_refused", replace(draft, refused=changed)
    yield "draft_none", c.NoDraftPage(frame=frame(STAFF, "/lessons/lesson0/draft"), lesson=LESSON)
    history = c.VersionsPage(
        frame=frame(STAFF, "/lessons/lesson0/versions"),
        lesson=LESSON,
        lines=(
            c.HappenedLine(at=LINES[0].at, who="李书记", note=LINES[0].why, version=LINES[0]),
            c.HappenedLine(
                at=NOW - timedelta(days=3), who="李书记", note="signed_in", decided=Decided.AUDIENCE
            ),
            c.HappenedLine(at=LINES[1].at, who="李书记", version=LINES[1]),
            c.HappenedLine(
                at=NOW - timedelta(days=12), who="李书记", note="内容有误", decided=Decided.WITHDRAW
            ),
            c.HappenedLine(at=LINES[2].at, who="", version=LINES[2]),
        ),
        versions=LINES,
        draft_at=NOW - timedelta(hours=1),
    )
    yield "versions", history
    yield "versions_none", replace(history, lines=(), versions=(), draft_at=None)
    yield (
        "version",
        c.VersionPage(
            frame=frame(STAFF, "/lessons/lesson0/versions/2"),
            lesson=LESSON,
            version=LINES[1],
            values=c.OldValues(
                title="绿水青山的故事",
                lecturer="王芳",
                topics=("生态文明",),
                date=date(2026, 3, 5),
                summary=OLD,
                language="zh-CN",
                genre="lecture",
            ),
            clips=bars(BEFORE, BEFORE),
            words=(2, "exact", 412),
            audience="everyone",
            may_read=True,
            read_otherwise=True,
            reading=((12.0, "", "二十年前，余村靠开矿、办水泥厂。"), (95.5, "王芳", "后来大家关了矿。")),
            cover=PICTURE,
            materials=(("讨论题", "/lessons/lesson0/files/f1"), ("旧讲稿", "")),
            honours=("优秀党课",),
            site="余村矿山遗址公园",
            others=(LINES[0], LINES[2]),
            against=3,
            differences=WITH_PARTS,
            last=3,
            seen=7,
            may_edit=True,
            has_draft=True,
        ),
    )
