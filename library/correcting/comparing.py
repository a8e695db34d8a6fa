"""Pure rules of two transcripts side by side: which of their lines belong together, and what becomes of the
lines in use where somebody prefers the others."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from library.catalog.rules import CueLine, CueSource
from library.core.errors import Conflict
from library.correcting.rules import Edit, WantedLine

BELONGS = 0.5
"""The share of a line's own time that must lie under a line of the other side for the two to be one row."""
ANCHOR_S = 10.0
"""Lines of the same words that lie further apart are two places of the talk."""
LEAST_S = 0.1
"""A line that is put in lasts at least so long: less room than that is none."""
_SAME_S = 1e-6


class Choice(StrEnum):
    """What somebody decides about a row: the lines in use are right (`left`), the others are (`right`), or
    nothing yet (`keep`): then they stay, and stay as unsure as they were."""

    LEFT = "left"
    RIGHT = "right"
    KEEP = "keep"


@dataclass(frozen=True)
class Row:
    """Lines that belong together: `left` of those in use, from number `at` on, and `right` of the others.

    One side may be empty. `key` names exactly these lines: with others it is another row.
    """

    at: int
    left: tuple[CueLine, ...]
    right: tuple[CueLine, ...]

    @property
    def differs(self) -> bool:
        """Whether the two sides say something else; who parts lines where, and marks, is no difference."""
        return _plain(self.left) != _plain(self.right)

    @property
    def is_decided(self) -> bool:
        """Whether somebody has corrected or confirmed all that is in use here."""
        return bool(self.left) and all(line.source is CueSource.CORRECTED for line in self.left)

    @property
    def key(self) -> str:
        """The name of these lines, in a form's field."""
        return f"{_name(self.left)}.{_name(self.right)}"

    @property
    def start_s(self) -> float | None:
        """When it begins; None in texts without times."""
        starts = [line.start_s for line in (*self.left, *self.right) if line.start_s is not None]
        return min(starts, default=None)


def comparable(left: Sequence[CueLine], right: Sequence[CueLine]) -> bool:
    """Tell whether two transcripts can stand side by side: both have times, or neither has."""
    return _timed(left) == _timed(right)


def rows(left: Sequence[CueLine], right: Sequence[CueLine]) -> tuple[Row, ...]:
    """Return all lines of both, those that belong together in one row, in their order.

    Equal lines hold the two together; what lies between them belongs together by its time, or, without times,
    as a whole. Raises Conflict("versions_without_times") when only one side has times.
    """
    if not comparable(left, right):
        raise Conflict("versions_without_times")
    found: list[Row] = []
    at, to = 0, 0
    for same_at, same_to in (*_anchors(left, right), (len(left), len(right))):
        found += _between(left[at:same_at], right[to:same_to], at)
        if same_at < len(left):
            found.append(Row(same_at, (left[same_at],), (right[same_to],)))
        at, to = same_at + 1, same_to + 1
    return tuple(found)


def edits(
    left: Sequence[CueLine], compared: Sequence[Row], choices: Mapping[str, Choice], duration_s: float | None
) -> tuple[Edit, ...]:
    """Return what is to be exchanged in the lines in use for the choices, by the rows' keys.

    Raises Conflict("no_room_for_line") when lines that are to be put in would lie under others.
    """
    wanted = [choices.get(row.key, Choice.KEEP) for row in compared]
    found: list[Edit] = []
    low_s = 0.0
    for n, row in enumerate(compared):
        if wanted[n] is Choice.LEFT and row.left:
            found.append(Edit(row.at, len(row.left), tuple(map(_confirmed, row.left))))
        elif wanted[n] is Choice.RIGHT:
            high_s = _next_s(compared[n + 1 :], wanted[n + 1 :], duration_s)
            lines = _fitted(row, low_s, high_s)
            found.append(Edit(row.at, len(row.left), tuple(lines)))
            low_s = max(low_s, *(line.end_s or 0.0 for line in lines)) if lines else low_s
        if row.left:
            low_s = max(low_s, row.left[-1].end_s or 0.0)
    return tuple(_with_neighbours(left, _joined(found)))


def _next_s(behind: Sequence[Row], wanted: Sequence[Choice], duration_s: float | None) -> float | None:
    """Return when what comes behind a row begins: of lines in use that stay or make room, and of new ones."""
    for row, choice in zip(behind, wanted, strict=True):
        starts = [_start(side[0]) for side in (row.left, row.right if choice is Choice.RIGHT else ()) if side]
        if starts:
            return min(starts)
    return duration_s


def _confirmed(line: CueLine) -> WantedLine:
    return WantedLine(line.start_s, line.end_s, line.text, corrected=True)


def _fitted(row: Row, low_s: float, high_s: float | None) -> list[WantedLine]:
    """Return a row's right lines one after the other, between what is over at `low_s` and what begins at
    `high_s`; where the lines in use lie under their neighbours, the new ones may too."""
    if not _timed((*row.left, *row.right)):
        return [WantedLine(None, None, line.text, corrected=True) for line in row.right]
    if row.left:
        low_s = min(low_s, _start(row.left[0]))
        high_s = None if high_s is None else max(high_s, _end(row.left[-1]))
    found: list[WantedLine] = []
    for n, line in enumerate(row.right):
        behind_s = (len(row.right) - n - 1) * LEAST_S  # what the lines behind this one need at least
        latest_s = math.inf if high_s is None else high_s - behind_s
        start_s = min(max(low_s, _start(line)), latest_s - LEAST_S)
        if start_s < low_s - _SAME_S:
            raise Conflict("no_room_for_line", text=line.text[:40])
        end_s = min(max(_end(line), start_s + LEAST_S), latest_s)
        found.append(WantedLine(round(start_s, 3), round(end_s, 3), line.text, corrected=True))
        low_s = end_s
    return found


def _joined(found: Sequence[Edit]) -> list[Edit]:
    """Return the edits, those that only put lines in together with the one beside them."""
    joined: list[Edit] = []
    for edit in found:
        last = joined[-1] if joined else None
        if last is not None and last.at + last.gone == edit.at and 0 in (last.gone, edit.gone):
            joined[-1] = Edit(last.at, last.gone + edit.gone, (*last.lines, *edit.lines))
        else:
            joined.append(edit)
    return joined


def _with_neighbours(left: Sequence[CueLine], joined: Sequence[Edit]) -> list[Edit]:
    """Let lines that are put in where none makes room take the one before (or behind) with them, as it is:
    an edit takes at least one, and nobody else takes this one."""
    found: list[Edit] = []
    for edit in joined:
        last = found[-1] if found else None
        if edit.gone:
            found.append(edit)
        elif last is not None and last.at + last.gone == edit.at:  # the only neighbour is taken already
            found[-1] = Edit(last.at, last.gone, (*last.lines, *edit.lines))
        elif edit.at:
            found.append(Edit(edit.at - 1, 1, (_as_is(left[edit.at - 1]), *edit.lines)))
        else:
            found.append(Edit(0, 1, (*edit.lines, _as_is(left[0]))))
    return found


def _as_is(line: CueLine) -> WantedLine:
    return WantedLine(line.start_s, line.end_s, line.text)


# ---------------------------------------------------------------- what belongs together


def _anchors(left: Sequence[CueLine], right: Sequence[CueLine]) -> list[tuple[int, int]]:
    """Return pairs of lines that say the same, and when."""
    mine, theirs = [_plain((line,)) for line in left], [_plain((line,)) for line in right]
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    pairs = [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]
    return [(a, b) for a, b in pairs if mine[a] and _near(left[a], right[b])]


def _near(one: CueLine, other: CueLine) -> bool:
    if one.start_s is None or other.start_s is None:
        return True
    return abs(one.start_s - other.start_s) <= ANCHOR_S


def _between(left: Sequence[CueLine], right: Sequence[CueLine], at: int) -> list[Row]:
    if not left and not right:
        return []
    if not _timed((*left, *right)):
        return [Row(at, tuple(left), tuple(right))]
    found: list[Row] = []
    mine: list[CueLine] = []
    theirs: list[CueLine] = []
    n, k = 0, 0
    while n < len(left) or k < len(right):
        take_left = k >= len(right) or (n < len(left) and _start(left[n]) <= _start(right[k]))
        line = left[n] if take_left else right[k]
        own, others = (mine, theirs) if take_left else (theirs, mine)
        if (own or others) and not _joins(line, own, others):
            found.append(Row(at + n - len(mine), tuple(mine), tuple(theirs)))
            mine, theirs = [], []
        (mine if take_left else theirs).append(line)
        n, k = n + take_left, k + (not take_left)
    found.append(Row(at + n - len(mine), tuple(mine), tuple(theirs)))
    return found


def _joins(line: CueLine, own: Sequence[CueLine], others: Sequence[CueLine]) -> bool:
    """Whether a line belongs to a row: it lies under one of its other side, or one of these under it."""
    return any(_under(line, other) or _under(other, line) for other in others[-2:])


def _under(line: CueLine, other: CueLine) -> bool:
    length_s = _end(line) - _start(line)
    shared_s = min(_end(line), _end(other)) - max(_start(line), _start(other))
    return shared_s > 0 and shared_s >= BELONGS * length_s


def _start(line: CueLine) -> float:
    return line.start_s or 0.0


def _end(line: CueLine) -> float:
    return line.end_s or 0.0


def _timed(lines: Iterable[CueLine]) -> bool:
    return any(line.start_s is not None for line in lines)


def _plain(lines: Iterable[CueLine]) -> str:
    return "".join(char for line in lines for char in line.text if char.isalnum()).casefold()


def _name(lines: Iterable[CueLine]) -> str:
    said = json.dumps([line.to_json() for line in lines], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _is_said(text: str) -> bool:
    return any(character.isalnum() for character in text)


def changes(left: str, right: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Return both texts in pieces, and whether each piece is said and not in the other text."""
    mine: list[tuple[str, bool]] = []
    theirs: list[tuple[str, bool]] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if a < b:
            mine.append((left[a:b], kind != "equal" and _is_said(left[a:b])))
        if c < d:
            theirs.append((right[c:d], kind != "equal" and _is_said(right[c:d])))
    return tuple(mine), tuple(theirs)
