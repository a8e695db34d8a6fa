"""Contexts of series, and of what belongs to a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from library.works.rules import Theirs
from server.web.parts import (
    Context,
    Facet,
    HonourLine,
    LessonCard,
    LessonRef,
    MaterialLine,
    Pager,
    Picture,
    RefusedForm,
    SiteRef,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCard:
    """A series in a list, with how many episodes the viewer sees."""

    id: str
    title: str
    text: str
    count: int
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesListPage(Context):
    """GET /series?page= : the series of which the viewer sees an episode, and those that they keep.

    `may_make`: POST /series (title, text). `refused`: the form as it was not taken, named "new".
    """

    template: ClassVar[str] = "works/series_list.html"
    series: tuple[SeriesCard, ...]
    pager: Pager
    title_max: int
    text_max: int
    may_make: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPage(Context):
    """GET /series/{id} : the episodes that the viewer sees, in their order.

    `total_s` is how long they are together; `seen` are the ids of those of which the viewer has watched
    something that counted, None for who has not signed in; `next_id` the first after the last of these.

    Forms of who may change it (`may_edit`): POST /series/{id}/edit (title, text), /add (lesson: an id or the
    address of a page), /move (lesson, how=up|down|out), /delete (confirm=title). `refused` is named so.
    """

    template: ClassVar[str] = "works/series.html"
    id: str
    title: str
    text: str
    episodes: tuple[LessonCard, ...]
    title_max: int
    text_max: int
    may_edit: bool = False
    total_s: float = 0.0
    seen: frozenset[str] | None = None
    next_id: str | None = None
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage(Context):
    """GET /lessons/{id}/works (who may change the lesson): its honours and materials, and where it
    was held.

    Forms: POST /lessons/{id}/site (site: a name), POST /lessons/{id}/materials (file),
    /materials/{file}/remove (); of the staff (`may_honour`)
    POST /lessons/{id}/honours (award, level, year, body, file), /honours/{honour}/remove ().
    `refused` is named "material", "honour", or as the list it is about. `drafted`: what is changed here waits
    with the draft; then each `remove` takes back=yes to stay after all. `old` materials are kept for old
    versions; whoever publishes (`may_forget`) removes them for good.
    """

    template: ClassVar[str] = "works/work.html"
    lesson: LessonRef
    honours: tuple[HonourLine, ...]
    materials: tuple[MaterialLine, ...]
    this_year: int
    first_year: int
    award_max: int
    body_max: int
    most_materials: int
    material_bytes: int
    certificate_bytes: int
    old: tuple[MaterialLine, ...] = ()
    may_forget: bool = False
    drafted: bool = False
    has_draft: bool = False
    site: SiteRef | None = None
    known_sites: tuple[str, ...] = ()
    may_honour: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCard:
    """A site in a list, with how many lessons held there the viewer sees."""

    id: str
    name: str
    place: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesPage(Context):
    """GET /sites?page= : where lessons are held, by name.

    `may_make`: POST /sites (name, place, point, text). `refused`: the form as it was not taken, named "new".
    """

    template: ClassVar[str] = "works/sites.html"
    sites: tuple[SiteCard, ...]
    pager: Pager
    name_max: int
    place_max: int
    text_max: int
    may_make: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage(Context):
    """GET /sites/{id}?page= : a site with the lessons held there that the viewer sees.

    `point` is "latitude, longitude" or "", `map_url` where a map shows it. Forms of who may change it
    (`may_edit`): POST /sites/{id}/edit (name, place, point, text), /delete (confirm=name).
    """

    template: ClassVar[str] = "works/site.html"
    id: str
    name: str
    place: str
    text: str
    point: str
    map_url: str
    lessons: tuple[LessonCard, ...]
    pager: Pager
    name_max: int
    place_max: int
    text_max: int
    may_edit: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HonouredLesson:
    """An honour, with the lesson that has it."""

    honour: HonourLine
    lesson_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLink:
    """A way to a topic or a lecturer; `count` 0 where no number is told."""

    id: str
    name: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage(Context):
    """GET /lecturers/{id}?page=&order= and GET /topics/{id}?page=&order= : what there is of a lecturer, or of
    a topic; `order` is newest or watched.

    `topics` are those of a lecturer, or what else lessons of a topic are about; `lecturers`, by name, those
    of the topic's latest lessons; `units` are the nodes whose lessons a lecturer gives. `looked_through`:
    so many of the newest lessons tell what stands beside them; 0: all. `more`: there are more lessons than
    the pager has counted. `text` is written of them, `picture` the name of one, "" for none; `may_describe`:
    the viewer writes these.
    """

    template: ClassVar[str] = "works/about.html"
    what: Theirs
    id: str
    name: str
    lessons: tuple[LessonCard, ...]
    pager: Pager
    order: Literal["newest", "watched"] = "newest"
    topics: tuple[NamedLink, ...] = ()
    lecturers: tuple[NamedLink, ...] = ()
    units: tuple[str, ...] = ()
    looked_through: int = 0
    more: bool = False
    years: tuple[Facet, ...] = ()
    honours: tuple[HonouredLesson, ...] = ()
    series: tuple[SeriesCard, ...] = ()
    text: str = ""
    picture: str = ""
    may_describe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutEditPage(Context):
    """GET /lecturers/{id}/about, GET /topics/{id}/about (staff): what is written of them, and a picture, by
    its name ("" for none). Form: POST to the same (text, file, remove=yes), as multipart/form-data."""

    template: ClassVar[str] = "works/about_edit.html"
    what: Theirs
    id: str
    name: str
    text: str
    picture: str
    text_max: int
    most_bytes: int
    refused: RefusedForm | None = None
