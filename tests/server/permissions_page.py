"""docs/permissions.md as it must read: `python -m tests.server.permissions_page` writes its tables anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from library.core.permits import HOLDS, Role
from library.core.rights import GIVES, RIGHTS, Scope
from server.commands.command_rights import AS, COMMANDS, MACHINE
from server.web.routing.route_rights import ROUTES

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
_REACH = {
    Scope.ANYBODY: "anybody",
    Scope.SIGNED_IN: "whoever has an account",
    Scope.AUDIENCE: "whoever belongs to its audience",
    Scope.OWN: "whose it is",
    Scope.NODE: "{role} at its node or above",
    Scope.ABOVE: "{role} above its node",
    Scope.ALL: "{role} at the root",
    Scope.ANYWHERE: "{role} anywhere",
}


def _roles() -> Iterator[str]:
    yield "## Roles\n\n| role | holds | gives and takes at its node and below |\n| --- | --- | --- |"
    for role in Role:
        held = ", ".join(one for one in Role if one in HOLDS[role])
        given = ", ".join(one for one in Role if one in GIVES.get(role, ())) or "none"
        yield f"| {role} | {held} | {given} |"


def _acts() -> Iterator[str]:
    yield "## Acts\n\n| act | who | in which states |\n| --- | --- | --- |"
    for act, rights in RIGHTS.items():
        for right in rights:
            who = _REACH[right.scope].format(role=right.role)
            if right.scope is Scope.OWN and right.role:
                who += f", while {right.role} anywhere"
            yield f"| {act} | {who} | {', '.join(sorted(right.states)) or 'any'} |"


def _routes() -> Iterator[str]:
    yield "## Routes\n\n| act | route |\n| --- | --- |"
    for act, routes in ROUTES.items():
        for route in routes:
            yield f"| {act} | `{route}` |"


def _commands() -> Iterator[str]:
    yield "## Commands\n\n| command | acts | asks as |\n| --- | --- | --- |"
    for name, acts in sorted(COMMANDS.items()):
        said = f"the machine; somebody with `{AS[name]}`" if name in AS else "the machine"
        yield f"| `weike {name}` | {', '.join(acts)} | {said} |"
    for name in sorted(MACHINE):
        yield f"| `weike {name}` | none: the machine's own | the machine |"


def document() -> str:
    """The document as it must read: what stands before the first heading stays as it is."""
    introduction = DOCUMENT.read_text("utf-8").partition("\n## ")[0].rstrip()
    tables = ("\n".join(lines) for lines in (_roles(), _acts(), _routes(), _commands()))
    return "\n\n".join([introduction, *tables]) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
