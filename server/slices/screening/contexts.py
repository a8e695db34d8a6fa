"""Contexts of the screen, of records and of their book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.gatherings.rules import GatheringState
from library.records.content import RecordContent
from library.records.rules import LinePart, RecordState, SignerRole
from server.web.parts import Context, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLesson:
    """A lesson that can be shown; `clips` is how many play."""

    id: str
    title: str
    clips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPage(Context):
    """GET /gatherings/{id}/screen/{room} (who keeps the roll): the big screen, for a whole room to see.

    Nobody's name stands on it, and no way to anywhere else. `room` is its number, `place` its name where
    there are several. `hidden`: so many lessons are not for the viewer to see.
    """

    template: ClassVar[str] = "screening/screen.html"
    gathering_id: str
    room: int
    place: str
    title: str
    state: GatheringState
    lessons: tuple[ScreenLesson, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerView:
    """A signature, or the place for one. `named`: whom the gathering names; `signed_by` "" while nobody has;
    `lost`: it was signed, and then something changed. `may_sign`, `may_take_back`: the viewer."""

    role: SignerRole
    named: str
    signed_by: str = ""
    at: datetime | None = None
    for_other: bool = False
    lost: bool = False
    may_sign: bool = False
    may_take_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line that was written; `beside`: the line into which it was written at the same time as another's."""

    id: str
    part: LinePart
    speaker: str
    text: str
    version: int
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionView:
    """What was added after the signatures."""

    text: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView:
    """A photo that somebody gave; `caption` may be ""."""

    id: str
    caption: str
    width: int
    height: int
    put_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotosPage(Context):
    """GET /gatherings/{id}/photos (whom it concerns): its photos. `may_keep`: the viewer keeps its list.

    Forms: POST .../photos (file, caption), .../photos/{photo_id}/remove (); `refused.form` is "photo".
    """

    template: ClassVar[str] = "screening/photos.html"
    gathering_id: str
    title: str
    photos: tuple[PhotoView, ...]
    may_keep: bool
    may_add: bool
    most: int
    most_bytes: int
    caption_max: int
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record as it is shown: what it says, who signed, what was added. `changed` are the fields that would
    be otherwise today, of a signed one. `photos` are for its paper."""

    gathering_id: str
    content: RecordContent
    began: datetime | None
    ended: datetime | None
    state: RecordState
    signers: tuple[SignerView, ...]
    additions: tuple[AdditionView, ...] = ()
    changed: tuple[str, ...] = ()
    photos: tuple[PhotoView, ...] = ()

    @property
    def same_person(self) -> bool:
        """Whether who chaired wrote it, too."""
        return bool(self.content.chair) and self.content.chair == self.content.recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(Context):
    """GET /gatherings/{id}/record (who chairs, writes, the secretary; signed also who was on the roll).

    `rooms` are numbers and names of the rooms with a screen. `names`: who may be said to have spoken.
    Forms: POST .../sign (role, digest), .../take-back (role), .../add (text).
    """

    template: ClassVar[str] = "screening/record.html"
    record: RecordView
    gathering_state: GatheringState
    node_id: str
    lines: tuple[LineView, ...]
    version: int
    digest: str
    unresolved: int
    may_write: bool
    may_see_book: bool
    year: int
    rooms: tuple[tuple[int, str], ...]
    names: tuple[str, ...]
    limits: tuple[int, int, int]
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPrintPage(Context):
    """GET /gatherings/{id}/record/print: the record on A4."""

    template: ClassVar[str] = "screening/print.html"
    record: RecordView


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLineView:
    """A gathering in the list of a year."""

    gathering_id: str
    title: str
    kind: str
    starts_at: datetime
    gathering_state: GatheringState
    state: RecordState
    written: bool
    signed: int
    additions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPage(Context):
    """GET /records?node=&year= (the secretary, the staff): the records of a year of a node.

    `nodes` (id, name) can be chosen; `more_nodes`: there are more, each with its own address.
    """

    template: ClassVar[str] = "screening/book.html"
    node_id: str
    node: str
    year: int
    years: tuple[int, ...]
    nodes: tuple[tuple[str, str], ...]
    more_nodes: bool
    lines: tuple[BookLineView, ...]
    template_name: str
    template_node: str
    book_template_name: str = ""
    book_template_node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPrintPage(Context):
    """GET /records/{node_id}/{year}/print: a list, and each record on pages of its own."""

    template: ClassVar[str] = "screening/book_print.html"
    node_id: str
    node: str
    year: int
    lines: tuple[BookLineView, ...]
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePage(Context):
    """GET /records/{node_id}/template?kind= (the secretary, the staff): the .docx with which records are
    written, or with the kind "book" the book of a year.

    `name` is that of the template in use, "" for the shipped one, `from_node` whose it is. `fields` are the
    names that a template may use, with what an example says. Forms: POST .../template (file, kind),
    .../remove (kind).
    """

    template: ClassVar[str] = "screening/template.html"
    kind: str
    node_id: str
    node: str
    name: str
    from_node: str
    own: bool
    most_kb: int
    fields: tuple[tuple[str, str], ...]
    refused: RefusedForm | None = None
