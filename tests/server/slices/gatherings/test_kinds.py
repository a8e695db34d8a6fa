"""The kinds of gatherings: changed on a page while the program runs, by an administrator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from library.audit import queries as audit
from library.audit.rules import Deed
from library.core.clock import CHINA, utc_now
from library.gatherings import queries
from tests.server.conftest import Shelf
from tests.support import server
from tests.support.server import Served


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """A server of its own, because its settings change."""
    with server.in_thread(server.new_data(tmp_path / "data")) as served:
        yield served


def planned(own: Served, kind: str) -> str:
    """Plan a gathering of a kind; returns its path, or the page that refuses it."""
    at = (utc_now() + timedelta(minutes=10)).astimezone(CHINA)
    starts, ends = (f"{one:%Y-%m-%dT%H:%M}" for one in (at, at + timedelta(hours=1)))
    form = {"node": Shelf(own).root(), "kind": kind, "title": "学习", "starts": starts, "ends": ends}
    answer = own.person("staff").post("/gatherings", **form)
    return answer.headers.get("location", answer.text)


def version(page: str) -> str:
    """Return the version that a page's forms carry."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_a_kind_is_added_renamed_and_retired_and_what_was_planned_keeps_its_name(own: Served) -> None:
    admin, member = own.person("admin"), own.person("member")
    page = member.http.get("/gathering-kinds").text
    assert "支部党员大会" in page
    assert "加一种" not in page
    first = version(admin.http.get("/gathering-kinds").text)
    movie = {"name": "红色观影", "english": "Film evening", "form": "evening", "asks": "everybody"}
    added = admin.post("/gathering-kinds", **movie, version=first)
    assert added.headers["location"] == "/gathering-kinds#own_1"
    # Of two at once the second is told, and loses nothing of what was typed.
    late = admin.post("/gathering-kinds", **{**movie, "name": "红歌会"}, version=first)
    assert late.status_code == 409
    assert 'value="红歌会"' in late.text
    at = planned(own, "own_1")
    with own.ports.db.read() as session:
        assert queries.known(session, at[-16:]).form == "evening"
    now = version(admin.http.get("/gathering-kinds").text)
    renamed = {**movie, "name": "光影党课", "form": "gathered"}
    assert admin.post("/gathering-kinds/own_1", **renamed, version=now).status_code == 303
    with own.ports.db.read() as session:
        assert queries.known(session, at[-16:]).form == "evening", "what was planned stays what it was"
    now = version(admin.http.get("/gathering-kinds").text)
    assert admin.post("/gathering-kinds/own_1/retire", version=now).status_code == 303
    assert "光影党课" in member.http.get("/gatherings").text
    assert "没有这种会议" in planned(own, "own_1"), "no new ones of a retired kind"
    staff = own.person("staff")
    assert "光影党课" not in staff.http.get("/gatherings/plan/new").text
    assert "光影党课" in staff.http.get(f"{at}/edit").text
    assert staff.post(f"{at}/open").status_code == 303
    page = admin.http.get("/gathering-kinds").text
    assert "安排过 1 次" in page
    assert "改过什么" in page
    with own.ports.db.read() as session:
        told = audit.entries(session, audit.Wanted(deed=Deed.SETTING), 1).items
    assert {one.thing for one in told} == {"gathering_kinds"}


@pytest.mark.slow
def test_names_are_told_apart_and_one_kind_is_left(own: Served) -> None:
    admin = own.person("admin")
    token = {"X-CSRF-Token": admin.csrf()}
    at = "/api/v1/gathering-kinds"
    now = admin.http.get(at).json()["version"]
    for wrong, code in (
        ({"name": "支委会"}, "kind_named"),
        ({"name": "一=二"}, "kind_sign"),
        ({"name": "题", "form": "online"}, "kind_form"),
        ({"name": ""}, "empty"),
    ):
        answer = admin.http.post(at, json={**wrong, "version": now}, headers=token)
        assert answer.json()["error"] == code, answer.text
    assert admin.http.get(at).json()["version"] == now
    kinds = admin.http.get(at).json()["kinds"]
    for n, one in enumerate(kinds):
        body = {name: one[name] for name in ("name", "english", "form", "asks")}
        body |= {"retired": True, "version": admin.http.get(at).json()["version"]}
        answer = admin.http.put(f"{at}/{one['code']}", json=body, headers=token)
        assert answer.status_code == (409 if n + 1 == len(kinds) else 200), answer.text
    assert admin.http.put(f"{at}/none", json=body, headers=token).status_code == 404
