"""Reflections, and the desk where they are read: filled with believable contents."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

from library.reflections.likeness.comparing import Likeness, Whence
from library.reflections.likeness.rules import Passage
from library.reflections.rules import Part, Reach, ReflectionState, SoundState, steps_in
from server.slices.reflections import contexts as c
from server.web.parts import LessonRef, Reason, RefusedForm
from server.web.shown.reflections import ReflectionLine
from tests.library.works.files import PNG
from tests.server.pages.samples import MEMBER, NOW, SENTENCES, STAFF, TITLES, Sample, frame, pager

REMARK = "写得实在。第二段能不能再说说后来怎样了？"
LESSON = LessonRef(id="06h0277q88y1fgqv", title=TITLES[0])
ABOUT = c.AboutView(lesson=LESSON)
QUOTE = c.QuoteView(n=1, text=SENTENCES[5], url="/clips/clip1?t=83.0", at_s=83.0, clip_id="clip1")
OLD = c.QuoteView(n=2, text=SENTENCES[7], url="/clips/clip1?t=120.0", at_s=120.0, clip_id="clip1", same=False)
FIRST = (
    "我在村里当了十二年会计，村集体的账本是我一笔一笔记下来的。",
    "听到那句“三百万元掉到二十一万元”，我坐不住了。",
)
SECOND = ("关停水泥厂那年我二十六岁，也举过手。今天再听，才明白书记为什么一连开了三个晚上的会。",)
PARTS = (
    c.TextPart(paragraphs=(FIRST,)),
    c.TextPart(quote=QUOTE),
    c.TextPart(paragraphs=(SECOND, ("回去以后，我想先把村里的生态账补上。",))),
    c.TextPart(quote=OLD),
)
SOUND = c.SoundView(state=SoundState.READY, url="/reflections/r1/sound.m4a", duration_s=184.0)
VIEW = c.ReflectionView(
    id="r1",
    title="三个晚上的会",
    writer="李秀英",
    node="余村党支部",
    state=ReflectionState.PUBLISHED,
    version=4,
    about=ABOUT,
    parts=PARTS,
    sound=SOUND,
    sent_at=NOW,
    published_at=NOW,
    reach=Reach.BRANCH,
)
LINE = ReflectionLine(
    id="r1",
    title="三个晚上的会",
    writer="李秀英",
    node="余村党支部",
    at=NOW,
    excerpt=FIRST[0],
    lesson=LESSON,
    has_sound=True,
)
INVITED = c.Invitation(node="余村党支部", question="您身边有没有算过“长远账”的人？", week="2026-W11")
OWN = c.OwnRow(
    id="r1",
    title="三个晚上的会",
    excerpt=FIRST[0],
    state=ReflectionState.PUBLISHED,
    about=ABOUT,
    changed_at=NOW,
    has_sound=True,
)


def pages() -> Iterator[Sample]:
    """The list, one of them, one's own, the editor, what it is like, the desk, the text to paste."""
    lines = (
        LINE,
        replace(LINE, id="r2", title="", excerpt=SECOND[0], writer="王小芳", lesson=None, week="2026-W11"),
        replace(LINE, id="r3", title="长" * 80, excerpt="", has_sound=False),
    )
    shown = c.ReflectionsPage(
        frame=frame(MEMBER, "/reflections"),
        rows=lines,
        pager=pager(1, 2),
        about=c.AboutView(),
        feed_url="https://weike.example/feeds/public/reflections.rss",
        most=1000,
    )
    yield "reflections", shown
    yield (
        "reflections_none",
        replace(shown, frame=frame(None, "/reflections"), rows=(), pager=pager(1, 0), about=ABOUT),
    )
    one = c.ReflectionPage(frame=frame(None, "/reflections/r1"), view=VIEW)
    yield "reflection", one
    yield (
        "reflection_own",
        replace(one, frame=frame(MEMBER), mine=True, steps=steps_in(ReflectionState.PUBLISHED, Part.WRITER)),
    )
    yield "reflection_hidden", replace(one, view=replace(VIEW, parts=PARTS[:1], hidden=2, sound=None))
    yield from _writing()
    yield from _desk()
    code = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    yield (
        "reflection_share",
        c.PastePage(
            frame=frame(STAFF), view=VIEW, code=code, url="https://weike.example/lessons/06h0277q88y1fgqv"
        ),
    )


def _writing() -> Iterator[Sample]:
    mine = c.OwnReflectionsPage(
        frame=frame(MEMBER, "/reflections/mine"),
        rows=(
            replace(OWN, id="r4", state=ReflectionState.DRAFT, title="", has_sound=False),
            replace(
                OWN,
                id="r5",
                state=ReflectionState.RETURNED,
                remark=REMARK,
            ),
            replace(OWN, id="r6", state=ReflectionState.SENT),
            OWN,
        ),
        pager=pager(1, 4),
        invitations=(INVITED,),
    )
    yield "reflections_mine", mine
    yield "reflections_mine_empty", replace(mine, rows=(), pager=pager(1, 0), invitations=())
    clip = c.ClipBeside(
        id="clip1",
        master_url="/media/clip1/master.m3u8",
        poster_url="/poster/0.jpg",
        captions_url="/clips/clip1/captions.vtt",
        start_s=0.0,
        beat_every_s=10,
        lines=tuple(c.SpokenLine(start_s=12.0 * n, text=text) for n, text in enumerate(SENTENCES)),
        clips=(
            c.ClipChoice(id="clip1", n=1, title=""),
            c.ClipChoice(id="clip2", n=2, title="关矿山"),
            c.ClipChoice(id="clip3", n=3, title=""),
        ),
    )
    write = c.WritePage(
        frame=frame(MEMBER, "/reflections/r4/edit"),
        id="r4",
        saved=True,
        version=3,
        key="p3:06h0277q88y1fgqv::",
        title="三个晚上的会",
        text=f"{FIRST[0]}〔引1〕{SECOND[0]}",
        about=ABOUT,
        gathering_id="",
        quotes=(QUOTE, OLD),
        sound=SOUND,
        clip=clip,
        invitations=(INVITED,),
        limits=(80, 10_000, 20),
        most_sound_s=600.0,
        most_sound_bytes=64 * 2**20,
        remark=REMARK,
    )
    yield "reflection_write", write
    yield (
        "reflection_write_new",
        replace(
            write,
            id="r7",
            saved=False,
            version=0,
            title="",
            text="",
            about=c.AboutView(week="2026-W11"),
            quotes=(),
            sound=None,
            clip=None,
            remark="",
        ),
    )
    refused = RefusedForm(
        form="write",
        typed={"title": "三个晚上的会", "text": FIRST[0]},
        reason=Reason(code="reflection_second", args={"field": "at"}),
    )
    broken = replace(SOUND, state=SoundState.REFUSED, reason=Reason(code="reflection_sound_broken"))
    yield "reflection_write_refused", replace(write, refused=refused, sound=broken)
    changed = replace(refused, reason=Reason(code="reflection_changed"))
    theirs = c.Elsewhere(title="三个晚上的会", text=f"{SECOND[0]}\n\n回去以后，我想先把村里的生态账补上。")
    yield "reflection_write_elsewhere", replace(write, refused=changed, elsewhere=theirs)
    passage = Passage(0, FIRST[0], FIRST[0].replace("，", "、"), 27)
    draft = replace(VIEW, state=ReflectionState.DRAFT, published_at=None, reach=None)
    check = c.CheckPage(
        frame=frame(MEMBER),
        view=draft,
        likenesses=(
            Likeness(Whence.ANOTHER, [replace(passage, theirs="")]),
            Likeness(Whence.PUBLISHED, [passage], "r2", "我的十二年", "王小芳"),
            Likeness(Whence.OWN, [passage], "r6", ""),
            Likeness(Whence.TRANSCRIPT, [Passage(0, SENTENCES[1], SENTENCES[1], 24)]),
        ),
        more=3,
        at_least=True,
        reader="余村党支部",
    )
    yield "reflection_check", check
    homeless = RefusedForm(form="send", typed={}, reason=Reason(code="reflection_homeless"))
    yield "reflection_check_alone", replace(check, likenesses=(), reader="", refused=homeless)


def _desk() -> Iterator[Sample]:
    sent = replace(VIEW, state=ReflectionState.SENT, published_at=None, reach=None)
    desk = c.DeskPage(
        frame=frame(STAFF, "/reflections/desk"),
        rows=(
            c.DeskRow(
                view=sent,
                reaches=(("n1", "天荒坪镇党委"), ("n0", "安吉县委组织部")),
                steps=steps_in(ReflectionState.SENT, Part.READER),
            ),
            c.DeskRow(
                view=replace(sent, id="r8", title="", parts=PARTS[2:3], sound=None),
                reaches=(),
                steps=steps_in(ReflectionState.SENT, Part.READER),
            ),
        ),
        pager=pager(1, 2),
        state=ReflectionState.SENT,
        public_allowed=True,
        week="2026-W11",
        remark_max=500,
        question_max=200,
        ask_nodes=(("n2", "余村党支部"),),
        asked=(INVITED,),
    )
    yield "reflections_desk", desk
    why = RefusedForm(
        form="r1", typed={"remark": ""}, reason=Reason(code="reflection_remark", args={"field": "remark"})
    )
    yield "reflections_desk_refused", replace(desk, refused=why)
    out = c.DeskRow(view=VIEW, reaches=(), steps=steps_in(ReflectionState.PUBLISHED, Part.READER))
    yield (
        "reflections_desk_published",
        replace(
            desk, rows=(out,), pager=pager(1, 1), state=ReflectionState.PUBLISHED, ask_nodes=(), asked=()
        ),
    )
    yield "reflections_desk_empty", replace(desk, rows=(), pager=pager(1, 0))
