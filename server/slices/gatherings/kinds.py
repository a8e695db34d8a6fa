"""The kinds of gatherings: a page that says what counts as what, and where an administrator changes them.

They are a setting that is chosen while the program runs: who changed what, and when, stands with those.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.books import queries as books
from library.books.hours import Book
from library.choices import actions as choices
from library.choices import queries as choosing
from library.core.errors import Conflict, Invalid
from library.core.rights import Act, allowed
from library.evidence.rules import StudyForm
from library.gatherings import kinds as rules
from library.gatherings import queries
from library.gatherings.kinds import Kind, KindDraft, Kinds, KindsWrong, extended
from library.organisation import queries as organisation
from server.in_force import KINDS, kept_text
from server.slices.gatherings.contexts import KindChange, KindLine, KindsPage
from server.web.deps import Admin, ClockDep, DatabaseDep, InForceDep, PagesDep, Reading, SignedIn
from server.web.form_door import FormDoor
from server.web.forms.numbers import number_of
from server.web.limits.fields import LineForm, WordForm
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

PATH = "/gathering-kinds"
_HISTORY = 200
"""Changes of settings that are read for the last ones of kinds."""
_SHOWN = 10


class KindsDoor(FormDoor):
    """Shows the kinds, and changes them."""

    def __init__(
        self,
        request: Request,
        who: SignedIn,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        in_force: InForceDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self.in_force = in_force

    @property
    def kinds(self) -> Kinds:
        """The kinds that are in force."""
        return extended(self.in_force.now.settings.gathering_kinds)

    def lines(self, session: Session) -> tuple[tuple[KindLine, ...], str]:
        """Return all kinds as the viewer's home counts them, and the name of that node."""
        home = books.member(session, str(self.viewer.person_id), self.today)
        holds = books.tables(session).at(home.path).on(self.today)
        counted = {
            StudyForm.GATHERED: holds.gathered,
            StudyForm.EVENING: holds.evening,
            StudyForm.PRACTICE: Book.PRACTICE if holds.practice else None,
        }
        numbers = queries.numbers_of_kinds(session)
        lines = tuple(
            KindLine(
                code=one.code,
                name=one.name,
                english=one.english,
                form=one.form,
                book=counted.get(one.form),
                asks=one.asks,
                number=numbers.get(one.code, 0),
                retired=one.retired,
            )
            for one in self.kinds.all
        )
        return lines, organisation.node(session, home.path.strip("/").rpartition("/")[2]).name

    def page(self, session: Session, refused: RefusedForm | None = None) -> KindsPage:
        """Return the page."""
        lines, node = self.lines(session)
        may = allowed(self.viewer, Act.SYSTEM_CHANGE)
        return KindsPage(
            frame=self.frame(session),
            kinds=lines,
            node=node,
            version=choosing.version(session),
            forms=rules.FORMS,
            may_change=may and KINDS not in self.in_force.pinned,
            pinned=may and KINDS in self.in_force.pinned,
            history=self._history(session) if may else (),
            refused=refused,
        )

    def _history(self, session: Session) -> tuple[KindChange, ...]:
        found = []
        for line in choosing.history(session, _HISTORY):
            if line.name == KINDS:
                before, after = self._then(line.before), self._then(line.after)
                names = [one.name for one in after.all if before.get(one.code) != one]
                names += [one.name for one in before.all if after.get(one.code) is None]
                found.append(KindChange(at=line.at, who=line.who, names=tuple(names)))
        return tuple(found[:_SHOWN])

    def _then(self, kept: str | None) -> Kinds:
        """Return the kinds that a kept value says; None is what the machine's settings say."""
        try:
            return extended(self.in_force.own(KINDS) if kept is None else json.loads(kept))
        except (KindsWrong, ValueError):
            return Kinds()

    def choose(self, version: int, change: Callable[[Kinds], Kinds]) -> None:
        """Change the kinds of which `version` was read.

        Raises Conflict: setting_pinned, setting_changed; and as `change`.
        """
        if KINDS in self.in_force.pinned:
            raise Conflict("setting_pinned", field=KINDS)
        self.in_force.look()
        with self.in_force.changing() as session:
            choices.check_version(session, version)
            lines = rules.lines_of(change(self.kinds))
            own = rules.lines_of(extended(self.in_force.own(KINDS)))
            value = None if lines == own else kept_text(lines)
            choices.choose(session, self.viewer.person_id, KINDS, value, self.clock())


KindsDep = Annotated[KindsDoor, Depends()]


class KindForm:
    """What was typed of a kind."""

    def __init__(
        self, name: LineForm = "", english: LineForm = "", form: WordForm = "", asks: WordForm = ""
    ) -> None:
        self.typed = {"name": name, "english": english, "form": form, "asks": asks}
        self.draft = KindDraft(name, english, form, asks)


KindFormDep = Annotated[KindForm, Depends()]


def put(door: KindsDoor, code: str, draft: KindDraft, version: int) -> Kind:
    """Change a kind, "" for a new one; returns it."""
    made: list[Kind] = []

    def change(kinds: Kinds) -> Kinds:
        found, one = rules.put(kinds, code, draft)
        made.append(one)
        return found

    door.choose(version, change)
    return made[0]


@router.get(PATH)
def kinds(door: KindsDep, session: Reading) -> Response:
    """The kinds of gatherings."""
    return door.show(door.page(session))


@router.post(PATH)
def add(door: KindsDep, who: Admin, form: KindFormDep, version: WordForm = "") -> Response:
    """Add a kind."""
    try:
        made = put(door, "", form.draft, number_of(version))
    except (Invalid, Conflict) as error:
        return door.refuse(error, "new", door.page, form.typed)
    return door.pages.redirect(f"{PATH}#{made.code}", "kind_saved")


@router.post(PATH + "/{code}")
def change(door: KindsDep, who: Admin, code: str, form: KindFormDep, version: WordForm = "") -> Response:
    """Call a kind otherwise, or let it be another form of study."""
    try:
        put(door, code, form.draft, number_of(version))
    except (Invalid, Conflict) as error:
        return door.refuse(error, code, door.page, form.typed)
    return door.pages.redirect(f"{PATH}#{code}", "kind_saved")


@router.post(PATH + "/{code}/retire")
def retire(door: KindsDep, who: Admin, code: str, version: WordForm = "") -> Response:
    """Let no new gatherings of a kind be planned."""
    return _retired(door, code, number_of(version), retired=True)


@router.post(PATH + "/{code}/offer")
def offer(door: KindsDep, who: Admin, code: str, version: WordForm = "") -> Response:
    """Offer a retired kind again."""
    return _retired(door, code, number_of(version), retired=False)


def _retired(door: KindsDoor, code: str, version: int, *, retired: bool) -> Response:
    try:
        door.choose(version, lambda known: rules.retire(known, code, retired))
    except Conflict as error:
        return door.refuse(error, "", door.page)
    return door.pages.redirect(f"{PATH}#{code}", "kind_retired" if retired else "kind_offered")
