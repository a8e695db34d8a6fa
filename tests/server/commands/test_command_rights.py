"""Every command is in the table of permissions, and asks as whom it is told to."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from library.core.rights import RIGHTS, Act, Scope, Thing, allowed, somewhere
from library.people import queries as people
from server.commands.administrator import machine
from server.commands.command_rights import AS, COMMANDS, MACHINE
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.server.commands.test_contract import COMMANDS as FOUND
from tests.support import factories as make


def test_every_command_is_in_the_table_once() -> None:
    assert set(COMMANDS) | MACHINE == set(FOUND)
    assert not set(COMMANDS) & MACHINE
    assert all(acts and set(acts) <= set(Act) for acts in COMMANDS.values())


def test_whoever_is_asked_for_is_in_the_table_of_those_who_may_be() -> None:
    """A new option by which a command asks as somebody needs a row, and a test of what it hides."""
    named = {
        name: option
        for name, one in FOUND.items()
        for parameter in one.params
        for option in parameter.opts
        if option in ("--as", "--as-person", "--on-behalf-of", "--for-person")
    }
    assert named == AS


def test_the_machine_may_what_its_commands_do(ports: Ports) -> None:
    with ports.db.write() as session:
        viewer = machine(session)
        thing = Thing(f"{make.root(session).path}below/", state="published")
    for acts in COMMANDS.values():
        for act in acts:
            scopes = {right.scope for right in RIGHTS[act]}
            asked = somewhere(viewer, act) if Scope.ANYWHERE in scopes else allowed(viewer, act, thing)
            assert asked, act


@pytest.mark.parametrize("name", AS)
def test_nobody_is_asked_for_who_is_unknown_or_closed(name: str, weike: Weike, ports: Ports) -> None:
    def closed(session: Session) -> str:
        row = people.person(session, str(make.person(session, name="停用").person_id))
        row.active = False
        return row.username

    with ports.db.write() as session:
        gone = closed(session)
    for who in ("nobody-such", gone):
        ran = weike(name, "南湖", AS[name], who)
        assert (ran.code, ran.out) == (2, ""), who
