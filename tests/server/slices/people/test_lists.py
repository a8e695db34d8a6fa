"""A list of people in the browser: looked at, decided, brought in; and who belongs where afterwards."""

from __future__ import annotations

import fcntl
import re
import time

import httpx
import pytest

from library.core.clock import local_day, utc_now
from library.organisation import actions as organisation
from library.people import queries
from tests.server import lists
from tests.server.conftest import Shelf
from tests.server.lists import settled
from tests.support import factories
from tests.support.server import Served


@pytest.mark.slow
def test_any_number_of_lists_was_read_at_once(served: Served, shelf: Shelf) -> None:
    """One at a time on this machine, whoever brought it, and a second of the same person is told to wait."""
    staff, folder = served.person("staff"), served.data / "lists"
    folder.mkdir(exist_ok=True)

    def bring() -> httpx.Response:
        return staff.http.post(
            "/people/lists/new",
            data={"csrf": staff.csrf()},
            files={"file": ("名册.csv", "姓名,党支部\n王芳,没有\n".encode(), "text/csv")},
        )

    with (folder / ".at-work").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)  # another process reads a list
        first = bring().headers["location"]
        time.sleep(0.3)
        assert "http-equiv" in staff.http.get(first).text, "it waits, and the page looks again"
        second = bring()
        assert second.status_code == 409
        assert "正在做" in second.text
    settled(staff, first)
    third = bring()
    assert third.status_code == 303
    settled(staff, third.headers["location"])


@pytest.mark.slow
def test_a_list_is_looked_at_decided_and_brought_in(served: Served, shelf: Shelf) -> None:
    ports = served.ports
    with ports.db.write() as session:
        for name, code in (("余村党支部", "A-017"), ("横路村党支部", "A-018")):
            organisation.add_node(
                session,
                factories.root(session),
                organisation.NodeDetails(name, code=code),
                ports.clock(),
                None,
            )
    staff = served.person("staff")

    def brought(text: str, suffix: str = ".csv") -> str:
        rows = [line.split(",") for line in text.splitlines()]
        data = lists.book(rows) if suffix == ".xlsx" else text.encode("gb18030")
        return lists.brought(staff, "/people/lists/new", data, f"名册{suffix}")

    people = "姓名,身份证号,账号,党支部\n<b>王芳</b>,11010519491231002X,wang,A-017\n赵敏,,zhao,没有\n"
    first = brought(people, ".xlsx")  # its bytes come as they were sent, NUL and all
    page = settled(staff, first)
    assert "11010519491231002X" not in page
    assert "<b>王芳" not in page
    with ports.db.read() as session:
        assert queries.person_by_username(session, "wang") is None, "nothing is changed before it is said"
    staff.post(f"{first}/apply")
    assert "新建 1 人" in settled(staff, first)

    again = brought("姓名,账号,党支部\n<b>王芳</b>,wang-2,A-018\n")
    page = settled(staff, f"{again}?show=doubtful")
    same = re.search(r'name="row-2" value="(same:\w+)"', page)
    assert same is not None
    staff.post(f"{again}/decide", **{"row-2": same[1]})
    page = settled(staff, f"{again}?show=changed")
    assert "<s>余村党支部</s>" in page
    staff.post(f"{again}/apply")
    settled(staff, again)
    with ports.db.read() as session:
        person = queries.person_by_username(session, "wang")
        assert person is not None
        [home] = queries.viewer_of(session, person, local_day(utc_now())).belongs
        there = organisation.queries.node(session, home.node_id)
        person_id = person.id
    assert there.code == "A-018"
    assert "横路村党支部" in staff.http.get(f"/people/{person_id}").text
    assert "wang" in staff.http.get(f"/organisation/{there.id}/members").text
    assert served.person("admin").http.get(first).status_code == 404, "another's list is not there"


@pytest.mark.slow
def test_deciding_of_a_list_that_was_in_already_said_that_it_had_failed(served: Served, shelf: Shelf) -> None:
    """A page that was left open: its list is gone, and how it went stays."""
    staff = served.person("staff")
    address = lists.brought(staff, "/people/lists/new", "姓名,党支部\n王芳,没有\n".encode(), "名册.csv")
    settled(staff, address)
    assert staff.post(f"{address}/apply").status_code == 303
    done = settled(staff, address)
    late = staff.post(f"{address}/decide", **{"row-2": "another"})
    assert (late.status_code, "没有用上" in late.text) == (409, True)
    assert staff.post(f"{address}/apply").status_code == 303, "a second click shows how it went"
    assert settled(staff, address).count("已导入") == done.count("已导入") == 1
    assert not list((served.data / "lists" / address.rsplit("/", 1)[-1]).glob("decisions*"))
