"""Rows copied from one database to another as they are, and compared: SQLite and PostgreSQL, either way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Enum,
    MetaData,
    Select,
    String,
    Table,
    Text,
    cast,
    collate,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import UserDefinedType

from server.keeping.errors import KeepingFailed

_BATCH = 1000


class _Json(UserDefinedType[str]):
    """A column of JSON as the text that stands in it: an absent value and the JSON `null` are two things, and
    neither numbers nor the order of keys may change on the way."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return what PostgreSQL calls it."""
        return "JSON"

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read the text."""
        return cast(column, Text)


@dataclass(frozen=True)
class Compared:
    """A table that is the same on both sides: how many rows, and the SHA-256 over all of them."""

    rows: int
    sha256: str


def plain_tables(metadata: MetaData) -> list[Table]:
    """Return the tables in the order in which they can be filled, with columns that hand values on as they
    are: text of JSON, words of closed sets as text."""
    bare = MetaData()
    return [
        Table(table.name, bare, *(Column(c.name, _bare(c), primary_key=c.primary_key) for c in table.columns))
        for table in metadata.sorted_tables
    ]


def _bare(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        return _Json()
    return String(column.type.length) if isinstance(column.type, Enum) else column.type


def ordered(table: Table, connection: Connection) -> Select[Any]:
    """Return the select of all rows in the order of their keys, the same on each database."""

    def key(column: Column[Any]) -> Any:
        is_text = isinstance(column.type, String) and connection.dialect.name == "postgresql"
        return collate(column, "C") if is_text else column

    return select(table).order_by(*(key(column) for column in table.primary_key.columns))


def stream(connection: Connection, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield rows, a batch of them in memory at a time."""
    for row in connection.execution_options(yield_per=_BATCH).execute(statement):
        yield tuple(row)


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def copy(source: Connection, target: Connection, table: Table, parents: tuple[str, str] | None) -> int:
    """Fill an empty table with the rows of another database; returns how many. The caller commits.

    `parents`: (key, column that names another row of this table), parents come first. Raises KeepingFailed
    with the row that the target refuses.
    """
    names = [column.name for column in table.columns]
    rows: Iterable[tuple[Any, ...]] = stream(source, ordered(table, source))
    if parents is not None:
        rows = parents_first(list(rows), names.index(parents[0]), names.index(parents[1]))
    copied, batch = 0, []
    for row in rows:
        batch.append(dict(zip(names, row, strict=True)))
        if len(batch) == _BATCH:
            _insert(target, table, batch)
            copied, batch = copied + len(batch), []
    if batch:
        _insert(target, table, batch)
    return copied + len(batch)


def _insert(target: Connection, table: Table, batch: list[dict[str, Any]]) -> None:
    try:
        target.execute(insert(table), batch)
    except (DBAPIError, ValueError) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0][:200]
        raise KeepingFailed("row_refused", table=table.name, said=said) from error


def parents_first(rows: Sequence[tuple[Any, ...]], key: int, parent: int) -> list[tuple[Any, ...]]:
    """Return rows so that each stands behind the one that it names; pure."""
    known = {row[key] for row in rows}
    children: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        children.setdefault(row[parent] if row[parent] in known else None, []).append(row)
    placed = list(children.get(None, ()))
    for row in placed:  # it grows while it is walked through
        placed.extend(children.get(row[key], ()))
    return placed


def compare(source: Connection, target: Connection, table: Table) -> Compared:
    """Read a table on both sides, row by row in the order of its keys.

    Raises KeepingFailed with the first key at which they differ.
    """
    theirs = stream(target, ordered(table, target))
    keys = [n for n, column in enumerate(table.columns) if column.primary_key]
    digest, rows = hashlib.sha256(), 0
    for ours in stream(source, ordered(table, source)):
        found = next(theirs, None)
        if found != ours:
            raise KeepingFailed("rows_differ", table=table.name, key=_key(ours, keys))
        digest.update(repr([_written(value) for value in ours]).encode())
        rows += 1
    surplus = next(theirs, None)
    if surplus is not None:
        raise KeepingFailed("rows_differ", table=table.name, key=_key(surplus, keys))
    return Compared(rows, digest.hexdigest())


def _written(value: Any) -> Any:
    """Return a value in the one form in which it is hashed: a moment is the same in every zone."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _key(row: tuple[Any, ...], keys: Sequence[int]) -> str:
    return ", ".join(str(row[n]) for n in keys)


def set_sequences(target: Connection, tables: Iterable[Table]) -> None:
    """Let every number that PostgreSQL gives by itself go on behind the largest that is there.

    SQLite looks at the rows themselves.
    """
    if target.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            named = select(func.pg_get_serial_sequence(table.name, column.name))
            sequence = target.scalar(named)
            if sequence is not None:
                top = target.scalar(select(func.max(column)))
                target.execute(
                    text("SELECT setval(CAST(:name AS regclass), :top, :used)"),
                    {"name": sequence, "top": top or 1, "used": top is not None},
                )
