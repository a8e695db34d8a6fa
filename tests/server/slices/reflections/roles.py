"""Who gets what answer from the routes of the slice reflections."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.ids import new_id
from library.reflections import actions
from library.reflections.actions import About, Draft, Readers, Wanted
from library.reflections.places import sound_key
from library.reflections.rules import Reach, ReflectionState, SoundState
from library.reflections.sounds import put as put_sound
from library.reflections.tables import Reflection, ReflectionSound
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, SIGNED_IN_ONLY, STAFF, Case

TEXT = "听了这节课，我想起第一次调解邻里纠纷的那个晚上，两家人为了一条水渠吵到半夜。"
NEW_IN_FORM = "401 303 303 303 303 303"
OWN_DOES = "401 404 303 404 404 404"
OWN_SEES = "303 404 200 404 404 404"
OWN_API = "401 404 200 404 404 404"
READERS_DO = "401 403 403 403 303 303"
SENT_SEEN = "404 404 200 404 200 200"


def put(
    shelf: Shelf,
    state: ReflectionState = ReflectionState.DRAFT,
    reach: Reach = Reach.BRANCH,
    *,
    owner: str = "lecturer",
    sound: bool = False,
    text: str = TEXT,
) -> str:
    """A reflection of `owner` about a published lesson with a quote; returns its id."""
    lesson = shelf.lesson(LessonState.PUBLISHED)
    now, ports = utc_now(), shelf.served.ports
    writer, staff = shelf.viewer(owner), shelf.viewer("staff")
    with ports.db.write() as session:
        about = About(lesson_id=lesson.lesson)
        draft = Draft("调解的那个晚上", text, [Wanted(1, lesson.clip, 1.0)])
        row = actions.save(session, writer, new_id(), draft, about, None, now)
        if sound:
            sound_id = new_id()
            put_sound(session, writer, row.id, sound_id, 4, now)
            its = session.get_one(ReflectionSound, sound_id)
            its.state, its.duration_s = SoundState.READY, 1.0
            file = shelf.served.data / "objects" / sound_key(sound_id)
            file.parent.mkdir(parents=True)
            file.write_bytes(b"0123456789")
        if state is not ReflectionState.DRAFT:
            actions.send(session, writer, row.id, now)
        if state is ReflectionState.PUBLISHED:
            readers = Readers(reach, public_allowed=True)
            actions.publish(session, staff, row.id, row.version, readers, now)
        return row.id


def of(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask about a reflection; `state`, `reach` and `sound` say what it is, the rest is what the form says."""
    made = put(
        shelf,
        said.pop("state", ReflectionState.DRAFT),
        said.pop("reach", Reach.BRANCH),
        sound=said.pop("sound", False),
    )
    with shelf.served.ports.db.read() as session:
        version = session.get_one(Reflection, made).version
    if said.pop("versioned", False):
        said["version"] = version
    return {"reflection_id": made, how: said}


def fresh(shelf: Shelf, how: str = "form") -> dict[str, Any]:
    """Ask for a new one."""
    return {"reflection_id": new_id(), how: {"text": TEXT}}


def with_file(shelf: Shelf) -> dict[str, Any]:
    """Ask for a sound to be taken in."""
    return {**of(shelf), "files": {"file": ("sound.m4a", b"no sound")}}


def quoting(shelf: Shelf) -> dict[str, Any]:
    """Ask for a quote; the clip is that of the reflection's lesson."""
    asked = of(shelf)
    with shelf.served.ports.db.read() as session:
        lesson = session.get_one(Reflection, asked["reflection_id"]).lesson_id
        clip = catalog.lesson(session, lesson or "").clips[0].id
    return {**asked, "form": {"text": TEXT, "clip": clip, "at": "0:01"}}


SENT, OUT = ReflectionState.SENT, ReflectionState.PUBLISHED

CASES = [
    Case("GET /reflections", EVERYBODY),
    Case("GET /reflections/mine", SIGNED_IN_ONLY),
    Case("GET /reflections/export.txt", SIGNED_IN_ONLY),
    Case("GET /reflections/write", SIGNED_IN_ONLY),
    Case("GET /reflections/desk", STAFF),
    Case(
        "POST /reflections/desk/ask",
        READERS_DO,
        lambda shelf: {"form": {"node": shelf.root(), "question": "写什么"}},
    ),
    Case("GET /reflections/{reflection_id}", "404 404 200 404 404 404", of, name="draft"),
    Case("GET /reflections/{reflection_id}", SENT_SEEN, partial(of, state=SENT), name="sent"),
    Case(
        "GET /reflections/{reflection_id}",
        "404 200 200 200 200 200",
        partial(of, state=OUT),
        name="for the branch",
    ),
    Case(
        "GET /reflections/{reflection_id}",
        EVERYBODY,
        partial(of, state=OUT, reach=Reach.PUBLIC),
        name="for everybody",
    ),
    Case("GET /reflections/{reflection_id}/share", "404 200 200 200 200 200", partial(of, state=OUT)),
    Case(
        "GET /reflections/{reflection_id}/sound.m4a",
        "404 404 200 404 404 404",
        partial(of, sound=True),
        name="draft",
    ),
    Case(
        "GET /reflections/{reflection_id}/sound.m4a",
        SENT_SEEN,
        partial(of, sound=True, state=SENT),
        name="sent",
    ),
    Case(
        "GET /reflections/{reflection_id}/sound.m4a",
        "404 200 200 200 200 200",
        partial(of, sound=True, state=OUT),
        name="for the branch",
    ),
    Case("GET /reflections/{reflection_id}/edit", OWN_SEES, of),
    Case("GET /reflections/{reflection_id}/check", OWN_SEES, of),
    Case("POST /reflections/{reflection_id}/save", NEW_IN_FORM, fresh, name="new"),
    Case("POST /reflections/{reflection_id}/save", OWN_DOES, partial(of, text="改"), name="theirs"),
    Case("POST /reflections/{reflection_id}/quote", OWN_DOES, quoting),
    Case("POST /reflections/{reflection_id}/unquote", OWN_DOES, partial(of, text=TEXT, n="1")),
    Case("POST /reflections/{reflection_id}/send", OWN_DOES, of),
    Case("POST /reflections/{reflection_id}/withdraw", OWN_DOES, partial(of, state=SENT)),
    Case("POST /reflections/{reflection_id}/delete", OWN_DOES, partial(of, confirm="1")),
    Case("POST /reflections/{reflection_id}/sound", OWN_DOES, with_file),
    Case("POST /reflections/{reflection_id}/sound/remove", OWN_DOES, partial(of, sound=True)),
    Case("POST /reflections/{reflection_id}/publish", READERS_DO, partial(of, state=SENT, versioned=True)),
    Case(
        "POST /reflections/{reflection_id}/return",
        READERS_DO,
        partial(of, state=SENT, versioned=True, remark="再写写自己。"),
    ),
    Case("GET /api/v1/reflections", EVERYBODY),
    Case("GET /api/v1/reflections/mine", "401 200 200 200 200 200"),
    Case("GET /api/v1/reflections/{reflection_id}", SENT_SEEN, partial(of, state=SENT)),
    Case(
        "PUT /api/v1/reflections/{reflection_id}",
        "401 200 200 200 200 200",
        partial(fresh, how="json"),
        name="new",
    ),
    Case(
        "PUT /api/v1/reflections/{reflection_id}", OWN_API, partial(of, how="json", text="改"), name="theirs"
    ),
    Case("POST /api/v1/reflections/{reflection_id}/send", OWN_API, of),
    Case("POST /api/v1/reflections/{reflection_id}/withdraw", OWN_API, partial(of, state=SENT)),
    Case("DELETE /api/v1/reflections/{reflection_id}", "401 404 204 404 404 404", of),
]
