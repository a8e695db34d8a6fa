"""The dictionary of party terms, kept by the staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse, Response

from library.core.errors import WeikeError
from library.dictionary import actions, lines, queries, rules
from server.slices.dictionary.contexts import PastedLine
from server.slices.dictionary.desk import HERE, DeskDep
from server.web.deps import Reading, Staff
from server.web.limits.fields import LineForm, LineQuery, PasteForm, WordForm, WordQuery
from server.web.parts import Reason

router = APIRouter(include_in_schema=False)


@router.get("/vocabulary")
def dictionary(
    desk: DeskDep, q: WordQuery = "", page: int = 1, tried: Annotated[LineQuery, Query(alias="try")] = ""
) -> Response:
    """Words and synonyms, and a place to try them."""
    return desk.page(q=q, page=page, tried=tried)


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
def add_word(desk: DeskDep, word: LineForm = "") -> Response:
    """Teach a word."""

    def act(session: Session) -> None:
        actions.add(session, desk.by, rules.word_draft(word), desk.clock())

    return desk.teach(act, "entry_added", typed_word=word, problem_at="word")


@router.post("/vocabulary/groups")
def add_group(desk: DeskDep, words: LineForm = "", apart: WordForm = "") -> Response:
    """Teach words that mean the same; asks first when another group has one of them, unless `apart` is 1."""

    def act(session: Session) -> None:
        wanted = rules.group_draft(rules.split_words(words))
        actions.add(session, desk.by, wanted, desk.clock(), apart=apart == "1")

    join = None if apart == "1" else desk.join(words)
    return desk.teach(act, "entry_added", typed_group=words, problem_at="group", join=join)


@router.post("/vocabulary/paste")
def paste(desk: DeskDep, typed: Annotated[PasteForm, Form(alias="lines")] = "") -> Response:
    """Teach a word or a group a line, and say of each line what became of it."""
    try:
        done = desk.paste(typed)
    except WeikeError as error:
        return desk.refuse(error, typed_lines=typed, problem_at="paste")
    left = "\n".join(line.text for line in done.left if not line.is_there)
    return desk.page(typed_lines=left, pasted=_pasted(done))


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
    desk: DeskDep,
    entry_id: str,
    words: LineForm = "",
    version: Annotated[int, Form()] = 0,
    back: Annotated[LineForm, Form(alias="next")] = HERE,
) -> Response:
    """Change an entry's words, unless somebody else has done so meanwhile."""
    return desk.change(entry_id, version, words, back)


@router.post("/vocabulary/{entry_id}/remove")
def remove(
    desk: DeskDep,
    entry_id: str,
    version: Annotated[int, Form()] = 0,
    back: Annotated[LineForm, Form(alias="next")] = HERE,
) -> Response:
    """Forget an entry, unless somebody else has changed it meanwhile."""

    def act(session: Session) -> None:
        actions.remove(session, desk.by, entry_id, version, desk.clock())

    return desk.teach(act, "entry_removed", back=back)


@router.post("/vocabulary/{entry_id}/switch")
def switch(
    desk: DeskDep,
    entry_id: str,
    on: WordForm = "",
    back: Annotated[LineForm, Form(alias="next")] = HERE,
) -> Response:
    """Let searches use a shipped entry, or not."""

    def act(session: Session) -> None:
        actions.switch(session, desk.by, entry_id, on == "1", desk.clock())

    return desk.teach(act, "entry_on" if on == "1" else "entry_off", back=back)
