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

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from library.core.permits import Audience, LessonState, Role
from library.people.rules import PASSWORD_MIN

Language = Literal["zh-CN", "en"]
RecordingState = Literal["none", "receiving", "waiting", "working", "ready", "failed", "refused"]
Kind = Literal["video", "sound", "text"]
"""What a lesson is made of: a moving picture, sound with a poster, or a text whose video is still to come."""
StepKind = Literal["receive", "probe", "split", "clip", "captions", "index"]
StepState = Literal["waiting", "running", "done", "failed"]


# ---------------------------------------------------------------- parts that several pages share


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something did not work, as a code of `server.words.REASONS` and the values its sentence names."""

    code: str
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """One line at the top of the next page. `code` and `args` as in `Reason`."""

    kind: Literal["done", "notice", "problem"]
    code: str
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The signed-in person, and which doors the navigation shows them (decided by core/permits)."""

    id: str
    name: str
    may_upload: bool = False
    may_review: bool = False
    may_manage_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What base.html needs on every page.

    `csrf` goes into every form and into <meta name="csrf">. `path` is this page's path with its query: the
    way back after signing in or changing the language. `query` fills the search box. `review_count` is the
    number on the navigation's review entry (0 hides it).
    Forms: POST /language (language, next), POST /sign-out (), GET /search (q).
    """

    csrf: str
    language: Language
    path: str
    viewer: Viewer | None = None
    flashes: tuple[Flash, ...] = ()
    query: str = ""
    review_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where we are in a list. `page` starts at 1; `url` is the list's address with its filters, without
    `page`.
    """

    page: int
    pages: int
    total: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One choice of a filter: the value sent, and how many lessons it leads to."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRef:
    """Just enough of a lesson to name it and link to /lessons/{id}."""

    id: str
    title: str
    lecturer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCard:
    """One lesson in a list. `duration_s` is None until the recording has been probed; `views` is counted
    views.
    """

    id: str
    title: str
    lecturer: str | None
    date: date | None
    topics: tuple[str, ...]
    duration_s: float | None
    clip_count: int
    views: int
    kind: Kind
    state: LessonState = LessonState.PUBLISHED
    audience: Audience = Audience.EVERYONE
    poster_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCard:
    """One clip in the order of its lesson.

    `start_s` counts from the lesson's start. `ready` is False while it is still being made: it is then listed
    without a link. `first_words` is the beginning of what is said in it, or "".
    """

    id: str
    n: int
    start_s: float
    duration_s: float
    views: int
    ready: bool = True
    poster_url: str | None = None
    first_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """When a play counts as a view: `min_s` really played seconds (`short_share` of a clip shorter than
    `short_clip_s`), once per person, clip and `window_min` minutes."""

    min_s: float
    short_clip_s: float
    short_share: float
    window_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An upload that has begun and not ended; it goes on when the same file is chosen again."""

    lesson_id: str
    title: str
    file_name: str
    received_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the pipeline's progress page.

    `n` is the clip's number when `kind` is "clip", else None. `percent` is 0 to 100. `eta_s` is None when
    unknown. `retry` is True where the retry button belongs. `clip_url` is set as soon as the clip can be
    watched.
    """

    id: str
    kind: StepKind
    state: StepState
    percent: float
    n: int | None = None
    eta_s: float | None = None
    reason: Reason | None = None
    retry: bool = False
    clip_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of a recording's way through the pipeline; also what each server-sent event carries (as JSON,
    with names and reasons put into words by `server.templating.Renderer.progress_event`)."""

    state: RecordingState
    percent: float
    steps: tuple[Step, ...]
    reason: Reason | None = None


# ---------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The root of all page contexts. `template` is the path under templates/."""

    template: ClassVar[str]
    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Context):
    """GET / : newest lessons, this week's, most watched, each at most a dozen; empty tuples are left out.

    `total` is how many lessons this viewer may see.
    """

    template: ClassVar[str] = "catalog/home.html"
    newest: tuple[LessonCard, ...]
    this_week: tuple[LessonCard, ...]
    most_watched: tuple[LessonCard, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsPage(Context):
    """GET /lessons?topic=&lecturer=&year=&page= : the whole library. Chosen filter values are "" when not
    chosen.
    """

    template: ClassVar[str] = "catalog/lessons.html"
    lessons: tuple[LessonCard, ...]
    pager: Pager
    topics: tuple[Facet, ...]
    lecturers: tuple[Facet, ...]
    years: tuple[Facet, ...]
    topic: str = ""
    lecturer: str = ""
    year: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of who did what when with a lesson, newest first (staff and owner see it)."""

    at: datetime
    who: str
    action: Literal["publish", "withdraw", "audience", "edit"]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage(Context):
    """GET /lessons/{id}.

    `text` are the paragraphs of a lesson without media ("video still to come"), or () when there are clips.
    `recording_state` "none" means there is no recording; `problem` says why it failed or was refused.
    `duplicates` are other lessons made from the same file that this viewer may see.
    `language` is the lesson's own language. `known_lecturers`, `known_topics` fill the edit form's
    suggestions. Forms (POST /lessons/{id}/...): publish (note), withdraw (note), audience (audience), delete
    (confirm=title), edit (title, lecturer, topics separated by spaces or commas, date, summary, language).
    """

    template: ClassVar[str] = "catalog/lesson.html"
    lesson: LessonCard
    summary: str
    clips: tuple[ClipCard, ...]
    recording_state: RecordingState
    language: str = "zh-CN"
    has_transcript: bool = False
    text: tuple[str, ...] = ()
    problem: Reason | None = None
    duplicates: tuple[LessonRef, ...] = ()
    may: LessonPowers = field(default_factory=LessonPowers)
    history: tuple[HistoryLine, ...] = ()
    known_lecturers: tuple[str, ...] = ()
    known_topics: tuple[str, ...] = ()
    rule: CountingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class CueLine:
    """One line of what is said, in seconds from the start of its clip."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPage(Context):
    """GET /clips/{id}?t= : the watch page.

    `clips` are all clips of the lesson, this one among them; the next ready one plays on by itself.
    `start_s` is where playing begins (from ?t=, held inside the clip by the route; 0 otherwise).
    `captions_url` is a WebVTT address on this server or None. `cues_estimated` is True when the times were
    estimated from plain text. `master_url` (the playlist, signed) comes again from POST
    /api/v1/clips/{id}/plays when a play starts.
    """

    template: ClassVar[str] = "plays/clip.html"
    lesson: LessonCard
    clip: ClipCard
    clips: tuple[ClipCard, ...]
    kind: Kind
    master_url: str
    captions_url: str | None
    cues: tuple[CueLine, ...]
    cues_estimated: bool = False
    language: str = "zh-CN"
    start_s: float = 0.0
    views: int = 0
    rule: CountingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One hit: the sentence that answers, and the way to it.

    `marks` are (from, to) character positions in `quote`. `url` opens the clip at `start_s` (or the lesson
    when it has no clip). `start_s` counts from the clip's start; None when only the description matched.
    `lesson_start_s` counts from the lecture's start.
    """

    lesson: LessonCard
    url: str
    quote: str
    marks: tuple[tuple[int, int], ...] = ()
    clip_n: int | None = None
    start_s: float | None = None
    lesson_start_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Context):
    """GET /search?q=&topic=&lecturer=&year=&page= ; the words searched are `frame.query` ("" shows the help
    only).

    `loosened` is True when no passage had all the words and passages with some of them are shown instead.
    `problem` is set when the index cannot answer now. `popular_topics` are offered when nothing was found.
    """

    template: ClassVar[str] = "catalog/search.html"
    results: tuple[SearchResult, ...]
    pager: Pager
    topics: tuple[Facet, ...] = ()
    lecturers: tuple[Facet, ...] = ()
    years: tuple[Facet, ...] = ()
    topic: str = ""
    lecturer: str = ""
    year: str = ""
    loosened: bool = False
    problem: Reason | None = None
    popular_topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage(Context):
    """GET /upload (role lecturer). The browser talks to /api/v1/lessons and /tus/.

    `max_bytes` is the largest file taken; `left_bytes` what is left of the person's quota (None: no quota).
    `unfinished` are this person's begun uploads. `media_suffixes` (".mp4", ...) fill the file chooser.
    """

    template: ClassVar[str] = "intake/upload.html"
    max_bytes: int
    left_bytes: int | None
    media_suffixes: tuple[str, ...]
    known_lecturers: tuple[str, ...] = ()
    known_topics: tuple[str, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Context):
    """GET /lessons/{id}/progress ; live through GET /lessons/{id}/events.

    `lesson_state` is what viewers see; `may_retry` shows the button. Form: POST /lessons/{id}/retry (step,
    may be "").
    """

    template: ClassVar[str] = "intake/progress.html"
    lesson: LessonRef
    lesson_state: LessonState
    progress: Progress
    may_retry: bool = True
    may_publish: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One lesson on a list of work: where it is between uploaded and published."""

    lesson: LessonCard
    recording_state: RecordingState
    percent: float
    reason: Reason | None = None
    uploaded_by: str | None = None
    uploaded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MinePage(Context):
    """GET /mine?page= : a lecturer's own lessons, newest first, and uploads that have not ended."""

    template: ClassVar[str] = "intake/mine.html"
    rows: tuple[WorkRow, ...]
    pager: Pager
    unfinished: tuple[Unfinished, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage(Context):
    """GET /review?page= (role staff): lessons waiting to be published, oldest first.

    Form: POST /lessons/{id}/publish (note, next=/review).
    """

    template: ClassVar[str] = "review/review.html"
    rows: tuple[WorkRow, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCount:
    """What one clip collected."""

    id: str
    n: int
    views: int
    people: int
    watched_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """What one day brought a lesson."""

    day: date
    views: int
    people: int
    watched_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsPage(Context):
    """GET /lessons/{id}/stats : counted views, people, watched seconds; per clip, and per day (oldest
    first).
    """

    template: ClassVar[str] = "plays/stats.html"
    lesson: LessonRef
    views: int
    people: int
    watched_s: float
    clips: tuple[ClipCount, ...]
    days: tuple[DayCount, ...]
    rule: CountingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(Context):
    """GET /sign-in?next= ; POST /sign-in (username, password, next)."""

    template: ClassVar[str] = "people/sign_in.html"
    next: str = "/"
    username: str = ""
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomePage(Context):
    """GET /welcome/{token} : a one-time link; POST to the same address (username, name, password, again).

    `purpose` "first_admin" sets the library up, "invite" lets a person in with `role` at `branch`, "reset"
    gives the person called `username` a new password (the names cannot be changed then).
    """

    template: ClassVar[str] = "people/welcome.html"
    token: str
    purpose: Literal["first_admin", "invite", "reset"]
    role: Role = Role.MEMBER
    branch: str = ""
    username: str = ""
    name: str = ""
    min_password: int = PASSWORD_MIN
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """An API token's label; the token itself is shown only once, when it is made."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A browser that is signed in. `agent` is its User-Agent header."""

    id: str
    agent: str
    last_seen_at: datetime
    this_one: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role a person holds at a branch."""

    role: Role
    branch_id: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Context):
    """GET /account. `new_token` is the token just made, shown once. `problem` belongs to the password form.

    Forms: POST /account/password (old, password, again), POST /account/tokens (label),
    POST /account/tokens/{id}/revoke (), POST /account/sign-out-others (), POST /language (language, next).
    """

    template: ClassVar[str] = "people/account.html"
    roles: tuple[HeldRole, ...]
    tokens: tuple[TokenRow, ...]
    devices: tuple[DeviceRow, ...]
    new_token: str | None = None
    min_password: int = PASSWORD_MIN
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
    """A node of the organisation tree, in the order of the tree. `depth` 0 is the root."""

    id: str
    name: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person of the list. `may_change` is False for people this viewer may not touch (also
    themselves).
    """

    id: str
    username: str
    name: str
    roles: tuple[HeldRole, ...]
    last_seen_at: datetime | None
    active: bool = True
    may_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteRow:
    """An invite link that nobody has used yet."""

    id: str
    name: str
    role: Role
    branch: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage(Context):
    """GET /people?q=&page= (role staff). `new_link` is the one-time link just made (absolute, shown once).

    Forms: POST /people/invites (name, role, branch), POST /people/invites/{id}/revoke (),
    POST /people/{id}/grant (role, branch), POST /people/{id}/revoke (role, branch),
    POST /people/{id}/reset () makes a one-time password link, POST /people/{id}/active (active=0|1).
    """

    template: ClassVar[str] = "people/people.html"
    people: tuple[PersonRow, ...]
    pager: Pager
    branches: tuple[BranchRow, ...]
    roles: tuple[Role, ...]
    invites: tuple[InviteRow, ...] = ()
    q: str = ""
    new_link: str | None = None
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingPage(Context):
    """GET /counting : the rule in words."""

    template: ClassVar[str] = "plays/counting.html"
    rule: CountingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Context):
    """Any refusal shown as a page: 400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503.

    `reason` may say more than the status does (else None). `request_id` helps whoever reads the log.
    """

    template: ClassVar[str] = "error.html"
    status: int
    reason: Reason | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocsPage(Context):
    """GET /api/docs : swagger-ui from our own assets over the OpenAPI document at `openapi_url`."""

    template: ClassVar[str] = "api_docs.html"
    openapi_url: str


PAGES: tuple[type[Context], ...] = (
    HomePage,
    LessonsPage,
    LessonPage,
    ClipPage,
    SearchPage,
    UploadPage,
    ProgressPage,
    MinePage,
    ReviewPage,
    StatsPage,
    SignInPage,
    WelcomePage,
    AccountPage,
    PeoplePage,
    CountingPage,
    ErrorPage,
    ApiDocsPage,
)
"""Every page there is; a test holds this list against the files under templates/."""
