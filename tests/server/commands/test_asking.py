"""weike search, stats and reindex."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from library.catalog.permits import Audience, LessonState
from library.core.permits import NOBODY, Role
from library.plays import actions as plays
from library.plays.crediting import Beat
from library.review import actions as review
from search.disk import generations
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories
from tests.support.views import watch

pytestmark = [pytest.mark.slow, pytest.mark.every]


def test_a_hit_names_the_sentence_and_the_second(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        lesson = factories.lesson(
            session,
            "基层党建",
            lecturer="王芳",
            clips=2,
            spoken=["开场白。"] * 7 + ["绿水青山就是金山银山。"],
        )
        lesson_id, second = lesson.id, lesson.clips[1].id
    ran = weike("search", "金山银山", "--json")
    assert ran.code == 0
    assert ran.json["total"] == 1
    (hit,) = ran.json["hits"]
    assert hit.pop("score") == 1
    assert hit == {
        "lesson": lesson_id,
        "clip": second,
        "title": "基层党建",
        "lecturer": "王芳",
        "date": None,
        "start_s": 10.0,
        "lesson_start_s": 70.0,
        "quote": hit["quote"],
        "source": "speech",
        "recognised": False,
        "by_sound": False,
        "state": "published",
        "clip_n": 2,
        "material": None,
        "views": 0,
        "url": f"http://127.0.0.1:8000/clips/{second}?t=10.0",
    }
    assert "绿水青山就是金山银山" in hit["quote"]
    people_read = weike("search", "金山银山")
    assert "第 2 段 0:10" in people_read.out, "as the clip counts"
    assert hit["url"] in people_read.out


def test_what_only_the_title_says_opens_the_clip_at_its_beginning(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        clip = factories.lesson(session, "延安整风", clips=1, spoken=["别的话。"]).clips[0].id
    (hit,) = weike("search", "延安整风", "--json").json["hits"]
    assert (hit["clip"], hit["start_s"], hit["lesson_start_s"]) == (clip, 0.0, 0.0)
    assert hit["url"].endswith(f"/clips/{clip}")


def test_a_lesson_without_a_recording_is_found_and_has_no_second(weike: Weike, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("key,title,transcript_text\na,题,红船从南湖出发。\n", "utf-8")
    weike("import", tmp_path / "m.csv")
    (hit,) = weike("search", "南湖", "--json").json["hits"]
    assert (hit["clip"], hit["start_s"], hit["lesson_start_s"]) == (None, None, None)
    assert hit["url"].endswith(f"/lessons/{hit['lesson']}")
    assert "红船从南湖出发" in hit["quote"]


def test_the_machine_sees_drafts_and_the_limit_holds(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        for n in range(5):
            factories.lesson(session, f"红船精神{n}", state=LessonState.DRAFT, clips=1)
    value = weike("search", "红船精神", "--limit", 2, "--json").json
    assert (value["total"], len(value["hits"])) == (5, 2)
    nothing = {"total": 0, "relaxed": False, "in_part": 0, "hits": []}
    assert weike("search", "", "--json").json == nothing
    assert weike("search", "x", "--limit", 0).code == 2


def test_hits_come_in_the_order_asked_for(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        old, new = (
            factories.lesson(session, "红船精神", clips=1, taught_on=date(year, 7, 1))
            for year in (2021, 2024)
        )
        watch(session, old.clips[0], 1, ports.clock(), members=True)
        ids = {"old": old.id, "new": new.id}

    def first(*sort: str) -> tuple[str, int]:
        hit = weike("search", "红船", "--json", *sort).json["hits"][0]
        return hit["lesson"], hit["views"]

    assert first("--sort", "date") == first() == (ids["new"], 0)
    assert first("--sort", "views") == (ids["old"], 1)
    assert "观看 1 次" in weike("search", "红船", "--sort", "views").out
    refused = weike("search", "红船", "--sort", "size")
    assert (refused.code, refused.out) == (2, "")


def test_a_stale_index_shows_nothing_that_a_page_would_not(ports: Ports) -> None:
    with ports.db.write() as session:
        withdrawn = factories.lesson(session, "红船精神一", clips=1).id
        hidden = factories.lesson(session, "红船精神二", clips=1).id
        stays = factories.lesson(session, "红船精神三", clips=1).id
        staff = factories.person(session, (Role.STAFF, factories.root(session)))
    ports.indexer.catch_up()
    with ports.db.write() as session:
        review.withdraw(session, staff, withdrawn, "", ports.clock())
        review.set_audience(session, staff, hidden, Audience.SIGNED_IN, ports.clock())
    with ports.db.read() as session:
        found = ports.finder.find(session, NOBODY, "红船精神")
        assert [row.lesson.id for row in found.rows] == [stays]
        assert found.total == 1
        assert len(ports.finder.find(session, staff, "红船精神").rows) == 3


def test_numbers_of_a_lesson(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        viewer = factories.person(session)
        lesson = factories.lesson(session, "基层党建", clips=2)
        lesson_id, clip = lesson.id, lesson.clips[0]
        began = ports.clock() - timedelta(seconds=60)
        play = plays.start(session, clip, f"p:{viewer.person_id}", began)
        beat = Beat(play.id, [(0.0, 30.0)], 1.0, ports.clock())
        plays.credit_beats(session, [beat], ports.settings.view_rule)
    value = weike("stats", lesson_id, "--json").json
    assert (value["lesson"], value["title"]) == (lesson_id, "基层党建")
    assert (value["views"], value["people"], value["watched_s"]) == (1, 1, 30.0)
    assert [(c["n"], c["views"], c["watched_s"]) for c in value["clips"]] == [(1, 1, 30.0), (2, 0, 0.0)]
    assert [day["views"] for day in value["days"]] == [1]
    assert "基层党建" in weike("stats", lesson_id).out
    unknown = weike("stats", "0000000000000000", "--json")
    assert (unknown.code, unknown.out, unknown.err.count("\n")) == (2, "", 1)


def test_reindex_builds_it_anew(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        for n in range(3):
            factories.lesson(session, f"红船精神{n}", clips=2)
    value = weike("reindex", "--json").json
    assert value["documents"] == 6
    assert value["unreadable"] == []
    assert weike("search", "红船精神", "--json").json["total"] == 6


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_the_setting_chooses_the_engine_of_every_command(
    weike: Weike, ports: Ports, data: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    with ports.db.write() as session:
        factories.lesson(session, "红船精神", clips=2, spoken=["红船从南湖出发。"])
    monkeypatch.setenv("WEIKE_SEARCH", engine)
    value = weike("reindex", "--json").json
    assert (value["documents"], value["unreadable"]) == (2, [])
    used = data / "index" / ("" if engine == "whoosh" else engine)
    assert generations.current(used) == value["generation"]
    assert weike("search", "红船", "--json").json["total"] == 2
    assert weike("search", "hcjs", "--json").json["total"] == 2
    heard = weike("search", "hcjs").out
    assert "按拼音找了：红船精神" in heard
    assert {c["name"]: c["status"] for c in weike("doctor", "--json").json["checks"]}["index"] == "ok"


def test_an_engine_that_does_not_exist_is_refused(weike: Weike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_SEARCH", "elastic")
    ran = weike("search", "x")
    assert (ran.code, ran.out) == (2, "")
    assert "elastic" in ran.err or "search" in ran.err.lower()


def test_sweep_says_what_would_go_and_then_takes_it_away(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        factories.lesson(session, "红船精神", clips=1)
    folder = ports.settings.data / "objects" / "clips" / "0123456789abcdef" / "feedfeedfeed"
    folder.mkdir(parents=True)
    (folder / "master.m3u8").write_bytes(b"#EXTM3U\n")
    assert weike("sweep", "--json").json["keys"] == [], "too young"
    yesterday = time.time() - 25 * 3600
    os.utime(folder / "master.m3u8", (yesterday, yesterday))
    found = {"clips": 1, "storyboards": 0, "originals": 0, "materials": 0, "bytes": 8}
    key = "clips/0123456789abcdef/feedfeedfeed"
    assert weike("sweep", "--dry-run", "--json").json == {"dry_run": True, **found, "keys": [key]}
    assert key in weike("sweep", "--dry-run").out
    assert weike("sweep", "--json").json == {"dry_run": False, **found, "keys": [key]}
    assert not folder.parent.exists()


def test_sweep_does_not_believe_the_wrong_database(weike: Weike, ports: Ports) -> None:
    for n in range(20):
        folder = ports.settings.data / "objects" / "clips" / f"clip{n}" / "feedfeedfeed"
        folder.mkdir(parents=True)
        (folder / "master.m3u8").write_bytes(b"#EXTM3U\n")
    ran = weike("sweep", "--json")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "20" in ran.err
    assert "--force" in ran.err
    assert weike("sweep", "--force", "--json").json["keys"] == [], "they are still young"


def test_what_is_found_is_written_into_a_workbook(weike: Weike, ports: Ports, tmp_path: Path) -> None:
    with ports.db.write() as session:
        for n in range(12):
            factories.lesson(
                session, f"第{n}课", taught_on=date(2026, 3, n + 1), clips=1, spoken=["红船精神。"]
            )
    file = tmp_path / "红船.xlsx"
    file.write_bytes(b"an older one")
    ran = weike("search", "红船精神", "--xlsx", file, "--sort", "date", "--json")
    assert ran.json == {"total": 12, "written": 12, "rows": 12, "file": str(file)}
    rows = list(load_workbook(file).active.iter_rows(values_only=True))
    at = next(n for n, row in enumerate(rows) if row[0] == "标题")
    assert [row[0] for row in rows[at + 1 :]] == [f"第{n}课" for n in reversed(range(12))]
    few = weike("search", "红船精神", "--xlsx", tmp_path / "few.xlsx", "--limit", 2)
    assert (few.code, "找到 12 处" in few.out, "有 2 处" in few.out) == (0, True, True)
    assert sorted(path.name for path in tmp_path.glob("*.xlsx*")) == ["few.xlsx", "红船.xlsx"]


@pytest.mark.parametrize("name", ["found.csv", "found", "no/such/folder/found.xlsx", "taken.xlsx"])
def test_a_workbook_that_cannot_be_written_is_one_sentence(
    weike: Weike, ports: Ports, tmp_path: Path, name: str
) -> None:
    (tmp_path / "taken.xlsx").mkdir()
    before = sorted(tmp_path.iterdir())
    ran = weike("search", "红船", "--xlsx", tmp_path / name)
    assert (ran.code in (1, 2), ran.out, ran.err.count("\n")) == (True, "", 1)
    assert sorted(tmp_path.iterdir()) == before, "nothing is left half-written"


def test_a_damaged_index_is_mended_by_reindex(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        factories.lesson(session, "红船精神", clips=1)
    weike("reindex")
    for file in ports.settings.index_folder.rglob("*.toc"):
        file.write_bytes(b"damaged")
    ran = weike("search", "红船精神", "--json")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "weike reindex" in ran.err
    assert {c["name"]: c["status"] for c in weike("doctor", "--json").json["checks"]}["index"] == "bad"
    assert weike("reindex").code == 0
    assert weike("search", "红船精神", "--json").json["total"] == 1


@pytest.mark.parametrize(
    "command", [("search", "x"), ("stats", "x"), ("reindex",), ("sweep",), ("user", "list")]
)
def test_a_mistyped_folder_is_not_made_a_library(
    weike: Weike, no_data: Path, command: tuple[str, ...]
) -> None:
    ran = weike(*command)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert not no_data.exists()
