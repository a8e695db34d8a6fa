"""Where the organisation has more nodes than a list can hold, they are typed."""

from __future__ import annotations

import pytest

from library.organisation import actions as organisation
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.server import Served


@pytest.fixture
def towns(served: Served, shelf: Shelf) -> None:
    """Two towns of forty branches each; both have one of the same name."""
    now = served.ports.clock()
    with served.ports.db.write() as session:
        for town in ("东乡党委", "西乡党委"):
            node = organisation.add_named(session, factories.root(session), town, now)
            for n in range(40):
                organisation.add_named(session, node, f"{town[:2] if n else ''}{n}村党支部", now)


@pytest.mark.slow
def test_a_list_of_every_node_stood_in_the_page_for_every_person(served: Served, towns: None) -> None:
    admin = served.person("admin")
    page = admin.http.get("/people").text
    assert "村党支部" not in page
    assert '<input name="branch"' in page

    made = admin.post("/people", name="新同志", role="member", branch="东乡党委 / 0村党支部")
    assert made.status_code == 200
    assert "/welcome/" in made.text
    unclear = admin.post("/people", name="新同志", role="member", branch="0村党支部")
    assert unclear.status_code == 422
    assert "西乡党委 / 0村党支部" in unclear.text
    assert 'value="0村党支部"' in unclear.text
    unknown = admin.post("/people", name="新同志", role="member", branch="不在的党支部")
    assert unknown.status_code == 422
    assert "没有叫“不在的党支部”" in unknown.text
