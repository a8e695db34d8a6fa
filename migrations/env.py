"""Alembic's entry: runs on the connection that `server.migrate` or the generator hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

import library.access.tables
import library.catalog.tables
import library.dictionary.tables
import library.intake.tables
import library.organisation.tables
import library.people.tables
import library.plays.tables
import library.review.tables
import library.searches.tables  # noqa: F401 - importing a slice's tables registers them
from library.core.database import Base


def _run(connection: object) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    _run(connection)
else:
    with create_engine(context.config.attributes["url"]).connect() as fresh:
        _run(fresh)
