"""A list of people becomes memberships: first a plan with a word on every row, then one transaction.

The plan is pure; the same list again changes nothing. Where a row may be about somebody who is known under
another account, a person says which it is, and until then it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from library.core.days import parse_date
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.lists.outcomes import Choice, Outcome
from library.core.permits import MemberState
from library.core.text import NAME_MAX, name_key, required_line
from library.people import rules
from library.people.lists import accounts
from library.people.lists.places import Place, Places
from library.people.lists.words import OnCommittee, committee_said, is_guest, state_called


@dataclass(frozen=True)
class Row:
    """One person of a list, as written; "" where the list says nothing."""

    line: int
    name: str
    account: str = ""
    branch: str = ""
    state: str = ""
    since: str = ""
    kind: str = ""
    committee: str = ""


@dataclass(frozen=True)
class Home:
    """Where somebody is at home: since when without a break, since when as what they are now."""

    node_id: str
    since: date
    state: MemberState | None
    state_since: date


@dataclass(frozen=True)
class Known:
    """Somebody who is there: what a plan needs to know of them.

    `gone_until`: the day on which the home before the present one ended. `is_kept`: the one who imports keeps
    their people. `asked_to` is where a transfer would take them. `committee` is since when they are a member
    of one, `committee_gone` when the term before ended.
    """

    id: str
    username: str
    name: str
    home: Home | None = None
    guest_at: frozenset[str] = frozenset()
    gone_until: date | None = None
    asked_to: str | None = None
    is_kept: bool = True
    committee: date | None = None
    committee_gone: date | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided of a doubtful row; `person_id` says who it is, where it is one who is known."""

    choice: Choice
    person_id: str = ""


@dataclass(frozen=True)
class Change:
    """One thing that changes: `what` is name, state, since, home, transfer, guest or committee."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Values:
    """What a row says, cleaned."""

    name: str
    account: str
    place: Place
    state: MemberState | None
    since: date | None
    guest: bool
    committee: OnCommittee | None = None


@dataclass(frozen=True)
class Planned:
    """What is to become of a row. `candidates` are those whom a doubtful row may be about; `day` is that of a
    change of home; `proposes`: it needs the receiver's answer."""

    row: Row
    outcome: Outcome
    values: Values | None = None
    person_id: str = ""
    username: str = ""
    changes: tuple[Change, ...] = ()
    day: date | None = None
    proposes: bool = False
    candidates: tuple[Known, ...] = ()
    decided: Choice | None = None
    reason: WeikeError | None = None


@dataclass
class _Index:
    """Those who are known, by what a row may name them."""

    by_username: dict[str, Known] = field(default_factory=dict)
    by_name: dict[str, list[Known]] = field(default_factory=dict)
    by_look: dict[str, list[Known]] = field(default_factory=dict)
    by_id: dict[str, Known] = field(default_factory=dict)


def plan(
    known: Iterable[Known],
    rows: Sequence[Row],
    places: Places,
    today: date,
    new_id: Callable[[], str],
    decisions: Mapping[int, Decision] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Planned]:
    """Return what becomes of every row, in the order of the list.

    `decisions` are by lines. `progress` is told now and then how many rows are done.
    """
    working = _Plan(known, rows, places, today, decisions or {}, new_id)
    planned = []
    for n, row in enumerate(rows):
        planned.append(working.of(row))
        if progress is not None and n % _TELL_EACH == 0:
            progress(n)
    return planned


_TELL_EACH = 2_000


class _Plan:
    """Those who are there and those to come, row by row."""

    def __init__(
        self,
        known: Iterable[Known],
        rows: Sequence[Row],
        places: Places,
        today: date,
        decisions: Mapping[int, Decision],
        new_id: Callable[[], str],
    ) -> None:
        self._new_id = new_id
        self._places, self._today, self._decisions = places, today, decisions
        self._at = _Index()
        for one in known:
            self._at.by_id[one.id] = self._at.by_username[one.username] = one
            if one.is_kept:
                self._at.by_name.setdefault(name_key(one.name), []).append(one)
                self._at.by_look.setdefault(accounts.look_alike_key(one.username), []).append(one)
        self._own = {name_key(row.account) for row in rows}
        """The accounts that the list names itself: their persons are told apart by it."""
        self._lines: dict[tuple[str, str], int] = {}
        self._persons: dict[tuple[str, str], int] = {}

    def of(self, row: Row) -> Planned:
        """Return what becomes of a row."""
        try:
            values = self._clean(row)
            return self._matched(row, values)
        except WeikeError as error:
            return Planned(row, Outcome.WRONG, reason=error)

    def _clean(self, row: Row) -> Values:
        name = required_line(row.name, "name", NAME_MAX)
        account = rules.clean_username(row.account) if row.account else ""
        place = self._places.meant(row.branch)
        guest = is_guest(row.kind)
        # At home once; as a guest once at each node. Without an account the name stands for it.
        key = (account or name_key(name), place.id if guest or not account else "")
        if key in self._lines:
            code = "account_twice" if account else "person_twice"
            raise Conflict(code, field="account", twice=account, line=self._lines[key])
        self._lines[key] = row.line
        since = parse_date(row.since, "since")
        if since is not None and since > self._today:
            raise Invalid("day_to_come", field="since", day=since.isoformat())
        committee = committee_said(row.committee)
        if committee is not None and committee.since is not None and committee.since > self._today:
            raise Invalid("day_to_come", field="committee", day=committee.since.isoformat())
        return Values(name, account, place, state_called(row.state), since, guest, committee)

    def _matched(self, row: Row, values: Values) -> Planned:
        decision = self._decisions.get(row.line)
        found = self._at.by_username.get(values.account) if values.account else None
        if found is not None:
            if not found.is_kept:
                raise Conflict("person_elsewhere", field="account")
            elsewhere = found.home is not None and found.home.node_id != values.place.id
            if name_key(found.name) != name_key(values.name) and elsewhere and not values.guest:
                return self._decided(row, values, (found,), decision, found)
            return self._same(row, values, found)
        twins = self._at.by_name.get(name_key(values.name), [])
        if not values.account:
            here = [one for one in twins if self._is_at(one, values.place.id)]
            if len(here) == 1:
                return self._same(row, values, here[0])
            return self._decided(row, values, tuple(here or twins), decision, None)
        alike = self._at.by_look.get(accounts.look_alike_key(values.account), [])
        maybe = {one.id: one for one in (*twins, *alike) if one.username not in self._own}
        return self._decided(row, values, tuple(maybe.values()), decision, None)

    def _decided(
        self,
        row: Row,
        values: Values,
        candidates: tuple[Known, ...],
        decision: Decision | None,
        holder: Known | None,
    ) -> Planned:
        """Return what becomes of a row that may be about one of `candidates`; `holder` has its account."""
        if not candidates:
            return self._newcomer(row, values)
        shown = tuple(
            sorted(candidates, key=lambda one: (not self._is_at(one, values.place.id), one.username))
        )
        shown = shown[:_CANDIDATES_MOST]
        doubtful = Planned(row, Outcome.DOUBTFUL, values, candidates=shown)
        if decision is None:
            return doubtful
        if decision.choice is Choice.SAME:
            chosen = next((one for one in candidates if one.id == decision.person_id), None)
            if chosen is None:
                return doubtful
            return replace(self._same(row, values, chosen), candidates=shown, decided=Choice.SAME)
        if decision.choice is Choice.ANOTHER and holder is None:
            return replace(self._newcomer(row, values), candidates=shown, decided=Choice.ANOTHER)
        if decision.choice is Choice.ANOTHER:
            return replace(
                doubtful, outcome=Outcome.WRONG, reason=Conflict("username_taken", field="account")
            )
        return replace(doubtful, decided=Choice.LEAVE)

    @staticmethod
    def _is_at(one: Known, node_id: str) -> bool:
        return (one.home is not None and one.home.node_id == node_id) or node_id in one.guest_at

    def _newcomer(self, row: Row, values: Values) -> Planned:
        self._places.check_takes(values.place)
        if not values.place.is_kept:
            raise Invalid("node_unknown", field="branch", text=row.branch.strip()[:NAME_MAX])
        username = values.account or accounts.proposed(values.name, self._is_taken)
        home = Home(values.place.id, values.since or self._today, values.state, self._today)
        made = Known(
            self._new_id(),
            username,
            values.name,
            home=None if values.guest else home,
            guest_at=frozenset({values.place.id}) if values.guest else frozenset(),
        )
        # Known from now on: another row may say where they are a guest.
        self._at.by_username[username] = made
        return Planned(row, Outcome.NEW, values, made.id, username)

    def _is_taken(self, username: str) -> bool:
        return username in self._at.by_username or username in self._own

    def _same(self, row: Row, values: Values, one: Known) -> Planned:
        key = (one.id, values.place.id if values.guest else "")
        if key in self._persons:
            raise Conflict("person_twice", field="name", line=self._persons[key])
        self._persons[key] = row.line
        changes: list[Change] = []
        if values.name != one.name:
            changes.append(Change("name", one.name, values.name))
        day, proposes = None, False
        if values.guest:
            if values.place.id not in one.guest_at:
                if one.home is not None and one.home.node_id == values.place.id:
                    raise Conflict("guest_at_home")
                self._places.check_takes(values.place)
                day = values.since or self._today
                changes.append(Change("guest", "", values.place.id))
        elif one.home is not None and one.home.node_id == values.place.id:
            changes += self._at_home(values, one, one.home)
        else:
            day, proposes, moved = self._moved(values, one)
            changes += moved
        if not values.guest:
            changes += self._on_committee(values.committee, one)
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        return Planned(row, outcome, values, one.id, one.username, tuple(changes), day, proposes)

    def _at_home(self, values: Values, one: Known, home: Home) -> Iterator[Change]:
        if values.since is not None and values.since != home.since:
            if one.gone_until is not None and values.since < one.gone_until:
                raise Conflict("home_overlaps", field="since", since=one.gone_until.isoformat())
            if values.since > home.since and home.state_since > home.since:
                # What was noted since then would lie before it.
                raise Conflict("home_since", field="since", since=home.state_since.isoformat())
            yield Change("since", home.since.isoformat(), values.since.isoformat())
        if values.state is not None and values.state is not home.state:
            yield Change("state", home.state.value if home.state else "", values.state.value)

    def _on_committee(self, said: OnCommittee | None, one: Known) -> Iterator[Change]:
        """Yield what changes of somebody's term; a list without a day says nothing of when it began."""
        if said is None:
            return
        before = one.committee.isoformat() if one.committee else ""
        if not said.is_member:
            if before:
                yield Change("committee", before, "")
            return
        since = said.since or one.committee or self._today
        if one.committee_gone is not None and since < one.committee_gone:
            raise Conflict("committee_over", field="committee", until=one.committee_gone.isoformat())
        if since.isoformat() != before:
            yield Change("committee", before, since.isoformat())

    def _moved(self, values: Values, one: Known) -> tuple[date, bool, list[Change]]:
        """Return the day, whether it is to be answered, and what changes for who comes from elsewhere."""
        self._places.check_takes(values.place)
        earliest = one.home.state_since if one.home is not None else one.gone_until
        day = values.since or self._today
        if earliest is not None and day < earliest:
            if one.home is None:
                raise Conflict("home_since", field="since", since=earliest.isoformat())
            day = self._today  # the list's day is that of long before: the move is seen today
        before = one.home.node_id if one.home is not None else ""
        if values.place.is_kept:
            return day, False, [Change("home", before, values.place.id)]
        if one.home is None:
            raise Invalid("node_unknown", field="branch", text=values.place.name)
        if one.asked_to == values.place.id:
            return day, True, []
        if one.asked_to is not None:
            raise Conflict("transfer_asked", name=self._places.name_of(one.asked_to))
        return day, True, [Change("transfer", before, values.place.id)]


_CANDIDATES_MOST = 8


def counted(planned: Iterable[Planned]) -> dict[Outcome, int]:
    """Return how many rows become what."""
    counts = dict.fromkeys(Outcome, 0)
    for one in planned:
        counts[one.outcome] += 1
    return counts
