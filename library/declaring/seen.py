"""What somebody sees of a declaration: on a page, under /api/v1, in an export, of a command, all from here.

Where a level is blind, names are taken out in this one place (`permits.hidden` decides from whom).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from library.catalog.tables import Lesson
from library.core.permits import Role, Viewer
from library.declaring import permits, queries, rules, states
from library.declaring.permits import Standing
from library.declaring.rules import AnswerKind, Check, Ending, Level
from library.declaring.states import OPEN, Part, State, Step
from library.declaring.tables import Declaration, DeclarationStep, Remark
from library.organisation.tables import Node
from library.people import queries as people


@dataclass(frozen=True)
class SeenLevel:
    """A level of the route, `n` from 1; `name` None where it is hidden."""

    n: int
    name: str | None
    readers: int
    deciders: int
    due_days: int
    checklist: tuple[Check, ...]
    blind: bool
    ending: Ending
    passed: bool
    now: bool


@dataclass(frozen=True)
class SeenRemark:
    """A remark; `who` None where it is hidden, or gone. `clip_n` is the clip that plays `at_s`."""

    n: int
    round: int
    level: int
    who: str | None
    at_s: float | None
    clip_n: int | None
    cue_n: int | None
    quote: str
    text: str
    made_at: datetime
    answer_kind: AnswerKind | None
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class SeenStep:
    """A line of the history; `part` says as what it was done, `who` None where that is hidden or gone."""

    n: int
    round: int
    level: int
    level_name: str | None
    step: Step
    state: State
    part: Part
    who: str | None
    reason: str
    checked: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class SeenLine:
    """A declaration in a list. `blind`: lecturer, node and lesson are hidden; then they are None."""

    id: str
    state: State
    title: str
    blind: bool
    lesson_id: str | None
    lecturer: str | None
    node_id: str | None
    node: str | None
    level: int
    levels: int
    level_name: str | None
    round: int
    declared_at: datetime
    due_at: datetime
    late: bool
    chosen: bool
    duration_s: float | None


@dataclass(frozen=True)
class Seen:
    """A declaration with all that somebody sees of it."""

    line: SeenLine
    moves: int
    chosen_by: str | None
    route: tuple[SeenLevel, ...]
    reads: int
    votes: int
    mine: bool
    parts: frozenset[Part]
    steps: tuple[Step, ...]
    remarks: tuple[SeenRemark, ...]
    history: tuple[SeenStep, ...]

    @property
    def here(self) -> SeenLevel:
        """The present level."""
        return self.route[self.line.level - 1]

    @property
    def open_remarks(self) -> int:
        """How many remarks the lecturer has not answered."""
        return sum(one.answer_kind is None for one in self.remarks)


class _Eyes:
    """What one viewer may know of one declaration."""

    def __init__(self, viewer: Viewer, row: Declaration, lesson: Lesson, nodes: dict[str, Node]) -> None:
        self.viewer, self.row, self.lesson, self.nodes = viewer, row, lesson, nodes
        self.levels = rules.levels_of(row.route)
        paths = [nodes[level.node_id].path for level in self.levels]
        self.where = Standing(
            nodes[row.node_id].path, nodes[row.level_node_id].path, row.owner_id, row.declared_by
        )
        self.own = permits.own(viewer, self.where)
        self.hidden = permits.hidden(viewer, self.where, self.levels, paths, row.level, row.state)
        self.highest = permits.highest_of(viewer, paths)

    def level_name(self, n: int) -> str | None:
        """The name of the n-th level (from 0); that of one below the viewer's tells where it is from."""
        if self.hidden and n < self.highest:
            return None
        return self.nodes[self.levels[n].node_id].name

    def words(self, text: str, names: Iterable[str]) -> str:
        """A text as the viewer reads it."""
        return rules.masked(text, names) if self.hidden else text

    def reviewer(self, level: int, person_id: str | None, names: dict[str, str]) -> str | None:
        """The name of who reviewed at a level: at a blind one everybody knows only their own."""
        if person_id is None or (self.levels[level].blind and person_id != self.viewer.person_id):
            return None
        return names.get(person_id)

    def line(self, names: Sequence[str], now: datetime) -> SeenLine:
        """The declaration as in a list."""
        row, lesson, open_ = self.row, self.lesson, not self.hidden
        return SeenLine(
            id=row.id,
            state=row.state,
            title=self.words(lesson.title, names),
            blind=self.hidden,
            lesson_id=lesson.id if open_ else None,
            lecturer=lesson.lecturer.name if open_ and lesson.lecturer else None,
            node_id=row.node_id if open_ else None,
            node=self.nodes[row.node_id].name if open_ else None,
            level=row.level + 1,
            levels=len(self.levels),
            level_name=self.level_name(row.level),
            round=row.round,
            declared_at=row.declared_at,
            due_at=row.due_at,
            late=row.state is State.DECLARED and row.due_at < now,
            chosen=row.chosen_at is not None,
            duration_s=lesson.duration_s,
        )


def _hidden_names(eyes: _Eyes, people_names: dict[str, str]) -> list[str]:
    """The names that a blind level is not to read in titles and remarks."""
    row, lesson = eyes.row, eyes.lesson
    found = [people_names.get(one or "", "") for one in (row.owner_id, row.declared_by)]
    found += [lesson.lecturer.name] if lesson.lecturer else []
    below = [eyes.nodes[level.node_id] for level in eyes.levels[: max(eyes.highest, 0)]]
    for node in (eyes.nodes[row.node_id], lesson.node, *below):
        if eyes.highest >= 0 and node.id == eyes.levels[eyes.highest].node_id:
            continue
        found += [node.name, node.short_name]
    return found


def lines(session: Session, viewer: Viewer, rows: Sequence[Declaration], now: datetime) -> list[SeenLine]:
    """Return declarations as in a list; whether they may look at them was decided before."""
    if not rows:
        return []
    lessons, nodes = queries.lessons_of(session, rows), queries.nodes_of(session, rows)
    ids = {one for row in rows for one in (row.owner_id, row.declared_by) if one}
    names = people.names(session, ids)
    found = []
    for row in rows:
        eyes = _Eyes(viewer, row, lessons[row.lesson_id], nodes)
        found.append(eyes.line(_hidden_names(eyes, names) if eyes.hidden else (), now))
    return found


def seen(session: Session, viewer: Viewer, row: Declaration, now: datetime) -> Seen:
    """Return a declaration as somebody sees it who may look at it."""
    nodes = queries.nodes_of(session, [row])
    lesson = session.scalars(
        select(Lesson).where(Lesson.id == row.lesson_id).options(selectinload(Lesson.clips))
    ).one()
    eyes = _Eyes(viewer, row, lesson, nodes)
    steps, remarks = queries.steps_of(session, row.id), queries.remarks_of(session, row.id)
    acted = {*(one.person_id for one in steps), *(one.person_id for one in remarks)}
    ids = {row.owner_id, row.declared_by, *acted}
    names = people.names(session, {one for one in ids if one})
    hide = _hidden_names(eyes, names) if eyes.hidden else []
    votes = queries.votes_of(row, steps)
    parts = permits.parts_of(viewer, eyes.where)
    me = viewer.person_id
    return Seen(
        line=eyes.line(hide, now),
        moves=row.moves,
        chosen_by=nodes[row.chosen_at_node].name if row.chosen_at_node else None,
        route=tuple(_level(eyes, n, level) for n, level in enumerate(eyes.levels)),
        reads=len(votes.read),
        votes=len(votes.approved),
        mine=me is not None and me in (*votes.read, *votes.approved),
        parts=parts,
        steps=states.steps_of(row.state, parts),
        remarks=tuple(_remark(eyes, one, names, hide) for one in remarks),
        history=tuple(_step(eyes, one, names, hide) for one in steps),
    )


def _level(eyes: _Eyes, n: int, level: Level) -> SeenLevel:
    row = eyes.row
    over = row.state in (State.SELECTED, State.PUBLISHED)
    return SeenLevel(
        n=n + 1,
        name=eyes.level_name(n),
        readers=level.readers,
        deciders=level.deciders,
        due_days=level.due_days,
        checklist=level.checklist,
        blind=level.blind,
        ending=level.ending,
        passed=n < row.level or over,
        now=n == row.level and row.state in OPEN,
    )


def _remark(eyes: _Eyes, one: Remark, names: dict[str, str], hide: Sequence[str]) -> SeenRemark:
    clip = None
    if one.at_s is not None:
        at_s = one.at_s
        clip = next((c for c in eyes.lesson.clips if c.start_s <= at_s < c.end_s), None)
    return SeenRemark(
        n=one.n,
        round=one.round,
        level=one.level + 1,
        who=eyes.reviewer(one.level, one.person_id, names),
        at_s=one.at_s,
        clip_n=clip.n if clip else None,
        cue_n=one.cue_n,
        quote=eyes.words(one.quote, hide),
        text=eyes.words(one.text, hide),
        made_at=one.made_at,
        answer_kind=one.answer_kind,
        answer=eyes.words(one.answer, hide),
        answered_at=one.answered_at,
    )


def _step(eyes: _Eyes, one: DeclarationStep, names: dict[str, str], hide: Sequence[str]) -> SeenStep:
    lecturers = one.step in (Step.DECLARE, Step.WITHDRAW, Step.ANSWER)
    if lecturers:
        part = Part.LECTURER
        who = None if eyes.hidden else names.get(one.person_id or "")
    else:
        part = {Step.READ: Part.READER, Step.STOP: Part.ABOVE}.get(one.step, Part.DECIDER)
        who = eyes.reviewer(one.level, one.person_id, names)
    return SeenStep(
        n=one.n,
        round=one.round,
        level=one.level + 1,
        level_name=eyes.level_name(one.level),
        step=one.step,
        state=one.state,
        part=part,
        who=who,
        reason=eyes.words(one.reason, hide),
        checked=tuple(one.checked),
        at=one.at,
    )


def route_ahead(session: Session, levels: Sequence[Level]) -> tuple[SeenLevel, ...]:
    """Return the levels that a lesson would pass, for whoever declares it."""
    wanted = select(Node.id, Node.name).where(Node.id.in_([level.node_id for level in levels]))
    names = dict(session.execute(wanted).all())
    return tuple(
        SeenLevel(
            n=n,
            name=names.get(level.node_id),
            readers=level.readers,
            deciders=level.deciders,
            due_days=level.due_days,
            checklist=level.checklist,
            blind=level.blind,
            ending=level.ending,
            passed=False,
            now=False,
        )
        for n, level in enumerate(levels, 1)
    )


def reviews_somewhere(viewer: Viewer) -> bool:
    """Tell whether somebody has a queue at all."""
    return viewer.has(Role.REVIEWER)
