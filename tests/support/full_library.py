"""A library in which every table has rows and every file that rows name is there.

Rows are made from what the tables say of themselves, so that a table which comes later is filled too: texts
that hurt, moments to the microsecond, JSON that is absent and JSON that is `null`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import obstore
from obstore.store import ObjectStore
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    null,
)
from sqlalchemy.types import Boolean, TypeDecorator

from library.catalog import covers
from library.core.database import Base, Database, UtcDateTime
from library.intake.files.objects import original_key
from library.intake.files.stored_names import OBJECTS, needed
from library.reflections import stored as reflections
from server.slices import SLICES

ROWS = 7
"""Rows of each table."""

TEXT = "绿水青山，就是'金山\"银山\\ %s\t{0}𠮷"
_AT = datetime(2026, 3, 5, 8, 30, 15, 123456, tzinfo=UTC)
_JSON: tuple[Any, ...] = ({"键": [1, 2.5, None, "𠮷"], "a": {}}, [], None, [[0, 2.5], [3.125, 4]], "字")
_NAMED = {("versions_draft", "values")}
"""JSON that a backup reads: values by their names."""
assert SLICES  # each brings its tables


def fill(db: Database, rows: int = ROWS) -> None:
    """Put rows into every table; the root of a first start goes."""
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in Base.metadata.sorted_tables:
            for n in range(rows):
                connection.execute(insert(table), dict(_values(table, n)))


def _values(table: Table, n: int) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        yield column.name, _value(table, column, n)


def _value(table: Table, column: Column[Any], n: int) -> Any:
    for key in column.foreign_keys:
        if key.column.table is table:  # a tree: the first has no parent, each other the one two before it
            return None if n == 0 else _value(table, key.column, max(0, n - 2))
        return _value(key.column.table, key.column, n)
    if isinstance(column.type, JSON):
        value = {} if (table.name, column.name) in _NAMED else _JSON[n % len(_JSON)]
        return null() if column.nullable and n % 3 == 1 else value
    if column.nullable and n % 3 == 2 and not column.unique:
        return None
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(column.type, Enum):
        words = list(column.type.enum_class or ())
        return words[n % len(words)]
    if isinstance(column.type, UtcDateTime) or isinstance(kind, DateTime):
        return _AT + timedelta(days=n, microseconds=n)
    if isinstance(kind, Date):
        return date(2026, 1, 1) + timedelta(days=n)
    if isinstance(kind, Boolean):
        return n % 2 == 0
    if isinstance(kind, Float):
        return n / 3 + (1000 if column.name.startswith("end") else 0)
    if isinstance(kind, Integer):
        return n + 1
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) + TEXT.encode() * n
    return _text(table, column, n, kind)


def original(n: int) -> bytes:
    """The bytes of the n-th original."""
    return f"original {n} ".encode() * 100


def _text(table: Table, column: Column[Any], n: int, kind: Any) -> str:
    sha256 = hashlib.sha256(original(n)).hexdigest()
    if table.name == "intake_original" and column.name in ("sha256", "key"):
        return sha256 if column.name == "sha256" else original_key(sha256)
    if column.name in ("plan", "early", "upload_id"):
        return f"{n:032x}"
    if table.name == "catalog_clip" and column.name == "cover":
        return f"{n:012x}"
    most = kind.length if isinstance(kind, String) and kind.length else 60
    if column.primary_key or column.unique or column.name.endswith("_id"):
        return f"{table.name[:6].strip('_')}{column.name[:2]}{n:04d}"[-most:].replace("_", "x")
    return f"{n}{TEXT}"[:most]


def put_files(db: Database, store: ObjectStore) -> None:
    """Put every file that rows name into the store, and a few more."""
    for n in range(ROWS):
        obstore.put(store, original_key(hashlib.sha256(original(n)).hexdigest()), original(n))
    with db.read() as session:
        named = (*needed(session), *reflections.needed(session))
        names = [found[0].removeprefix(OBJECTS) for found in named]
    for key in names:
        if key.endswith(".m3u8"):
            obstore.put(store, key, f"#EXTM3U {key}".encode())
            obstore.put(store, key.replace("master.m3u8", "480p/00001.m4s"), key.encode() * 1000)
        elif key.startswith(("materials/", "reflections/")) or key.rpartition("/")[2] in covers.FILES:
            obstore.put(store, key, key.encode())
    obstore.put(store, "storyboards/r/sheet-1.jpg", b"the same bytes")
    obstore.put(store, "storyboards/s/sheet-1.jpg", b"the same bytes")


def all_rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as it is stored: JSON as text."""
    from server.keeping import rows

    return {
        table.name: list(rows.stream(connection, rows.ordered(table, connection)))
        for table in rows.plain_tables(Base.metadata)
    }


def rows_of(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a database."""
    with db.engine.connect() as connection:
        return all_rows(connection)


def files_of(store: ObjectStore) -> dict[str, bytes]:
    """Every object with its bytes."""
    return {
        meta["path"]: bytes(obstore.get(store, meta["path"]).bytes())
        for batch in obstore.list(store)
        for meta in batch
    }
