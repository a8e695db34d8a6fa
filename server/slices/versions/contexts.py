"""Contexts of the pages of versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from library.review.rules import Decided
from library.versions.rules import Mark, Origin, Part
from server.web.parts import Context, LessonRef, Picture, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that differs. `pieces` are its text with what is gone and what is new marked; of a field whose
    values are words of the program (`kind`: genre, language) they are `old` and `new`, and no pieces."""

    field: str
    pieces: tuple[tuple[Mark, str], ...] = ()
    kind: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipBar:
    """A clip on the time line, in thousandths of it; `kept` is in both versions with the same borders."""

    x: float
    width: float
    start_s: float
    end_s: float
    title: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverChange:
    """Another cover, of the clip `n` (0: the whole lesson); a picture is None where it is no more, or where
    there was none that somebody chose."""

    n: int = 0
    old: Picture | None = None
    new: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """What else differs. `gone` and `come` are names; `old_clips`, `new_clips` the time lines of the cuts;
    `covers` are those that changed."""

    part: Part
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    old_clips: tuple[ClipBar, ...] = ()
    new_clips: tuple[ClipBar, ...] = ()
    covers: tuple[CoverChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How two versions differ: field by field, and in what else."""

    fields: tuple[FieldChange, ...] = ()
    parts: tuple[PartChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether they do."""
        return bool(self.fields or self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CueChange:
    """Lines that belong together and differ: when, and both sides in pieces, marked where the other side does
    not say them. `moment_s` is None in texts without times."""

    moment_s: float | None
    old: tuple[tuple[str, bool], ...]
    new: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsChange:
    """How the words differ, line by line: the first of them, and how many more there are. `whole`: one has
    times and the other has none, so that they cannot stand side by side; then `old` and `new` count lines."""

    rows: tuple[CueChange, ...] = ()
    more: int = 0
    whole: bool = False
    old: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version on lists: which, when, by whom ("" for the machine and who was erased), how, why."""

    n: int
    at: datetime
    who: str
    origin: Origin
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HappenedLine:
    """A line of a lesson's one history, newest first: a version that came out, or another decision."""

    at: datetime
    who: str
    note: str = ""
    version: VersionLine | None = None
    decided: Decided | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage(Context):
    """GET /lessons/{id}/draft (its owner, who publishes): what waits, beside what viewers see.

    `n` is the version that viewers see; `based_on` the one that was published when the draft was begun,
    `restored` the old one it takes up. `words`: how what is said differs, None where it does not. `seen` goes
    back with the forms: POST /lessons/{id}/draft/publish (note, seen), /lessons/{id}/draft/discard (seen).
    """

    template: ClassVar[str] = "versions/draft.html"
    lesson: LessonRef
    published: bool
    who: str
    changed_at: datetime
    n: int
    based_on: int
    restored: int | None
    differences: Differences
    seen: int
    words: WordsChange | None = None
    may_publish: bool = False
    may_edit: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDraftPage(Context):
    """GET /lessons/{id}/draft where nothing waits; `gone` says that it was published or given up just now."""

    template: ClassVar[str] = "versions/no_draft.html"
    lesson: LessonRef
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage(Context):
    """GET /lessons/{id}/versions (its owner, who publishes): every version and every decision."""

    template: ClassVar[str] = "versions/versions.html"
    lesson: LessonRef
    lines: tuple[HappenedLine, ...]
    versions: tuple[VersionLine, ...]
    draft_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldValues:
    """What people had typed of a version; `date` is None for none."""

    title: str
    lecturer: str
    topics: tuple[str, ...]
    date: date | None
    summary: str
    language: str
    genre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage(Context):
    """GET /lessons/{id}/versions/{n}?against=&words= : an old version, and how it differs from another.

    `reading` with words=yes are the lines that were said then: when, by whom, what; `may_read`: they are
    still there. `read_otherwise`: they were touched since.
    `against` is 0 where it is compared with none. `cover` is the cover it had, if it is still there;
    `materials` are names, each with where it is to be had ("": it is gone for good).
    Form: POST /lessons/{id}/versions/{n}/restore (seen); `last`, which viewers see, has no need of it.
    """

    template: ClassVar[str] = "versions/version.html"
    lesson: LessonRef
    version: VersionLine
    values: OldValues
    clips: tuple[ClipBar, ...]
    words: tuple[int | None, str, int] | None
    audience: str
    reading: tuple[tuple[float | None, str, str], ...] | None = None
    may_read: bool = False
    read_otherwise: bool = False
    cover: Picture | None = None
    materials: tuple[tuple[str, str], ...] = ()
    honours: tuple[str, ...] = ()
    site: str = ""
    others: tuple[VersionLine, ...] = ()
    against: int = 0
    differences: Differences = field(default_factory=Differences)
    last: int = 0
    seen: int = 0
    may_edit: bool = False
    has_draft: bool = False
    refused: RefusedForm | None = None
