"""The dictionary of party terms, kept by the staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse, Response

from library.core.errors import NotFound, WeikeError
from library.core.paging import Page, clean_number
from library.dictionary import actions, lines, queries, rules
from server.slices.dictionary.contexts import (
    DictionaryChange,
    DictionaryEntry,
    DictionaryPage,
    Edit,
    Join,
    PastedLine,
)
from server.slices.dictionary.query_trial import try_query
from server.web.deps import PortsDep, Reading, Staff, Who
from server.web.errors import status_of
from server.web.pages import Pages, pager, reason, safe_next
from server.web.parts import Reason
from server.wiring import Ports

router = APIRouter(include_in_schema=False)

_HERE = "/vocabulary"
_PER_PAGE = 50
_HISTORY = 30


def _page(
    request: Request,
    ports: Ports,
    who: Who,
    *,
    q: str = "",
    page: int = 1,
    tried: str = "",
    status: int = 200,
    **shown: Any,
) -> Response:
    """Return the page; `shown` are fields of its context: what was typed, and what came of it."""
    pages: Pages = request.app.state.pages
    with ports.db.read() as session:
        rows = queries.rows(session)
        found = [row for row in rows if row.entry.holds(q)]
        number = min(clean_number(page), Page(found, 1, _PER_PAGE, len(found)).last)
        listed = Page(found[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(found))
        context = DictionaryPage(
            frame=pages.frame(request, who),
            entries=tuple(map(_entry, listed.items)),
            pager=pager(listed, _HERE, q=q),
            own=sum(not row.entry.shipped for row in rows),
            off=sum(not row.entry.on for row in rows),
            q=q,
            tried=try_query(ports, session, who.viewer, tried) if tried.strip() else None,
            history=tuple(
                DictionaryChange(at=c.at, who=c.who, what=c.what, before=c.before, after=c.after)
                for c in queries.history(session, _HISTORY)
            ),
            **shown,
        )
    return pages.respond(request, who, context, status)


def _entry(row: queries.EntryRow) -> DictionaryEntry:
    entry = row.entry
    return DictionaryEntry(
        id=entry.id,
        words=entry.words,
        shipped=entry.shipped,
        on=entry.on,
        version=entry.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _teach(
    request: Request, ports: Ports, who: Who, act: Callable[[Session], object], done: str, **shown: Any
) -> Response:
    """Change the dictionary and go on to its list; or show the page again with what was typed."""
    pages: Pages = request.app.state.pages
    back = safe_next(shown.pop("back", _HERE))
    try:
        with ports.dictionary.teaching() as session:
            act(session)
    except WeikeError as error:
        return _page(request, ports, who, problem=reason(error), status=status_of(error), **shown)
    return pages.redirect(back, done)


@router.get("/vocabulary")
def dictionary(
    request: Request,
    ports: PortsDep,
    who: Staff,
    q: str = "",
    page: int = 1,
    tried: Annotated[str, Query(alias="try")] = "",
) -> Response:
    """Words and synonyms, and a place to try them."""
    return _page(request, ports, who, q=q, page=page, tried=tried)


@router.get("/vocabulary/download")
def download(session: Reading, who: Staff) -> Response:
    """What staff have taught and switched off, as text that can be pasted back."""
    text = lines.written(row.entry for row in queries.rows(session))
    headers = {
        "content-disposition": 'attachment; filename="weike-vocabulary.txt"',
        "cache-control": "no-store",
    }
    return PlainTextResponse(text, headers=headers)


@router.post("/vocabulary/words")
def add_word(request: Request, ports: PortsDep, who: Staff, word: Annotated[str, Form()] = "") -> Response:
    """Teach a word."""

    def act(session: Session) -> None:
        actions.add(session, who.viewer.person_id, rules.word_draft(word), ports.clock())

    return _teach(request, ports, who, act, "entry_added", typed_word=word, problem_at="word")


@router.post("/vocabulary/groups")
def add_group(
    request: Request,
    ports: PortsDep,
    who: Staff,
    words: Annotated[str, Form()] = "",
    apart: Annotated[str, Form()] = "",
) -> Response:
    """Teach words that mean the same; asks first when another group has one of them, unless `apart` is 1."""

    def act(session: Session) -> None:
        wanted = rules.group_draft(rules.split_words(words))
        actions.add(session, who.viewer.person_id, wanted, ports.clock(), apart=apart == "1")

    join = None if apart == "1" else _join(ports, words)
    return _teach(request, ports, who, act, "entry_added", typed_group=words, problem_at="group", join=join)


def _join(ports: Ports, words: str) -> Join | None:
    """Return what the page offers besides a group of its own."""
    try:
        wanted = rules.group_draft(rules.split_words(words))
    except WeikeError:
        return None
    with ports.db.read() as session:
        other = queries.entries(session).sharing(wanted)
    if other is None:
        return None
    return Join(id=other.id, version=other.version, words=rules.joined(other, wanted).words)


@router.post("/vocabulary/paste")
def paste(
    request: Request, ports: PortsDep, who: Staff, typed: Annotated[str, Form(alias="lines")] = ""
) -> Response:
    """Teach a word or a group a line, and say of each line what became of it."""
    try:
        with ports.dictionary.teaching() as session:
            done = actions.paste(session, who.viewer.person_id, typed, ports.clock())
    except WeikeError as error:
        return _page(
            request,
            ports,
            who,
            typed_lines=typed,
            problem=reason(error),
            problem_at="paste",
            status=status_of(error),
        )
    left = "\n".join(line.text for line in done.left if not line.is_there)
    return _page(request, ports, who, typed_lines=left, pasted=_pasted(done))


def _pasted(done: actions.Pasted) -> tuple[PastedLine, ...]:
    taken = [
        PastedLine(
            number=line.number,
            what=rules.Change.OFF if line.what is rules.Change.OFF else rules.Change.ADD,
            text=rules.shown(line.words),
            same=line.same,
        )
        for line in done.taken
    ]
    left = [
        PastedLine(
            number=line.number,
            what="there" if line.is_there else "left",
            text=line.text,
            reason=Reason(code=line.code, args=line.values),
        )
        for line in done.left
    ]
    return (*left, *taken)


@router.post("/vocabulary/{entry_id}")
def change(
    request: Request,
    ports: PortsDep,
    who: Staff,
    entry_id: str,
    words: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
    back: Annotated[str, Form(alias="next")] = _HERE,
) -> Response:
    """Change an entry's words, unless somebody else has done so meanwhile."""
    try:
        with ports.dictionary.teaching() as session:
            wanted = rules.draft(rules.split_words(words))
            actions.change(session, who.viewer.person_id, entry_id, version, wanted, ports.clock())
    except WeikeError as error:
        shown = _not_saved(ports, entry_id, words)
        return _page(request, ports, who, problem=reason(error), status=status_of(error), **shown)
    pages: Pages = request.app.state.pages
    return pages.redirect(safe_next(back), "saved")


def _not_saved(ports: Ports, entry_id: str, typed: str) -> dict[str, Any]:
    """Return what the page shows of a change that was not saved: nothing that was typed is lost."""
    try:
        with ports.db.read() as session:
            now = queries.own(session, entry_id)
    except NotFound:
        return {"typed_group": typed, "problem_at": "group"}
    edit = Edit(id=entry_id, version=now.version, typed=typed, present=now.words)
    return {"edit": edit, "problem_at": "edit"}


@router.post("/vocabulary/{entry_id}/remove")
def remove(
    request: Request,
    ports: PortsDep,
    who: Staff,
    entry_id: str,
    version: Annotated[int, Form()] = 0,
    back: Annotated[str, Form(alias="next")] = _HERE,
) -> Response:
    """Forget an entry, unless somebody else has changed it meanwhile."""

    def act(session: Session) -> None:
        actions.remove(session, who.viewer.person_id, entry_id, version, ports.clock())

    return _teach(request, ports, who, act, "entry_removed", back=back)


@router.post("/vocabulary/{entry_id}/switch")
def switch(
    request: Request,
    ports: PortsDep,
    who: Staff,
    entry_id: str,
    on: Annotated[str, Form()] = "",
    back: Annotated[str, Form(alias="next")] = _HERE,
) -> Response:
    """Let searches use a shipped entry, or not."""

    def act(session: Session) -> None:
        actions.switch(session, who.viewer.person_id, entry_id, on == "1", ports.clock())

    return _teach(request, ports, who, act, "entry_on" if on == "1" else "entry_off", back=back)
