"""weike user: accounts from the machine itself."""

from __future__ import annotations

import io

import pytest

from library.access import actions as access
from library.people import queries as people_queries
from server.wiring import Ports
from tests.server.commands.conftest import Weike


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
    assert access.sign_in(ports.db, "wang", "correct horse battery", ports.clock()) is None
    assert access.sign_in(ports.db, "wang", "another good one", ports.clock()) is not None


def test_links_make_accounts_and_mend_forgotten_passwords(weike: Weike, ports: Ports) -> None:
    link = weike("user", "link", "--role", "staff", "--name", "李强", "--json").json["url"]
    assert link.startswith("http://127.0.0.1:8000/welcome/")
    with ports.db.write() as session:
        secret = link.rsplit("/", 1)[1]
        made = access.accept_invitation(session, secret, "li", "", "correct horse", ports.clock())
        assert people_queries.person_row(session, made.id).roles[0][0] == "staff"
    link = weike("user", "link", "--for", "li").out.strip()
    with ports.db.write() as session:
        secret = link.rsplit("/", 1)[1]
        again = access.accept_invitation(session, secret, "ignored", "", "battery staple", ports.clock())
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
    assert access.sign_in(ports.db, "wang", "correct horse battery", ports.clock()) is None
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
