"""The pages of books, filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from library.books.entries import PracticeState, StudyState
from library.books.hours import USUAL, Book, Lead, Rule
from library.core.clock import CHINA
from library.evidence.rules import EvidenceKind
from server.slices.books import contexts as c
from server.slices.books.rules_desk import BOOKS, examples, rules_view, typed_of
from server.web.parts import LessonRef, Reason, RefusedForm
from tests.server.pages.samples import MEMBER, STAFF, TITLES, Sample, frame, pager

FIRST, LAST, TODAY = date(2026, 1, 1), date(2026, 12, 31), date(2026, 3, 12)


def line(day: int, kind: EvidenceKind, rule: Rule, **more: object) -> c.RecordLine:
    """A line of March."""
    return c.RecordLine(day=date(2026, 3, day), kind=kind, rule=rule, **more)  # type: ignore[arg-type]


ATTENDED = (
    line(9, EvidenceKind.ATTENDED, Rule.GATHERED, what="三月主题党日", seconds=5400, worth="1.5"),
    line(2, EvidenceKind.ATTENDED, Rule.EVENING, what="夜校第三讲", seconds=7200, worth="2"),
)
WATCHED = (
    line(10, EvidenceKind.WATCHED, Rule.WATCHED, what=TITLES[0], lesson_id="l0", seconds=1380, worth="0.5"),
)
OWN = (
    line(
        11,
        EvidenceKind.ATTENDED,
        Rule.MADE_UP,
        what="二月支部党员大会",
        seconds=3600,
        worth="1",
        causes=(Reason(code="books_made_up_self"),),
    ),
    line(
        8,
        EvidenceKind.STUDIED,
        Rule.DECLARED,
        account="《中国共产党章程》第一章：对党员的义务有了新的认识。",
        seconds=2700,
        worth="0.75",
        causes=(Reason(code="books_declared"),),
    ),
)
UNCOUNTED = (
    line(
        12,
        EvidenceKind.WATCHED,
        Rule.WATCHED,
        what=TITLES[1],
        lesson_id="l1",
        seconds=480,
        causes=(
            Reason(code="books_share", args={"percent": 40, "needs": 80}),
            Reason(code="books_not_yet"),
        ),
    ),
    line(
        9,
        EvidenceKind.WATCHED,
        Rule.SHOWING,
        what=TITLES[2],
        lesson_id="l2",
        seconds=1800,
        causes=(Reason(code="books_in_room"),),
    ),
    line(4, EvidenceKind.WROTE, Rule.NONE, times=1, causes=(Reason(code="books_no_hours"),)),
)


def book(
    book: Book, value: str, aim: int, left: str, percent: int, lines: tuple[c.RecordLine, ...], n: int = 0
) -> c.BookView:
    """One book."""
    return c.BookView(book=book, value=value, aim=aim, left=left, percent=percent, lines=lines, hidden=n)


BOOKS_OF_A_YEAR = (
    book(Book.GATHERED, "3.5", 32, "28.5", 10, ATTENDED),
    book(Book.SELF, "1.75", 0, "", 0, OWN),
    book(Book.ONLINE, "0.5", 8, "7.5", 6, WATCHED),
    book(
        Book.PRACTICE,
        "1",
        0,
        "",
        0,
        (line(7, EvidenceKind.DID, Rule.PRACTICE, account="清理河道：和村里一起做的。", times=1, worth="1"),),
    ),
)
TAKEN = c.TakenLine(
    day=date(2026, 3, 3),
    kind=EvidenceKind.ATTENDED,
    taken_on=date(2026, 3, 5),
    by="王芳",
    reason="那天在外地出差，登记错了",
)
TAKEN_STUDY = replace(
    TAKEN, kind=EvidenceKind.STUDIED, account="党章第一章：第三条讲党员必须履行的义务。", entry_id="e9"
)
LIFTED = replace(
    TAKEN_STUDY,
    entry_id="",
    lifted_on=date(2026, 3, 9),
    lifted_by="王芳",
    lifted_for="补看了笔记，当天确实学了",
)
LEARNING = c.LearningPage(
    frame=frame(MEMBER, "/learning"),
    own=True,
    person_id="p1",
    name="李明",
    node_id="n10",
    node="余村党支部",
    year=2026,
    years=(2026, 2025, 2024),
    first=FIRST,
    last=LAST,
    asked=True,
    leads=Lead.COMMITTEE,
    books=BOOKS_OF_A_YEAR,
    uncounted=UNCOUNTED,
    taken=(TAKEN, LIFTED),
    open_studies=2,
    waiting=1,
    reason_max=200,
)


def pages() -> Iterator[Sample]:
    """One's own record, as the secretary sees it, on paper; self-study, practice, the branch, the rules."""
    yield "learning", LEARNING
    empty = tuple(
        replace(one, value="0", lines=(), percent=0, left=str(one.aim) if one.aim else "")
        for one in BOOKS_OF_A_YEAR
    )
    yield "learning_empty", replace(LEARNING, books=empty, uncounted=(), taken=(), asked=False)
    told = tuple(replace(one, entry_id=f"e{n}") for n, one in enumerate(ATTENDED, 1))
    seen = tuple(
        replace(one, lines=(), hidden=1) if one.book is Book.ONLINE else one for one in BOOKS_OF_A_YEAR
    )
    person = replace(
        LEARNING,
        frame=frame(STAFF, "/learning/people/p1"),
        own=False,
        books=(replace(seen[0], lines=told), *seen[1:]),
        uncounted=UNCOUNTED[1:],
        taken=(TAKEN_STUDY, LIFTED),
        leads=Lead.SECRETARY,
    )
    yield "learning_person", person
    gone = RefusedForm(form="e1", typed={"reason": ""}, reason=Reason(code="empty", args={"field": "reason"}))
    yield "learning_person_refused", replace(person, refused=gone)
    yield (
        "learning_sheet",
        c.SheetPage(
            frame=frame(MEMBER, "/learning/sheet"),
            name="李明",
            node="余村党支部",
            year=2026,
            first=FIRST,
            last=LAST,
            day=TODAY,
            is_over=False,
            books=BOOKS_OF_A_YEAR,
            leads=Lead.COMMITTEE,
            seal="5d0c2f9a1b3e4d77",
            sealed_on=date(2026, 3, 11),
        ),
    )
    yield from _own()
    yield from _desk()
    yield from _rules()


def _own() -> Iterator[Sample]:
    row = c.StudyRow(
        id="s1",
        title="《中国共产党章程》第一章",
        lesson_id="",
        first=date(2026, 3, 1),
        last=date(2026, 3, 8),
        state=StudyState.PLANNED,
        late=True,
    )
    done = replace(
        row,
        id="s2",
        title=TITLES[0],
        lesson_id="l0",
        state=StudyState.DONE,
        minutes=45,
        done_on=TODAY,
        late=False,
    )
    usual = {"title": "", "lesson": "", "first": "2026-03-12", "last": "2026-03-19"}
    studies = c.StudiesPage(
        frame=frame(MEMBER, "/learning/study"),
        rows=(row, done),
        pager=pager(2, 120, "/learning/study"),
        typed=usual,
        title_max=120,
    )
    yield "studies", studies
    order = RefusedForm(
        form="plan",
        typed={"title": TITLES[0], "lesson": "l0", "first": "2026-03-12", "last": "2026-03-01"},
        reason=Reason(code="days_order", args={"field": "last"}),
    )
    lesson = LessonRef(id="l0", title=TITLES[0])
    yield "studies_refused", replace(studies, rows=(), lesson=lesson, typed=dict(order.typed), refused=order)
    study = c.StudyPage(
        frame=frame(MEMBER, "/learning/study/s1"),
        row=row,
        notes="第三条：党员必须履行下列义务……",
        account="",
        version=2,
        today=TODAY,
        notes_max=20_000,
        account_max=500,
        most_minutes=720,
    )
    yield "study", study
    over = replace(study, row=done, account="对党员的义务有了新的认识。")
    yield "study_done", over
    yield "study_corrected", replace(over, correction="那天在外地出差，登记错了")
    minutes = RefusedForm(
        form="done",
        typed={"account": "有收获。", "minutes": "0", "day": "2026-03-12"},
        reason=Reason(code="study_minutes", args={"field": "minutes", "most": 720}),
    )
    yield "study_refused", replace(study, account="有收获。", refused=minutes)
    waits = c.PracticeRow(
        id="r1",
        title="清理河道",
        place="余村溪",
        day=date(2026, 3, 7),
        account="和村里十几个人一起，上午做完的。",
        state=PracticeState.WAITING,
        said_at=datetime(2026, 3, 7, 15, tzinfo=CHINA),
        name="李明",
        person_id="p1",
    )
    rows = (
        waits,
        replace(waits, id="r2", title="帮独居老人修灯", state=PracticeState.CONFIRMED, answered_by="王芳"),
        replace(waits, id="r3", state=PracticeState.REFUSED, answered_by="王芳", answer="和上一条是同一次"),
    )
    practice = c.PracticesPage(
        frame=frame(MEMBER, "/learning/practice"),
        rows=rows,
        pager=pager(1, 3, "/learning/practice"),
        typed={"title": "", "place": "", "day": "2026-03-12", "account": ""},
        limits=(120, 80, 500),
    )
    yield "practices", practice
    typed = {"title": "走访", "place": "", "day": "2026-04-01", "account": "走访三户。"}
    coming = RefusedForm(form="say", typed=typed, reason=Reason(code="day_coming", args={"field": "day"}))
    yield "practices_refused", replace(practice, rows=(), typed=typed, refused=coming)
    confirm = c.ConfirmPage(
        frame=frame(STAFF, "/learning/confirm"),
        rows=(waits,),
        pager=pager(1, 1, "/learning/confirm"),
        answer_max=200,
    )
    yield "practices_waiting", confirm
    why = RefusedForm(form="r1", typed={"answer": ""}, reason=Reason(code="empty", args={"field": "answer"}))
    yield "practices_waiting_refused", replace(confirm, refused=why)
    yield "practices_none", replace(confirm, rows=())


def _desk() -> Iterator[Sample]:
    names = ("陈刚", "李明", "王芳", "张伟", "赵丽")
    rows = tuple(
        c.MemberBooks(
            person_id=f"p{n}",
            name=name,
            asked=n != 3,
            leads={2: Lead.SECRETARY, 5: Lead.COMMITTEE}.get(n),
            values=(
                (Book.GATHERED, f"{n}.5", 56 if n in (2, 5) else 32 if n != 3 else 0),
                (Book.SELF, "1.75", 0),
                (Book.ONLINE, "0.5", 0),
                (Book.PRACTICE, "1", 0),
            ),
            lacks=((Book.GATHERED, f"{31 - n}.5"),) if n not in (3, 4) else (),
        )
        for n, name in enumerate(names)
    )
    page = c.BranchPage(
        frame=frame(STAFF, "/learning/branch"),
        node_id="n10",
        node="余村党支部",
        above=("中共安吉县委", "天荒坪镇党委"),
        year=2026,
        years=(2026, 2025),
        first=FIRST,
        last=LAST,
        day=TODAY,
        rows=rows,
        lacking=3,
        pager=pager(1, 5, "/learning/branch"),
        nodes=(("n10", "余村党支部"), ("n1", "天荒坪镇党委")),
        may_arrange=True,
    )
    yield "branch_books", page
    unknown = RefusedForm(
        form="at",
        typed={"at": "没有的支部"},
        reason=Reason(code="node_unknown", args={"field": "at", "text": "没有的支部"}),
    )
    yield "branch_books_empty", replace(page, rows=(), lacking=0, refused=unknown, may_arrange=False)


def _rules() -> Iterator[Sample]:
    page = c.HoursPage(
        frame=frame(MEMBER, "/learning/rules"),
        node_id="n10",
        node="余村党支部",
        day=TODAY,
        rules=rules_view(USUAL),
        examples=examples(USUAL),
    )
    yield "hours", page
    other = USUAL.model_copy(
        update={
            "year_starts": 12,
            "watched_steps": (),
            "showing": Book.ONLINE,
            "made_up": None,
            "basis": "县委组织部〔2026〕3 号",
        }
    )
    yield (
        "hours_of_the_county",
        replace(
            page,
            frame=frame(STAFF, "/learning/rules"),
            rules=rules_view(other),
            examples=examples(other),
            said_by="中共安吉县委",
            since=FIRST,
            may_arrange=True,
        ),
    )
    versions = (
        c.VersionLine(first=date(2027, 1, 1), coming=True, made_at=datetime(2026, 3, 1, 9, tzinfo=CHINA)),
        c.VersionLine(first=FIRST, coming=False, made_at=datetime(2025, 12, 20, 9, tzinfo=CHINA)),
    )
    form = c.HoursFormPage(
        frame=frame(STAFF, "/learning/rules/n1"),
        node_id="n1",
        node="中共安吉县委",
        typed=typed_of(USUAL, TODAY),
        books=BOOKS,
        versions=versions,
        basis_max=500,
    )
    yield "hours_form", form
    steps = RefusedForm(
        form="rules",
        typed={**typed_of(USUAL, TODAY), "watched_steps": "30 0.5\n15 0.25"},
        reason=Reason(code="hours_steps", args={"field": "watched_steps"}),
    )
    yield "hours_form_refused", replace(form, typed=dict(steps.typed), versions=(), refused=steps)
