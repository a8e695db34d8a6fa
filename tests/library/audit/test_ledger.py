"""The ledger of deeds: written with the deed, no secrets, forgotten in time, and nobody after erasing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import links
from library.access.rules import FAILED_NOTED_AN_HOUR
from library.audit import actions, queries
from library.audit.queries import Wanted
from library.audit.rules import ERASED, Deed, check_details
from library.audit.tables import AuditEntry
from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.core.clock import local_day, utc_now
from library.core.database import Database
from library.core.permits import Role
from library.dictionary import actions as dictionary
from library.erasing import erase
from library.intake.transcripts import taking
from library.organisation import actions as organisation
from library.organisation.actions import NodeDetails
from library.people import actions as people
from library.review import actions as review
from library.searches import actions as searches
from tests.support import factories as make
from tests.support.databases import NOW


def deeds(session: Session) -> list[tuple[Deed, str | None, str | None]]:
    """Every deed in its order: what, by whom, to whom."""
    session.flush()
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
    return [(row.deed, row.by_person, row.of_person) for row in rows]


@pytest.mark.parametrize("value", ["三会一课 张三", "wk_" + "x" * 80, "a b", "x\n"])
def test_what_people_wrote_and_secrets_do_not_belong_there(value: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        check_details({"what": value})
    check_details({"what": "stop", "n": 7, "at": "20260312T062800.000Z"})


def test_a_deed_that_is_undone_is_not_written_down(db: Database) -> None:
    def undone() -> None:
        with db.write() as session:
            actions.note(session, Deed.RESTORED, None)
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    with db.read() as session:
        assert deeds(session) == []


def test_who_did_what_to_whom(db: Database) -> None:
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
        other = make.person(session, (Role.MEMBER, make.root(session)))
        by, of, root = admin.person_id, str(other.person_id), make.root(session)
        before = len(deeds(session))
        people.give_role(session, admin, of, Role.LECTURER, root, NOW)
        people.give_role(session, admin, of, Role.LECTURER, root, NOW)  # twice changes nothing
        access.take_role(session, admin, of, Role.LECTURER, root, NOW)
        access.set_active(session, admin, of, False)
        access.set_active(session, admin, of, True)
        links.invite_reset(session, admin, of, NOW)
        lesson = make.lesson(session, spoken=["为人民服务"], clips=1, state=LessonState.DRAFT)
        review.publish(session, admin, lesson.id, "", NOW)
        review.withdraw(session, admin, lesson.id, "", NOW)
        words = taking.read("一句新的话。".encode(), "a.txt")
        taking.take(session, lesson, words, NOW, person_id=by, replace=True)
        stopped = searches.stop(session, "张三", by, NOW)
        searches.lift(session, stopped.id, by, NOW)
        dictionary.paste(session, by, "绿水青山\n金山银山", NOW)
        branch = organisation.add_node(session, root, NodeDetails("余村党支部"), NOW, by)
        organisation.close(session, branch, NOW, by)
        catalog.delete_lesson(session, lesson, NOW, by)
        assert deeds(session)[before:] == [
            (Deed.ROLE_GIVEN, by, of),
            (Deed.ROLE_TAKEN, by, of),
            (Deed.ACCOUNT_CLOSED, by, of),
            (Deed.ACCOUNT_OPENED, by, of),
            (Deed.LINK_MADE, by, of),
            (Deed.PUBLISHED, by, None),
            (Deed.WITHDRAWN, by, None),
            (Deed.TRANSCRIPT, by, None),
            (Deed.STOP_LIST, by, None),
            (Deed.STOP_LIST, by, None),
            (Deed.DICTIONARY, by, None),
            (Deed.ORGANISATION, by, None),
            (Deed.ORGANISATION, by, None),
            (Deed.LESSON_DELETED, by, None),
        ]
        said = [str(row.details) for row in session.scalars(select(AuditEntry))]
        assert not any("张三" in one or "青山" in one for one in said)


def test_guesses_without_end_do_not_fill_the_disk(db: Database) -> None:
    with db.write() as session:
        for _ in range(FAILED_NOTED_AN_HOUR + 5):
            access.note_failed(session, None)
        assert len(deeds(session)) == FAILED_NOTED_AN_HOUR


def test_who_is_erased_stands_nowhere_and_what_they_did_stays(db: Database) -> None:
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
        gone = str(make.person(session, (Role.STAFF, make.root(session))).person_id)
        actions.note(session, Deed.EXPORTED, gone, what="stats")
        actions.note(session, Deed.SIGN_IN_FAILED, None, of=gone)
        count = len(deeds(session))
        erase(session, gone, admin.person_id)
        after = deeds(session)
        assert len(after) == count + 1
        assert gone not in str(after)
        assert after[-1] == (Deed.ACCOUNT_ERASED, admin.person_id, ERASED)
        assert (Deed.EXPORTED, ERASED, None) in after


def test_it_is_looked_for_by_person_kind_and_day(db: Database) -> None:
    with db.write() as session:
        for n in range(3):
            actions.note(session, Deed.SIGN_IN, f"{n:016}", of=f"{n:016}")
        actions.note(session, Deed.ROLE_GIVEN, f"{0:016}", of=f"{1:016}", role="staff")
    today = local_day(utc_now())
    with db.read() as session:

        def found(**wanted: object) -> int:
            return queries.entries(session, Wanted(**wanted)).total  # type: ignore[arg-type]

        assert found() == 4
        assert (found(person_id=f"{1:016}"), found(deed=Deed.SIGN_IN)) == (2, 3)
        yesterday = today - timedelta(days=1)
        assert (found(first=today, last=today), found(first=yesterday, last=yesterday)) == (4, 0)
        second = queries.entries(session, Wanted(), 2, size=3)
        assert [row.by_person for row in second.items] == [f"{0:016}"], "the newest first"
