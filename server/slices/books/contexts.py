"""Contexts of the pages of books."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from library.books.entries import PracticeState, StudyState
from library.books.examples import Example
from library.books.hours import Book, Lead, Rule
from library.evidence.rules import EvidenceKind
from server.web.parts import Context, LessonRef, Pager, Reason, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """What counts together, on its last day. `what` names it, "" where only its kind does; `times` is how
    often where it is no time. `worth` is what it brings, in hours or times, "" for nothing; `causes` say why
    it is so, or why it is nothing. `entry_id` is its row in the ledger, for whoever may take it back."""

    day: date
    kind: EvidenceKind
    rule: Rule
    what: str = ""
    lesson_id: str = ""
    account: str = ""
    seconds: int = 0
    times: int = 0
    worth: str = ""
    causes: tuple[Reason, ...] = ()
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenLine:
    """What was taken back by hand: its own day, when, by whom ("" for nobody there any more), why; where that
    was lifted (`lifted_on`), by whom and why. `account` is what a self-study was. `entry_id` is its row for
    whoever may lift it, else ""."""

    day: date
    kind: EvidenceKind
    taken_on: date
    by: str
    reason: str
    account: str = ""
    entry_id: str = ""
    lifted_on: date | None = None
    lifted_by: str = ""
    lifted_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """One book: what is in it, what is asked (0: nothing), what is left, in its unit; `percent` of 100 at
    most. `hidden` are lessons watched alone of which whoever looks is told no more than the sum."""

    book: Book
    value: str
    aim: int
    left: str
    percent: int
    lines: tuple[RecordLine, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPage(Context):
    """GET /learning?year= (who is signed in: their own), GET /learning/people/{person_id}?year= (`own` false:
    the secretary of their home or who is above).

    `years` are those between which is chosen. `uncounted` counts in no book. `asked`: hours are asked of the
    person; `leads`: as what those of who leads are. `open_studies` and `waiting` are the person's own.
    """

    template: ClassVar[str] = "books/learning.html"
    own: bool
    person_id: str
    name: str
    node_id: str
    node: str
    year: int
    years: tuple[int, ...]
    first: date
    last: date
    asked: bool
    leads: Lead | None
    books: tuple[BookView, ...]
    uncounted: tuple[RecordLine, ...] = ()
    taken: tuple[TakenLine, ...] = ()
    open_studies: int = 0
    waiting: int = 0
    reason_max: int = 0
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage(Context):
    """GET /learning/sheet?year= (who is signed in): the year on a sheet of paper."""

    template: ClassVar[str] = "books/sheet.html"
    name: str
    node: str
    year: int
    first: date
    last: date
    day: date
    is_over: bool
    books: tuple[BookView, ...]
    leads: Lead | None = None
    seal: str = ""
    sealed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """A self-study in a list."""

    id: str
    title: str
    lesson_id: str
    first: date
    last: date
    state: StudyState
    minutes: int = 0
    done_on: date | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiesPage(Context):
    """GET /learning/study?lesson=&page= (who is signed in): what one plans to study, and a form, about
    `lesson` if one is given."""

    template: ClassVar[str] = "books/studies.html"
    rows: tuple[StudyRow, ...]
    pager: Pager
    lesson: LessonRef | None = None
    typed: dict[str, str] = field(default_factory=dict)
    title_max: int = 0
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPage(Context):
    """GET /learning/study/{study_id} (whose it is, nobody else): notes, and that it is done. `correction` is
    why the secretary took it back, "" where they did not."""

    template: ClassVar[str] = "books/study.html"
    row: StudyRow
    notes: str
    account: str
    version: int
    today: date
    correction: str = ""
    notes_max: int = 0
    account_max: int = 0
    most_minutes: int = 0
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRow:
    """A practice; `name` is whose it is, for whoever confirms it."""

    id: str
    title: str
    place: str
    day: date
    account: str
    state: PracticeState
    said_at: datetime
    answer: str = ""
    answered_by: str = ""
    name: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticesPage(Context):
    """GET /learning/practice?page= (who is signed in): what one practised, and a form."""

    template: ClassVar[str] = "books/practices.html"
    rows: tuple[PracticeRow, ...]
    pager: Pager
    typed: dict[str, str] = field(default_factory=dict)
    limits: tuple[int, int, int] = (0, 0, 0)
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(Context):
    """GET /learning/confirm?page= (secretaries): practices that wait for a word."""

    template: ClassVar[str] = "books/confirm.html"
    rows: tuple[PracticeRow, ...]
    pager: Pager
    answer_max: int = 0
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberBooks:
    """A member in the list of a branch: values by book, and what is left of those that are asked."""

    person_id: str
    name: str
    asked: bool
    leads: Lead | None
    values: tuple[tuple[Book, str, int], ...]
    lacks: tuple[tuple[Book, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPage(Context):
    """GET /learning/branch?node=&year=&page=&at= (secretaries and above): the members of a node by name, what
    each has and still lacks; never in the order of their hours."""

    template: ClassVar[str] = "books/branch.html"
    node_id: str
    node: str
    above: tuple[str, ...]
    year: int
    years: tuple[int, ...]
    first: date
    last: date
    day: date
    rows: tuple[MemberBooks, ...]
    lacking: int
    pager: Pager
    nodes: tuple[tuple[str, str], ...] = ()
    may_arrange: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleLine:
    """A worked example: what was done, and in which books how much stands then."""

    example: Example
    results: tuple[tuple[Book, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """Rules as people read them: `books` says where each line counts (None: nowhere), `steps` are (minutes,
    hours) of lessons watched alone, `more` what longer ones bring."""

    year_starts: int
    hour_min: int
    aims: tuple[tuple[str, int], ...]
    books: tuple[tuple[Rule, Book | None], ...]
    share: int
    steps: tuple[tuple[int, str], ...]
    more: str
    declared_most: int | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """Rules that a node said, with the day from which they hold; `coming` ones can be taken back."""

    first: date
    coming: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPage(Context):
    """GET /learning/rules?node=&day= (who is signed in; of another node its secretary): by what is counted,
    with worked examples. `said_by` is the node that said it, "" for nobody; `since` from when."""

    template: ClassVar[str] = "books/hours.html"
    node_id: str
    node: str
    day: date
    rules: RulesView
    examples: tuple[ExampleLine, ...]
    said_by: str = ""
    since: date | None = None
    may_arrange: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursFormPage(Context):
    """GET /learning/rules/{node_id} (staff there): the form of a node's rules, filled with what holds."""

    template: ClassVar[str] = "books/hours_form.html"
    node_id: str
    node: str
    typed: dict[str, str]
    books: tuple[Book, ...]
    versions: tuple[VersionLine, ...]
    basis_max: int = 0
    refused: RefusedForm | None = None
