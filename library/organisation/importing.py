"""A list of organisations becomes a part of the tree: first a plan with a word on every row, then one
transaction. The plan is pure; the same list again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from library.core.days import parse_date
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.text import NAME_MAX, clean_line, required_line, short_line
from library.organisation import rules
from library.organisation.rules import SHORT_MAX, NodeKind


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


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
    """What is to become of a row. `values` are those of the node; `parent_id` where it is to lie."""

    row: Row
    outcome: Outcome
    node_id: str = ""
    parent_id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    moves: bool = False
    reason: WeikeError | None = None


@dataclass
class _Node:
    """A node in the tree as it will be."""

    id: str
    parent_id: str | None
    values: dict[str, Any]
    closed: bool = False


def plan(known: Iterable[Known], rows: Sequence[Row], new_id: Callable[[], str]) -> list[Planned]:
    """Return what becomes of every row, in an order in which what is above comes first.

    Rows may stand in any order, and name what is above them by its code, its name, or its path of names.
    """
    return _Plan(known, new_id).of(rows)


class _Plan:
    """The tree as it will be, row by row."""

    def __init__(self, known: Iterable[Known], new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._nodes: dict[str, _Node] = {}
        self._by_code: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._children: dict[tuple[str | None, str], str] = {}
        self._root: str | None = None
        self._root_line: int | None = None
        for one in known:
            values = {
                "name": one.name,
                "short_name": one.short_name,
                "kind": one.kind,
                "code": one.code,
                "since": one.since,
            }
            self._put(_Node(one.id, one.parent_id, values, one.closed))
            if one.parent_id is None:
                self._root = one.id

    def of(self, rows: Sequence[Row]) -> list[Planned]:
        """Return what becomes of the rows."""
        planned: list[Planned] = []
        cleaned: list[tuple[Row, dict[str, Any]]] = []
        codes: dict[str, int] = {}
        for row in rows:
            try:
                values = _clean(row)
                code = values.get("code")
                if code in codes:
                    raise Conflict("code_twice", field="code", twice=code, line=codes[code])
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
            return None, True
        code = rules.clean_code(text) if " " not in text and "/" not in text else None
        if code is not None and code in self._by_code:
            return self._by_code[code], True
        parts = rules.path_parts(text)
        found = [one for one in self._by_name.get(parts[-1], ()) if self._lies_below(one, parts[:-1])]
        if len(found) > 1:
            names = "；".join(" / ".join(self._names(one)) for one in found[:5])
            raise Invalid("node_ambiguous", field="parent", text=text[:80], count=len(found), names=names)
        return (found[0], True) if found else (None, False)

    def _placed(self, row: Row, values: dict[str, Any], parent_id: str | None) -> Planned:
        coded = self._by_code.get(values.get("code") or "")
        node_id = coded or self._children.get((parent_id, values["name"]))
        if parent_id is None:
            if node_id not in (None, self._root):
                raise Conflict("parent_missing", field="parent")
            if self._root_line not in (None, row.line):
                raise Conflict("two_roots", field="parent", line=self._root_line)
            self._root_line, node_id = row.line, self._root
        elif self._nodes[parent_id].closed:
            raise Conflict("node_closed", name=self._nodes[parent_id].values["name"])
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
        code = "parent_in_circle" if waits else "parent_unknown"
        return Planned(row, Outcome.WRONG, reason=Invalid(code, field="parent", text=text[:80]))

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
