"""Who gets what answer from the routes of the slice works."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from library.catalog import actions
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.ids import new_id
from library.review import actions as review
from library.works import abouts, honours, queries, series, sites
from library.works.rules import HonourLevel
from library.works.sites import SiteWords
from tests.library.works.files import PNG, pdf
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, OWNER_SEES, Case, draft, published

MADE = "401 403 303 303 303 303"
KEPT = "401 403 303 403 303 303"
KEPT_API = "401 403 200 403 200 200"


def put_series(shelf: Shelf, *, hidden: bool = False) -> tuple[str, str]:
    """A series of `lecturer` with one lesson, published unless it is hidden; returns both ids."""
    put = shelf.lesson(LessonState.DRAFT if hidden else LessonState.PUBLISHED)
    viewer, now = shelf.viewer("lecturer"), shelf.served.ports.clock()
    with shelf.served.ports.db.write() as session:
        made = series.make(session, viewer, "党史十讲", "从头讲起。", now)
        series.add(session, viewer, made.id, put.lesson, now)
        return made.id, put.lesson


def of_series(shelf: Shelf, body: str = "form", *, hidden: bool = False, **said: Any) -> dict[str, Any]:
    """Ask about a series; `{lesson}` in what is said is its lesson."""
    series_id, lesson_id = put_series(shelf, hidden=hidden)
    given = {
        name: [lesson_id] if value == ["{lesson}"] else lesson_id if value == "{lesson}" else value
        for name, value in said.items()
    }
    return {"series_id": series_id, body: given}


def _on_lesson(shelf: Shelf) -> str:
    return shelf.lesson(LessonState.PUBLISHED).lesson


def brought(shelf: Shelf, data: bytes = PNG, **form: str) -> dict[str, Any]:
    """Ask for a file to be taken in."""
    files = {"file": ("照片.png", data)}
    return {"lesson_id": _on_lesson(shelf), "form": form, "files": files}


def put_material(
    shelf: Shelf, data: bytes = PNG, *, state: LessonState = LessonState.PUBLISHED
) -> tuple[str, str]:
    """A lesson with a material, brought by `lecturer`; returns both ids."""
    lesson_id = shelf.lesson(state).lesson
    lecturer = shelf.served.person("lecturer")
    answer = lecturer.http.post(
        f"/lessons/{lesson_id}/materials",
        headers={"X-CSRF-Token": lecturer.csrf()},
        files={"file": ("讲稿.pdf", data)},
    )
    assert answer.status_code == 303, answer.text
    if state is LessonState.PUBLISHED:
        publish(shelf, lesson_id)
    with shelf.served.ports.db.read() as session:
        return lesson_id, queries.materials(session, lesson_id)[0].id


def publish(shelf: Shelf, lesson_id: str) -> None:
    """Let what waits of a lesson be what viewers see."""
    with shelf.served.ports.db.write() as session:
        review.publish(session, shelf.viewer("staff"), lesson_id, "", shelf.served.ports.clock())


def of_material(shelf: Shelf, data: bytes = PNG, **more: Any) -> dict[str, Any]:
    """Ask about a material."""
    lesson_id, file_id = put_material(shelf, data, **more)
    return {"lesson_id": lesson_id, "file_id": file_id, "form": {}, "n": 1}


def of_honour(shelf: Shelf) -> dict[str, Any]:
    """Ask about an honour."""
    lesson_id, now = _on_lesson(shelf), shelf.served.ports.clock()
    with shelf.served.ports.db.write() as session:
        what = honours.Awarded("优秀党课", HonourLevel.CITY, 2025)
        row = honours.grant(session, shelf.viewer("staff"), lesson_id, what, now)
        return {"lesson_id": lesson_id, "honour_id": row.id, "form": {}}


HONOUR = {"award": "优秀党课一等奖", "level": "provincial", "year": "2025", "body": "省委组织部"}
WORKS_ON = "401 403 303 403 303 303"
GIVES = "401 403 403 403 303 303"


def put_site(shelf: Shelf) -> dict[str, Any]:
    """Ask about a new site of the root."""
    name, now = f"基地{new_id()}", shelf.served.ports.clock()
    with shelf.served.ports.db.write() as session:
        row = sites.make(session, shelf.viewer("staff"), SiteWords(name, "浙江安吉"), now)
        return {"site_id": row.id, "form": {"name": name, "confirm": name}}


def put_names(shelf: Shelf) -> dict[str, Any]:
    """Ask about the lecturer and the topic of a published lesson."""
    lesson_id = _on_lesson(shelf)
    with shelf.served.ports.db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        details = actions.Details(lecturer=f"讲师{new_id()}", topics=[f"专题{new_id()}"])
        actions.edit(session, lesson, details)
        return {"lecturer_id": lesson.lecturer_id, "topic_id": lesson.topics[0].topic_id}


def _their_ids(shelf: Shelf) -> tuple[str, str]:
    """A lecturer and a topic of a published lesson."""
    put = shelf.lesson(LessonState.PUBLISHED)
    with shelf.served.ports.db.write() as session:
        lesson = catalog.lesson(session, put.lesson)
        actions.edit(session, lesson, actions.Details(put.title, f"王{new_id()}", [f"题{new_id()}"]))
        return str(lesson.lecturer_id), lesson.topics[0].topic_id


def of_lecturer(shelf: Shelf, **said: Any) -> dict[str, Any]:
    """Ask about what is written of a lecturer."""
    return {"lecturer_id": _their_ids(shelf)[0], **({"form": said} if said else {})}


def of_topic(shelf: Shelf, **said: Any) -> dict[str, Any]:
    """Ask about what is written of a topic."""
    return {"topic_id": _their_ids(shelf)[1], **({"form": said} if said else {})}


def a_picture(shelf: Shelf) -> dict[str, Any]:
    """A picture of a topic."""
    data = new_id().encode()
    with shelf.served.ports.db.write() as session:
        viewer, now = shelf.viewer("staff"), shelf.served.ports.clock()
        abouts.put_picture(session, viewer, "topic", _their_ids(shelf)[1], data, now)
    return {"sha256": hashlib.sha256(data).hexdigest()}


CASES = [
    Case("GET /lecturers/{lecturer_id}/about", "303 403 403 403 200 200", of_lecturer),
    Case("GET /topics/{topic_id}/about", "303 403 403 403 200 200", of_topic),
    Case("POST /lecturers/{lecturer_id}/about", "401 403 403 403 303 303", partial(of_lecturer, text="讲师")),
    Case("POST /topics/{topic_id}/about", "401 403 403 403 303 303", partial(of_topic, text="专题")),
    Case("GET /about-pictures/{sha256}.jpg", EVERYBODY, a_picture),
    Case("GET /lecturers/{lecturer_id}", EVERYBODY, put_names),
    Case("GET /topics/{topic_id}", EVERYBODY, put_names),
    Case("GET /sites", EVERYBODY),
    Case("GET /sites/{site_id}", EVERYBODY, put_site),
    Case("POST /sites", GIVES, lambda shelf: {"form": {"name": f"新基地{new_id()}"}}),
    Case("POST /sites/{site_id}/edit", GIVES, put_site),
    Case("POST /sites/{site_id}/delete", GIVES, put_site),
    Case("POST /lessons/{lesson_id}/site", WORKS_ON, published(site="")),
    Case("GET /lessons/{lesson_id}/works", "303 403 200 403 200 200", published(), name="published"),
    Case("GET /lessons/{lesson_id}/works", OWNER_SEES, draft(), name="draft"),
    Case("POST /lessons/{lesson_id}/honours", GIVES, partial(brought, **HONOUR)),
    Case("POST /lessons/{lesson_id}/honours/{honour_id}/remove", GIVES, of_honour),
    Case("POST /lessons/{lesson_id}/materials", WORKS_ON, brought),
    Case("POST /lessons/{lesson_id}/materials/{file_id}/remove", WORKS_ON, of_material),
    Case("GET /lessons/{lesson_id}/files/{file_id}", EVERYBODY, of_material),
    Case(
        "GET /lessons/{lesson_id}/files/{file_id}",
        OWNER_SEES,
        partial(of_material, state=LessonState.DRAFT),
        name="draft",
    ),
    Case(
        "GET /lessons/{lesson_id}/files/{file_id}/pages/{n}.png", EVERYBODY, partial(of_material, data=pdf())
    ),
    Case("GET /api/v1/lessons/{lesson_id}/works", OWNER_SEES, draft()),
    Case("GET /series", EVERYBODY),
    Case("GET /series/{series_id}", EVERYBODY, of_series),
    Case(
        "GET /series/{series_id}", "404 404 200 404 200 200", partial(of_series, hidden=True), name="hidden"
    ),
    Case("POST /series", MADE, lambda shelf: {"form": {"title": "新系列"}}),
    Case("POST /series/{series_id}/edit", KEPT, partial(of_series, title="改名")),
    Case("POST /series/{series_id}/add", KEPT, partial(of_series, lesson="{lesson}")),
    Case("POST /series/{series_id}/move", KEPT, partial(of_series, lesson="{lesson}", how="out")),
    Case("POST /series/{series_id}/delete", KEPT, partial(of_series, confirm="党史十讲")),
    Case("GET /api/v1/series", EVERYBODY),
    Case("GET /api/v1/series/{series_id}", EVERYBODY, of_series),
    Case("POST /api/v1/series", "401 403 201 201 201 201", lambda shelf: {"json": {"title": "新系列"}}),
    Case(
        "POST /api/v1/series/{series_id}/episodes",
        KEPT_API,
        partial(of_series, body="json", lesson="{lesson}"),
    ),
    Case(
        "PUT /api/v1/series/{series_id}/episodes",
        KEPT_API,
        partial(of_series, body="json", lessons=["{lesson}"]),
    ),
]
