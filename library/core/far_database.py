"""How long a PostgreSQL that does not answer is waited for, when nobody says that it is gone.

A server that ends tells so. A cable that is cut, a router or a host that falls silent does not: without these
numbers the kernel waits for a quarter of an hour, and whoever holds a lock at the other end keeps it for two.
https://www.postgresql.org/docs/current/libpq-connect.html, tcp(7).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event, make_url

CONNECT_S = 5
"""Until a new connection is there."""
SILENCE_S = 15
"""Until one is given up on whose other end has not confirmed what it was sent, or a sign of life. An answer
that takes long is none of this: the other end's kernel is there."""
_IDLE_S, _EVERY_S = 5, 5

_OURS = {
    "connect_timeout": str(CONNECT_S),
    "tcp_user_timeout": str(SILENCE_S * 1000),
    "keepalives_idle": str(_IDLE_S),
    "keepalives_interval": str(_EVERY_S),
    "keepalives_count": str((SILENCE_S - _IDLE_S) // _EVERY_S),
}
# The same at the server's end: what a process had begun that is out of reach must be undone, for its locks.
_THEIRS = (
    f"SET tcp_keepalives_idle = {_IDLE_S}",
    f"SET tcp_keepalives_interval = {_EVERY_S}",
    f"SET tcp_keepalives_count = {(SILENCE_S - _IDLE_S) // _EVERY_S}",
    f"SET tcp_user_timeout = {SILENCE_S * 1000}",
)


def patience(url: str) -> dict[str, str]:
    """Return what a PostgreSQL's address does not say of how long to wait, as its parameters."""
    said = make_url(url).query
    return {name: value for name, value in _OURS.items() if name not in said}


def ask_the_server(engine: Engine) -> None:
    """Let each new connection tell its server to look, too, whether we are still there."""

    @event.listens_for(engine, "connect")
    def _tell(connection: Any, _record: object) -> None:
        connection.autocommit = True
        for statement in _THEIRS:
            connection.execute(statement)
        connection.autocommit = False
