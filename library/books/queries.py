"""The books of people, from the ledger, from where they belong and from what nodes say. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from library.books import watching
from library.books.entries import PracticeState
from library.books.hours import HoursRules, Lead, Rules, Tables, read_rules
from library.books.permits import may_arrange, may_keep, may_look, may_read
from library.books.rules import Books, Cause, Line, Why, books_of
from library.books.tables import HoursTable, Practice, Study
from library.catalog.tables import Clip
from library.core.clock import local_day, midnight
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import MemberState, Role, Viewer, node_chain
from library.evidence import queries as evidence
from library.evidence.rules import Piece, Source, is_token
from library.evidence.tables import Evidence
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.people.belonging import histories
from library.people.belonging.members import on_day
from library.people.rules import MembershipKind
from library.people.tables import CommitteeTerm, Membership, Person, RoleGrant

_ALL_AT_ONCE = 2_000
"""Of more people than this the ledger is read from one end to the other rather than asked for each."""
_IDS_AT_ONCE = 500
PAGE_SIZE = 50
"""Self-studies and practices on a page of a list."""
_Row = TypeVar("_Row", Study, Practice)
_NOT_ASKED = (MemberState.ACTIVIST, MemberState.MASSES)


# ------------------------------------------------------------------ by what is counted


def tables(session: Session) -> Tables:
    """Return all that nodes have said; there are few."""
    said: dict[str, list[tuple[date, HoursRules]]] = {}
    for row in session.scalars(select(HoursTable)):
        said.setdefault(row.node_id, []).append((row.first, read_rules(row.content)))
    return Tables(said)


def tables_of(session: Session, node_id: str) -> Sequence[HoursTable]:
    """Return what one node has said, the newest first."""
    wanted = select(HoursTable).where(HoursTable.node_id == node_id)
    return session.scalars(wanted.order_by(HoursTable.first.desc())).all()


def node_to_arrange(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose rules the viewer may say; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not may_arrange(viewer, found.path):
        raise NotFound
    return found


def node_to_look(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node of whose members the viewer reads the books; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not may_look(viewer, found.path):
        raise NotFound
    return found


def outermost(viewer: Viewer, role: Role) -> tuple[str, ...]:
    """Return the ids of the topmost nodes at which the viewer holds a role."""
    return tuple(organisation.outermost(viewer, role))


# ------------------------------------------------------------------ who is asked for what


@dataclass(frozen=True)
class Member:
    """Somebody with their home on a day: where it is, whether hours are asked of them at all, and as what
    those of who leads are (None: those of a member)."""

    person_id: str
    name: str
    node_id: str
    path: str
    asked: bool
    leads: Lead | None


def members_of(
    session: Session,
    day: date,
    *,
    node_ids: Collection[str] | None = None,
    person_ids: Collection[str] | None = None,
) -> list[Member]:
    """Return who has their home at some nodes on a day (None: at any), or some people who have one, by name.

    Somebody of whom nobody told what they are to the party is taken for a member.
    """
    where: list[ColumnElement[bool]] = [Membership.kind == MembershipKind.HOME, on_day(day)]
    if node_ids is not None:
        where.append(Membership.node_id.in_(list(node_ids)))
    if person_ids is not None:
        where.append(Membership.person_id.in_(list(person_ids)))
    rows = session.execute(
        select(Person.id, Person.name, Node.id, Node.path, Membership.state)
        .join(Person, Person.id == Membership.person_id)
        .join(Node, Node.id == Membership.node_id)
        .where(*where)
        .order_by(Person.name, Person.id)
    ).all()
    ids = [row[0] for row in rows] if person_ids is not None or node_ids is not None else None
    leaders = _leaders(session, day, ids)
    return [
        Member(person_id, name, node_id, path, state not in _NOT_ASKED, leaders.get(person_id))
        for person_id, name, node_id, path, state in rows
    ]


def _leaders(session: Session, day: date, person_ids: Sequence[str] | None) -> dict[str, Lead]:
    """Return who is secretary of something, or a member of a committee, on a day; None: of all people."""
    ends = midnight(day + timedelta(days=1))
    held = and_(
        RoleGrant.role == Role.SECRETARY,
        RoleGrant.granted_at < ends,
        or_(RoleGrant.ended_at.is_(None), RoleGrant.ended_at >= ends),
        or_(RoleGrant.until.is_(None), RoleGrant.until >= day),
    )
    on_committee = and_(
        CommitteeTerm.since <= day, or_(CommitteeTerm.until.is_(None), CommitteeTerm.until > day)
    )
    secretaries, committees = (
        select(RoleGrant.person_id).where(held),
        select(CommitteeTerm.person_id).where(on_committee),
    )
    if person_ids is not None and len(person_ids) <= _IDS_AT_ONCE:
        secretaries = secretaries.where(RoleGrant.person_id.in_(person_ids))
        committees = committees.where(CommitteeTerm.person_id.in_(person_ids))
    found = dict.fromkeys(session.scalars(committees), Lead.COMMITTEE)
    return found | dict.fromkeys(session.scalars(secretaries), Lead.SECRETARY)


def member(session: Session, person_id: str, day: date) -> Member:
    """Return where somebody has their home on a day; without one there the last they had, else the root,
    where nothing is asked of them. Raises NotFound for nobody."""
    found = members_of(session, day, person_ids=[person_id])
    if found:
        return found[0]
    name = people.person(session, person_id).name
    last = session.execute(
        select(Node.id, Node.path)
        .join(Membership, Membership.node_id == Node.id)
        .where(Membership.person_id == person_id, Membership.kind == MembershipKind.HOME)
        .where(Membership.since <= day)
        .order_by(Membership.since.desc(), Membership.noted_at.desc())
        .limit(1)
    ).first()
    if last is not None:
        return Member(person_id, name, last[0], last[1], asked=False, leads=None)
    root = organisation.root_node(session)
    return Member(person_id, name, root.id, root.path, asked=False, leads=None)


# ------------------------------------------------------------------ books


def each_books(
    session: Session, members: Sequence[Member], said: Tables, number: int, today: date
) -> Iterator[tuple[Member, Books]]:
    """Give the books of many people for a year, in the order of their ids, each counted by what holds at
    their home. The ledger is read once, and nobody's books are kept: 20,000 people take seconds.

    `number` is the year, as at each node it begins and ends. What was watched today is not among it yet.
    """
    by_id = {one.person_id: one for one in members}
    if not by_id:
        return
    spans = {one.path: said.at(one.path).year(number) for one in members}
    first, last = min(one for one, _ in spans.values()), max(one for _, one in spans.values())
    pieces: Iterable[Piece]
    if len(by_id) <= _ALL_AT_ONCE:
        pieces = list(evidence.pieces_of(session, first, last, person_ids=sorted(by_id)))
        lengths = lengths_of(session, {piece.lesson_id for piece in pieces if piece.lesson_id})
    else:
        pieces, lengths = evidence.pieces_of(session, first, last), lengths_of(session)
    done = set()
    for person_id, theirs in groupby(pieces, key=lambda piece: piece.person_id):
        one = by_id.get(person_id)
        if one is not None:
            done.add(person_id)
            yield one, _books(one, list(theirs), said.at(one.path), number, lengths, today)
    for person_id in sorted(set(by_id) - done):
        one = by_id[person_id]
        yield one, _books(one, [], said.at(one.path), number, lengths, today)


def _books(
    one: Member, pieces: Sequence[Piece], rules: Rules, number: int, lengths: Mapping[str, int], today: date
) -> Books:
    leads = one.leads is not None
    return books_of(pieces, rules, number, lengths=lengths, asked=one.asked, leads=leads, day=today)


def lengths_of(session: Session, lesson_ids: Collection[str] | None = None) -> dict[str, int]:
    """Return how long lessons are, in whole seconds of their clips; None: all. Those deleted are left out."""
    length = func.sum(func.coalesce(Clip.duration_s, Clip.end_s - Clip.start_s))
    wanted = select(Clip.lesson_id, length).where(Clip.n.is_not(None)).group_by(Clip.lesson_id)
    if lesson_ids is not None:
        wanted = wanted.where(Clip.lesson_id.in_(list(lesson_ids)))
    return {lesson_id: int(seconds) for lesson_id, seconds in session.execute(wanted)}


@dataclass(frozen=True)
class Reversed:
    """A piece that was taken back by hand: when, by whom, for which reason; where that was lifted
    (`lifted_on`) by whom and why. `entry_id` is its row, `may_lift` whether it can be said again."""

    piece: Piece
    day: date
    by: str | None
    reason: str
    entry_id: str
    lifted_on: date | None = None
    lifted_by: str | None = None
    lifted_for: str = ""

    @property
    def may_lift(self) -> bool:
        """Whether it is self-study, and not lifted."""
        return self.lifted_on is None and self.piece.source is Source.SELF_STUDY


@dataclass(frozen=True)
class PersonBooks:
    """One person's year with what stands behind it.

    `entries` are the ids of the ledger's rows, by piece; `reversed` what was taken back by hand. `fresh` are
    the pieces that are not in the ledger yet.
    """

    member: Member
    rules: Rules
    books: Books
    entries: Mapping[Piece, str]
    reversed: tuple[Reversed, ...]
    fresh: frozenset[Piece] = frozenset()


def books_for(
    session: Session, viewer: Viewer, person_id: str, number: int | None, today: date
) -> PersonBooks:
    """Return somebody's books for whoever may read them; raises NotFound for whoever may not."""
    if not may_read(viewer, person_id, people.home_path(session, person_id)):
        raise NotFound
    return person_books(session, person_id, number, today)


def person_books(session: Session, person_id: str, number: int | None, today: date) -> PersonBooks:
    """Return somebody's books for a year (None: the present one), with what they watched today.

    Counted by what holds at their home on the year's last day, or today where it is not over. Raises
    NotFound for nobody.
    """
    said = tables(session)
    one = member(session, person_id, today)
    if number is None:
        number = said.at(one.path).year_of(today)
    _first, last = said.at(one.path).year(number)
    if last < today:
        one = member(session, person_id, last)
    rules = said.at(one.path)
    first, last = rules.year(number)
    standing, entries, taken = _rows(session, person_id, first, last)
    fresh: frozenset[Piece] = frozenset()
    if first <= today <= last:
        # While the night's run is under way it has said some lessons of a day and others not.
        said_already = {piece.key for piece in standing} | {one.piece.key for one in taken}
        found_now = watching.of_person(session, person_id, today)
        fresh = frozenset(piece for piece in found_now if piece.key not in said_already)
    pieces = [*standing, *fresh]
    lengths = lengths_of(session, {piece.lesson_id for piece in pieces if piece.lesson_id})
    found = _books(one, pieces, rules, number, lengths, today)
    lines = tuple(_marked(line, fresh) for line in found.lines)
    return PersonBooks(one, rules, replace(found, lines=lines), entries, taken, fresh)


def _marked(line: Line, fresh: frozenset[Piece]) -> Line:
    if not fresh or not any(piece in fresh for piece in line.pieces):
        return line
    return replace(line, causes=(*line.causes, Cause(Why.NOT_YET)))


def _rows(
    session: Session, person_id: str, first: date, last: date
) -> tuple[list[Piece], dict[Piece, str], tuple[Reversed, ...]]:
    rows = evidence.of_person(session, person_id, first, last)
    back = {row.reverses_id: row for row in rows if row.reverses_id is not None}
    corrections = evidence.corrections(session, [one for one in back if one])
    by_id = {row.id: row for row in rows}
    entries: dict[Piece, str] = {}
    taken = []
    for row in rows:
        if row.reverses_id is not None:
            continue
        piece, other = evidence.piece_of(row), back.get(row.id)
        if other is None:
            entries[piece] = row.id
        elif row.id in corrections:
            at, said = local_day(other.recorded_at), corrections[row.id]
            again = by_id.get(said.again_id or "")  # of the same day, so among them
            taken.append(
                Reversed(
                    *(piece, at, other.recorded_by, said.reason, row.id),
                    lifted_on=local_day(again.recorded_at) if again else None,
                    lifted_by=again.recorded_by if again else None,
                    lifted_for=said.lifted_for,
                )
            )
    return list(entries), entries, tuple(taken)


# ------------------------------------------------------------------ pieces by hand


def entry_to_keep(session: Session, viewer: Viewer, entry_id: str) -> Evidence:
    """Return a piece of the ledger that the viewer may take back; raises NotFound for any other."""
    row = evidence.entry(session, entry_id)
    if is_token(row.person_id):
        raise NotFound
    if not may_keep(viewer, row.person_id, people.home_path(session, row.person_id)):
        raise NotFound
    return row


# ------------------------------------------------------------------ self-study and practice


def studies(session: Session, person_id: str, page: int = 1) -> Page[Study]:
    """Return a page of somebody's self-studies, the newest first."""
    wanted = select(Study).where(Study.person_id == person_id)
    return _page(session, wanted.order_by(Study.first.desc(), Study.id.desc()), page)


def correction_of(session: Session, row: Study) -> str | None:
    """Return why the secretary took back what the ledger had of a self-study; None where they did not."""
    return evidence.correction(session, Source.SELF_STUDY, row.id)


def own_study(session: Session, viewer: Viewer, study_id: str) -> Study:
    """Return the viewer's own self-study; raises NotFound, also for somebody else's."""
    found = session.get(Study, study_id)
    if found is None or found.person_id != viewer.person_id:
        raise NotFound
    return found


def practices(session: Session, person_id: str, page: int = 1) -> Page[Practice]:
    """Return a page of what somebody practised, the newest first."""
    wanted = select(Practice).where(Practice.person_id == person_id)
    return _page(session, wanted.order_by(Practice.day.desc(), Practice.id.desc()), page)


def _page(session: Session, wanted: Select[_Row], page: int) -> Page[_Row]:
    number = clean_number(page)
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    rows = session.scalars(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, number, PAGE_SIZE, total)


def own_practice(session: Session, viewer: Viewer, practice_id: str) -> Practice:
    """Return the viewer's own practice; raises NotFound, also for somebody else's."""
    found = session.get(Practice, practice_id)
    if found is None or found.person_id != viewer.person_id:
        raise NotFound
    return found


def practice_to_answer(session: Session, viewer: Viewer, practice_id: str) -> Practice:
    """Return a practice that the viewer may confirm: of a member of a node they keep, never their own; raises
    NotFound for any other."""
    found = session.get(Practice, practice_id)
    if found is None or not may_keep(viewer, found.person_id, organisation.node(session, found.node_id).path):
        raise NotFound
    return found


def waiting(session: Session, viewer: Viewer, page: int = 1) -> Page[Practice]:
    """Return a page of the practices that wait for the viewer, the oldest first."""
    wanted = (
        select(Practice)
        .where(Practice.state == PracticeState.WAITING, Practice.person_id != viewer.person_id)
        .where(Practice.node_id.in_(organisation.inside_of(outermost(viewer, Role.SECRETARY))))
    )
    return _page(session, wanted.order_by(Practice.said_at, Practice.id), page)


def accounts(session: Session, pieces: Collection[Piece]) -> dict[str, str]:
    """Return the short accounts behind what people studied and practised, by the ids of their sources."""
    ids: dict[Source, list[str]] = {Source.SELF_STUDY: [], Source.PRACTICE: []}
    for piece in pieces:
        if piece.source in ids:
            ids[piece.source].append(piece.source_id)
    found: dict[str, str] = {}
    if ids[Source.SELF_STUDY]:
        for study in session.scalars(select(Study).where(Study.id.in_(ids[Source.SELF_STUDY]))):
            found[study.id] = f"{study.title}：{study.account}" if study.account else study.title
    if ids[Source.PRACTICE]:
        for practice in session.scalars(select(Practice).where(Practice.id.in_(ids[Source.PRACTICE]))):
            found[practice.id] = f"{practice.title}：{practice.account}"
    return found


def home_on(session: Session, person_id: str, day: date) -> str | None:
    """Return the id of somebody's home on a day, None without one."""
    return next(iter(histories.homes_on(session, person_id, day)), None)


def chain_names(session: Session, path: str) -> tuple[str, ...]:
    """Return what the nodes of a path are called, root first."""
    ids = node_chain(path)
    names = organisation.node_names(session, ids)
    return tuple(names[one] for one in ids if one in names)
