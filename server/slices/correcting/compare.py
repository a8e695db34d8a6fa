"""Two of a lesson's transcripts side by side, with a choice for each place where they differ.

The page is a form and needs no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.permits import Action
from library.catalog.rules import CueLine
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.errors import Conflict, Invalid, NotFound
from library.correcting import actions, comparing, queries
from library.correcting.comparing import Choice, Row
from server.slices.correcting.contexts import ComparePage, CompareRow, CompareSide
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, WhoDep
from server.web.limits.fields import WordForm
from server.web.limits.sizes import FORM_LIMITS
from server.web.pages import Pages, reason
from server.web.parts import Pager, Reason
from server.web.shown.lesson_cards import lesson_ref
from server.web.who import Who

router = APIRouter(include_in_schema=False)

PATH = "/lessons/{lesson_id}/compare"
ROWS_SHOWN = 40
"""Rows of a page: each is a field of the form, of which there are at most FORM_FIELDS."""
_FIELD = "c."
_KEY_MAX = 40

Number = Annotated[int, Query(ge=0, lt=2**31)]


async def _choices(request: Request) -> dict[str, Choice]:
    """Return what was chosen for which row; what is no choice is none."""
    form = await request.form(**FORM_LIMITS)
    found = {}
    for name, value in form.items():
        key = name.removeprefix(_FIELD)
        if name.startswith(_FIELD) and len(key) <= _KEY_MAX and value in set(Choice):
            found[key] = Choice(str(value))
    return found


@dataclass(frozen=True)
class _Sent:
    """A form that was sent: what was chosen, and why it was not taken."""

    choices: Mapping[str, Choice] = field(default_factory=dict)
    problem: Reason | None = None


@dataclass(frozen=True)
class _View:
    """Which comparison somebody looks at: with which version, at which page of it; `listed_all`: also what
    has been decided."""

    other_n: int
    page: int
    listed_all: bool

    @property
    def query(self) -> str:
        """The address's part behind the question mark, without the page."""
        return f"with={self.other_n}{'&all=1' if self.listed_all else ''}"


@router.get(PATH)
def compare_page(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    lesson_id: str,
    other_n: Annotated[int, Query(alias="with", ge=0, lt=2**31)] = 0,
    page: Number = 1,
    listed_all: Annotated[bool, Query(alias="all")] = False,
) -> Response:
    """What is said now beside another of the lesson's transcripts, the newest one unless it is named."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    context = _context(request, session, who, pages, lesson, _View(other_n, page, listed_all), _Sent())
    return pages.respond(request, who, context)


@router.post(PATH)
def choose(
    request: Request,
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    choices: Annotated[dict[str, Choice], Depends(_choices)],
    other_n: Annotated[int, Form(alias="with", ge=0, lt=2**31)],
    base: WordForm = "",
    page: Annotated[int, Form(ge=0, lt=2**31)] = 1,
    listed_all: Annotated[bool, Form(alias="all")] = False,
    take: WordForm = "",
) -> Response:
    """Take what was chosen into what is said, as a correction of the lines called `base`.

    What was chosen stays chosen where it cannot be taken: the page comes back and says why.
    """
    if take in (Choice.LEFT, Choice.RIGHT):
        choices = dict.fromkeys(choices, Choice(take))
    view, person_id = _View(other_n, page, listed_all), who.viewer.person_id
    try:
        with db.read() as session:
            lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
            # Compared before the transaction that writes: of two long ones it takes a while.
            wanted = queries.chosen(session, lesson, other_n, base, choices)
        if wanted:
            with db.write() as session:
                lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
                actions.correct(session, lesson, base, wanted, person_id, clock())
    except (Conflict, Invalid) as error:
        sent = _Sent(choices, reason(error))
        with db.read() as session:
            lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
            context = _context(request, session, who, pages, lesson, view, sent)
        return pages.respond(request, who, context, 409 if isinstance(error, Conflict) else 422)
    done, kind = ("choices_saved", "done") if wanted else ("nothing_chosen", "notice")
    return pages.redirect(f"{_path(lesson_id)}?{view.query}&page={page}", done, kind=kind)


def _path(lesson_id: str) -> str:
    return PATH.format(lesson_id=lesson_id)


def _context(
    request: Request, session: Session, who: Who, pages: Pages, lesson: Lesson, view: _View, sent: _Sent
) -> ComparePage:
    """Return the page; raises NotFound for a version that the lesson does not have."""
    versions = given.versions(session, lesson.id)
    corrected = queries.corrected(session, lesson.id)
    sides = {one.n: _side(one, one.n in corrected) for one in versions}
    now = next((sides[one.n] for one in versions if one.in_use), None)
    others = tuple(side for side in sides.values() if side is not now)
    if view.other_n and view.other_n not in sides:
        raise NotFound
    other = sides[view.other_n] if view.other_n else next(iter(others), None)
    found, base, problem = _compared(session, lesson, None if now is None or other is now else other)
    differing = [row for row in found if row.differs]
    moved = _moved(differing, sent.choices)
    open_ones = [row for row in differing if view.listed_all or row.key in moved or not row.is_decided]
    pages_n = max(1, -(-len(open_ones) // ROWS_SHOWN))
    page = min(max(1, view.page), pages_n)
    shown = open_ones[ROWS_SHOWN * (page - 1) : ROWS_SHOWN * page]
    shown_view = _View(0 if other is None else other.n, page, view.listed_all)
    return ComparePage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        now=now,
        other=other,
        others=others,
        rows=tuple(_row(lesson, row, sent.choices, row.key in moved) for row in shown),
        base=base,
        pager=Pager(
            page=page, pages=pages_n, total=len(open_ones), url=f"{_path(lesson.id)}?{shown_view.query}"
        ),
        same=len(found) - len(differing),
        decided=sum(row.is_decided for row in differing),
        listed_all=view.listed_all,
        problem=sent.problem or problem,
    )


def _compared(
    session: Session, lesson: Lesson, other: CompareSide | None
) -> tuple[tuple[Row, ...], str, Reason | None]:
    """Return all rows, the name of the lines in use, and why nothing can be compared."""
    present = queries.present(session, lesson)
    try:
        if queries.being_heard(session, lesson.id):
            raise Conflict("words_being_heard")
        if not present.lines:
            raise Conflict("no_words")
        if other is None:
            raise Conflict("nothing_to_compare")
        return comparing.rows(present.lines, queries.beside(session, lesson.id, other.n)), present.base, None
    except Conflict as error:
        return (), present.base, reason(error)


def _side(version: TranscriptVersion, corrected: bool) -> CompareSide:
    return CompareSide(
        n=version.n,
        file_name=version.file_name,
        quality=version.quality,
        by=version.person.name if version.person else None,
        made_at=version.made_at,
        corrected=corrected,
    )


def _moved(found: Sequence[Row], choices: Mapping[str, Choice]) -> frozenset[str]:
    """Return the keys of rows about whose right lines was chosen beside lines in use that are gone by now."""
    keys = {row.key for row in found}
    beside = {
        key.partition(".")[2]
        for key, choice in choices.items()
        if choice is not Choice.KEEP and key not in keys
    }
    return frozenset(row.key for row in found if row.right and row.key.partition(".")[2] in beside)


def _row(lesson: Lesson, row: Row, choices: Mapping[str, Choice], moved: bool) -> CompareRow:
    left, right = comparing.changes(_text(row.left), _text(row.right))
    clip = None if row.start_s is None else catalog.clip_at(lesson, row.start_s)
    return CompareRow(
        key=row.key,
        moment_s=row.start_s,
        clip_id=None if clip is None else clip.id,
        clip_s=0.0 if clip is None or row.start_s is None else max(0.0, row.start_s - clip.start_s),
        left=left,
        right=right,
        choice=choices.get(row.key, Choice.KEEP),
        changed=moved,
    )


def _text(lines: Sequence[CueLine]) -> str:
    return "\n".join(line.text for line in lines)
