"""A program makes a call, changes it, moves it on; what is wrong, stale or not its business is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import Shelf
from tests.server.slices.calls.roles import AS_JSON
from tests.support.client import Person
from tests.support.server import Served


def sent(staff: Person, method: str, path: str, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = staff.http.request(method, path, json=value, headers={"X-CSRF-Token": staff.csrf()})
    return answer.status_code, answer.json() if answer.content else {}


@pytest.mark.slow
def test_a_program_makes_a_call_and_a_stale_one_is_told_so(served: Served, shelf: Shelf) -> None:
    staff = served.person("staff")
    status, made = sent(staff, "POST", "/api/v1/calls", AS_JSON)
    assert (status, made["stage"], made["version"]) == (201, "draft", 1)
    assert made["criteria"] == [["内容", 60], ["表达", 40]]
    assert made["categories"] == ["lecture", "红色家书"]
    assert made["demands"]["duration"] == "must"
    path = f"/api/v1/calls/{made['id']}"
    status, changed = sent(staff, "PUT", path, {**AS_JSON, "title": "微视频征集", "version": 1})
    assert (status, changed["title"], changed["version"]) == (200, "微视频征集", 2)
    status, stale = sent(staff, "PUT", path, {**AS_JSON, "title": "别的", "version": 1})
    assert (status, stale["error"]) == (409, "call_changed")
    assert staff.http.get(path).json()["title"] == "微视频征集"
    assert sent(staff, "POST", f"{path}/move", {"action": "open", "version": 2})[1]["stage"] == "open"
    assert sent(staff, "DELETE", path, {})[0] == 409, "a call that is out is not given up"


@pytest.mark.slow
def test_a_program_is_told_what_is_wrong_with_a_call(served: Served, shelf: Shelf) -> None:
    staff = served.person("staff")
    for wrong in (
        {"criteria": [{"name": "内容", "weight": 0}]},
        {"closes_on": "2030-02-01"},
        {"demands": {"duration": "must", "most_s": 0}},
        {"demands": {"duration": "perhaps"}},
        {"title": " "},
    ):
        status, told = sent(staff, "POST", "/api/v1/calls", {**AS_JSON, **wrong})
        assert status == 422, wrong
        assert told, wrong
    village = shelf.node()
    assert sent(served.person("other"), "POST", "/api/v1/calls", {**AS_JSON, "node": village})[0] == 403
