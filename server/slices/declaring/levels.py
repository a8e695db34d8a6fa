"""Levels of a node: where its staff say who reviews, how many, until when and with which checklist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid
from library.core.permits import Role, Viewer, node_chain
from library.declaring import queries, rules, seen, settings
from library.declaring.rules import Check, Ending, LevelRule, Period, Setting
from library.organisation import queries as organisation
from library.organisation.tables import Node
from server.slices.declaring.contexts import LevelRow, LevelsPage
from server.slices.declaring.desk import number, typed_of
from server.web.deps import ClockDep, DatabaseDep, LevelArranger, PagesDep, Reading
from server.web.errors import status_of
from server.web.limits.fields import LineQuery, WordForm, WordQuery, WordsForm
from server.web.pages import reason
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

_MOST_NODES = 200
_NAMED = 3
LIMITS = {
    "reviewers": rules.MOST_REVIEWERS,
    "days": rules.MOST_DAYS,
    "quota": rules.MOST_QUOTA,
}


def _choice(text: str, words: type[Ending] | type[Period], field: str) -> Ending | Period:
    try:
        return words(text)
    except ValueError:
        raise Invalid("invalid", field=field) from None


def read_setting(
    readers: Sequence[str],
    deciders: Sequence[str],
    due_days: Sequence[str],
    endings: Sequence[str],
    checklist: Sequence[str],
    blind: Sequence[str],
    quota: str,
    period: str,
) -> Setting:
    """Read a setting as its form has it: a value a step down, from the node itself; raises Invalid."""
    if not len(readers) == len(deciders) == len(due_days) == len(endings) <= rules.MOST_STEPS_DOWN + 1:
        raise Invalid("level_twice", field="levels")
    ticked = set(checklist)
    levels = tuple(
        LevelRule(
            down=down,
            readers=number(readers[down] or "0"),
            deciders=number(deciders[down] or "0"),
            due_days=number(due_days[down]),
            checklist=tuple(one for one in Check if f"{down}:{one}" in ticked),
            blind=str(down) in blind,
            ending=Ending(_choice(endings[down], Ending, "endings")),
        )
        for down in range(len(readers))
    )
    return rules.cleaned(Setting(levels, number(quota or "0"), Period(_choice(period, Period, "period"))))


class LevelDesk:
    """Shows the levels of a node, and changes them."""

    def __init__(
        self, request: Request, who: LevelArranger, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self.clock, self.db = request, who, pages, clock, db

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def node_meant(self, session: Session, node_id: str, at: str) -> Node:
        """Return the node that is asked for, else the topmost that one arranges; raises Invalid, NotFound."""
        within = organisation.outermost(self.viewer, Role.STAFF)
        if at.strip():
            return organisation.meant(session, within, at, "at")
        return queries.node_to_arrange(session, self.viewer, node_id or within[0])

    def page(
        self, session: Session, node: Node, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the page of a node's levels."""
        chain = node_chain(node.path)
        said = queries.said_by(session, chain)
        source, _setting = queries.setting_in_force(session, node)
        names = organisation.node_names(session, chain)
        nodes = organisation.nodes_under(session, self.viewer, Role.STAFF, _MOST_NODES)
        quota, period = rules.quota_of(chain, said)
        above = []
        for n, one in enumerate(chain[:-1]):
            rule = rules.rule_at(chain, n, said)
            level = rules.level_at(one, rule) if rule and rule.reviews else None
            above.append((names[one], seen.route_ahead(session, (level,))[0] if level else None))
        context = LevelsPage(
            frame=self._pages.frame(self._request, session, self._who),
            node_id=node.id,
            node=node.name,
            nodes=tuple((one.id, one.name) for one in nodes) if len(nodes) > 1 else (),
            own=node.id in said,
            source=source.name if source is not None else "",
            above=tuple(above),
            rows=self._rows(session, node, chain, said, refused),
            quota=refused.typed["quota"] if refused and refused.form == "levels" else str(quota or ""),
            period=period,
            limits=LIMITS,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def _rows(
        self,
        session: Session,
        node: Node,
        chain: tuple[str, ...],
        said: dict[str, Setting],
        refused: RefusedForm | None,
    ) -> tuple[LevelRow, ...]:
        """Return a row for the node itself and for each step below it that there is."""
        typed = refused.typed if refused and refused.form == "levels" else None
        rows = []
        for down in range(min(organisation.height(session, node.id), rules.MOST_STEPS_DOWN) + 1):
            below = tuple(queries.names_below(session, node.id, down, _NAMED))
            # A node below says nothing itself, as far as this page is concerned.
            longer = (*chain, *(f"-{n}" for n in range(down)))
            rule = rules.rule_at(longer, len(longer) - 1, said) or LevelRule(down)
            ending, checklist, blind = rule.ending, frozenset(rule.checklist), rule.blind
            numbers = {name: str(getattr(rule, name)) for name in ("readers", "deciders", "due_days")}
            if typed is not None:
                ticked = typed["checklist"].split()
                checklist = frozenset(one for one in Check if f"{down}:{one}" in ticked)
                blind = str(down) in typed["blind"].split()
                for name in numbers:
                    given = typed[name].split()
                    numbers[name] = given[down] if down < len(given) else numbers[name]
            rows.append(
                LevelRow(down=down, names=below, checklist=checklist, blind=blind, ending=ending, **numbers)
            )
        return tuple(rows)

    def saved(self, node_id: str, done: str) -> Response:
        """Go back to a node's page."""
        return self._pages.redirect(f"/levels?node={node_id}", done)


LevelDeskDep = Annotated[LevelDesk, Depends()]


@router.get("/levels")
def levels(desk: LevelDeskDep, session: Reading, node: WordQuery = "", at: LineQuery = "") -> Response:
    """Who reviews what a node and those below it declare."""
    try:
        return desk.page(session, desk.node_meant(session, node, at))
    except Invalid as error:
        refused = RefusedForm(form="at", typed={"at": at}, reason=reason(error))
        return desk.page(session, desk.node_meant(session, "", ""), refused, status_of(error))


@router.post("/levels/{node_id}")
def put(
    desk: LevelDeskDep,
    node_id: str,
    readers: WordsForm = (),
    deciders: WordsForm = (),
    due_days: WordsForm = (),
    endings: WordsForm = (),
    checklist: WordsForm = (),
    blind: WordsForm = (),
    quota: WordForm = "",
    period: WordForm = "",
) -> Response:
    """Say how a node and those below it review (its staff)."""
    try:
        wanted = read_setting(readers, deciders, due_days, endings, checklist, blind, quota, period)
        with desk.db.write() as session:
            settings.put(session, desk.viewer, node_id, wanted, desk.clock())
    except Invalid as error:
        typed = typed_of(
            readers=[one or "-" for one in readers],
            deciders=[one or "-" for one in deciders],
            due_days=[one or "-" for one in due_days],
            checklist=checklist,
            blind=blind,
            quota=quota,
        )
        refused = RefusedForm(form="levels", typed=typed, reason=reason(error))
        with desk.db.read() as session:
            node = queries.node_to_arrange(session, desk.viewer, node_id)
            return desk.page(session, node, refused, status_of(error))
    return desk.saved(node_id, "levels_saved")


@router.post("/levels/{node_id}/inherit")
def inherit(desk: LevelDeskDep, node_id: str) -> Response:
    """Let a node go by what is said above it (its staff)."""
    with desk.db.write() as session:
        settings.inherit(session, desk.viewer, node_id)
    return desk.saved(node_id, "levels_inherited")
