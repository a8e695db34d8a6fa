"""Contexts of one's own learning: what is due, what goes on, history, favourites, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.questions.rules import QuestionState
from server.web.parts import Context, LessonCard, Pager, Picture, RefusedForm
from server.web.shown.marks import GoOn
from server.web.shown.mondays import OwnWeek
from server.web.shown.weeks import WeekLine, WeekView


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouriteRow:
    """A lesson that is kept (`whole`), or its `n`-th clip; one of an old cut has no number.

    `url` and `title` are "" where its person does not see it any more."""

    thing_id: str
    url: str
    title: str
    lecturer: str | None = None
    n: int | None = None
    whole: bool = False
    length_s: float | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A note. `url` leads to its second, `at_s` of the `n`-th clip; both "" and None where the lesson is gone
    or not for its writer any more."""

    id: str
    version: int
    text: str
    made_at: datetime
    changed_at: datetime
    lesson_id: str = ""
    lesson: str = ""
    url: str = ""
    clip_id: str = ""
    n: int | None = None
    at_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A question of one's own, in short."""

    text: str
    state: QuestionState
    lesson: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPage(Context):
    """GET /my-learning (signed in): everything of one's own in one place.

    `week` is this week as its reader sees it, `left` its lessons that they have not seen to the end, of
    `open_lessons` that can be watched; `missed` are weeks of which they watched nothing. The lists are the
    newest of each. `most`: so many favourites, clips of the history and notes there can be.
    """

    template: ClassVar[str] = "marks/my_learning.html"
    own: OwnWeek | None = None
    week: WeekView | None = None
    left: tuple[LessonCard, ...] = ()
    open_lessons: int = 0
    missed: tuple[WeekLine, ...] = ()
    go_on: tuple[GoOn, ...] = ()
    favourites: tuple[FavouriteRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    asked: tuple[AskedLine, ...] = ()
    complete_share: float
    most: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A clip that was watched: the `n`-th of its lesson (None: it was cut otherwise since), how far, and
    whether it was seen to the end."""

    clip_id: str
    lesson_id: str
    title: str
    url: str
    n: int | None
    at_s: float
    length_s: float
    at: datetime
    lecturer: str | None = None
    seen: bool = False
    picture: Picture | None = None

    @property
    def share(self) -> int:
        """How far of it, in hundredths."""
        return round(100 * min(1.0, self.at_s / self.length_s)) if self.length_s else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Context):
    """GET /my-learning/history?q=&page= (signed in): what was watched, by day, the newest first.

    Forms: POST /my-learning/history/forget (clip, or all=1), POST /my-learning/history/pause (paused=1 or 0).
    """

    template: ClassVar[str] = "marks/history.html"
    days: tuple[tuple[date, tuple[HistoryRow, ...]], ...]
    pager: Pager
    q: str
    paused: bool
    most: int
    kept_days: int
    complete_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouritesPage(Context):
    """GET /my-learning/favourites?page= (signed in). Forms: POST /my-learning/favourites/{id}/remove ()."""

    template: ClassVar[str] = "marks/favourites.html"
    rows: tuple[FavouriteRow, ...]
    pager: Pager
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesPage(Context):
    """GET /my-learning/notes?q=&lesson=&page= (signed in): one's own notes.

    `lesson` (id, title) narrows them to one. Also shown when a note that was written beside a clip is not
    taken: `refused` is then named "new", and `clip` is where it was to stand.
    Forms: POST /my-learning/notes/{id}/edit (text, version), POST /my-learning/notes/{id}/delete (),
    POST /clips/{clip}/notes (at, text).
    """

    template: ClassVar[str] = "marks/notes.html"
    rows: tuple[NoteRow, ...]
    pager: Pager
    q: str = ""
    lesson: tuple[str, str] | None = None
    clip: str = ""
    note_max: int
    most: int
    refused: RefusedForm | None = None
