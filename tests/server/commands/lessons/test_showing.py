"""weike lesson: a lesson as a work, on one line."""

from __future__ import annotations

import pytest

from library.catalog import actions
from library.catalog import queries as catalog
from library.catalog.rules import Genre
from library.core.permits import Role
from library.versions import actions as versions
from library.works import files, honours, series, sites
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.rules import HonourLevel
from library.works.sites import SiteWords
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make
from tests.support.databases import NOW


@pytest.mark.slow
def test_a_lesson_is_printed_as_a_work_and_nothing_is_made_up(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        row = make.lesson(session, "绿水青山", owner=staff, lecturer="王芳", topics=["生态"], clips=2)
        bare = make.lesson(session, "别的课").id
        actions.edit(session, row, actions.Details(genre=Genre.ONSITE))
        series.add(session, staff, series.make(session, staff, "四讲", "", NOW).id, row.id, NOW)
        what = honours.Awarded("优秀党课", HonourLevel.PROVINCIAL, 2025, "省委组织部")
        honours.grant(session, staff, row.id, what, NOW)
        stored = Stored("0" * 16, "讲稿", FileFormat.PDF, 9, "0" * 64, 3)
        files.add_material(session, staff, row.id, stored, NOW)
        sites.make(session, staff, SiteWords("余村", "安吉"), NOW)
        sites.hold_at(session, staff, row.id, "余村")
        lesson_id, title = row.id, row.title
    ran = weike("lesson", lesson_id, "--json")
    assert (ran.code, ran.out.count("\n")) == (0, 1), ran.err
    told = ran.json
    assert (told["id"], told["title"], told["state"]) == (lesson_id, title, "published")
    assert (told["kind"], told["media"], told["lecturer"]) == ("onsite", "video", "王芳")
    assert told["audience"]["text"] == "所有人"
    assert (told["series"]["title"], told["series"]["n"], told["series"]["count"]) == ("四讲", 1, 1)
    assert told["honours"] == [
        {
            "award": "优秀党课",
            "level": "provincial",
            "year": 2025,
            "body": "省委组织部",
            "certificate": False,
        }
    ]
    assert [(one["name"], one["format"], one["pages"]) for one in told["materials"]] == [("讲稿", "pdf", 3)]
    assert told["site"]["name"] == "余村"
    assert [(one["n"], one["ready"]) for one in told["clips"]] == [(1, True), (2, True)]
    assert told["declarations"] == []
    assert (told["versions"], told["draft"]) == ([], None)
    with ports.db.write() as session:
        row = catalog.lesson(session, lesson_id)
        versions.edit(session, row, actions.Details(title="新题"), staff.person_id, NOW)
    waiting = weike("lesson", lesson_id, "--json").json
    assert [(one["n"], one["origin"]) for one in waiting["versions"]] == [(1, "found")]
    assert (waiting["title"], waiting["draft"]["values"]) == ("绿水青山", {"title": "新题"})
    assert "有修改等待发布：标题" in weike("lesson", lesson_id).out
    assert "省级 · 优秀党课 · 2025" in weike("lesson", lesson_id).out
    empty = weike("lesson", bare, "--json").json
    assert (empty["series"], empty["site"], empty["honours"], empty["materials"]) == (None, None, [], [])
    assert weike("lesson", "gone").code == 2
