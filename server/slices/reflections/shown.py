"""Reflections as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.permits import Viewer
from library.organisation import queries as organisation
from library.reflections import queries, rules
from library.reflections.queries import Told
from library.reflections.rules import Line, Quote, SoundState
from library.reflections.tables import Reflection, ReflectionSound
from server.slices.reflections.contexts import (
    AboutView,
    OwnRow,
    QuoteView,
    ReflectionView,
    SoundView,
    TextPart,
)
from server.slices.reflections.gatherings import gathering_titles
from server.web.parts import LessonRef, Reason
from server.web.shown.reflections import excerpt

_BROKEN = ("truncated", "damaged", "empty_file", "broken_clock")


def sound_reason(row: ReflectionSound) -> Reason | None:
    """Return why a sound was refused, in words of this slice."""
    if row.state is not SoundState.REFUSED:
        return None
    if row.reason in _BROKEN:
        return Reason(code="reflection_sound_broken")
    if row.reason == "too_long":
        minutes = round(float(row.details.get("limit_s", 0)) / 60, 1)
        return Reason(code="reflection_sound_long", args={"most_min": f"{minutes:g}"})
    if row.reason == "given_up":
        return Reason(code="reflection_sound_failed")
    return Reason(code="reflection_sound_none")


def sound_view(row: ReflectionSound | None) -> SoundView | None:
    """Return a sound as pages show it, None for none."""
    if row is None:
        return None
    return SoundView(
        state=row.state,
        url=f"/reflections/{row.reflection_id}/sound.m4a",
        duration_s=row.duration_s,
        reason=sound_reason(row),
    )


def quote_view(quote: Quote, lines: Sequence[Line]) -> QuoteView:
    """Return a quote with the link to where its words are said by now."""
    place = rules.place_of(quote, lines)
    url = f"/clips/{place.clip_id}?t={place.start_s:.1f}" if place.clip_id else ""
    return QuoteView(
        n=quote.n,
        text=quote.text,
        url=url,
        at_s=place.start_s,
        clip_id=place.clip_id or "",
        same=place.same,
    )


def paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """Return a text as paragraphs of lines; empty lines part them."""
    found: list[tuple[str, ...]] = []
    for block in text.split("\n\n"):
        lines = tuple(line.strip() for line in block.splitlines() if line.strip())
        if lines:
            found.append(lines)
    return tuple(found)


def parts_of(
    text: str, quotes: Sequence[Quote], lines: Sequence[Line], *, shown: bool
) -> tuple[TextPart, ...]:
    """Return the parts of a text; quotes are left out where not `shown`."""
    found = []
    for part in rules.with_marks(text, quotes):
        if isinstance(part, str):
            found.append(TextPart(paragraphs=paragraphs(part)))
        elif shown:
            found.append(TextPart(quote=quote_view(part, lines)))
    return tuple(found)


def about_of(row: Reflection, lessons: Mapping[str, Lesson], gatherings: Mapping[str, str]) -> AboutView:
    """Return what a reflection is about, as far as its reader may know it."""
    lesson = lessons.get(row.lesson_id or "")
    return AboutView(
        lesson=LessonRef(id=lesson.id, title=lesson.title) if lesson is not None else None,
        week=row.week or "",
        gathering=gatherings.get(row.gathering_id or "", ""),
    )


def views(session: Session, viewer: Viewer, told: Sequence[Told]) -> list[ReflectionView]:
    """Return reflections as they are read, for whoever may read them; as many statements for one as for
    many."""
    ids = [one.row.id for one in told]
    lessons = queries.lessons_seen(session, viewer, {one.row.lesson_id for one in told})
    quotes = queries.quotes_of(session, ids)
    sounds = queries.with_sound(session, ids)
    gatherings = gathering_titles(session, viewer, {one.row.gathering_id for one in told})
    nodes = organisation.node_names(session, {one.row.reach_node_id for one in told if one.row.reach_node_id})
    quoting = {one.row.lesson_id for one in told if one.row.lesson_id and one.row.id in quotes}
    said = queries.lines_of(session, quoting & lessons.keys())
    found = []
    for one in told:
        row, its = one.row, quotes.get(one.row.id, [])
        seen = row.lesson_id in lessons
        lines = said.get(row.lesson_id or "", [])
        found.append(
            ReflectionView(
                id=row.id,
                title=row.title,
                writer=one.writer,
                node=one.node,
                state=row.state,
                version=row.version,
                about=about_of(row, lessons, gatherings),
                parts=parts_of(row.text, its, lines, shown=seen or row.person_id == viewer.person_id),
                sound=sound_view(sounds.get(row.id)),
                sent_at=row.sent_at,
                published_at=row.published_at,
                reach=row.reach,
                reach_node=nodes.get(row.reach_node_id or "", ""),
                remark=row.remark if row.person_id == viewer.person_id else "",
                hidden=0 if seen or row.person_id == viewer.person_id else len(its),
            )
        )
    return found


def own_rows(session: Session, viewer: Viewer, rows: Sequence[Reflection]) -> tuple[OwnRow, ...]:
    """Return the viewer's own as a list."""
    lessons = queries.lessons_seen(session, viewer, {row.lesson_id for row in rows})
    gatherings = gathering_titles(session, viewer, {row.gathering_id for row in rows})
    sounds = queries.with_sound(session, [row.id for row in rows])
    return tuple(
        OwnRow(
            id=row.id,
            title=row.title,
            excerpt=excerpt(row.text),
            state=row.state,
            about=about_of(row, lessons, gatherings),
            changed_at=row.changed_at,
            has_sound=row.id in sounds,
            remark=row.remark,
        )
        for row in rows
    )
