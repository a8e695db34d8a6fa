"""What each page is given: one frozen dataclass per template, the contract between routes and templates.

A route fills a dataclass and hands it to `server.templating.Renderer.render`; the template named in
`template` sees the fields by their names and nothing else (an unknown name raises). Contexts hold facts and
decisions (`may_...`), never prose: sentences are made from codes by `server.words` and the catalogues.

Conventions: `_s` seconds (float), `_bytes` bytes, `_at` UTC-aware datetimes, `date` a calendar day, `_url` a
path on this server. Every POST form carries the hidden field `csrf`; the fields a form sends stand in the
docstring of its page. Forms that come back with a mistake are rendered again with `problem` and what was
typed.
"""

from __future__ import annotations

from server.contexts.catalog import (
    HistoryLine,
    HomePage,
    LessonPage,
    LessonPowers,
    LessonsPage,
    SheetPage,
)
from server.contexts.intake import CutPage, MinePage, ProgressPage, ReviewPage, UploadPage, WorkRow
from server.contexts.parts import (
    ClipCard,
    Context,
    CountingRule,
    Facet,
    Flash,
    Frame,
    Kind,
    Language,
    LessonCard,
    LessonRef,
    Pager,
    Progress,
    Reason,
    RecordingState,
    Step,
    StepKind,
    StepState,
    Unfinished,
    Viewer,
)
from server.contexts.people import (
    AccountPage,
    BranchRow,
    DeviceRow,
    HeldRole,
    InviteRow,
    PeoplePage,
    PersonRow,
    SignInPage,
    TokenRow,
    WelcomePage,
)
from server.contexts.pictures import PosterPage, Still
from server.contexts.plays import (
    ClipPage,
    CountingPage,
    CueLine,
    DownloadChoice,
)
from server.contexts.searching import (
    SavedDraft,
    SavedFilter,
    SavedLink,
    SavedRow,
    SearchChoice,
    SearchesPage,
    SearchExtras,
    SearchFilter,
    SearchMoment,
    SearchPage,
    SearchResult,
)
from server.contexts.statistics import ClipStats, OverviewPage, StatsPage
from server.contexts.system import ApiDocsPage, ErrorPage
from server.contexts.wording import (
    DictionaryChange,
    DictionaryEntry,
    Edit,
    PastedLine,
    Tried,
    TriedWord,
    VocabularyPage,
)

PAGES: tuple[type[Context], ...] = (
    HomePage,
    LessonsPage,
    LessonPage,
    SheetPage,
    ClipPage,
    PosterPage,
    SearchPage,
    SearchesPage,
    UploadPage,
    ProgressPage,
    CutPage,
    MinePage,
    ReviewPage,
    StatsPage,
    OverviewPage,
    SignInPage,
    WelcomePage,
    AccountPage,
    PeoplePage,
    VocabularyPage,
    CountingPage,
    ErrorPage,
    ApiDocsPage,
)
"""Every page there is; a test holds this list against the files under templates."""

__all__ = [
    "PAGES",
    "AccountPage",
    "ApiDocsPage",
    "BranchRow",
    "ClipCard",
    "ClipPage",
    "ClipStats",
    "Context",
    "CountingPage",
    "CountingRule",
    "CueLine",
    "CutPage",
    "DeviceRow",
    "DictionaryChange",
    "DictionaryEntry",
    "DownloadChoice",
    "Edit",
    "ErrorPage",
    "Facet",
    "Flash",
    "Frame",
    "HeldRole",
    "HistoryLine",
    "HomePage",
    "InviteRow",
    "Kind",
    "Language",
    "LessonCard",
    "LessonPage",
    "LessonPowers",
    "LessonRef",
    "LessonsPage",
    "MinePage",
    "OverviewPage",
    "Pager",
    "PastedLine",
    "PeoplePage",
    "PersonRow",
    "PosterPage",
    "Progress",
    "ProgressPage",
    "Reason",
    "RecordingState",
    "ReviewPage",
    "SavedDraft",
    "SavedFilter",
    "SavedLink",
    "SavedRow",
    "SearchChoice",
    "SearchExtras",
    "SearchFilter",
    "SearchMoment",
    "SearchPage",
    "SearchResult",
    "SearchesPage",
    "SheetPage",
    "SignInPage",
    "StatsPage",
    "Step",
    "StepKind",
    "StepState",
    "Still",
    "TokenRow",
    "Tried",
    "TriedWord",
    "Unfinished",
    "UploadPage",
    "Viewer",
    "VocabularyPage",
    "WelcomePage",
    "WorkRow",
]
