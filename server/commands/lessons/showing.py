"""weike lesson: all that is known of a lesson as a work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import audiences
from library.catalog import queries as catalog
from library.catalog.tables import Lesson
from library.core.permits import Viewer
from library.declaring import queries, seen
from library.versions import queries as versions
from library.versions.queries import Waiting
from server.commands.administrator import machine
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.audience_text import audience_text
from server.web.shown.declarations import declaration_object
from server.web.shown.works import honour_lines, material_lines, series_place, site_ref


def lesson(
    context: typer.Context,
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help=N_("课程的编号。"))],
    as_json: Json = False,
) -> None:
    """Print a lesson: its state, versions, draft, kind, declarations, series, honours, materials, site."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        viewer = machine(session)
        value = _object(session, viewer, catalog.lesson_for(session, viewer, lesson), console, ports.clock())
    console.result(value, as_json, _lines(console, value))


def _object(session: Session, viewer: Viewer, row: Lesson, console: Console, now: datetime) -> dict[str, Any]:
    told = audiences.told(session, audiences.open_to(row))
    place, site = series_place(session, viewer, row), site_ref(session, row.id)
    return {
        "id": row.id,
        "title": row.title,
        "state": row.state,
        "kind": row.genre,
        "media": row.kind,
        "lecturer": row.lecturer.name if row.lecturer else None,
        "topics": [link.topic.name for link in row.topics],
        "date": row.taught_on.isoformat() if row.taught_on else None,
        "audience": {
            "audience": told.audience,
            "tokens": list(row.chosen),
            "text": audience_text(told, console.catalogue),
        },
        "series": {"id": place.id, "title": place.title, "n": place.n, "count": place.count}
        if place
        else None,
        "honours": [
            {
                "award": one.award,
                "level": one.level,
                "year": one.year,
                "body": one.body,
                "certificate": one.certificate is not None,
            }
            for one in honour_lines(session, row.id)
        ],
        "materials": [
            {
                "id": one.id,
                "name": one.name,
                "format": one.format,
                "size_bytes": one.size_bytes,
                "pages": one.pages,
            }
            for one in material_lines(session, row.id)
        ],
        "versions": [
            {"n": one.n, "at": one.at.isoformat(), "who": one.who, "origin": one.origin, "why": one.why}
            for one in versions.versions(session, row.id)
        ],
        "draft": _draft(versions.draft(session, row.id)),
        "declarations": [
            declaration_object(seen.seen(session, viewer, one, now))
            for one in queries.of_lesson(session, row.id)
        ],
        "site": {"id": site.id, "name": site.name, "place": site.place} if site else None,
        "clips": [
            {
                "id": clip.id,
                "n": clip.number,
                "title": clip.title,
                "start_s": round(clip.start_s, 3),
                "end_s": round(clip.end_s, 3),
                "ready": clip.plan is not None,
            }
            for clip in row.clips
        ],
    }


def _draft(waiting: Waiting | None) -> dict[str, Any] | None:
    if waiting is None:
        return None
    return {
        "values": dict(waiting.values),
        "words": waiting.words,
        "based_on": waiting.based_on,
        "restored": waiting.restored,
        "who": waiting.who,
        "changed_at": waiting.changed_at.isoformat(),
    }


def _lines(console: Console, value: dict[str, Any]) -> list[str]:
    catalogue = console.catalogue
    facts = [word("state", value["state"], catalogue), word("genre", value["kind"], catalogue)]
    facts += [value[name] for name in ("lecturer", "date") if value[name]]
    lines = [value["title"], "  " + " · ".join([*facts, value["audience"]["text"]])]
    if value["versions"]:
        newest = value["versions"][0]
        lines.append(
            "  " + console.say(N_("观众看到的是第 %(n)s 版（%(at)s）"), n=newest["n"], at=newest["at"])
        )
    if value["draft"]:
        names = [word("version_field", name, catalogue) for name in value["draft"]["values"]]
        names += [word("version_part", "words", catalogue)] if value["draft"]["words"] else []
        lines.append("  " + console.say(N_("有修改等待发布：%(fields)s"), fields=" · ".join(names)))
    if value["series"]:
        lines.append("  " + console.say(N_("系列《%(title)s》"), title=value["series"]["title"]))
    for one in value["honours"]:
        level = word("honour_level", one["level"], catalogue)
        lines.append(f"  {level} · {one['award']} · {one['year']}")
    for one in value["declarations"]:
        state = word("declaration_state", one["state"], catalogue)
        lines.append("  " + console.say(N_("申报：%(state)s"), state=state))
    lines += [f"  {one['name']} ({one['format']})" for one in value["materials"]]
    return [*lines, *([f"  {value['site']['name']}"] if value["site"] else [])]
