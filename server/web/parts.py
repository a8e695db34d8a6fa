"""What several pages share: the frame, lessons and clips in lists, reasons, progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from library.catalog.permits import Audience, LessonState
from library.catalog.rules import Genre, LessonKind
from library.core.permits import Role
from library.intake.rules import RecordingState, StepKind, StepState
from library.works.formats import FileFormat
from library.works.rules import HonourLevel

Language = Literal["zh-CN", "en"]
NoRecording = Literal["none"]
"""Stands where a lesson without a recording has no state of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something did not work, as a code that a slice has a sentence for, and the values that it names."""

    code: str
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedForm:
    """A form that was not taken: which one of its page, what was typed into it, and why.

    The page comes back with all of it; `reason.args["field"]` names the field beside which the reason stands,
    and without one it stands above the form.
    """

    form: str
    typed: Mapping[str, str]
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """One line at the top of the next page. `code` and `args` as in `Reason`."""

    kind: Literal["done", "notice", "problem"]
    code: str
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInPerson:
    """The signed-in person, and which ways pages point out to them (decided by core/permits)."""

    id: str
    name: str
    may_upload: bool = False
    may_teach: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationLink:
    """A link of the navigation. `label` is yet to be translated; `number` is what waits there, 0 hides it;
    it was counted no further than to `most` (0: all)."""

    url: str
    label: str
    number: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """The links above every page, those in the menu under the signed-in person's name, and the bell."""

    main: tuple[NavigationLink, ...] = ()
    bell: tuple[NavigationLink, ...] = ()
    personal: tuple[NavigationLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What base.html needs on every page.

    `csrf` goes into every form and into <meta name="csrf">. `path` is this page's path with its query: the
    way back after signing in or changing the language ("/" where a form is answered: `asked` is where it was
    sent, and the section that is marked). `query` fills the search box.
    Forms: POST /language (language, next), POST /sign-out (), GET /search (q).
    """

    csrf: str
    language: Language
    path: str
    asked: str = ""
    viewer: SignedInPerson | None = None
    navigation: Navigation = Navigation()
    flashes: tuple[Flash, ...] = ()
    query: str = ""


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
    """Just enough of a lesson to name it and link to /lessons/{id}. `published`: viewers see it."""

    id: str
    title: str
    lecturer: str | None = None
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A neighbour of a lesson in its series; `clip_id` is the first of its clips that plays."""

    id: str
    title: str
    clip_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlace:
    """Where a lesson stands in its series: `n` of `count`, of those that the viewer sees."""

    id: str
    title: str
    n: int
    count: int
    previous: Episode | None = None
    next: Episode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as lists show it: `url` for every browser, `webp_url` the small one for those that know WebP
    (None where there is none).
    """

    url: str
    webp_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRef:
    """Just enough of a site to name it and link to /sites/{id}."""

    id: str
    name: str
    place: str = ""


Waits = Literal["", "in", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HonourLine:
    """What a lesson was awarded; `certificate` is the path of its file, None for none. `waits` says of one on
    the page of who works on the lesson that it comes, or goes, with the draft."""

    id: str
    award: str
    level: HonourLevel
    year: int
    body: str = ""
    certificate: str | None = None
    waits: Waits = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLine:
    """A file that belongs to a lesson: taken along from `url`; `pictures` are those of its first pages, of
    `pages` in all. `waits` as in HonourLine. `downloads` and `words`, whether what is written in it is found
    ("beginning": its beginning alone, "nothing": it could not be read), are for who works on the lesson."""

    id: str
    name: str
    format: FileFormat
    size_bytes: int
    url: str
    pages: int = 0
    pictures: tuple[str, ...] = ()
    downloads: int = 0
    words: Literal["found", "beginning", "none", "nothing", "unread"] = "unread"
    waits: Waits = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCard:
    """One lesson in a list. `duration_s` is None until the recording has been probed; `views` is counted
    views. `honour` is its highest one. `seen`: whoever looks saw all of its clips to the end; `far`: else how
    far they are, in hundredths, 0 where they did not begin. Only they are shown that.
    """

    id: str
    title: str
    lecturer: str | None
    date: date | None
    topics: tuple[str, ...]
    duration_s: float | None
    clip_count: int
    views: int
    kind: LessonKind
    lecturer_id: str | None = None
    genre: Genre = Genre.LECTURE
    honour: HonourLine | None = None
    state: LessonState = LessonState.PUBLISHED
    audience: Audience = Audience.EVERYONE
    picture: Picture | None = None
    seen: bool = False
    far: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCard:
    """One clip in the order of its lesson.

    `title` is what the lecturer calls it, "" for nothing. `start_s` counts from the lesson's start. `ready`
    is False while it is still being made: it is then listed without a link. `first_words` is the beginning of
    what is said in it, or ""; `stills` how many pictures its poster may be chosen from. `poster_url` is its
    picture in full, for the player; `picture` the same for lists. `seen`, `far`: as of a lesson.
    """

    id: str
    n: int
    title: str = ""
    start_s: float
    duration_s: float
    views: int
    ready: bool = True
    poster_url: str | None = None
    picture: Picture | None = None
    stills: int = 0
    first_words: str = ""
    seen: bool = False
    far: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """When a play counts as a view: `min_s` really played seconds (`short_share` of a clip shorter than
    `short_clip_s`), once per person, clip and `window_min` minutes. `complete_share` of a clip completes it.

    Players report every `beat_every_s`. What they report is believed up to `max_rate` times what the clock
    allows, plus `slack_s`, and for `late_h` hours after a play began. `group_most` may be at a screening by
    staff, `group_lecturer_most` by a lecturer, `group_member_most` by a member, and `group_hour` times as
    many at all screenings of a branch in an hour. From one address `address_minute` views without an account
    count in a minute, and `address_clip_hour` of one clip in an hour (0: all).
    """

    min_s: float
    short_clip_s: float
    short_share: float
    window_min: int
    complete_share: float
    max_rate: float
    slack_s: float
    late_h: int
    beat_every_s: float
    group_most: int
    group_lecturer_most: int = 200
    group_member_most: int = 60
    group_hour: int = 6
    address_minute: int = 10
    address_clip_hour: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An upload that has begun and not ended; it goes on when the same file is chosen again.

    It is given up after the Chinese day `until` unless something more of it comes.
    """

    lesson_id: str
    title: str
    file_name: str
    received_bytes: int
    size_bytes: int
    until: date | None = None


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
    with names and reasons put into words by `Renderer.progress_event`). `left_s`: how much longer clips will
    take, None when nobody knows. `account`: what was left out, moved or guessed so far."""

    state: RecordingState | NoRecording
    percent: float
    left_s: float | None = None
    steps: tuple[Step, ...]
    reason: Reason | None = None
    account: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The root of all page contexts. `template` is the path under templates/."""

    template: ClassVar[str]
    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """A form to be sent once more: where it goes, its fields, and whether files must be chosen again.

    `action` is a path of this site, without the prefix of all of them.
    """

    action: str
    fields: tuple[tuple[str, str], ...]
    has_files: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Context):
    """Any refusal shown as a page: 400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503.

    `reason` may say more than the status does (else None). `request_id` helps whoever reads the log. `kept`
    is a form that came too late and may be sent once more.
    """

    template: ClassVar[str] = "error.html"
    status: int
    reason: Reason | None = None
    request_id: str = ""
    kept: KeptForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One lesson on a list of work: where it is between uploaded and published."""

    lesson: LessonCard
    recording_state: RecordingState | NoRecording
    percent: float
    reason: Reason | None = None
    uploaded_by: str | None = None
    uploaded_at: datetime | None = None

    @property
    def unmade(self) -> bool:
        """Whether there is nothing to publish yet, because its file is on its way or has failed."""
        return self.recording_state not in ("ready", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role a person holds at a branch."""

    role: Role
    node_id: str
    branch: str
