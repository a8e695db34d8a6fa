"""The big screen, records and their book: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from library.core.clock import CHINA
from library.core.permits import Grant, Role, Viewer
from library.gatherings.rules import GatheringState
from library.records.content import Named, RecordContent, Shown, Spoken
from library.records.rules import LinePart, RecordState, SignerRole
from library.records.writing.values import EXAMPLE, values_of
from server.slices.screening import contexts as c
from server.web.parts import Reason, RefusedForm
from tests.server.pages.samples import TITLES, Sample, frame

SECRETARY = Viewer("p8", "王建国", (Grant(Role.SECRETARY, "b1", "/b1/"),))
BEGAN = datetime(2026, 3, 9, 19, 2, tzinfo=CHINA)
ENDED = BEGAN + timedelta(minutes=83)
PRESENT = tuple(map(Named, ("李秀英", "王建国", "张明", "陈小兰", "潘文革", "鲍新民", "胡加兴", "俞小平")))
DISCUSSION = (
    Spoken("王建国", "今天我们先看了二十五分钟的微课，请大家结合本村实际谈谈。"),
    Spoken("陈小兰", "关矿山的时候我家也有意见，现在看是对的。\n民宿今年订到了国庆。"),
    Spoken("鲍新民", "垃圾分类还差一口气，建议党员每人包三户。"),
)
CONTENT = RecordContent(
    title="三月主题党日：算好长远账",
    kind="主题党日",
    node="余村党支部",
    place="村部二楼会议室",
    began=BEGAN.isoformat(timespec="minutes"),
    ended=ENDED.isoformat(timespec="minutes"),
    chair="王建国",
    recorder="李秀英",
    due=11,
    present=PRESENT,
    late=(Named("张明"),),
    absent=(Named("赵强", "外出务工"), Named("钱伟", "住院")),
    unmarked=(Named("孙大爷"),),
    guests=(Named("镇党校周老师"),),
    shown=(Shown(TITLES[0], 1_505),),
    agenda=("看微党课", "讨论垃圾分类怎么包户", "表决"),
    discussion=DISCUSSION,
    resolution=(Spoken("", "同意党员每人联系三户，四月一日起，由陈小兰登记。"),),
)
CHAIR = c.SignerView(role=SignerRole.CHAIR, named="王建国", may_sign=True)
RECORDER = c.SignerView(role=SignerRole.RECORDER, named="李秀英")
VIEW = c.RecordView(
    gathering_id="g1",
    content=CONTENT,
    began=BEGAN,
    ended=ENDED,
    state=RecordState.OPEN,
    signers=(CHAIR, RECORDER),
)
SIGNED = replace(
    VIEW,
    state=RecordState.LOCKED,
    signers=(
        replace(CHAIR, may_sign=False, signed_by="王建国", at=ENDED + timedelta(hours=12)),
        replace(RECORDER, signed_by="李秀英", at=ENDED + timedelta(hours=13)),
    ),
    additions=(
        c.AdditionView(
            text="更正：联系户从四月二日起登记。\n原因：一日停电。",
            name="李秀英",
            at=ENDED + timedelta(days=2),
        ),
    ),
    changed=("present", "absent"),
)

PHOTOS = (
    c.PhotoView(id="f1", caption="分组讨论", width=1600, height=1200, put_at=ENDED),
    c.PhotoView(id="f2", caption="", width=1200, height=1600, put_at=ENDED + timedelta(minutes=2)),
)


def lines() -> tuple[c.LineView, ...]:
    """The lines of the record; one was written by two at once."""
    said = [(LinePart.DISCUSSION, one) for one in CONTENT.discussion]
    said += [(LinePart.RESOLUTION, one) for one in CONTENT.resolution]
    made = [
        c.LineView(id=f"line-{n}", part=part, speaker=one.speaker, text=one.text, version=1)
        for n, (part, one) in enumerate(said)
    ]
    twice = replace(made[2], id="line-beside", text="垃圾分类还差一点，党员每人包三户。", beside="line-2")
    return (*made[:3], twice, *made[3:])


def pages() -> Iterator[Sample]:
    """The screen, a record being written, signed and printed, a year, the template, forms not taken."""
    screen = c.ScreenPage(
        frame=frame(SECRETARY, "/gatherings/g1/screen/1"),
        gathering_id="g1",
        room=1,
        place="",
        title=CONTENT.title,
        state=GatheringState.OPEN,
        lessons=(
            c.ScreenLesson(id="l0", title=TITLES[0], clips=3),
            c.ScreenLesson(id="l5", title=TITLES[5], clips=2),
            c.ScreenLesson(id="l2", title=TITLES[2], clips=0),
        ),
    )
    yield "screen", screen
    planned = replace(screen, place="文化礼堂分会场", state=GatheringState.PLANNED, lessons=(), hidden=1)
    yield "screen_not_yet", planned
    yield "screen_empty", replace(screen, lessons=())
    record = c.RecordPage(
        frame=frame(SECRETARY, "/gatherings/g1/record"),
        record=VIEW,
        gathering_state=GatheringState.ENDED,
        node_id="n10",
        lines=lines(),
        version=7,
        digest="0" * 64,
        unresolved=1,
        may_write=True,
        may_see_book=True,
        year=2026,
        rooms=((1, "村部二楼会议室"),),
        names=("王建国", "李秀英", "张明", "陈小兰"),
        limits=(40, 2000, 2000),
    )
    yield "record", record
    going_on = replace(record, gathering_state=GatheringState.OPEN, lines=(), unresolved=0)
    yield "record_open", replace(going_on, rooms=((1, "主会场"), (2, "文化礼堂")))
    lost = replace(VIEW, signers=(replace(CHAIR, lost=True), RECORDER))
    changed = RefusedForm(form="sign", typed={}, reason=Reason(code="record_changed"))
    yield "record_changed", replace(record, record=lost, unresolved=0, refused=changed)
    half = replace(
        VIEW,
        signers=(
            replace(CHAIR, may_sign=False, signed_by="王建国", at=ENDED, may_take_back=True),
            replace(RECORDER, named="", may_sign=True),
        ),
    )
    yield "record_half_signed", replace(record, record=half, unresolved=0)
    signed = replace(record, record=SIGNED, unresolved=0)
    yield "record_signed", signed
    long = RefusedForm(form="add", typed={"text": "补" * 20}, reason=Reason(code="addition_empty"))
    yield "record_not_added", replace(signed, refused=long)
    yield "record_read", replace(signed, may_write=False, may_see_book=False, rooms=())
    yield (
        "record_print",
        c.RecordPrintPage(
            frame=frame(SECRETARY, "/gatherings/g1/record/print"), record=replace(SIGNED, photos=PHOTOS)
        ),
    )
    blank = replace(VIEW, content=replace(CONTENT, discussion=(), resolution=(), recorder="王建国"))
    blank_page = c.RecordPrintPage(frame=frame(SECRETARY, "/gatherings/g1/record/print"), record=blank)
    yield "record_print_blank", blank_page
    page = c.PhotosPage(
        frame=frame(SECRETARY, "/gatherings/g1/photos"),
        gathering_id="g1",
        title=CONTENT.title,
        photos=PHOTOS,
        may_keep=True,
        may_add=True,
        most=6,
        most_bytes=12 * 2**20,
        caption_max=60,
    )
    yield "photos", page
    broken = RefusedForm(
        form="photo",
        typed={"caption": "合影"},
        reason=Reason(code="photo_unreadable", args={"field": "file"}),
    )
    yield "photos_refused", replace(page, photos=(), refused=broken)
    yield "photos_read", replace(page, photos=(), may_keep=False, may_add=False)
    yield from _books()


def _books() -> Iterator[Sample]:
    def line(n: int, **more: object) -> c.BookLineView:
        facts: dict[str, object] = {
            "gathering_id": f"g{n}",
            "title": ("三月主题党日：算好长远账", "二月支委会", "一月党员大会", "学习二十大精神")[n % 4],
            "kind": ("主题党日", "支部委员会会议", "支部党员大会", "集中学习")[n % 4],
            "starts_at": BEGAN - timedelta(days=30 * n),
            "gathering_state": GatheringState.ENDED,
            "state": RecordState.OPEN,
            "written": False,
            "signed": 0,
            "additions": 0,
        }
        return c.BookLineView(**{**facts, **more})  # type: ignore[arg-type]

    held = (
        line(3, state=RecordState.LOCKED, written=True, signed=2, additions=1),
        line(2, written=True, signed=1),
        line(1, written=True),
        line(0),
    )
    book = c.BookPage(
        frame=frame(SECRETARY, "/records"),
        node_id="n10",
        node="余村党支部",
        year=2026,
        years=(2026, 2025),
        nodes=(("n10", "余村党支部"), ("n11", "横路村党支部")),
        more_nodes=True,
        lines=held,
        template_name="县委组织部会议记录.docx",
        template_node="安吉县委组织部",
    )
    yield "records", book
    yield "records_empty", replace(book, lines=(), nodes=(), template_name="", template_node="")
    yield (
        "records_print",
        c.BookPrintPage(
            frame=frame(SECRETARY, "/records/n10/2026/print"),
            node_id="n10",
            node="余村党支部",
            year=2026,
            lines=held,
            records=(SIGNED, VIEW),
        ),
    )
    fields = tuple(
        (name, str(value) if not isinstance(value, list) else "…")
        for name, value in values_of(EXAMPLE).items()
    )
    template = c.TemplatePage(
        frame=frame(SECRETARY, "/records/n10/template"),
        kind="",
        node_id="n10",
        node="余村党支部",
        name="余村会议记录.docx",
        from_node="余村党支部",
        own=True,
        most_kb=512,
        fields=fields,
    )
    yield "record_template", template
    yield "record_book_template", replace(template, kind="book", own=False, name="", from_node="")
    why = Reason(code="template_unknown", args={"field": "file", "text": "会议主题"})
    refused = RefusedForm(form="template", typed={}, reason=why)
    yield "record_template_refused", replace(template, own=False, name="", from_node="", refused=refused)
