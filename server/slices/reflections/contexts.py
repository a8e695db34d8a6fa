"""Contexts of the pages of reflections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.reflections.likeness.comparing import Likeness
from library.reflections.rules import MARK, Reach, ReflectionState, SoundState, Step, mark_of
from server.web.parts import Context, LessonRef, Pager, Reason, RefusedForm
from server.web.shown.reflections import ReflectionLine


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """Words of a clip. `url` leads to its second, "" where the clip is gone; `same`: they are still said
    there, or at the second to which the link leads."""

    n: int
    text: str
    url: str
    at_s: float
    clip_id: str = ""
    same: bool = True

    @property
    def mark(self) -> str:
        """What stands for it in the text."""
        return mark_of(self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A part of a text: paragraphs of lines, or a quote."""

    paragraphs: tuple[tuple[str, ...], ...] = ()
    quote: QuoteView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundView:
    """The sound of a reflection. `reason` says why it was refused."""

    state: SoundState
    url: str
    duration_s: float = 0.0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutView:
    """What a reflection is about; "" and None for nothing, or for what the viewer may not see."""

    lesson: LessonRef | None = None
    week: str = ""
    gathering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionView:
    """A reflection as it is read. `hidden` quotes are of a lesson that is not for the reader."""

    id: str
    title: str
    writer: str
    node: str
    state: ReflectionState
    version: int
    about: AboutView
    parts: tuple[TextPart, ...]
    sound: SoundView | None = None
    sent_at: datetime | None = None
    published_at: datetime | None = None
    reach: Reach | None = None
    reach_node: str = ""
    remark: str = ""
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionsPage(Context):
    """GET /reflections?lesson=&week=&node=&page= (everybody): what is published and for them, newest first.

    `about` names what the list is narrowed to, `node` the node; `feed_url` is the same as a feed for
    everybody, "" where the list is for nobody without an account. `most` is how many of the newest are listed
    where there are more, else 0.
    """

    template: ClassVar[str] = "reflections/reflections.html"
    rows: tuple[ReflectionLine, ...]
    pager: Pager
    about: AboutView
    node: str = ""
    feed_url: str = ""
    most: int = 0
    write_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionPage(Context):
    """GET /reflections/{id} (who may read it): one reflection.

    `mine`: it is the viewer's own; `steps` are what its writer may do. `may_decide`: the viewer reads it for
    the branch (/reflections/desk). Forms: POST /reflections/{id}/withdraw, /delete (confirm).
    """

    template: ClassVar[str] = "reflections/reflection.html"
    view: ReflectionView
    mine: bool = False
    steps: frozenset[Step] = frozenset()
    may_decide: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """One of the viewer's own; `remark` is the branch's."""

    id: str
    title: str
    excerpt: str
    state: ReflectionState
    about: AboutView
    changed_at: datetime
    has_sound: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a node asks about for a week: an invitation, no more."""

    node: str
    question: str
    week: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReflectionsPage(Context):
    """GET /reflections/mine?page= (signed in): drafts, what was sent, what is published."""

    template: ClassVar[str] = "reflections/mine.html"
    rows: tuple[OwnRow, ...]
    pager: Pager
    invitations: tuple[Invitation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipChoice:
    """A clip of the lesson that can be shown beside the editor."""

    id: str
    n: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLine:
    """A line that is said in the clip, and its second."""

    start_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipBeside:
    """The clip beside the editor; `clips` are all that play."""

    id: str
    master_url: str
    poster_url: str
    captions_url: str
    start_s: float
    beat_every_s: float
    lines: tuple[SpokenLine, ...]
    clips: tuple[ClipChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What the server has by now, beside what came back as typed."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePage(Context):
    """GET /reflections/write?lesson=&week=&gathering=&clip=&t= and GET /reflections/{id}/edit?clip=&t=.

    `saved`: the server has it (as `version`); `key` is under what the phone keeps what the server does not
    have. `text` is with the marks of its quotes. `most_sound_s` 0: no sounds here.
    Forms: POST /reflections/{id}/save (version, title, text, lesson, week, gathering, then=save|check),
    /quote (the same, clip, at), /unquote (the same, n), /sound (file), /sound/remove.
    `refused`: one that was not taken, named "write" or "sound". `elsewhere` is what was saved elsewhere
    meanwhile, None where nothing was.
    """

    template: ClassVar[str] = "reflections/write.html"
    id: str
    saved: bool
    version: int
    key: str
    title: str
    text: str
    about: AboutView
    gathering_id: str
    quotes: tuple[QuoteView, ...]
    sound: SoundView | None
    clip: ClipBeside | None
    invitations: tuple[Invitation, ...]
    limits: tuple[int, int, int]
    most_sound_s: float
    most_sound_bytes: int
    remark: str = ""
    refused: RefusedForm | None = None
    elsewhere: Elsewhere | None = None
    mark_form: str = MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage(Context):
    """GET /reflections/{id}/check (its writer): what it is like, before it is sent. Kept nowhere.

    `more` texts beside those of `likenesses` have passages in common with it; `at_least`: or more.
    Form: POST /reflections/{id}/send.
    """

    template: ClassVar[str] = "reflections/check.html"
    view: ReflectionView
    likenesses: tuple[Likeness, ...]
    more: int = 0
    at_least: bool = False
    reader: str
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """One to read: `reaches` (id, name) are nodes above the branch for whose people it can be published."""

    view: ReflectionView
    reaches: tuple[tuple[str, str], ...]
    steps: frozenset[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage(Context):
    """GET /reflections/desk?state=sent|published&page= (who keeps people): what was sent to their nodes.

    `ask_nodes` (id, name) are nodes that may ask about a week, `week` the present one, `asked` what they ask.
    Forms: POST /reflections/{id}/publish (version, reach=branch|below|public, node), /return (version,
    remark), POST /reflections/desk/ask (node, week, question). `refused`: named by the reflection's id, or
    "ask".
    """

    template: ClassVar[str] = "reflections/desk.html"
    rows: tuple[DeskRow, ...]
    pager: Pager
    state: ReflectionState
    public_allowed: bool
    week: str
    remark_max: int
    question_max: int
    ask_nodes: tuple[tuple[str, str], ...] = ()
    asked: tuple[Invitation, ...] = ()
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastePage(Context):
    """GET /reflections/{id}/share (who may read it, once published): as a text for a public account.

    `url` is that of the lesson, "" for none that everybody may see.
    """

    template: ClassVar[str] = "reflections/share.html"
    view: ReflectionView
    code: str = ""
    url: str = ""
