"""People are found by any part of their name, and by how their account begins, through an index."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.people import actions, directory
from library.people.name_tables import NamePart
from library.people.tables import Person
from tests.support import factories as make
from tests.support.databases import NOW


def found(session: Session, viewer: Viewer, words: str) -> set[str]:
    return {one.name for one in directory.people_page(session, viewer, words).items}


def test_a_name_is_found_by_any_part_of_it_and_by_its_new_name(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        admin = make.person(session, (Role.ADMIN, root), name="钱管理")
        long = "阿" * 60 + "买买提"
        names = ("王小芳", "欧阳小芳", "王建国", "Anna Wang", "小%芳", "𠮷田\ud7ff", "Élodie", "Ａlice", long)
        for name in names:
            make.person(session, (Role.MEMBER, root), name=name)
        for words, wanted in (
            ("王", {"王小芳", "王建国"}),
            ("小芳", {"王小芳", "欧阳小芳"}),
            ("欧阳小芳", {"欧阳小芳"}),
            (" 建国 ", {"王建国"}),
            ("wang", {"Anna Wang"}),
            ("NNA w", {"Anna Wang"}),
            ("%", {"小%芳"}),
            ("_", set()),
            ("\ud7ff", {"𠮷田\ud7ff"}),
            ("芳小", set()),
            # A capital that one database makes small and the other does not; and what stands far behind.
            ("Élodie", {"Élodie"}),
            ("Ａlice", {"Ａlice"}),
            ("买买提", {long}),
        ):
            assert found(session, admin, words) == wanted, words
        person = session.scalars(select(Person).where(Person.name == "王建国")).one()
        assert found(session, admin, person.username) == {"王建国"}
        assert found(session, admin, person.username[1:]) == set(), "an account is found by its beginning"
        person.name = "王国强"
        session.flush()
        assert found(session, admin, "建国") == set()
        assert found(session, admin, "国强") == {"王国强"}
        actions.erase(session, person)
        assert found(session, admin, "国强") == set()
        rows = [{"id": new_id(), "username": f"bulk{n}", "name": f"批量{n}"} for n in range(3)]
        session.execute(
            insert(Person), [{**row, "password_hash": "", "active": True, "created_at": NOW} for row in rows]
        )
        assert found(session, admin, "量") == {"批量0", "批量1", "批量2"}
        session.execute(delete(Person).where(Person.username == "bulk1"))
        parts = select(NamePart.person_id).where(NamePart.person_id == rows[1]["id"])
        assert session.scalars(parts).all() == []


def test_a_name_is_looked_up_and_not_read_through(db: Database) -> None:
    with db.read() as session:
        asked = select(NamePart.person_id).where(NamePart.name >= "王", NamePart.name < "王\U0010ffff")
        words = asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        if db.is_sqlite:
            plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {words}"))]
            assert any("SEARCH" in line for line in plan), plan
        else:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            plan = [row[0] for row in session.execute(text(f"EXPLAIN {words}"))]
            assert any("Index Cond: (((name)::text >=" in line for line in plan), plan
