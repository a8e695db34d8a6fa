"""Closed sets of words: one place for each, text in the database, and what is in no set is refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Column, Enum, inspect, select, text
from sqlalchemy.exc import StatementError

from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson
from library.core.database import Base, Database
from tests.support import factories as make

ROOT = Path(__file__).parents[2]


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def closed_sets() -> list[type[StrEnum]]:
    """Every StrEnum of the library."""
    found = []
    for file in sources("library"):
        if "(StrEnum)" in file.read_text():
            module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
            found += [
                thing
                for thing in vars(module).values()
                if isinstance(thing, type)
                and issubclass(thing, StrEnum)
                and thing.__module__ == module.__name__
            ]
    return found


def columns() -> list[Column[str]]:
    """Every column that holds a word of a closed set."""
    return [c for table in Base.metadata.sorted_tables for c in table.columns if isinstance(c.type, Enum)]


def test_a_word_is_text_in_the_database_and_one_of_its_set_in_the_code(db: Database) -> None:
    with db.write() as session:
        lesson_id = make.lesson(session, spoken=["同志们好"]).id
    with db.read() as session:
        kept = session.execute(text("SELECT transcript FROM catalog_lesson")).scalar_one()
        assert (type(kept), kept) == (str, "exact")
        assert session.get_one(Lesson, lesson_id).transcript is TranscriptQuality.EXACT
        assert session.scalars(select(Lesson.transcript).where(Lesson.transcript == "exact")).all() == [kept]


def test_a_word_of_no_set_is_refused_on_the_way_in_and_on_the_way_out(db: Database) -> None:
    with db.write() as session:
        lesson_id = make.lesson(session).id
    with pytest.raises(StatementError), db.write() as session:
        session.get_one(Lesson, lesson_id).transcript = "guessed"  # type: ignore[assignment]
    with db.write() as session:
        session.execute(text("UPDATE catalog_lesson SET transcript = 'guessed'"))
    with pytest.raises(LookupError), db.read() as session:
        session.get(Lesson, lesson_id)


def test_the_database_checks_for_the_same_words_as_the_code(db: Database) -> None:
    checked = [c for c in columns() if isinstance(c.type, Enum) and c.type.create_constraint]
    assert len(checked) >= 4
    for column in checked:
        assert isinstance(column.type, Enum)
        name = f"ck_{column.table.name}_{column.type.name}"
        found = {c["name"]: c["sqltext"] for c in inspect(db.engine).get_check_constraints(column.table.name)}
        assert re.findall(r"'(\w+)'", found[name]) == column.type.enums, name


@pytest.mark.slow
def test_no_column_holds_the_name_of_a_word_instead_of_the_word() -> None:
    """What SQLAlchemy does with an enumeration by itself: names, in a type of PostgreSQL's own."""
    for column in columns():
        assert isinstance(column.type, Enum)
        assert column.type.enum_class in closed_sets(), column
        assert column.type.enums == [str(word) for word in column.type.enum_class or ()], column
        assert not column.type.native_enum, column
        assert max(map(len, column.type.enums)) <= (column.type.length or 0), column


@pytest.mark.slow
def test_no_closed_set_is_written_down_twice() -> None:
    known = {frozenset(map(str, words)): f"{words.__module__}.{words.__name__}" for words in closed_sets()}
    assert len(known) == len(closed_sets()) > 10
    again = []
    for file in sources("library", "server"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
                words = frozenset(c.value for c in ast.walk(node.slice) if isinstance(c, ast.Constant))
                again += [
                    f"{file.relative_to(ROOT)}:{node.lineno} is {name}"
                    for its, name in known.items()
                    if len(words & its) > 1 and (words >= its or words <= its)
                ]
    assert again == []
