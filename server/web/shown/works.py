"""What lessons are part of, as several pages show it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.permits import Viewer
from library.works import queries
from library.works.rules import map_link
from library.works.tables import Honour, LessonFile, Site
from server.web.parts import Episode, HonourLine, MaterialLine, SeriesPlace, SiteRef, Waits


def series_place(session: Session, viewer: Viewer, lesson: Lesson) -> SeriesPlace | None:
    """Return where a lesson stands in its series, as the viewer sees it; None where it is in none."""
    found = queries.place_of(session, viewer, lesson.id)
    if found is None:
        return None
    return SeriesPlace(
        id=found.series.id,
        title=found.series.title,
        n=found.n,
        count=found.count,
        previous=_episode(found.previous),
        next=_episode(found.next),
    )


def map_of(row: Site, pattern: str) -> str:
    """Return the address at which a map shows a site, "" where nobody said where exactly it is."""
    if row.latitude is None or row.longitude is None:
        return ""
    return map_link(pattern, (row.latitude, row.longitude), row.name)


def site_ref(session: Session, lesson_id: str) -> SiteRef | None:
    """Return where a lesson that the viewer is known to see was held."""
    row = queries.site_of(session, lesson_id)
    return SiteRef(id=row.id, name=row.name, place=row.place) if row else None


def honour_line(row: Honour, waits: Waits = "") -> HonourLine:
    """Return an honour as pages show it."""
    certificate = None
    if row.certificate is not None:
        certificate = f"/lessons/{row.lesson_id}/files/{row.certificate.id}"
    return HonourLine(
        id=row.id,
        award=row.award,
        level=row.level,
        year=row.year,
        body=row.body,
        certificate=certificate,
        waits=waits,
    )


def honour_lines(session: Session, lesson_id: str) -> tuple[HonourLine, ...]:
    """Return the honours of a lesson that the viewer is known to see."""
    return tuple(map(honour_line, queries.honours(session, [lesson_id]).get(lesson_id, ())))


def material_lines(session: Session, lesson_id: str) -> tuple[MaterialLine, ...]:
    """Return the materials of a lesson that the viewer is known to see."""
    return tuple(map(material_line, queries.materials(session, lesson_id)))


def material_line(row: LessonFile, waits: Waits = "") -> MaterialLine:
    """Return a file as pages show it."""
    url = f"/lessons/{row.lesson_id}/files/{row.id}"
    return MaterialLine(
        id=row.id,
        name=row.name,
        format=row.format,
        size_bytes=row.size_bytes,
        url=url,
        pages=row.pages,
        pictures=tuple(f"{url}/pages/{n}.png" for n in range(1, row.drawn + 1)),
        waits=waits,
    )


def _episode(lesson: Lesson | None) -> Episode | None:
    if lesson is None:
        return None
    first = next((clip.id for clip in lesson.clips if clip.plan), None)
    return Episode(id=lesson.id, title=lesson.title, clip_id=first)
