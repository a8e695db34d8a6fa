"""A slice's tables are written by the modules that it names, and by nobody else."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core import database
from library.core.database import Base
from tests.library.code.writes import Write, columns_of, tables, writes

ROOT = Path(__file__).parents[2]


@cache
def written() -> dict[str, list[Write]]:
    """What every module writes of those that can get hold of a row: that speak of a session or of a table."""
    found = {}
    for file in [*(ROOT / "library").rglob("*.py"), *(ROOT / "server").rglob("*.py")]:
        code = file.read_text()
        if "session" in code.lower() or ".tables import" in code:
            parts = file.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = writes(code, vars(import_module(name)))
    return found


def slice_of(thing: Any) -> str:
    """The package that a table, or a module, is in: `library.catalog`."""
    return ".".join(getattr(thing, "__module__", thing.__name__).split(".")[:2])


def writers() -> dict[str, tuple[str, ...]]:
    """The modules that each slice with tables names as its writers."""
    slices = {slice_of(table) for table in tables()}
    return {name: tuple(f"{name}.{one}" for one in import_module(name).WRITERS) for name in sorted(slices)}


def may(module: str, write: Write) -> bool:
    """Whether a module may write so.

    Where nobody can tell whose row it is, a writer is believed, unless only other slices have such a column.
    """
    its = [name for name, some in writers().items() if module in some]
    if write.table is not None:
        return slice_of(write.table) in its
    own = frozenset[str]().union(*(columns_of(table) for table in tables() if slice_of(table) in its))
    return bool(its) and (not write.column or write.column in own)


@pytest.mark.slow
def test_rows_are_written_by_the_writers_of_their_slice_only() -> None:
    wrong = [
        f"{module}:{write.line} {write.what}"
        for module, some in written().items()
        if module != database.__name__  # the tools of all writers
        for write in some
        if not may(module, write)
    ]
    assert wrong == []


@pytest.mark.slow
def test_every_writer_writes_and_every_table_is_written() -> None:
    """So that the reader has not lost its way, and nobody is named for nothing."""
    named = sorted(module for some in writers().values() for module in some)
    assert [module for module in named if written()[module]] == named
    by_name = {write.table for module in named for write in written()[module]}
    # The rest is written by `insert(table)` with a table that comes from a list, and by the database itself.
    handed_in = {"LessonDay", "NodeDay", "LessonSum", "ClipSum", "NamePart"}
    assert {table.__name__ for table in set(tables()) - by_name} == handed_in


READS = """
from __future__ import annotations

def look(session: Session, lesson_id: str) -> Lesson:
    found = session.scalars(select(Lesson).where(Lesson.id == lesson_id)).one()
    titles = [clip.title for clip in found.clips]
    own = Counted()
    own.title = titles[0]
    return found
"""
HEAD = "def f(session: Session, lesson: Lesson) -> None:\n    "


@pytest.mark.parametrize(
    ("code", "table"),
    [
        ("lesson.title = 'x'", Lesson),
        ("lesson.title += 'x'", Lesson),
        ("a, lesson.title = 1, 'x'", Lesson),
        ("del lesson.title", Lesson),
        ("lesson.clips[0].title = 'x'", Clip),
        ("for n, clip in enumerate(list(lesson.every_clip)): clip.n = n", Clip),
        ("{clip.id: clip for clip in lesson.clips}.get('1').title = 'x'", Clip),
        ("(lesson.lecturer or lesson).id = 'x'", catalog.Lecturer),
        ("catalog.lesson(session, '1').title = 'x'", Lesson),
        ("session.get_one(Lesson, '1').title = 'x'", Lesson),
        ("for one in session.scalars(select(Lesson)): one.title = 'x'", Lesson),
        ("for one, n in session.execute(select(Lesson, Lesson.id)): one.title = 'x'", Lesson),
        ("session.add(Lesson(id='1'))", Lesson),
        ("session.delete(lesson)", Lesson),
        ("session.add_all([Clip(id='1')])", Clip),
        ("lesson.every_clip.append(catalog.clip(session, '1'))", Clip),
        ("session.execute(update(Lesson).values(title='x'))", Lesson),
        ("session.execute(upsert(session, Lesson).values(title='x'))", Lesson),
        ("anything().title = 'x'", None),
        ("session.execute(text('UPDATE catalog_lesson SET title = 1'))", None),
        ("session.execute(Lesson.__table__.update())", None),
    ],
)
def test_a_write_is_found_however_it_is_written(code: str, table: type[Base] | None) -> None:
    names = {**vars(catalog), "catalog": catalog, "upsert": database.upsert, "update": update, "text": text}
    assert table in {write.table for write in writes(HEAD + code, names)}


def test_reading_and_values_of_ones_own_are_no_writes() -> None:
    class Counted:
        title: str

    assert writes(READS, {**vars(catalog), "Counted": Counted}) == []
