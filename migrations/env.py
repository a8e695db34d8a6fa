"""Alembic's entry: runs on the connection that `server.migrate` or the generator hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from library.core.partial_indexes import with_partial_indexes
from server.slices import SLICES  # noqa: F401 - each slice brings its tables


def _run(connection: object) -> None:
    context.configure(connection=connection, target_metadata=with_partial_indexes(), render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    _run(connection)
else:
    with create_engine(context.config.attributes["url"]).connect() as fresh:
        _run(fresh)
