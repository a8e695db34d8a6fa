"""The kinds of gatherings under /api/v1."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from library.books.hours import Book
from library.choices import queries as choosing
from library.evidence.rules import StudyForm
from library.gatherings import kinds as rules
from library.gatherings.kinds import Asks, KindDraft
from server.slices.gatherings.kinds import KindsDep, KindsDoor, put
from server.web.deps import SystemChanger
from server.web.limits.fields import LineText, WordText

router = APIRouter(prefix="/api/v1/gathering-kinds", tags=["gatherings"])


class KindOut(BaseModel):
    """A kind: `book` is where its form of study counts for you, None: nowhere; `number` how many there were.
    Of a `retired` one no new ones are planned."""

    code: str
    name: str
    english: str
    form: StudyForm
    book: Book | None
    asks: Asks
    number: int
    retired: bool


class KindsOut(BaseModel):
    """All kinds. `version` counts the changes of settings: send it with a change."""

    version: int
    kinds: list[KindOut]


class KindIn(BaseModel):
    """What a kind is to be; `version` is the one that you know."""

    name: LineText
    english: LineText = ""
    form: WordText = StudyForm.GATHERED.value
    asks: WordText = Asks.EVERYBODY.value
    retired: bool = False
    version: int


def _draft(body: KindIn) -> KindDraft:
    return KindDraft(body.name, body.english, body.form, body.asks)


def _out(door: KindsDoor) -> KindsOut:
    with door.db.read() as session:
        lines, _node = door.lines(session)
        version = choosing.version(session)
    names = KindOut.model_fields
    kinds = [KindOut.model_validate({name: getattr(line, name) for name in names}) for line in lines]
    return KindsOut(version=version, kinds=kinds)


@router.get("")
def list_kinds(door: KindsDep) -> KindsOut:
    """The kinds of gatherings, retired ones too."""
    return _out(door)


@router.post("", status_code=201)
def add_kind(door: KindsDep, who: SystemChanger, body: KindIn) -> KindsOut:
    """Add a kind (administrators)."""
    put(door, "", _draft(body), body.version)
    return _out(door)


@router.put("/{code}")
def change_kind(door: KindsDep, who: SystemChanger, code: str, body: KindIn) -> KindsOut:
    """Change a kind, retire it or offer it again (administrators); what was planned stays the form it was."""
    door.choose(
        body.version,
        lambda known: rules.retire(rules.put(known, code, _draft(body))[0], code, body.retired),
    )
    return _out(door)
