"""A list of organisations in the browser: looked at, decided, brought in below a node, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from library.core.ids import new_id
from library.core.permits import Role
from library.organisation import actions, queries
from library.people import actions as people
from tests.server.conftest import Shelf
from tests.server.lists import Rows, book, brought, settled
from tests.support import factories
from tests.support.client import Person
from tests.support.server import Served, password, quickly_hashed

pytestmark = pytest.mark.slow

COUNTY = ("编码", "名称", "上级")


class Town:
    """A town's committee beside another one, with its administrator at a browser."""

    def __init__(self, served: Served) -> None:
        self.served, self.mark = served, new_id()[-8:].upper()
        ports, now = served.ports, served.ports.clock()
        with ports.db.write() as session:
            root = factories.root(session)
            self.county = root.name
            self.id, self.other = (
                actions.add_node(session, root, self._details(name), now, None).id
                for name in ("天荒坪镇党委", "梅溪镇党委")
            )
            who = f"town-{self.mark.lower()}"
            person = people.add_person(session, who, who, quickly_hashed(who), now)
            people.grant(session, person.id, Role.ADMIN, queries.node(session, self.id), None, now)
        self.name = f"天荒坪镇党委{self.mark}"
        self.admin = served.nobody().sign_in(who, password(who))

    def _details(self, name: str) -> actions.NodeDetails:
        return actions.NodeDetails(f"{name}{self.mark}", code=f"{name[0]}{self.mark}")

    def bring(self, *rows: Sequence[str], by: Person | None = None) -> str:
        """Bring a list below the town; the address of what becomes of it."""
        return brought(by or self.admin, f"/organisation/{self.id}/list", book((COUNTY, *rows)))

    def below(self) -> dict[str, str]:
        """The open nodes of the town by name, with the names of what they lie below."""
        with self.served.ports.db.read() as session:
            known = [one for one in queries.known_nodes(session, self.id) if not one.closed]
            names = {one.id: one.name for one in known}
            return {one.name: names[one.parent_id] for one in known if one.parent_id in names}


def told(page: str) -> list[int]:
    """How many rows become wrong, doubtful, new, changed and unchanged, as the page says."""
    return [int(count) for count in re.findall(r"\?show=\w+\"[^>]*>\w+ (\d+)</a>", page)]


def test_a_list_with_wrong_rows_is_looked_at_brought_in_and_again_unchanged(served: Served) -> None:
    town = Town(served)
    admin, mark = town.admin, town.mark
    branch, group = (f"A{mark}", "余村党支部", town.name), ("", "<b>第一党小组</b>", f"A{mark}")
    rows: Rows = (
        group,
        branch,
        ("", "横路村党支部", town.name),
        ("", "远村党支部", f"梅溪镇党委{mark}"),
        (f"梅{mark}", "银坑村党支部", town.name),
        (f"A{mark}", "马吉村党支部", town.name),
        (f"天{mark}", town.name, town.county),
    )
    first = town.bring(*rows)
    page = settled(admin, first)
    assert told(page) == [3, 0, 3, 0, 1]
    lines = [page.index(f"第 {line} 行") for line in (5, 6, 7)]
    assert lines == sorted(lines), "the wrong ones come first, in the order of the list"
    assert f"“{town.name}”下面没有叫“梅溪镇党委{mark}”的上级" in page, "what is not theirs is not there"
    assert "&lt;b&gt;第一党小组" in admin.http.get(f"{first}?show=new").text
    assert town.below() == {}, "nothing is changed before it is said"
    for other in (served.person("admin"), served.person("staff")):
        for answer in (other.http.get(first), other.post(f"{first}/apply")):
            assert answer.status_code == 404, "another's list is not there"
    assert admin.http.get(first.replace("/organisation/", "/people/")).status_code == 404
    admin.post(f"{first}/apply")
    assert "新建 3 个" in settled(admin, first)
    assert town.below() == {
        "余村党支部": town.name,
        "<b>第一党小组</b>": "余村党支部",
        "横路村党支部": town.name,
    }
    assert told(settled(admin, town.bring(*rows))) == [3, 0, 0, 0, 4]
    taken = admin.http.get(f"/organisation/{town.id}/list.xlsx").content
    assert told(settled(admin, brought(admin, f"/organisation/{town.id}/list", taken))) == [0, 0, 0, 0, 4]
    filled = admin.http.get("/organisation/lists/template.xlsx").content
    looked = settled(admin, brought(admin, f"/organisation/{town.id}/list", filled))
    assert sum(told(looked)) == 6


def test_a_node_that_had_moved_was_made_a_second_time(served: Served) -> None:
    """What a list does not name by its code may be one that lies elsewhere: somebody says which."""
    town = Town(served)
    admin = town.admin
    sides = [("", f"{side}片党总支", town.name) for side in "东西"]
    first = town.bring(*sides, ("", "余村", "东片党总支"), ("", "横路村", "东片党总支"))
    settled(admin, first)
    admin.post(f"{first}/apply")
    settled(admin, first)
    moving = town.bring(
        ("", "余村", "西片党总支"), ("", "横路村", "西片党总支"), ("", "第一党小组", "横路村")
    )
    page = settled(admin, f"{moving}?show=doubtful")
    assert told(page) == [1, 2, 0, 0, 0], "below which of two the group lies waits for what is said of them"
    same = re.search(r'name="row-2" value="(same:\w+)"', page)
    assert same is not None
    assert admin.post(f"{moving}/decide", **{"row-2": "everything"}).status_code == 422
    admin.post(f"{moving}/decide", **{"row-2": same[1], "row-3": "another"})
    page = settled(admin, f"{moving}?show=wrong")
    assert told(page) == [1, 0, 1, 1, 0]
    assert "有 2 个党组织叫“横路村”" in page, "whom the group lies below is no longer clear"
    admin.post(f"{moving}/apply")
    assert "新建 1 个，更新 1 个" in settled(admin, moving)
    assert town.below()["余村"] == "西片党总支"
    with served.ports.db.read() as session:
        assert queries.called(session, [town.id], "横路村")[1] == 2


def test_who_may_not_and_what_is_no_list(served: Served, shelf: Shelf) -> None:
    town = Town(served)
    admin, address = town.admin, f"/organisation/{town.id}/list"
    assert served.person("staff").http.get(address).status_code == 403
    assert admin.http.get(f"/organisation/{town.other}/list").status_code == 404
    closed = served.person("admin").http.get(f"/organisation/{shelf.node(closed=True)}/list")
    assert closed.status_code == 409
    page = settled(admin, brought(admin, address, b"PK\x03\x04" + b"\0" * 4000))
    assert 'role="alert"' in page
    assert "Traceback" not in page
    for name, data, said in (
        ("党组织.doc", b"x", "党组织.doc"),
        ("党组织.csv", b"x" * (16 * 2**20 + 1), "文件太大"),
    ):
        sent = admin.http.post(address, data={"csrf": admin.csrf()}, files={"file": (name, data, "text/csv")})
        assert sent.status_code == 422, said
    assert "文件太大" in sent.text
    assert town.below() == {}
    # Rights that end between looking and importing.
    listed = town.bring(("", "余村党支部", town.name))
    settled(admin, listed)
    with served.ports.db.write() as session:
        actions.close(session, queries.node(session, town.id), served.ports.clock(), None)
    admin.post(f"{listed}/apply")
    assert "已经撤销" in settled(admin, listed)
    assert town.below() == {}


def test_two_lists_at_once_made_a_node_twice(served: Served) -> None:
    """Two administrators bring the same rows and import them in the same moment: one makes, one finds."""
    town = Town(served)
    both = (town.admin, served.signed_in("admin"))
    rows = [("", f"第{n}党支部", town.name) for n in range(20)]
    addresses = [town.bring(*rows, by=one) for one in both]
    for one, address in zip(both, addresses, strict=True):
        assert told(settled(one, address)) == [0, 0, 20, 0, 0]
    with ThreadPoolExecutor(4) as pool:
        # Each twice, as by a second click.
        asked = [
            pool.submit(partial(one.post, f"{address}/apply"))
            for one, address in 2 * list(zip(both, addresses, strict=True))
        ]
        assert {answer.result().status_code for answer in asked} <= {303, 409}
    pages = [settled(one, address) for one, address in zip(both, addresses, strict=True)]
    made = sorted(told(page) for page in pages)
    assert made == [[0, 0, 0, 0, 20], [0, 0, 20, 0, 0]]
    assert len(town.below()) == 20
