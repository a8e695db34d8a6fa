"""Alembic's entry: runs on the connection that `server.migrate` or the generator hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import MetaData, create_engine

from library.core.database import Base


def _run(connection: object, tables: MetaData) -> None:
    context.configure(connection=connection, target_metadata=tables, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def _all_tables() -> MetaData:
    """The whole schema, for the generator alone: each slice brings its tables, and with them all pages and
    routes, which a first start of any command would wait two seconds for."""
    from library.core.partial_indexes import with_partial_indexes
    from server.slices import SLICES  # noqa: F401

    return with_partial_indexes()


connection = context.config.attributes.get("connection")
if connection is not None:
    _run(connection, Base.metadata)  # migrations name their tables themselves; constraints have our names
else:
    with create_engine(context.config.attributes["url"]).connect() as fresh:
        _run(fresh, _all_tables())
