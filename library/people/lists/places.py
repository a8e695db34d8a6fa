"""The tree as a list of people names it: by a code, a name, or a path of names. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from library.core.errors import Conflict, Invalid, WeikeError
from library.core.text import NAME_MAX, clean_line, name_key
from library.organisation import rules
from library.organisation.importing import Known as KnownNode


@dataclass(frozen=True)
class Place:
    """A node that a list names; `is_kept`: the one who imports keeps its people."""

    id: str
    name: str
    is_kept: bool
    is_closed: bool


class Places:
    """Finds what a cell means, first among the nodes that the one who imports keeps, then among all."""

    def __init__(self, nodes: Iterable[KnownNode], kept: Iterable[str]) -> None:
        """`nodes`: all, what is above first; `kept`: the topmost of those whose people are kept."""
        self._nodes: dict[str, KnownNode] = {}
        self._kept: set[str] = set()
        self._by_code: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._found: dict[str, Place | WeikeError] = {}
        top = set(kept)
        for node in nodes:
            self._nodes[node.id] = node
            if node.id in top or node.parent_id in self._kept:
                self._kept.add(node.id)
            if node.code:
                self._by_code[node.code] = node.id
            self._by_name.setdefault(node.name, []).append(node.id)
            if node.short_name:
                self._by_name.setdefault(node.short_name, []).append(node.id)

    def meant(self, text: str) -> Place:
        """Return the node that a cell means; raises Invalid: empty, node_unknown, node_ambiguous."""
        found = self._found.get(text)
        if found is None:
            try:
                found = self._place(self._look_up(text))
            except WeikeError as error:
                found = error
            self._found[text] = found
        if isinstance(found, WeikeError):
            raise found
        return found

    def check_takes(self, place: Place) -> None:
        """Raise Conflict("node_closed") for a place that takes nobody in any more."""
        if place.is_closed:
            raise Conflict("node_closed", name=place.name)

    def keeps(self, node_id: str) -> bool:
        """Tell whether the one who imports keeps the people of a node."""
        return node_id in self._kept

    def name_of(self, node_id: str) -> str:
        """Return a node's name."""
        return self._nodes[node_id].name

    def path_of(self, node_id: str) -> str:
        """Return the names from the root to a node, as a list names it."""
        return " / ".join(self._names(node_id))

    def text_of(self, node_id: str) -> str:
        """Return what a list names a node by, so that it is found again: its code, else its path."""
        return self._nodes[node_id].code or self.path_of(node_id)

    def _place(self, node_id: str) -> Place:
        node = self._nodes[node_id]
        return Place(node_id, node.name, node_id in self._kept, node.closed)

    def _look_up(self, text: str) -> str:
        typed = clean_line(text)
        if not typed:
            raise Invalid("empty", field="branch")
        coded = self._by_code.get(name_key(typed).upper())
        if coded is not None:
            return coded
        parts = rules.path_parts(typed)
        if not parts or len(typed) > NAME_MAX * (rules.MOST_DEPTH + 1):
            raise Invalid("node_unknown", field="branch", text=typed[:NAME_MAX])
        named = [
            one
            for one in dict.fromkeys(self._by_name.get(parts[-1], ()))
            if len(parts) == 1 or self._lies_below(one, parts[:-1])
        ]
        # Those that are open and kept come before the others: who keeps one branch means theirs.
        for some in (
            [one for one in named if one in self._kept and not self._nodes[one].closed],
            [one for one in named if one in self._kept],
            [one for one in named if not self._nodes[one].closed],
        ):
            if len(some) == 1:
                return some[0]
            if some:
                names = "；".join(self.path_of(one) for one in some[:_NAMED] if one in self._kept)
                raise Invalid(
                    "node_ambiguous", field="branch", text=typed[:NAME_MAX], count=len(some), names=names
                )
        raise Invalid("node_unknown", field="branch", text=typed[:NAME_MAX])

    def _names(self, node_id: str) -> list[str]:
        names: list[str] = []
        at: str | None = node_id
        while at is not None:
            names.append(self._nodes[at].name)
            at = self._nodes[at].parent_id
        return names[::-1]

    def _lies_below(self, node_id: str, parts: list[str]) -> bool:
        return self._names(node_id)[-1 - len(parts) : -1] == parts


_NAMED = 5
