"""Indexes of those rows of a table for which something holds, on both databases.

A table says of them what they are (`__partial_indexes__`), and they are made of that when somebody asks for
the whole schema. SQLAlchemy's own words for it (`postgresql_where`) load the dialect of a database that is
perhaps not there, wherever a table is imported: a twentieth of what a command needs to start.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Index, MetaData, text

from library.core.database import Base


@dataclass(frozen=True)
class PartialIndex:
    """An index called `name` of the rows where the SQL `where` holds."""

    name: str
    columns: tuple[str, ...]
    where: str
    unique: bool = True


def with_partial_indexes() -> MetaData:
    """Return all tables that were imported, with their partial indexes; may be asked again."""
    for mapper in Base.registry.mappers:
        table = Base.metadata.tables[mapper.class_.__tablename__]
        there = {index.name for index in table.indexes}
        told: tuple[PartialIndex, ...] = mapper.class_.__dict__.get("__partial_indexes__", ())
        for one in told:
            if one.name not in there:
                where = text(one.where)
                columns = [table.c[name] for name in one.columns]
                Index(one.name, *columns, unique=one.unique, sqlite_where=where, postgresql_where=where)
    return Base.metadata
