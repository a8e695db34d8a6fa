"""Contexts of the pages of calls, of judging, of results and of certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.calls.demands import Line
from library.calls.rules import Criterion, Stage, StageAction, Stake
from server.web.parts import Context, LessonRef, Pager, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCard:
    """A call in a list. `taking`: works are entered today; `to_judge`: the viewer still has to hand in."""

    id: str
    title: str
    node: str
    stage: Stage
    opens_on: date
    closes_on: date
    taking: bool
    to_judge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPage(Context):
    """GET /calls?page= (signed in): the calls that one sees. `nodes` (id, name) are where one may call."""

    template: ClassVar[str] = "calls/calls.html"
    calls: tuple[CallCard, ...]
    pager: Pager
    nodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFormPage(Context):
    """GET /calls/new?node=, GET /calls/{id}/edit (who keeps it): the form of a call.

    POST /calls (node) or /calls/{id}/edit (version), each with the fields of `form`, all text; `genres` are
    the codes that are ticked. `call_id` is "" for a new one. `refused` is named "call".
    """

    template: ClassVar[str] = "calls/form.html"
    call_id: str
    node_id: str
    node: str
    version: int
    form: Mapping[str, str]
    genres: tuple[str, ...]
    heights: tuple[int, ...]
    title_max: int
    text_max: int
    body_max: int
    scored: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """A work of a call in a list; names are "" where they are hidden. `report` is that of entering."""

    n: int
    title: str
    category: str
    unit: str = ""
    lecturer: str = ""
    lesson_id: str = ""
    entered_at: datetime | None = None
    report: tuple[Line, ...] = ()
    may_take_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage(Context):
    """GET /calls/{id} (whom it is for): what is called for, one's own works, and what can be entered.

    Forms: POST /calls/{id}/check (lesson: an id or the address of a page), /entries/{n}/take-back.
    `refused` is named "check". `keeps`: the ways to the desk and to the form are shown.
    """

    template: ClassVar[str] = "calls/call.html"
    id: str
    title: str
    node: str
    text: str
    body: str
    stage: Stage
    opens_on: date
    closes_on: date
    judged_until: date
    results_on: date
    categories: tuple[str, ...]
    demands: tuple[Line, ...]
    criteria: tuple[Criterion, ...]
    scale: int
    quota: int | None
    blind: bool
    trimmed: bool
    taking: bool
    told: bool
    own: tuple[WorkRow, ...]
    lessons: tuple[LessonRef, ...]
    may_enter: bool = False
    keeps: bool = False
    judges: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteringPage(Context):
    """GET /calls/{id}/entering?lesson= (who may enter it): what the machine says, before it is entered.

    `lines` are of what the call demands; `hinders`: it cannot be entered yet. `checking`: the page comes
    again by itself. `not_asked`: nobody has asked for the look at the edges yet (POST /calls/{id}/check).
    POST /calls/{id}/entries (lesson, category); `refused` is named "enter". `entered`: it is in already.
    """

    template: ClassVar[str] = "calls/entering.html"
    call_id: str
    call: str
    lesson: LessonRef
    lines: tuple[Line, ...]
    hinders: bool
    checking: bool
    not_asked: bool
    categories: tuple[str, ...]
    category: str
    quota: int | None
    closes_on: date
    entered: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeLine:
    """A judge on the desk; `name` is "" for one who was erased."""

    id: str
    name: str
    scored: int
    due: int
    handed_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDeskPage(Context):
    """GET /calls/{id}/desk (who keeps it): its works, its judges, and what moves it on.

    Forms: POST /calls/{id}/move (version, action), /remove (version), /judges (judge),
    /judges/{judge}/dismiss, /judges/{judge}/give-back, /entries/{n}/take-back. `refused` is named "judge" or
    "". `named`: whose works they are is shown.
    """

    template: ClassVar[str] = "calls/desk.html"
    id: str
    title: str
    node: str
    stage: Stage
    version: int
    actions: tuple[StageAction, ...]
    works: tuple[WorkRow, ...]
    judges: tuple[JudgeLine, ...]
    named: bool
    closes_on: date
    early: bool
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedWork:
    """A work as a judge sees it. `own` is what they gave it as shown, "" for nothing yet; `others` what
    those gave who handed in, once the viewer has. `gone`: its lesson was deleted, nothing is to be judged."""

    n: int
    title: str
    category: str
    unit: str
    lecturer: str
    own: str = ""
    others: tuple[str, ...] = ()
    stake: Stake | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingPage(Context):
    """GET /calls/{id}/judging (its judges): the works to score. POST /calls/{id}/hand-in. `refused`: ""."""

    template: ClassVar[str] = "calls/judging.html"
    id: str
    title: str
    judged_until: date
    stage: Stage
    blind: bool
    works: tuple[JudgedWork, ...]
    left: int
    next: int | None
    handed_in_at: datetime | None
    others_in: int
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedClip:
    """A clip of a work as a judge plays it: addresses of its playlist and picture."""

    n: int
    master: str
    poster: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePage(Context):
    """GET /calls/{id}/judging/{n} (its judges): one work, played and scored.

    POST the same (points-1 ... , why). `points` and `why` are what was given or typed, text; `refused` is
    named "score". `may_score` is False where a stake, a hand-in or a date forbids it.
    """

    template: ClassVar[str] = "calls/score.html"
    call_id: str
    call: str
    work: JudgedWork
    clips: tuple[PlayedClip, ...]
    criteria: tuple[Criterion, ...]
    scale: int
    points: tuple[str, ...]
    why: str
    why_max: int
    may_score: bool
    handed_in: bool
    before: int | None
    after: int | None
    left: int
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """A work in the order; figures as shown, "" where nobody scored. `prize` is what it was given or, in a
    preview, would get; `code` that of its certificate."""

    n: int
    rank: int | None
    tied: bool
    title: str
    category: str
    unit: str
    lesson_id: str
    mean: str
    lowest: str
    highest: str
    judges: int
    trimmed: bool
    prize: str = ""
    beyond: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The rule shown with figures of the call itself: what each judge gave a work, and what became of it."""

    title: str
    figures: tuple[str, ...]
    dropped: tuple[str, ...]
    mean: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage(Context):
    """GET /calls/{id}/results?prizes=&level= (whom it is for once it is out; who keeps it also before).

    `preview`: prizes are only proposed. POST /calls/{id}/honours (prizes, level), /honours/{n}/withdraw.
    `refused` is named "honours". `out` judges have not handed in and do not count.
    """

    template: ClassVar[str] = "calls/results.html"
    id: str
    title: str
    node: str
    stage: Stage
    told: bool
    rows: tuple[ResultRow, ...]
    judges_in: int
    judges_out: int
    trimmed: bool
    criteria: tuple[Criterion, ...]
    scale: int
    example: Example | None
    keeps: bool
    prizes: str
    level: str
    preview: bool
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """What a certificate says."""

    code: str
    title: str
    lecturer: str
    unit: str
    award: str
    year: int
    body: str
    issued_on: date
    valid: bool
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePage(Context):
    """GET /certificates?code=, GET /certificates/{code} (everybody): whether a certificate is one.

    `found` is None before one is looked up, and where there is none: then `refused` says why, named "code".
    """

    template: ClassVar[str] = "calls/certificate.html"
    code: str = ""
    found: CertificateLine | None = None
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetWords:
    """What stands on a certificate, from above to below."""

    heading: str
    work: str
    source: str
    before: str
    after: str
    code: str
    check: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSheetPage(Context):
    """GET /certificates/{code}/print (everybody): an A4 sheet; `qr` is the path of its code in a square of
    `size`. `words` are Chinese in every language of the page: it hangs on a wall."""

    template: ClassVar[str] = "calls/sheet.html"
    found: CertificateLine
    words: SheetWords
    qr: str
    size: int
