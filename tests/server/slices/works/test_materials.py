"""Honours and materials over HTTP: taken in by content, handed out as files to who may see the lesson."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from library.catalog.actions import touch
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.intake.files.stored_names import needed
from library.works.formats import WordsRead
from library.works.reading.reader import FileReader
from library.works.rules import Shown
from library.works.tables import LessonFile
from library.works.wording import TEXT_MAX
from server.background.material_words import read_all
from tests.library.works.files import PNG, SVG, package, pdf
from tests.server.conftest import Shelf
from tests.server.slices.works.roles import HONOUR, publish, put_material
from tests.support.client import Person
from tests.support.server import Served

pytestmark = [pytest.mark.slow, pytest.mark.every]


def bring(person: Person, path: str, name: str, data: bytes, **form: str) -> int:
    headers = {"X-CSRF-Token": person.csrf()}
    answer = person.http.post(path, headers=headers, data=form, files={"file": (name, data)})
    return answer.status_code


def test_a_material_is_a_file_to_keep_and_nothing_that_runs(served: Served, shelf: Shelf) -> None:
    data = pdf(pages=2)
    lesson_id, file_id = put_material(shelf, data)
    with served.nobody() as visitor:
        got = visitor.http.get(f"/lessons/{lesson_id}/files/{file_id}")
        assert got.content == data
        assert got.headers["content-type"] == "application/pdf"
        assert got.headers["content-disposition"].startswith('attachment; filename="weike.pdf"')
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        page = visitor.http.get(f"/lessons/{lesson_id}/files/{file_id}/pages/2.png")
        assert page.headers["content-type"] == "image/png"
        assert page.content.startswith(b"\x89PNG")
        for n in (0, 3, -1):
            assert visitor.http.get(f"/lessons/{lesson_id}/files/{file_id}/pages/{n}.png").status_code == 404
        shown = visitor.http.get(f"/lessons/{lesson_id}").text
        assert f"/lessons/{lesson_id}/files/{file_id}/pages/1.png" in shown
        other = shelf.lesson(LessonState.PUBLISHED).lesson
        assert visitor.http.get(f"/lessons/{other}/files/{file_id}").status_code == 404
        assert [
            one["name"] for one in visitor.http.get(f"/api/v1/lessons/{lesson_id}/works").json()["materials"]
        ] == ["讲稿"]
    staff = served.person("staff")
    assert staff.post(f"/lessons/{lesson_id}/withdraw").status_code == 303
    with served.nobody() as visitor:
        for path in (
            f"/lessons/{lesson_id}/files/{file_id}",
            f"/lessons/{lesson_id}/files/{file_id}/pages/1.png",
        ):
            assert visitor.http.get(path).status_code == 404, "rights are asked on every download"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd.pdf", "passwd"),
        ("C:\\Windows\\讲稿.docx.exe", "讲稿"),
        ("\u202egpj.exe.pdf", "gpj"),
        ("....", "第"),
        ("长" * 400 + ".pdf", "长" * 120),
    ],
)
def test_a_name_is_only_what_a_file_is_called(served: Served, shelf: Shelf, name: str, shown: str) -> None:
    lesson_id = shelf.lesson(LessonState.PUBLISHED).lesson
    lecturer = served.person("lecturer")
    assert bring(lecturer, f"/lessons/{lesson_id}/materials", name, PNG) == 303
    publish(shelf, lesson_id)
    (material,) = lecturer.http.get(f"/api/v1/lessons/{lesson_id}/works").json()["materials"]
    assert material["name"].startswith(shown)
    got = lecturer.http.get(material["url"])
    assert got.headers["content-disposition"].endswith(".png")
    assert "set-cookie" not in got.headers
    folder = served.data / "objects" / "materials" / lesson_id
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()) == [
        f"{material['id']}/file"
    ]


def test_what_is_refused_leaves_nothing_behind(served: Served, shelf: Shelf) -> None:
    lesson_id = shelf.lesson(LessonState.PUBLISHED).lesson
    lecturer, path = served.person("lecturer"), f"/lessons/{lesson_id}/materials"
    for name, data in (
        ("plan.pdf", SVG),
        ("plan.docx", package(word__vbaProject="x")),
        ("plan.png", PNG[:-9]),
        ("plan.pdf", b""),
        ("plan.pdf", pdf() + package()),
    ):
        assert bring(lecturer, path, name, data) == 422
    assert not (served.data / "objects" / "materials" / lesson_id).exists()
    assert not list((served.data / "work").glob("material-*"))
    assert bring(lecturer, path, "一.png", PNG) == 303
    assert bring(lecturer, path, "二.png", PNG) == 409, "the same bytes again"
    files = [one for one in (served.data / "objects" / "materials" / lesson_id).rglob("*") if one.is_file()]
    assert len(files) == 1


def test_staff_note_honours_that_stay_with_the_lesson(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    path, staff = f"/lessons/{put.lesson}/honours", served.person("staff")
    assert bring(served.person("lecturer"), path, "c.png", PNG, **HONOUR) == 403
    assert bring(staff, path, "c.docx", package(), **HONOUR) == 422, "a certificate is a picture or a PDF"
    for _ in range(2):
        assert bring(staff, path, "c.png", PNG, **HONOUR) == 303
    assert (
        staff.post(path, **{**HONOUR, "award": "全国党课", "level": "national", "year": "2024年"}).status_code
        == 303
    )
    publish(shelf, put.lesson)
    with served.nobody() as visitor:
        given = visitor.http.get(f"/api/v1/lessons/{put.lesson}/works").json()["honours"]
        assert [(one["award"], one["level"], one["year"]) for one in given] == [
            ("全国党课", "national", 2024),
            ("优秀党课一等奖", "provincial", 2025),
        ]
        assert visitor.http.get(given[1]["certificate"]).content == PNG
        assert "国家级 · 全国党课" in visitor.http.get("/lessons").text
        assert "省委组织部" in visitor.http.get(f"/lessons/{put.lesson}").text
    page = staff.http.get(f"/lessons/{put.lesson}/works").text
    assert page.count("/honours/") == 2


def test_a_copy_of_the_library_needs_its_materials_and_a_sweep_knows_which_go(
    served: Served, shelf: Shelf
) -> None:
    kept, removed, unknown = (put_material(shelf, pdf()) for _ in range(3))
    lecturer, staff = served.person("lecturer"), served.person("staff")
    removing = f"/lessons/{removed[0]}/materials/{removed[1]}/remove"
    assert lecturer.post(removing).status_code == 303
    publish(shelf, removed[0])
    assert lecturer.post(removing).status_code == 403, "viewers saw it once: it is kept for that version"
    assert staff.post(removing).status_code == 303
    gone = put_material(shelf, pdf())
    with served.ports.db.write() as session:
        session.execute(delete(LessonFile).where(LessonFile.id == unknown[1]))  # an older database
    title = lecturer.http.get(f"/api/v1/lessons/{gone[0]}").json()["title"]
    assert staff.post(f"/lessons/{gone[0]}/delete", confirm=title).status_code == 303

    def folder(which: tuple[str, str]) -> str:
        return f"materials/{which[0]}/{which[1]}"

    with served.ports.db.read() as session:
        names = {name for some in needed(session) for name in some}
    assert {f"objects/{folder(kept)}/file", f"objects/{folder(kept)}/1.png"} <= names
    assert not any(folder(which) in name for which in (removed, unknown, gone) for name in names)
    from datetime import timedelta

    from server.background.store_sweep import sweep_of

    sweep = sweep_of(served.ports.db, served.ports.store, served.ports.settings, served.ports.clock)
    later = type(sweep)(**{**vars(sweep), "clock": lambda: served.ports.clock() + timedelta(days=400)})
    found = {one.key for one in later.look()}
    assert {folder(removed), folder(gone)} <= found
    assert not {folder(kept), folder(unknown)} & found
    assert folder(unknown) in {one.key for one in later.look(force=True)}
    with served.ports.db.read() as session:
        assert session.get(Lesson, kept[0]) is not None
    assert (Path(served.data) / "objects" / folder(kept) / "file").exists()


def test_what_is_written_in_a_material_is_found_as_its_own_kind_by_who_may_see_it(
    served: Served, shelf: Shelf
) -> None:
    hidden = shelf.lesson(LessonState.DRAFT)
    put = shelf.lesson(LessonState.PUBLISHED)
    lecturer, member = served.person("lecturer"), served.person("member")
    for lesson_id, words in ((put.lesson, "余村关停矿山以后"), (hidden.lesson, "余村关停水泥厂以后")):
        document = package(**{"word/document.xml": f"<w:p><w:t>{words}</w:t></w:p>"})
        assert bring(lecturer, f"/lessons/{lesson_id}/materials", "讲稿.docx", document) == 303

    def found(who: Person, q: str, **more: str) -> list[tuple[str, str]]:
        shelf.index()
        hits = who.http.get("/api/v1/search", params={"q": q, **more}).json()["hits"]
        return [(hit["lesson"], hit["material"]) for hit in hits if hit["material"]]

    assert found(member, "余村关停") == [], "what waits with the draft is not found"
    publish(shelf, put.lesson)
    assert found(member, "余村关停") == [(put.lesson, "讲稿")]
    assert {lesson for lesson, _name in found(lecturer, "余村关停")} == {put.lesson, hidden.lesson}
    assert found(member, "余村关停", kind="material") == [(put.lesson, "讲稿")]
    assert found(member, "余村关停", kind="video") == []
    page = member.http.get("/search", params={"q": "余村关停矿山"}).text
    assert "材料里写着" in page
    assert f"/lessons/{put.lesson}#materials-head" in page

    # Each download by others counts once, and is told to who works on the lesson alone.
    [one] = member.http.get(f"/api/v1/lessons/{put.lesson}/works").json()["materials"]
    for who in (member, member, lecturer, served.person("staff")):
        assert who.http.get(one["url"]).status_code == 200
    assert member.http.head(one["url"]).status_code == 200
    shown = re.findall(r"下载 \d+ 次", lecturer.http.get(f"/lessons/{put.lesson}/works").text)
    assert shown == ["下载 2 次"]
    assert "下载 2 次" not in member.http.get(f"/lessons/{put.lesson}").text

    # One that was brought before words were looked for is read later, and one that is off is not found.
    with served.ports.db.write() as session:
        session.execute(update(LessonFile).where(LessonFile.id == one["id"]).values(words=None))
        touch(session, session.get_one(Lesson, put.lesson))
    assert found(member, "余村关停") == []
    with closing(FileReader()) as reader:
        assert read_all(served.ports.db, served.ports.store, served.data / "work", reader) == 1
    assert found(member, "余村关停") == [(put.lesson, "讲稿")]
    with served.ports.db.write() as session:  # the index has not heard of it yet
        session.execute(update(LessonFile).where(LessonFile.id == one["id"]).values(standing=Shown.KEPT))
    hits = member.http.get("/api/v1/search", params={"q": "余村关停"}).json()["hits"]
    assert all(hit["material"] is None for hit in hits)


def test_who_works_on_a_lesson_is_told_what_of_a_material_was_not_read(served: Served, shelf: Shelf) -> None:
    lesson_id = shelf.lesson(LessonState.DRAFT).lesson
    lecturer, path = served.person("lecturer"), f"/lessons/{lesson_id}/works"
    long = package(**{"word/document.xml": f"<w:p><w:t>{'字' * (TEXT_MAX + 1)}</w:t></w:p>"})
    assert bring(lecturer, f"/lessons/{lesson_id}/materials", "村志.docx", long) == 303
    assert "字太多，只读了开头" in lecturer.http.get(path).text
    with served.ports.db.write() as session:
        its = LessonFile.lesson_id == lesson_id
        session.execute(update(LessonFile).where(its).values(words="", words_read=WordsRead.NOTHING))
    assert "里面的字没有读出来" in lecturer.http.get(path).text
    assert "Its words could not be read" in lecturer.http.get(path, headers={"Accept-Language": "en"}).text
