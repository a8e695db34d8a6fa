"""A cover is chosen on its page and seen wherever the lesson is; the one before goes later."""

from __future__ import annotations

import io
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from library.audit import queries as audit
from library.audit.rules import Deed
from library.catalog import covers
from library.catalog.permits import LessonState
from library.catalog.tables import Clip, Lesson
from library.intake.files.objects import clip_prefix
from library.intake.files.stored_names import needed
from library.intake.files.sweeping import Sweep
from tests.server.conftest import Put, Shelf
from tests.server.slices.works.roles import publish
from tests.support import factories
from tests.support.client import Person
from tests.support.server import Served

pytestmark = pytest.mark.slow

_RED, _GREEN = (200, 30, 30), (30, 160, 60)


def picture(colour: tuple[int, int, int] = _RED) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (1600, 900), colour).save(kept, "JPEG")
    return kept.getvalue()


def put(who: Person, lesson: str, data: bytes | None = None, **form: str) -> httpx.Response:
    files = {"file": ("封面.jpg", data)} if data is not None else {"file": ("", b"")}
    return who.http.post(f"/lessons/{lesson}/cover", data={"csrf": who.csrf(), **form}, files=files)


def colour(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as found:
        red, green, _blue = found.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        return "red" if red > green else "green"


def with_frames(served: Served, put: Put) -> None:
    """Give a clip real pictures to choose from."""
    folder = served.data / "objects" / clip_prefix(put.clip, factories.PLAN) / "stills"
    folder.mkdir(parents=True, exist_ok=True)
    for n in (1, 2, 3):
        (folder / f"{n:05d}.jpg").write_bytes(picture(_GREEN))


def folders(served: Served, clip: str) -> set[str]:
    return {one.name for one in (served.data / "objects" / "clips" / clip).iterdir()} - {factories.PLAN}


def test_an_own_picture_is_seen_wherever_the_lesson_is_and_comes_off_again(
    served: Served, shelf: Shelf
) -> None:
    made = shelf.lesson(LessonState.PUBLISHED)
    lecturer, nobody = served.person("lecturer"), served.person("nobody")
    before = nobody.http.get(f"/clips/{made.clip}/picture.jpg").content
    answer = put(lecturer, made.lesson, picture(), words="绿水青山")
    assert answer.headers["location"] == f"/lessons/{made.lesson}/cover"
    assert nobody.http.get(f"/lessons/{made.lesson}/picture.jpg").status_code == 404, "it waits"
    publish(shelf, made.lesson)
    [name] = folders(served, made.clip)
    for path in ("/", f"/lessons/{made.lesson}/studio"):
        assert f"{made.clip}/{name}/cover.jpg" in lecturer.http.get(path).text, path
    page = nobody.http.get(f"/lessons/{made.lesson}").text
    assert f'/lessons/{made.lesson}/picture.jpg"' in page  # what chats show
    assert colour(nobody.http.get(f"/lessons/{made.lesson}/picture.jpg").content) == "red"
    media = page_address(lecturer.http.get("/").text, f"{made.clip}/{name}/cover_480.webp")
    small = nobody.http.get(media)
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert colour(nobody.http.get(f"/lessons/{made.lesson}/card.jpg").content) == "red"
    # The clip has its own, and the same picture with other words is made of what is kept.
    assert nobody.http.get(f"/clips/{made.clip}/picture.jpg").content == before
    assert put(lecturer, made.lesson, frame="kept", words="换了字").status_code == 303
    assert len(folders(served, made.clip)) == 2
    assert lecturer.post(f"/lessons/{made.lesson}/cover/undo").status_code == 303
    publish(shelf, made.lesson)
    assert nobody.http.get(f"/lessons/{made.lesson}/picture.jpg").status_code == 404
    assert "/poster.jpg" in nobody.http.get("/").text


def page_address(page: str, ending: str) -> str:
    """The address on a page that ends so."""
    end = page.index(ending) + len(ending)
    return page[page.rindex('"', 0, end) + 1 : end]


def test_a_clip_takes_a_moment_of_its_own_and_its_player_shows_it(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson(LessonState.PUBLISHED)
    with_frames(served, made)
    lecturer = served.person("lecturer")
    page = lecturer.http.get(f"/lessons/{made.lesson}/cover?clip={made.clip}").text
    assert page.count('name="frame"') == 3
    assert put(lecturer, made.lesson, clip=made.clip, frame=f"{made.clip}.2").status_code == 303
    publish(shelf, made.lesson)
    [name] = folders(served, made.clip)
    assert f"/{name}/cover.jpg" in served.person("nobody").http.get(f"/clips/{made.clip}").text
    assert colour(served.person("nobody").http.get(f"/clips/{made.clip}/picture.jpg").content) == "green"
    assert put(lecturer, made.lesson, clip="0123456789abcdef", frame=f"{made.clip}.2").status_code == 404
    for frame in (f"{made.clip}.4", f"{made.clip}.0", f"{made.clip}.x", "x.1", "../1", "kept", ""):
        assert put(lecturer, made.lesson, frame=frame).status_code == 422, frame


def test_what_is_refused_comes_back_with_the_words_and_the_reason(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson()
    lecturer = served.person("lecturer")
    answer = put(lecturer, made.lesson, b"<svg/>", words="绿水青山")
    assert answer.status_code == 422
    assert "请选 JPG、PNG 或 WebP 图片" in answer.text
    assert 'value="绿水青山"' in answer.text
    assert put(lecturer, made.lesson, picture(), words="字" * 41).status_code == 422
    assert put(lecturer, made.lesson, bytes(16 * 2**20 + 1)).status_code == 422
    assert folders(served, made.clip) == set()
    assert not list((served.data / "work").glob("cover-*"))
    for name, status in (("other", 404), ("member", 404)):
        assert put(served.person(name), made.lesson, picture()).status_code == status


def test_the_cover_in_use_is_kept_and_the_one_before_is_swept(served: Served, shelf: Shelf) -> None:
    """A process killed between the picture and its row leaves a folder that nobody names: it goes too."""
    made = shelf.lesson(LessonState.DRAFT)
    lecturer, ports = served.person("lecturer"), served.ports
    put(lecturer, made.lesson, picture(_RED))
    put(lecturer, made.lesson, picture(_GREEN))
    put(lecturer, made.lesson, picture(_RED), clip=made.clip)
    orphan = served.data / "objects" / "clips" / made.clip / "ba9876543210"
    orphan.mkdir()
    (orphan / covers.COVER).write_bytes(b"\xff\xd8\xff")
    with ports.db.read() as session:
        lesson, clip = session.get_one(Lesson, made.lesson), session.get_one(Clip, made.clip)
        used = {lesson.cover.partition("/")[2], clip.cover}
        names = {name for one in needed(session) for name in one}
    assert {f"objects/clips/{made.clip}/{one}/{covers.COVER}" for one in used} <= names
    after = timedelta(days=2)

    def later() -> object:
        return ports.clock() + timedelta(days=3)

    sweep = Sweep(ports.db, ports.store, served.data / "work", later, after, after)  # type: ignore[arg-type]
    sweep.run(force=True)
    assert folders(served, made.clip) == used


def test_who_changed_a_cover_that_viewers_see_was_noted_nowhere(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson(LessonState.PUBLISHED)
    staff = served.person("staff")
    assert put(staff, made.lesson, picture()).status_code == 303
    assert put(staff, made.lesson, frame="kept", words="余村").status_code == 303
    assert staff.post(f"/lessons/{made.lesson}/cover/undo").status_code == 303
    with served.ports.db.read() as session:
        found = audit.entries(session, audit.Wanted(deed=Deed.COVER), 1).items
        mine = [one for one in found if one.thing == made.lesson]
    assert [one.details["what"] for one in mine] == ["undone", "words", "picture"], "the newest first"
    assert {one.by_person for one in mine} == {shelf.viewer("staff").person_id}
