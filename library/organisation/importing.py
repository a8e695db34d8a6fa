"""A list of organisations becomes a part of the tree: first a plan with a word on every row, then one
transaction. The plan is pure; the same list again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from library.core.days import parse_date
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.lists.outcomes import Choice, Outcome
from library.core.text import NAME_MAX, clean_line, required_line, short_line
from library.organisation import rules
from library.organisation.rules import SHORT_MAX, NodeKind

Decision = tuple[Choice, str]
"""A choice, and the id of the node that is the same."""


@dataclass(frozen=True)
class Row:
    """One organisation of a list, as written; None: the list has no such column.

    `parent` is the code, the name, or the path of names of what is above it, empty for the topmost.
    """

    line: int
    name: str
    parent: str | None = None
    code: str | None = None
    kind: str | None = None
    short_name: str | None = None
    since: str | None = None


@dataclass(frozen=True)
class Known:
    """A node that is there: what a plan needs to know of it."""

    id: str
    parent_id: str | None
    name: str
    short_name: str
    kind: NodeKind
    code: str | None
    since: date | None
    closed: bool


@dataclass(frozen=True)
class Planned:
    """What is to become of a row. `values` are those of the node; `parent_id` where it is to lie.

    `candidates` are the ids of those that a doubtful row may be about.
    """

    row: Row
    outcome: Outcome
    node_id: str = ""
    parent_id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    moves: bool = False
    reason: WeikeError | None = None
    candidates: tuple[str, ...] = ()


@dataclass
class _Node:
    """A node in the tree as it will be."""

    id: str
    parent_id: str | None
    values: dict[str, Any]
    closed: bool = False


def plan(
    known: Iterable[Known], rows: Sequence[Row], new_id: Callable[[], str], top: str | None = None
) -> list[Planned]:
    """Return what becomes of every row, in an order in which what is above comes first.

    Rows may stand in any order, and name what is above them by its code, its name, or its path of names.
    `top`: only the node with this id and what is below it can be named and changed; None: the whole tree.
    """
    return _Plan(known, new_id, top).of(rows)


def plan_asking(
    known: Sequence[Known],
    rows: Sequence[Row],
    new_id: Callable[[], str],
    top: str | None,
    decisions: Mapping[int, Decision],
) -> list[Planned]:
    """Return the same, where rows that may be about one that is there wait for somebody's word.

    Doubtful is what would be new while one of the same name lies elsewhere, or there was one here that is
    closed, and no row of the list is about it: it may have moved. `decisions` by line say what it is.
    """
    first = plan(known, rows, new_id, top)
    told = {one.node_id for one in first if one.node_id}
    inside = _inside(known, top)
    named: dict[str, list[Known]] = {}
    for one in known:
        if one.id in inside and one.id not in told and one.parent_id is not None and one.id != top:
            named.setdefault(one.name, []).append(one)
    doubts: dict[int, tuple[str, ...]] = {}
    for planned in first:
        if planned.outcome is Outcome.NEW:
            some = named.get(planned.values["name"], ())
            alike = [one.id for one in some if not one.closed or one.parent_id == planned.parent_id]
            decided = decisions.get(planned.row.line)
            if alike and (decided is None or decided[0] is not Choice.ANOTHER):
                doubts[planned.row.line] = tuple(alike[:_MOST_CANDIDATES])
    if not doubts:
        return first
    same = {
        line: node_id
        for line, (choice, node_id) in decisions.items()
        if choice is Choice.SAME and node_id in doubts.get(line, ())
    }
    return _Plan(known, new_id, top, doubts, same).of(rows)


_MOST_CANDIDATES = 5


def _inside(known: Iterable[Known], top: str | None) -> set[str]:
    """Return the ids of `top` and of all below it; what is above comes first in `known`."""
    inside: set[str] = set()
    for one in known:
        if top is None or one.id == top or one.parent_id in inside:
            inside.add(one.id)
    return inside


class _Plan:
    """The tree as it will be, row by row."""

    def __init__(
        self,
        known: Iterable[Known],
        new_id: Callable[[], str],
        top: str | None,
        doubts: Mapping[int, tuple[str, ...]] | None = None,
        same: Mapping[int, str] | None = None,
    ) -> None:
        self._new_id, self._doubts, self._same = new_id, doubts or {}, same or {}
        self._doubted: set[str] = set()
        self._nodes: dict[str, _Node] = {}
        self._by_code: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._children: dict[tuple[str | None, str], str] = {}
        self._elsewhere: dict[str, str] = {}
        self._root: str | None = top
        self._root_line: int | None = None
        inside: set[str] = set()
        for one in known:
            values = {
                "name": one.name,
                "short_name": one.short_name,
                "kind": one.kind,
                "code": one.code,
                "since": one.since,
            }
            node = _Node(one.id, one.parent_id, values, one.closed)
            if top is None or one.id == top or one.parent_id in inside:
                inside.add(one.id)
                self._put(node)
            else:
                self._put_beside(node)
            if one.parent_id is None and top is None:
                self._root = one.id
        self._is_part = self._root is not None and self._nodes[self._root].parent_id is not None

    def of(self, rows: Sequence[Row]) -> list[Planned]:
        """Return what becomes of the rows."""
        planned: list[Planned] = []
        cleaned: list[tuple[Row, dict[str, Any]]] = []
        codes: dict[str, int] = {}
        self._doubted = {
            clean_line(row.name) for row in rows if row.line in self._doubts and row.line not in self._same
        }
        for row in rows:
            try:
                values = _clean(row)
                code = values.get("code")
                if code in codes:
                    raise Conflict("code_twice", field="code", twice=code, line=codes[code])
                if code in self._elsewhere:
                    raise Conflict("code_taken", field="code", taken=code, name=self._elsewhere[code])
            except WeikeError as error:
                planned.append(Planned(row, Outcome.WRONG, reason=error))
                continue
            if code:
                codes[code] = row.line
            cleaned.append((row, values))
        waiting, named = cleaned, {clean_line(row.name) for row in rows}
        while waiting:
            later = []
            for row, values in waiting:
                done = self._row(row, values)
                if done is None:
                    later.append((row, values))
                else:
                    planned.append(done)
            if len(later) == len(waiting):
                planned += [self._stuck(row, codes, named) for row, _values in later]
                break
            waiting = later
        return planned

    def _row(self, row: Row, values: dict[str, Any]) -> Planned | None:
        """Return what becomes of a row, None while what is above it is not there yet."""
        try:
            parent_id, is_there = self._parent(row, values)
            if not is_there:
                return None
            return self._placed(row, values, parent_id)
        except WeikeError as error:
            return Planned(row, Outcome.WRONG, reason=error)

    def _parent(self, row: Row, values: Mapping[str, Any]) -> tuple[str | None, bool]:
        text = clean_line(row.parent or "")
        if not text:
            coded = self._by_code.get(values.get("code") or "")
            if coded is not None and row.parent is None:
                return self._nodes[coded].parent_id, True
            if row.parent is None and values["name"] != self._nodes[self._root or ""].values["name"]:
                return self._root, True  # a list without the column: all of it lies below the root
            if self._is_part and not self._is_top(values):
                raise Conflict("parent_missing", field="parent")
            return None, True
        if self._is_part and self._is_top(values) and self._is_above_top(text):
            return None, True
        code = rules.clean_code(text) if " " not in text and "/" not in text else None
        if code is not None and code in self._by_code:
            return self._by_code[code], True
        parts = rules.path_parts(text)
        if (
            len(parts) == 1 and parts[0] in self._doubted
        ):  # or it would lie below the one that is meant or not
            return None, False
        found = [one for one in self._by_name.get(parts[-1], ()) if self._lies_below(one, parts[:-1])]
        if len(found) > 1:
            names = "；".join(" / ".join(self._names(one)) for one in found[:5])
            raise Invalid("node_ambiguous", field="parent", text=text[:80], count=len(found), names=names)
        return (found[0], True) if found else (None, False)

    def _is_top(self, values: Mapping[str, Any]) -> bool:
        """Tell whether a row is about the topmost node of those that the list may change."""
        top = self._nodes[self._root or ""]
        code = values.get("code")
        return bool(top.values["code"] == code if code else top.values["name"] == values["name"])

    def _is_above_top(self, text: str) -> bool:
        """Tell whether `text` names what is right above the topmost node, which the list does not change."""
        parent = self._nodes[self._nodes[self._root or ""].parent_id or ""]
        parts = rules.path_parts(text)
        return text.upper() == parent.values["code"] or self._names(parent.id)[-len(parts) :] == parts

    def _placed(self, row: Row, values: dict[str, Any], parent_id: str | None) -> Planned:
        coded = self._by_code.get(values.get("code") or "")
        node_id = coded or self._children.get((parent_id, values["name"]))
        node_id = node_id or self._same.get(row.line)
        if parent_id is None:
            if node_id not in (None, self._root):
                raise Conflict("parent_missing", field="parent")
            if self._root_line not in (None, row.line):
                raise Conflict("two_roots", field="parent", line=self._root_line)
            self._root_line, node_id = row.line, self._root
        elif self._nodes[parent_id].closed:
            raise Conflict("node_closed", name=self._nodes[parent_id].values["name"])
        if node_id is None and row.line in self._doubts:
            alike = self._doubts[row.line]
            return Planned(row, Outcome.DOUBTFUL, "", parent_id, values, candidates=alike)
        if node_id is None:
            return self._new(row, values, parent_id)
        return self._changed(row, values, node_id, parent_id)

    def _new(self, row: Row, values: dict[str, Any], parent_id: str | None) -> Planned:
        rules.check_depth(len(self._chain(parent_id)))
        whole = {"short_name": "", "code": None, "since": None, **values}
        whole["kind"] = values.get("kind") or rules.kind_of_name(values["name"])
        node = _Node(self._new_id(), parent_id, whole)
        self._put(node)
        return Planned(row, Outcome.NEW, node.id, parent_id, whole)

    def _changed(self, row: Row, values: dict[str, Any], node_id: str, parent_id: str | None) -> Planned:
        node = self._nodes[node_id]
        if node.closed:
            raise Conflict("node_closed", name=node.values["name"])
        told = {name: value for name, value in values.items() if name != "kind" or value is not None}
        moves = parent_id is not None and node.parent_id != parent_id
        if moves and node.parent_id is None:
            raise Conflict("root_stays")
        if moves and node_id in self._chain(parent_id):
            raise Conflict("node_below_itself", field="parent")
        twin = self._children.get((parent_id if moves else node.parent_id, told["name"]))
        if twin is not None and twin != node_id:
            raise Conflict("sibling_named_so", field="name", name=told["name"])
        after = {**node.values, **told}
        if not moves and after == node.values:
            return Planned(row, Outcome.UNCHANGED, node_id, node.parent_id, after)
        self._take(node)
        node.values, node.parent_id = after, parent_id if moves else node.parent_id
        self._put(node)
        return Planned(row, Outcome.CHANGED, node_id, node.parent_id, after, moves)

    def _stuck(self, row: Row, codes: Mapping[str, int], named: set[str]) -> Planned:
        """Return a row whose parent never came: it is nowhere, or rows lie below each other in a circle."""
        text = clean_line(row.parent or "")
        parts = rules.path_parts(text)
        waits = text.upper() in codes or (parts and parts[-1] in named)
        if self._is_part and not waits:
            top = self._nodes[self._root or ""].values["name"]
            why = Invalid("parent_outside", field="parent", text=text[:80], node=top)
            return Planned(row, Outcome.WRONG, reason=why)
        code = "parent_in_circle" if waits else "parent_unknown"
        return Planned(row, Outcome.WRONG, reason=Invalid(code, field="parent", text=text[:80]))

    def _put_beside(self, node: _Node) -> None:
        """Put a node that the list cannot name, and that counts all the same: its code and name are taken."""
        self._nodes[node.id] = node
        if node.values["code"]:
            self._elsewhere[node.values["code"]] = node.values["name"]
        if not node.closed:
            self._children[node.parent_id, node.values["name"]] = node.id

    def _put(self, node: _Node) -> None:
        self._nodes[node.id] = node
        if node.values["code"]:
            self._by_code[node.values["code"]] = node.id
        if not node.closed:
            self._by_name.setdefault(node.values["name"], []).append(node.id)
            self._children[node.parent_id, node.values["name"]] = node.id

    def _take(self, node: _Node) -> None:
        if node.values["code"]:
            self._by_code.pop(node.values["code"], None)
        self._by_name[node.values["name"]].remove(node.id)
        self._children.pop((node.parent_id, node.values["name"]), None)

    def _chain(self, node_id: str | None) -> list[str]:
        """Return a node's id and those of all above it, the nearest first."""
        found: list[str] = []
        while node_id is not None:
            found.append(node_id)
            node_id = self._nodes[node_id].parent_id
        return found

    def _names(self, node_id: str) -> list[str]:
        return [self._nodes[one].values["name"] for one in reversed(self._chain(node_id))]

    def _lies_below(self, node_id: str, parts: Sequence[str]) -> bool:
        return not parts or self._names(node_id)[-1 - len(parts) : -1] == list(parts)


def _clean(row: Row) -> dict[str, Any]:
    """Return a row's values as a node has them, without those of which the list says nothing."""
    values: dict[str, Any] = {"name": required_line(row.name, "name", NAME_MAX)}
    if row.short_name is not None:
        values["short_name"] = short_line(row.short_name, "short_name", SHORT_MAX)
    if row.code is not None:
        values["code"] = rules.clean_code(row.code)
    if row.kind is not None and clean_line(row.kind):
        values["kind"] = rules.kind_called(row.kind)
    if row.since is not None:
        values["since"] = parse_date(row.since, "since")
    return values


def counted(planned: Iterable[Planned]) -> dict[Outcome, int]:
    """Return how many rows become what."""
    counts = dict.fromkeys(Outcome, 0)
    for one in planned:
        counts[one.outcome] += 1
    return counts


def wrong(planned: Iterable[Planned]) -> Iterator[Planned]:
    """Yield the rows that become nothing, in the order of the list."""
    return iter(sorted((one for one in planned if one.reason), key=lambda one: one.row.line))
