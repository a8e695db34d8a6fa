"""What somebody may do at a node and why: the same as the table says, and nothing of what lies elsewhere."""

from __future__ import annotations

import httpx
import pytest

from library.catalog.node_why import ACTS, answers
from library.core.clock import local_day, utc_now
from library.core.permits import Role
from library.core.rights import Thing, allowed
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import actions, queries
from library.people.tables import Person as PersonRow
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import PLAIN
from tests.support.server import Served
from tests.support.signing import token


@pytest.mark.slow
def test_what_is_said_is_what_the_table_decides_and_nothing_of_elsewhere(
    served: Served, shelf: Shelf
) -> None:
    now = utc_now()
    with served.ports.db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", now)
        other = organisation.add_named(session, root, "灵峰镇党委", now)
        village = organisation.add_named(session, town, "余村党支部", now)
        asker = make.person(session, (Role.STAFF, town))
        secret = token(session, str(asker.person_id), "x", now)[1]
        names = {}
        for role, node in (
            (Role.MEMBER, village),
            (Role.SECRETARY, village),
            (Role.REVIEWER, town),
            (Role.ADMIN, town),
        ):
            viewer = make.person(session, (role, node))
            names[role] = queries.person(session, str(viewer.person_id)).username
            for place in (root, town, village, other):
                told = answers(session, viewer, place)
                assert [one.act for one in told] == list(ACTS)
                for one in told:
                    assert one.may is allowed(viewer, one.act, Thing(place.path)), (role, place.name, one.act)
                    assert bool(one.because) is one.may is not bool(one.missing)
        # the member is an administrator of a town beside, which the one who asks does not staff
        member = queries.person_by_username(session, names[Role.MEMBER])
        assert member is not None
        actions.grant(session, member.id, Role.ADMIN, other, None, now)
        stranger = make.person(session, (Role.STAFF, other))
        names["stranger"] = queries.person(session, str(stranger.person_id)).username
        ids = town.id, village.id, other.id
        member_id = member.id

    with httpx.Client(
        verify=PLAIN, base_url=served.base_url, headers={"Authorization": f"Bearer {secret}"}, timeout=60
    ) as http:

        def why(node: str, person: str) -> httpx.Response:
            return http.get(f"/api/v1/organisation/nodes/{node}/why", params={"person": person})

        told = why(ids[1], names[Role.ADMIN]).json()["acts"]
        assert {one["may"] for one in told} == {True}
        assert {reason["text"] for one in told for reason in one["because"]} == {"是天荒坪镇党委的管理员。"}
        of_member = why(ids[1], names[Role.MEMBER])
        assert {one["may"] for one in of_member.json()["acts"]} == {False}
        assert "灵峰镇" not in of_member.text, "what they hold elsewhere is not said"
        keep = next(one for one in of_member.json()["acts"] if one["act"] == "people.keep")["missing"][0]
        assert keep["code"] == "missing_role_here"
        assert "书记" in keep["text"]
        assert "工作人员、管理员" in keep["todo"]
        # a person elsewhere and nobody at all are the same, and so are a node elsewhere and none
        unknown = [why(ids[1], name) for name in (names["stranger"], "nobody-such")]
        assert [one.status_code for one in unknown] == [422, 422]
        said = [
            one.text.replace(name, "")
            for one, name in zip(unknown, (names["stranger"], "nobody-such"), strict=True)
        ]
        assert said[0] == said[1]
        assert [why(node, names[Role.MEMBER]).status_code for node in (ids[2], "none")] == [404, 404]

        page = http.get(f"/organisation/{ids[1]}/roles", params={"person": names[Role.SECRETARY]})
        assert '登记人员的组织关系</strong> <span class="tag">可以' in page.text
        assert '看党组织</strong> <span class="tag">不可以' in page.text
        lost = http.get(f"/organisation/{ids[1]}/roles", params={"person": "<b>谁</b>"})
        assert lost.status_code == 422
        assert "<b>谁" not in lost.text

        with served.ports.db.write() as session:
            session.get_one(PersonRow, member_id).active = False
        closed = why(ids[1], names[Role.MEMBER]).json()["acts"]
        assert {reason["code"] for one in closed for reason in one["missing"]} == {"missing_closed"}


def test_nobody_moves_the_root(served: Served, shelf: Shelf) -> None:
    with served.ports.db.read() as session:
        admin = shelf.viewer("admin")
        root = session.get_one(Node, shelf.root())
        told = {one.act: one for one in answers(session, admin, root)}
    assert [reason.code for reason in told[ACTS[7]].missing] == ["missing_root_stays"]
    assert told[ACTS[6]].may
    assert local_day(utc_now())
