"""What makes a good node, and which changes of the tree make sense. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from library.core.errors import Conflict, Invalid
from library.core.permits import node_chain
from library.core.text import clean_line, name_key, short_line

CODE_MAX = 40
SHORT_MAX = 40
SPELLED_MAX = 400

MOST_DEPTH = 12
"""Steps from the root to the deepest node: a party group of a branch of a town has six."""


class NodeKind(StrEnum):
    """What a node of the organisation is (《中国共产党章程》, chapters 5 and 7; groups: 支部工作条例)."""

    COMMITTEE = "committee"
    GENERAL_BRANCH = "general_branch"
    BRANCH = "branch"
    GROUP = "group"
    UNIT = "unit"


class ChangeKind(StrEnum):
    """What can become of a node."""

    MADE = "made"
    RENAMED = "renamed"
    MOVED = "moved"
    MERGED = "merged"
    TOOK_OVER = "took_over"
    CLOSED = "closed"
    REOPENED = "reopened"


_BETWEEN = re.compile(r"\s*[/／>＞\\]\s*")
_KIND_WORDS: Mapping[NodeKind, tuple[str, ...]] = {
    NodeKind.COMMITTEE: ("committee", "党委", "党工委", "党组", "委员会"),
    NodeKind.GENERAL_BRANCH: ("general branch", "general_branch", "党总支", "总支", "总支部"),
    NodeKind.BRANCH: ("branch", "党支部", "支部", "联合党支部", "临时党支部"),
    NodeKind.GROUP: ("group", "党小组", "小组"),
    NodeKind.UNIT: ("unit", "单位", "行政单位", "部门", "村", "乡镇", "县"),
}
# From the most telling ending on: 总支部委员会 and 支部委员会 end like a committee and are none.
_ENDINGS = (
    (re.compile(r"总支(部)?(委员会)?$"), NodeKind.GENERAL_BRANCH),
    (re.compile(r"支部(委员会)?$"), NodeKind.BRANCH),
    (re.compile(r"小组$"), NodeKind.GROUP),
    (re.compile(r"(党委|党工委|工委|党组|委员会|县委|市委|省委|区委|镇委|乡委)$"), NodeKind.COMMITTEE),
)


def kind_of_name(name: str) -> NodeKind:
    """Return what a node is by its name's ending: 某某村党支部 is a branch; a unit where nothing tells."""
    return next((kind for ending, kind in _ENDINGS if ending.search(name)), NodeKind.UNIT)


def kind_called(text: str) -> NodeKind:
    """Return the kind that people call so, in Chinese or English; raises Invalid("unknown_node_kind")."""
    wanted = name_key(text)
    for kind, words in _KIND_WORDS.items():
        if wanted in words:
            return kind
    raise Invalid("unknown_node_kind", field="kind", kind=text[:SHORT_MAX])


def spelled(*names: str) -> str:
    """Return names in letters, whole and by their first ones, for whoever types pinyin: 余村 is yucun yc."""
    # Loaded where it is used: every command reads this module, and few spell a name.
    from search import syllables

    said = []
    for name in filter(None, names):
        sounds = [sound for _unit, run in syllables(name) for sound in run]
        said += ["".join(sounds), "".join(sound[:1] for sound in sounds)]
    return " ".join(said)[:SPELLED_MAX]


def path_parts(text: str) -> list[str]:
    """Return the names in a path such as 天荒坪镇党委 / 余村党支部; a bare name is the only one."""
    return [part for part in map(clean_line, _BETWEEN.split(text.strip())) if part]


def clean_code(text: str) -> str | None:
    """Return a code as it is kept: one line, folded, None for none. Raises Invalid.

    Codes are compared without regard to case and width, since spreadsheets change both.
    """
    code = short_line(name_key(text).upper(), "code", CODE_MAX)
    if " " in code:
        raise Invalid("space_in_code", field="code")
    return code or None


def check_move(path: str, target_path: str, height: int) -> None:
    """Raise Conflict when a node cannot lie below another: the other is itself or lies below it, or the tree
    would grow too deep. `height` is how many steps the deepest node below it is away."""
    if target_path.startswith(path):
        raise Conflict("node_below_itself", field="parent")
    check_depth(len(node_chain(target_path)) + height)


def check_depth(depth: int) -> None:
    """Raise Conflict when a node would lie deeper than MOST_DEPTH."""
    if depth > MOST_DEPTH:
        raise Conflict("tree_too_deep", field="parent", most=MOST_DEPTH)


def is_below(path: str, above: str) -> bool:
    """Tell whether the node with `path` is the one with `above`, or lies below it."""
    return path.startswith(above)


def chain_ids(paths: Iterable[str]) -> set[str]:
    """Return the ids of all nodes on some paths."""
    return {node_id for path in paths for node_id in node_chain(path)}
