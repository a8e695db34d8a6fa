"""By what the year's hours are counted: a page that explains it with examples, and the form of a node."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.books import actions, queries
from library.books.examples import worked
from library.books.hours import BASIS_MAX, STEP_MAX, WORTH_MAX, Book, HoursRules, Rule, Step
from library.books.permits import may_arrange, may_look
from library.books.rules import shown
from library.core.days import parse_date
from library.core.errors import Invalid, NotFound
from library.organisation import queries as organisation
from library.organisation.tables import Node
from server.slices.books.contexts import ExampleLine, HoursFormPage, HoursPage, RulesView, VersionLine
from server.slices.books.door import Arranger, BooksDoor, DoorDep, day_of
from server.slices.books.shown import value_of
from server.web.deps import Reading
from server.web.forms.numbers import hundredths_of, number_of
from server.web.limits.fields import BlockForm, WordForm, WordQuery
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

BOOKS = (Book.GATHERED, Book.SELF, Book.ONLINE)
"""Where what is counted in hours may count."""

_NUMBERS = (
    *("year_starts", "hour_min", "member_hours", "leader_hours", "self_hours", "online_hours"),
    *("practice_times", "watched_share"),
)
_PLACES = ("gathered", "evening", "made_up", "showing", "watched", "declared", "lectured")


def rules_view(rules: HoursRules) -> RulesView:
    """Return rules as people read them."""
    practice = Book.PRACTICE if rules.practice else None
    return RulesView(
        year_starts=rules.year_starts,
        hour_min=rules.hour_min,
        aims=tuple(
            (name, getattr(rules, name))
            for name in ("member_hours", "leader_hours", "self_hours", "online_hours", "practice_times")
            if getattr(rules, name)
        ),
        books=(
            (Rule.GATHERED, rules.gathered),
            (Rule.EVENING, rules.evening),
            (Rule.SHOWING, rules.showing),
            (Rule.MADE_UP, rules.made_up),
            (Rule.WATCHED, rules.watched),
            (Rule.DECLARED, rules.declared),
            (Rule.LECTURED, rules.lectured),
            (Rule.PRACTICE, practice),
        ),
        share=rules.watched_share,
        steps=tuple((step.minutes, _hours(step.hundredths)) for step in rules.watched_steps),
        more=_hours(rules.watched_more) if rules.watched_steps else "",
        declared_most=rules.declared_most,
        basis=rules.basis,
    )


def _hours(hundredths: int) -> str:
    return shown(Fraction(hundredths, 100))


def examples(rules: HoursRules) -> tuple[ExampleLine, ...]:
    """Return the worked examples."""
    return tuple(
        ExampleLine(example=one.example, results=tuple((each.book, value_of(each)) for each in one.sums))
        for one in worked(rules)
    )


@router.get("/learning/rules")
def rules(door: DoorDep, session: Reading, node: WordQuery = "", day: WordQuery = "") -> Response:
    """By what is counted: at one's home, or at a node whose books one reads."""
    on = parse_date(day, "day") or door.today
    path = queries.member(session, door.person_id, door.today).path
    its = organisation.node(session, node or path.strip("/").rpartition("/")[2])
    if its.path != path and not may_look(door.viewer, its.path):
        raise NotFound
    said = queries.tables(session).at(its.path).said_on(on)
    names = organisation.node_names(session, [said.node_id] if said.node_id else [])
    return door.show(
        HoursPage(
            frame=door.frame(session),
            node_id=its.id,
            node=its.name,
            day=on,
            rules=rules_view(said.rules),
            examples=examples(said.rules),
            said_by=names.get(said.node_id or "", ""),
            since=said.first if said.node_id else None,
            may_arrange=may_arrange(door.viewer, its.path),
        )
    )


# ------------------------------------------------------------------ the form


class HoursForm:
    """What was typed into the form of a node's rules."""

    def __init__(
        self,
        first: WordForm = "",
        year_starts: WordForm = "",
        hour_min: WordForm = "",
        member_hours: WordForm = "",
        leader_hours: WordForm = "",
        self_hours: WordForm = "",
        online_hours: WordForm = "",
        practice_times: WordForm = "",
        gathered: WordForm = "",
        evening: WordForm = "",
        made_up: WordForm = "",
        showing: WordForm = "",
        watched: WordForm = "",
        watched_share: WordForm = "",
        watched_steps: BlockForm = "",
        watched_more: WordForm = "",
        declared: WordForm = "",
        declared_most: WordForm = "",
        lectured: WordForm = "",
        practice: WordForm = "",
        basis: Annotated[str, Form(max_length=4 * BASIS_MAX)] = "",
    ) -> None:
        self.typed = {
            name: str(value) for name, value in locals().items() if name not in ("self", "__class__")
        }

    def content(self) -> dict[str, Any]:
        """Return the rules; raises Invalid("hours_value"), Invalid("hours_steps")."""
        found: dict[str, Any] = {name: _number(self.typed[name], name) for name in _NUMBERS}
        found |= {name: self.typed[name] or None for name in _PLACES}
        steps, most = self.typed["watched_steps"].strip(), self.typed["declared_most"].strip()
        found["watched_steps"] = [_step(line).model_dump() for line in steps.splitlines() if line.strip()]
        found["watched_more"] = _hundredths(self.typed["watched_more"] or "0", "watched_more")
        found["declared_most"] = _number(most, "declared_most") if most else None
        found["practice"] = self.typed["practice"] == "1"
        found["basis"] = self.typed["basis"].strip()
        return found


HoursFormDep = Annotated[HoursForm, Depends()]


def _number(text: str, field: str) -> int:
    value = number_of(text.strip())
    if value < 0:
        raise Invalid("hours_value", field=field)
    return value


def _hundredths(text: str, field: str) -> int:
    value = hundredths_of(text.strip())
    if not 0 <= value <= WORTH_MAX:
        raise Invalid("hours_value", field=field)
    return value


def _step(line: str) -> Step:
    minutes, _, worth = line.strip().partition(" ")
    parts = number_of(minutes), hundredths_of(worth.strip())
    if not (1 <= parts[0] <= STEP_MAX and 0 <= parts[1] <= WORTH_MAX):
        raise Invalid("hours_steps", field="watched_steps")
    return Step(minutes=parts[0], hundredths=parts[1])


def typed_of(rules: HoursRules, first: date) -> dict[str, str]:
    """Return what the form holds for rules."""
    typed = {name: str(getattr(rules, name)) for name in _NUMBERS}
    typed |= {name: str(getattr(rules, name) or "") for name in _PLACES}
    return {
        **typed,
        "first": first.isoformat(),
        "watched_steps": "\n".join(f"{s.minutes} {_hours(s.hundredths)}" for s in rules.watched_steps),
        "watched_more": _hours(rules.watched_more),
        "declared_most": "" if rules.declared_most is None else str(rules.declared_most),
        "practice": "1" if rules.practice else "",
        "basis": rules.basis,
    }


def form_page(door: BooksDoor, session: Session, node: Node, refused: RefusedForm | None) -> HoursFormPage:
    """Return the form of a node's rules."""
    holds = queries.tables(session).at(node.path)
    usual = typed_of(holds.on(door.today), door.today)
    return HoursFormPage(
        frame=door.frame(session),
        node_id=node.id,
        node=node.name,
        typed={**usual, **(refused.typed if refused else {})},
        books=BOOKS,
        versions=tuple(
            VersionLine(first=row.first, coming=row.first > door.today, made_at=row.made_at)
            for row in queries.tables_of(session, node.id)
        ),
        basis_max=BASIS_MAX,
        refused=refused,
    )


@router.get("/learning/rules/{node_id}")
def form(door: DoorDep, who: Arranger, session: Reading, node_id: str) -> Response:
    """The form of a node's rules."""
    node = queries.node_to_arrange(session, door.viewer, node_id)
    return door.show(form_page(door, session, node, None))


@router.post("/learning/rules/{node_id}")
def put(door: DoorDep, who: Arranger, node_id: str, form: HoursFormDep) -> Response:
    """Say by what a node counts, from a day on."""

    def page(session: Session, refused: RefusedForm | None) -> HoursFormPage:
        return form_page(door, session, queries.node_to_arrange(session, door.viewer, node_id), refused)

    try:  # before anything is written: what was typed says it alone
        first, content = day_of(form.typed["first"], "first"), form.content()
    except Invalid as error:
        return door.refuse(error, "rules", page, form.typed)

    def act(session: Session) -> str:
        actions.put_rules(session, door.viewer, node_id, first, content, door.clock())
        return f"/learning/rules?node={node_id}&day={first.isoformat()}"

    return door.change(act, "hours_saved", "rules", page, form.typed)


@router.post("/learning/rules/{node_id}/remove")
def remove(door: DoorDep, who: Arranger, node_id: str, first: WordForm = "") -> Response:
    """Take back what is to hold from a day on."""

    def act(session: Session) -> str:
        queries.node_to_arrange(session, door.viewer, node_id)
        day = day_of(first, "first")
        actions.remove_rules(session, door.viewer, node_id, day, door.clock())
        return f"/learning/rules/{node_id}"

    def page(session: Session, refused: RefusedForm | None) -> HoursFormPage:
        return form_page(door, session, queries.node_to_arrange(session, door.viewer, node_id), refused)

    return door.change(act, "hours_removed", "", page)
