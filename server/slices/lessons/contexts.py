"""Contexts of home, the library, a lesson and the search."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from library.catalog.audiences import Told
from library.declaring.seen import SeenLine
from library.intake.rules import RecordingState
from library.review.rules import Decided
from server.web.parts import (
    ClipCard,
    Context,
    CountingRule,
    Facet,
    HonourLine,
    LessonCard,
    LessonRef,
    MaterialLine,
    NoRecording,
    Pager,
    Reason,
    RefusedForm,
    SeriesPlace,
    SiteRef,
)
from server.web.shown.declarations import HomeDeclarations
from server.web.shown.marks import GoOn, LessonMarks
from server.web.shown.mondays import HomeBranches, OwnWeek
from server.web.shown.reflections import ReflectionLine
from server.web.shown.sharing import ShareCard, ShareLink
from server.web.shown.weeks import HomeWeeks


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLink:
    """A way to a topic, with how many of the lessons that were looked at are about it."""

    id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Context):
    """GET / : this week, what is due, topics, the newest and the most watched lessons.

    No lesson stands there twice: not on two shelves, and on none when it is in this week's card. `weeks` is
    what was planned for this week and the next, and what the viewer missed. `declarations` is what waits for
    a reviewer, and what was sent back to a lecturer. `own` is the viewer's own week, `branches` what whoever
    looks after branches is told of theirs. `go_on` are lessons in whose middle they stopped. `topics` are
    those of the newest lessons. `total` is how many lessons the viewer may see, counted up to `most`.
    """

    template: ClassVar[str] = "lessons/home.html"
    weeks: HomeWeeks
    newest: tuple[LessonCard, ...]
    most_watched: tuple[LessonCard, ...]
    total: int
    most: int = 0
    topics: tuple[TopicLink, ...] = ()
    declarations: HomeDeclarations = field(default_factory=HomeDeclarations)
    own: OwnWeek | None = None
    branches: HomeBranches | None = None
    go_on: tuple[GoOn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsPage(Context):
    """GET /lessons?topic=&lecturer=&year=&genre=&page= : the whole library. Chosen filter
    values are "" when not chosen.
    """

    template: ClassVar[str] = "lessons/lessons.html"
    lessons: tuple[LessonCard, ...]
    pager: Pager
    topics: tuple[Facet, ...]
    lecturers: tuple[Facet, ...]
    years: tuple[Facet, ...]
    genres: tuple[Facet, ...] = ()
    topic: str = ""
    lecturer: str = ""
    year: str = ""
    genre: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPowers:
    """What this viewer may do with this lesson now (role x state, decided by core/permits and review
    rules).
    """

    edit: bool = False
    publish: bool = False
    withdraw: bool = False
    audience: bool = False
    delete: bool = False
    see_progress: bool = False
    see_stats: bool = False
    why: bool = False
    versions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNote:
    """That something waits to be published: who changed it last, when, and which fields are other."""

    who: str
    changed_at: datetime
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What the form of a lesson begins with: what waits to be published, and else what viewers see."""

    title: str
    lecturer: str
    topics: tuple[str, ...]
    date: str
    summary: str
    language: str
    genre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of who did what when with a lesson, newest first (staff and owner see it)."""

    at: datetime
    who: str
    action: Decided
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage(Context):
    """GET /lessons/{id}/sheet : a published lesson on paper, with the code that phones read."""

    template: ClassVar[str] = "lessons/sheet.html"
    lesson: LessonRef
    share: ShareLink


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage(Context):
    """GET /lessons/{id}.

    `open_to` is for whom it is, by names, `audience_said` the same in words; `groups` (id, name) are the
    learning groups that whoever may change it can choose.
    `text` are the paragraphs of a lesson without media ("video still to come"), or () when there are clips.
    `recording_state` "none" means there is no recording; `problem` says why it failed or was refused.
    `account` is what was left out, moved or guessed, for those who may edit. `duplicates` are other lessons
    made from the same file that this viewer may see.
    `language` is the lesson's own language. `known_lecturers`, `known_topics` fill the edit form's
    suggestions. `same_topic`: dated lessons of its topics, of other years. `share`: how to hand it on, None
    while it is not published; `card`: what is shown where it was handed on, None unless it is for everyone.
    `refused`: a form that was not taken, named as its address is. `series`: where it stands in one.
    `topic_links` are (id, name). `draft`: that something waits; `editing`: what the form begins with, for
    those who may change it; `seen` goes back with it. `declaration` is its latest one, for those who may look
    at it. `calls` (id, title) take this lesson now, for whoever may enter it (POST /calls/{id}/check).
    `marks` are its reader's own, None without an account.
    Forms (POST /lessons/{id}/...):
    publish (note), withdraw (note), audience (audience, keep, add, kinds), delete (confirm=title),
    edit (title, lecturer, topics separated by spaces or commas, date, summary, language, genre, seen).
    """

    template: ClassVar[str] = "lessons/lesson.html"
    lesson: LessonCard
    summary: str
    clips: tuple[ClipCard, ...]
    recording_state: RecordingState | NoRecording
    open_to: Told
    audience_said: str
    editing: Editing | None = None
    draft: DraftNote | None = None
    seen: int = 0
    groups: tuple[tuple[str, str], ...] = ()
    language: str = "zh-CN"
    has_transcript: bool = False
    recognised: bool = False
    text: tuple[str, ...] = ()
    problem: Reason | None = None
    duplicates: tuple[LessonRef, ...] = ()
    may: LessonPowers = field(default_factory=LessonPowers)
    history: tuple[HistoryLine, ...] = ()
    account: tuple[Reason, ...] = ()
    known_lecturers: tuple[str, ...] = ()
    known_topics: tuple[str, ...] = ()
    same_topic: tuple[LessonCard, ...] = ()
    rule: CountingRule
    share: ShareLink | None = None
    refused: RefusedForm | None = None
    card: ShareCard | None = None
    series: SeriesPlace | None = None
    site: SiteRef | None = None
    lecturer_id: str | None = None
    topic_links: tuple[tuple[str, str], ...] = ()
    honours: tuple[HonourLine, ...] = ()
    materials: tuple[MaterialLine, ...] = ()
    declaration: SeenLine | None = None
    may_declare: bool = False
    calls: tuple[tuple[str, str], ...] = ()
    reflections: tuple[ReflectionLine, ...] = ()
    marks: LessonMarks | None = None
