"""weike user: accounts from the machine itself."""

from __future__ import annotations

import io

import openpyxl
import pytest

from library.access import links
from library.access.coming_in import codes, starting
from library.core.permits import Role
from library.organisation import actions as organisation
from library.people import queries as people_queries
from library.people.passwords import hashed
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories
from tests.support.signing import sign_in


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> object:
    """``typed("a password")``: what comes on standard input."""

    def put(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))

    return put


@pytest.mark.slow
def test_an_account_from_its_making_to_a_new_password(weike: Weike, ports: Ports, typed) -> None:  # type: ignore[no-untyped-def]
    typed("correct horse battery")
    made = weike("user", "add", "Wang", "--name", "王芳", "--role", "lecturer", "--password-stdin", "--json")
    assert made.code == 0
    assert (made.json["username"], made.json["name"]) == ("wang", "王芳")
    assert [held["role"] for held in made.json["roles"]] == ["lecturer"]

    assert [held["role"] for held in weike("user", "role", "wang", "staff", "--json").json["roles"]] == [
        "lecturer",
        "staff",
    ]
    taken = weike("user", "role", "wang", "staff", "--remove", "--json").json["roles"]
    assert [held["role"] for held in taken] == ["lecturer"]
    assert [row["username"] for row in weike("user", "list", "--json").json["people"]] == ["wang"]
    assert "王芳" in weike("user", "list").out

    typed("another good one")
    assert weike("user", "password", "wang", "--password-stdin").code == 0
    assert sign_in(ports.db, "wang", "correct horse battery", ports.clock()) is None
    assert sign_in(ports.db, "wang", "another good one", ports.clock()) is not None


@pytest.mark.slow
def test_links_make_accounts_and_mend_forgotten_passwords(weike: Weike, ports: Ports) -> None:
    link = weike("user", "link", "--role", "staff", "--name", "李强", "--json").json["url"]
    assert link.startswith("http://127.0.0.1:8000/welcome/")
    with ports.db.write() as session:
        secret = link.rsplit("/", 1)[1]
        made = links.accept_invitation(session, secret, "li", "", hashed("correct horse"), ports.clock())
        assert people_queries.person_row(session, made.id).roles[0][0] == "staff"
    link = weike("user", "link", "--for", "li").out.strip()
    with ports.db.write() as session:
        secret = link.rsplit("/", 1)[1]
        again = links.accept_invitation(
            session, secret, "ignored", "", hashed("battery staple"), ports.clock()
        )
        assert again.username == "li"


@pytest.mark.slow
def test_somebody_is_erased_once_it_was_meant(weike: Weike, ports: Ports, typed) -> None:  # type: ignore[no-untyped-def]
    for name, role in (("wang", "member"), ("li", "admin")):
        typed("correct horse battery")
        assert weike("user", "add", name, "--role", role, "--password-stdin").code == 0
    typed("y")
    assert weike("user", "erase", "wang").code == 2, "nobody was asked"
    erased = weike("user", "erase", "wang", "--yes", "--json")
    assert (erased.code, erased.json) == (0, {"username": "wang", "erased": True})
    assert [row["username"] for row in weike("user", "list", "--json").json["people"]] == ["li"]
    assert sign_in(ports.db, "wang", "correct horse battery", ports.clock()) is None
    for name in ("wang", "li"):  # not there any more; the last administrator
        assert weike("user", "erase", name, "--yes").code == 2


@pytest.mark.slow
def test_mistakes_end_with_2_in_one_sentence(weike: Weike, typed) -> None:  # type: ignore[no-untyped-def]
    typed("correct horse battery")
    assert weike("user", "add", "wang", "--password-stdin").code == 0
    for password, arguments in (
        ("correct horse battery", ("add", "wang", "--password-stdin")),
        ("short", ("add", "li", "--password-stdin")),
        ("12345678", ("add", "li", "--password-stdin")),
        ("", ("add", "li", "--password-stdin")),
        ("correct horse battery", ("add", "li")),
        ("correct horse battery", ("add", "li qiang", "--password-stdin")),
        ("correct horse battery", ("password", "nobody", "--password-stdin")),
        ("", ("role", "nobody", "staff")),
        ("", ("role", "wang", "king")),
        ("", ("link", "--for", "nobody")),
        ("", ("add",)),
    ):
        typed(password)
        ran = weike("user", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), (arguments, ran)
        assert "horse" not in ran.err
    assert [row["username"] for row in weike("user", "list", "--json").json["people"]] == ["wang"]


@pytest.mark.slow
def test_a_branch_is_invited_and_somebody_signs_in_by_a_number(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        node = organisation.add_named(session, factories.root(session), "余村党支部", ports.clock())
        factories.person(session, (Role.MEMBER, node), name="=王芳")
    assert weike("user", "invite", "--at", "余村党支部").code == 2, "neither --all nor --new"
    made = weike("user", "invite", "--at", "余村党支部", "--all", "--xlsx", "单.xlsx", "--json")
    [card] = made.json["cards"]
    assert (card["name"], made.json["node"], made.json["voided"]) == ("=王芳", "余村党支部", 0)
    assert weike("user", "invite", "--at", "余村党支部", "--new").code == 2, "everybody has one"
    sheet = openpyxl.load_workbook("单.xlsx").active
    [row] = [row for row in sheet.iter_rows() if row[0].value == "=王芳"]
    assert row[0].data_type == "s"
    with ports.db.write() as session:
        secret = starting.open_by_code(session, codes.read(card["code"]), ports.clock())
        links.accept_invitation(session, secret, "", "", hashed("correct horse"), ports.clock())
    named = weike("user", "names", card["username"], "--phone", "138 1234 5678", "--json")
    assert named.json["names"] == {"phone": "138****5678"}
    assert sign_in(ports.db, "+86 13812345678", "correct horse", ports.clock()) is not None
    refused = weike("user", "names", card["username"], "--staff-number", "330523198001011234")
    assert (refused.code, "身份证号" in refused.err) == (2, True)


def test_whether_somebodys_lessons_are_heard_is_shown_and_chosen_for_them(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        viewer = factories.person(session, (Role.LECTURER, factories.root(session)), name="王芳")
        name = people_queries.person(session, str(viewer.person_id)).username
    shown = weike("user", "speech", name, "--json").json
    assert (shown["choice"], shown["holds"], shown["stopped"]) == (None, "on-request", 0)
    assert weike("user", "speech", name, "--choose", "never", "--json").json["holds"] == "never"
    assert "本人选的" in weike("user", "speech", name).out
    assert weike("user", "speech", name, "--choose", "server", "--json").json["choice"] is None
    assert weike("user", "speech", name, "--choose", "sometimes").code == 2
    assert weike("user", "speech", "nobody").code == 2
