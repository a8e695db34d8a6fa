"""Contexts of the pages of gatherings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.books.hours import Book
from library.evidence.rules import StudyForm
from library.gatherings.kinds import Asks
from library.gatherings.rules import Counts, Due, GatheringState, How, Mark
from server.web.parts import Context, Pager, RefusedForm
from server.web.shown.gatherings import GatheringRow


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringsPage(Context):
    """GET /gatherings?node=&page= (signed in): what concerns the viewer, or all of a node for who plans
    there.

    `coming` is empty for a node: all stand in `rows`, the newest first; `more_coming`: there are more.
    `nodes` (id, name) are those whose gatherings the viewer plans, at most the outermost. Form of who plans:
    GET /gatherings/plan/new?node=.
    """

    template: ClassVar[str] = "gatherings/gatherings.html"
    node_id: str
    node: str
    nodes: tuple[tuple[str, str], ...]
    coming: tuple[GatheringRow, ...]
    more_coming: bool
    rows: tuple[GatheringRow, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonLine:
    """A lesson to show; without an id it was deleted, without a title it is not for the viewer to see."""

    id: str | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLine:
    """A room: its number from 1, where, and who keeps its list ("" for nobody). `ended_at`: it was closed of
    its own; `ends`: the viewer closes it."""

    n: int
    place: str
    host: str
    ended_at: datetime | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringView:
    """One gathering as pages show it; `kind` is a name, `chair` and `recorder` are names or ""."""

    id: str
    kind: str
    title: str
    node: str
    group: str
    week: str
    starts_at: datetime
    ends_at: datetime
    place: str
    rooms: tuple[RoomLine, ...]
    chair: str
    recorder: str
    agenda: str
    lessons: tuple[LessonLine, ...]
    state: GatheringState
    opened_at: datetime | None
    ended_at: datetime | None
    below: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringPage(Context):
    """GET /gatherings/{gathering_id} (whom it concerns): what it is; for who keeps it, what can be done.

    `leads`: they begin and end it. `mark` and `due` are the viewer's own, None where they are on no roll.
    `counts` for who keeps it once it opened; `signed`: its record is, and the viewer may read it; `usual_end`
    is when it is taken to have ended
    (2026-11-30T19:30). Forms, POST .../open, .../end (ended_at), .../cancel (version),
    .../rooms/{n}/end (ended_at) and .../rooms/{n}/reopen (). `refused`: "end", "".
    """

    template: ClassVar[str] = "gatherings/gathering.html"
    view: GatheringView
    plans: bool
    hosts: bool
    leads: bool
    due: Due | None
    mark: Mark | None
    counts: Counts | None
    signed: bool = False
    usual_end: str = ""
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningPage(Context):
    """GET /gatherings/plan/new?node=&kind=&from= and GET /gatherings/{gathering_id}/edit (who plans): a form.

    `gathering_id` is "" for a new one. `form` holds what stands in it, by the names of the fields: kind,
    group,
    below, title, week, starts, ends, place, rooms, chair, recorder, agenda, lessons, asked, repeat, times,
    tell, version. `kinds` and `groups` are (value, name); `people` the names and `weeks` (2026-W49) the weeks
    that are offered; `began`: what the roll hangs on stays. `last_id`: the gathering of which it is a copy,
    or which can be copied.
    """

    template: ClassVar[str] = "gatherings/planning.html"
    gathering_id: str
    node_id: str
    node: str
    kinds: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    weeks: tuple[str, ...]
    form: Mapping[str, str]
    began: bool = False
    last_id: str = ""
    last_title: str = ""
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """Something that was said of somebody: when by the server's clock, when by the phone's if much
    earlier."""

    mark: Mark
    how: How
    reason: str
    at: datetime
    said_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollLine:
    """Somebody on the roll. `elsewhere` are titles of gatherings at the same time where they are said to be;
    `by_self`: who keeps the list marked themselves. `history` is told when something was said twice."""

    id: str
    name: str
    node: str
    due: Due
    mark: Mark
    how: How | None
    room: int | None
    reason: str
    arrived_at: datetime | None
    left_at: datetime | None
    elsewhere: tuple[str, ...]
    by_self: bool
    history: tuple[ChangeLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RollPage(Context):
    """GET /gatherings/{gathering_id}/roll (who keeps it): the list. Works without a network (roll.js).

    Form, POST .../roll: id, entry or guest, mark, reason, minutes, room, day. `refused.form` is the id of the
    entry, "guest" for the form of guests. `today` is the last day of making up.
    """

    template: ClassVar[str] = "gatherings/roll.html"
    view: GatheringView
    counts: Counts
    lines: tuple[RollLine, ...]
    today: str
    late_from: datetime | None
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(Context):
    """GET /gatherings/{gathering_id}/code?room= (who keeps it): the rotating QR for the big screen.

    `path` and `size` draw it; `digits` are read out; `left_s` until the next. `there` of `due` are in.
    """

    template: ClassVar[str] = "gatherings/code.html"
    view: GatheringView
    room: int
    place: str
    path: str
    size: int
    digits: str
    left_s: int
    there: int
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HerePage(Context):
    """GET /gatherings/{gathering_id}/here?room=&k= (signed in): check in. Form, POST .../here: ticket, or
    digits
    and room. `ticket` is "" where no valid code was brought; `over`: a code was, and it is not shown any
    more.
    `done` is the viewer's mark."""

    template: ClassVar[str] = "gatherings/here.html"
    gathering_id: str
    title: str
    place: str
    state: GatheringState
    rooms: tuple[RoomLine, ...]
    room: int
    ticket: str
    over: bool
    done: Mark | None
    on_roll: bool
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """A kind of gathering: its names, which form of study it is and in which book that counts for the reader
    (None: in none), whom it asks, how many there were of it."""

    code: str
    name: str
    english: str
    form: StudyForm
    book: Book | None
    asks: Asks
    number: int
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KindChange:
    """That somebody changed kinds, "" for the command line and somebody erased; `names` are those of them."""

    at: datetime
    who: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsPage(Context):
    """GET /gathering-kinds (signed in): the kinds of gatherings, and what counts as what.

    `may_change`: an administrator, where the machine's own settings do not say them (`pinned`). `version` is
    that of the settings. `node` is the one whose rules of hours `book` goes by. Forms: POST /gathering-kinds
    and .../{code} (name, english, form, asks, version), .../{code}/retire, .../{code}/offer (version);
    `refused.form` is a code, "new" or "".
    """

    template: ClassVar[str] = "gatherings/kinds.html"
    kinds: tuple[KindLine, ...]
    node: str
    version: int
    forms: tuple[StudyForm, ...]
    may_change: bool = False
    pinned: bool = False
    history: tuple[KindChange, ...] = ()
    refused: RefusedForm | None = None
