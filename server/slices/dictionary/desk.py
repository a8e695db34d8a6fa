"""One request of the staff at the dictionary: what they teach, and the page that shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import NotFound, WeikeError
from library.core.paging import Page, clean_number
from library.dictionary import actions, queries, rules
from server.slices.dictionary.contexts import DictionaryChange, DictionaryEntry, DictionaryPage, Edit, Join
from server.slices.dictionary.query_trial import try_query
from server.web.deps import ClockDep, DatabaseDep, DictionaryDep, FinderDep, PagesDep, Staff
from server.web.errors import status_of
from server.web.pages import pager, reason, safe_next

HERE = "/vocabulary"
_PER_PAGE = 50
_HISTORY = 30


class Desk:
    """Shows one of the staff the dictionary's page, and teaches what they typed on it."""

    def __init__(
        self,
        request: Request,
        who: Staff,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        finder: FinderDep,
        dictionary: DictionaryDep,
    ) -> None:
        self._request, self._who, self._pages = request, who, pages
        self._db, self._dictionary, self._finder = db, dictionary, finder
        self.by, self.clock = who.viewer.person_id, clock

    def page(
        self, *, q: str = "", page: int = 1, tried: str = "", status: int = 200, **shown: Any
    ) -> Response:
        """Return the page; `shown` are fields of its context: what was typed, and what came of it."""
        with self._db.read() as session:
            rows = queries.rows(session)
            found = [row for row in rows if row.entry.holds(q)]
            number = min(clean_number(page), Page(found, 1, _PER_PAGE, len(found)).last)
            listed = Page(found[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(found))
            context = DictionaryPage(
                frame=self._pages.frame(self._request, session, self._who),
                entries=tuple(map(_entry, listed.items)),
                pager=pager(listed, HERE, q=q),
                own=sum(not row.entry.shipped for row in rows),
                off=sum(not row.entry.on for row in rows),
                q=q,
                tried=try_query(self._finder, session, self._who.viewer, tried) if tried.strip() else None,
                history=tuple(
                    DictionaryChange(at=c.at, who=c.who, what=c.what, before=c.before, after=c.after)
                    for c in queries.history(session, _HISTORY)
                ),
                **shown,
            )
        return self._pages.respond(self._request, self._who, context, status)

    def teach(
        self, act: Callable[[Session], object], done: str, *, back: str = HERE, **shown: Any
    ) -> Response:
        """Change the dictionary and go on to its list; or show the page again with what was typed."""
        try:
            with self._dictionary.teaching() as session:
                act(session)
        except WeikeError as error:
            return self.refuse(error, **shown)
        return self._pages.redirect(safe_next(back), done)

    def refuse(self, error: WeikeError, **shown: Any) -> Response:
        """Return the page with why nothing was changed."""
        return self.page(problem=reason(error), status=status_of(error), **shown)

    def change(self, entry_id: str, version: int, words: str, back: str) -> Response:
        """Change an entry's words, or show what the page shows of a change that was not saved."""
        try:
            with self._dictionary.teaching() as session:
                wanted = rules.draft(rules.split_words(words))
                actions.change(session, self.by, entry_id, version, wanted, self.clock())
        except WeikeError as error:
            return self.refuse(error, **self._not_saved(entry_id, words))
        return self._pages.redirect(safe_next(back), "saved")

    def _not_saved(self, entry_id: str, typed: str) -> dict[str, Any]:
        """Return what the page shows of a change that was not saved: nothing that was typed is lost."""
        try:
            with self._db.read() as session:
                now = queries.own(session, entry_id)
        except NotFound:
            return {"typed_group": typed, "problem_at": "group"}
        edit = Edit(id=entry_id, version=now.version, typed=typed, present=now.words)
        return {"edit": edit, "problem_at": "edit"}

    def paste(self, typed: str) -> actions.Pasted:
        """Teach a word or a group a line; raises WeikeError."""
        with self._dictionary.teaching() as session:
            return actions.paste(session, self.by, typed, self.clock())

    def join(self, words: str) -> Join | None:
        """Return what the page offers besides a group of its own."""
        try:
            wanted = rules.group_draft(rules.split_words(words))
        except WeikeError:
            return None
        with self._db.read() as session:
            other = queries.entries(session).sharing(wanted)
        if other is None:
            return None
        return Join(id=other.id, version=other.version, words=rules.joined(other, wanted).words)


DeskDep = Annotated[Desk, Depends()]


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
