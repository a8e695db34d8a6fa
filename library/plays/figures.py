"""What statistics say: the shapes of their answers. No clock and no database here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """Chinese days from `first` to `last`, both included; `first` None: since the beginning."""

    first: date | None
    last: date


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted. Members, visitors and screenings are never mixed into one number of people.

    `screened_people` were at the screenings; `completes` are members and visitors who had then seen a clip to
    the end; `watched_s` are credited seconds of plays of all kinds, a screening's once, `visitor_s` those of
    visitors among them.
    """

    member_views: int = 0
    visitor_views: int = 0
    screenings: int = 0
    screened_people: int = 0
    completes: int = 0
    watched_s: float = 0.0
    visitor_s: float = 0.0

    @property
    def weight(self) -> int:
        """By what lists of lessons and branches are ordered: members' views and screenings."""
        return self.member_views + self.screenings

    @property
    def weight_s(self) -> float:
        """By what they are ordered where time counts: that of members and screenings."""
        return max(0.0, round(self.watched_s - self.visitor_s, 3))

    @property
    def views(self) -> int:
        """What is called views everywhere: members' and visitors'."""
        return self.member_views + self.visitor_views


@dataclass(frozen=True, slots=True)
class People:
    """How many different members and visitors made the views of a span."""

    members: int = 0
    visitors: int = 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What one day brought."""

    day: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What one branch brought; `node_id` "": visitors, and people without a branch. `name` may be "" for a
    branch that is gone."""

    node_id: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """How many views came from where: `source` is a rules.Source."""

    source: str
    views: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Which seconds of a clip were played: `plays[i]` is how many counted plays have played (half or more of)
    the seconds from i * step_s to (i + 1) * step_s; `of` is how many counted plays there were in all.

    Screenings are left out. A clip has at most 120 steps.
    """

    step_s: float
    plays: tuple[int, ...]
    of: int


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """What one clip collected in a span; `curve` is that of all time, None before anything is known.

    `clip_id` "" and `n` 0 stand for all clips that others have replaced.
    """

    clip_id: str
    n: int
    title: str
    length_s: float
    figures: Figures
    people: People
    curve: Curve | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """How far a figure can be proven: days up to `through` are sealed, and `seal` is the chain's last link.

    Both None before the first night.
    """

    through: date | None = None
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class LessonFigures:
    """What a lesson collected in a span: days oldest first, branches with the most views first.

    `held_back`: plays that were long enough and are not counted, because their address had had its share.
    """

    lesson_id: str
    span: Span
    total: Figures
    people: People
    clips: tuple[ClipFigures, ...]
    replaced: ClipFigures | None
    days: tuple[DayFigures, ...]
    branches: tuple[NodeFigures, ...]
    sources: tuple[SourceFigures, ...]
    proof: Proof = field(default_factory=Proof)
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One lesson among many; `title` is "" for one that is gone, which only the root's staff see."""

    lesson_id: str
    title: str
    lecturer: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Overview:
    """What the lessons in somebody's scope collected in a span.

    `lessons` are one page of `lesson_count`; `branches` are who watched, within the reader's scope: those
    below their own branches; None for a lecturer, who sees no other branches' people. `held_back` as in
    LessonFigures.
    """

    span: Span
    total: Figures
    days: tuple[DayFigures, ...]
    lessons: tuple[LessonLine, ...]
    lesson_count: int
    branches: tuple[NodeFigures, ...] | None
    proof: Proof = field(default_factory=Proof)
    held_back: int = 0
