"""For whom a lesson is, as people choose it: everyone, or nodes, groups and kinds of members. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from library.catalog.permits import Audience
from library.core.errors import Invalid
from library.core.permits import MemberState, group_token, kind_token, node_token

MOST_CHOSEN = 50
"""Nodes and groups that one lesson names; with every kind of member each that is 200 tokens at most."""


@dataclass(frozen=True)
class OpenTo:
    """For whom a lesson is. `nodes` are ids and stand for all below them; `kinds` narrows what is chosen, or
    stands for all who are that where nothing else is."""

    audience: Audience
    nodes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    kinds: tuple[MemberState, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens of a choice, in order; none for the other audiences."""
        states: Sequence[MemberState | None] = self.kinds or (None,)
        named = [node_token(node, state) for node in self.nodes for state in states]
        named += [group_token(group, state) for group in self.groups for state in states]
        return tuple(named or [kind_token(state) for state in self.kinds])

    def with_node(self, old: str, new: str) -> OpenTo:
        """Return it with one node in the place of another."""
        return replace(self, nodes=tuple(dict.fromkeys(new if n == old else n for n in self.nodes)))


def chosen(
    nodes: Iterable[str] = (), groups: Iterable[str] = (), kinds: Iterable[MemberState] = ()
) -> OpenTo:
    """Return a choice; raises Invalid: audience_empty, audience_many."""
    named = tuple(dict.fromkeys(nodes)), tuple(dict.fromkeys(groups))
    states = tuple(state for state in MemberState if state in set(kinds))
    count = len(named[0]) + len(named[1])
    if not count and not states:
        raise Invalid("audience_empty", field="audience")
    if count > MOST_CHOSEN:
        raise Invalid("audience_many", field="audience", count=count, most=MOST_CHOSEN)
    return OpenTo(Audience.CHOSEN, *named, states)


def read_back(audience: Audience, tokens: Iterable[str]) -> OpenTo:
    """Return what `OpenTo.tokens` was made of."""
    if audience is not Audience.CHOSEN:
        return OpenTo(audience)
    named: dict[str, dict[str, None]] = {"in": {}, "group": {}}
    states: set[str] = set()
    for token in tokens:
        kind, first, *rest = token.split(":")
        if kind in named:
            named[kind][first] = None
            states.update(rest)
        else:
            states.add(first)
    kinds = tuple(state for state in MemberState if str(state) in states)
    return OpenTo(audience, tuple(named["in"]), tuple(named["group"]), kinds)


KIND_WORDS = {
    "正式": MemberState.FULL,
    "正式党员": MemberState.FULL,
    "预备": MemberState.PROBATIONARY,
    "预备党员": MemberState.PROBATIONARY,
    "积极分子": MemberState.ACTIVIST,
    "入党积极分子": MemberState.ACTIVIST,
    "群众": MemberState.MASSES,
} | {str(state): state for state in MemberState}
_WIDTHS = {
    "所有人": Audience.EVERYONE,
    "登录后可看": Audience.SIGNED_IN,
    "登录": Audience.SIGNED_IN,
    "本组织": Audience.ORGANISATION,
    "组织成员": Audience.ORGANISATION,
} | {str(one): one for one in Audience if one is not Audience.CHOSEN}
_PREFIXES = {"node": "node", "组织": "node", "党组织": "node", "group": "group", "小组": "group"}
_PREFIXES |= {"学习小组": "group", "kind": "kind", "身份": "kind"}


@dataclass(frozen=True)
class Named:
    """An audience as it is written on a command line or in a table: nodes and groups as people call them."""

    audience: Audience
    nodes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    kinds: tuple[MemberState, ...] = ()


def read_words(words: Iterable[str]) -> Named:
    """Read `everyone`, `signed_in`, `organisation`, or any of `node:CODE`, `group:ID`, `kind:full`, in
    Chinese too; raises Invalid: audience_word, audience_mixed, audience_empty."""
    said = [one.strip() for word in words for one in re.split("[;；,，\n]", word) if one.strip()]
    widths = [_WIDTHS[one] for one in said if one in _WIDTHS]
    if widths:
        if len(said) > 1:
            raise Invalid("audience_mixed", field="audience", word=said[0])
        return Named(widths[0])
    found: dict[str, list[str]] = {"node": [], "group": [], "kind": []}
    for one in said:
        prefix, colon, rest = one.replace("：", ":", 1).partition(":")
        kind = _PREFIXES.get(prefix.strip().lower()) if colon else None
        if kind is None or not rest.strip() or (kind == "kind" and rest.strip() not in KIND_WORDS):
            raise Invalid("audience_word", field="audience", word=one[:80])
        found[kind].append(rest.strip())
    if not said:
        raise Invalid("audience_empty", field="audience")
    kinds = tuple(KIND_WORDS[one] for one in found["kind"])
    return Named(Audience.CHOSEN, tuple(found["node"]), tuple(found["group"]), kinds)
