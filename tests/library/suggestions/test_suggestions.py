"""What people suggest: who may see and answer it, how much is taken, and what of it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound, Throttled
from library.core.permits import Role, Viewer
from library.erasing import erase
from library.organisation import actions as organisation
from library.suggestions import actions, queries, rules
from library.suggestions.actions import Written
from library.suggestions.rules import SuggestionAction, SuggestionState
from library.suggestions.tables import Suggestion
from tests.support import factories as make
from tests.support.databases import NOW

S, A = SuggestionState, SuggestionAction
HOUR = timedelta(hours=1)


def given(
    session: Session,
    text: str = "字幕太小。",
    *,
    origin: str = "a",
    person: str | None = None,
    hours: float = 0,
) -> tuple[Suggestion, str]:
    """A suggestion for the root's staff."""
    written = Written(text, "13900000000", "/lessons/x")
    root = make.root(session).id
    return actions.hand_in(session, written, root, None, person, origin, NOW + hours * HOUR)


def staff(session: Session) -> Viewer:
    return make.person(session, (Role.STAFF, make.root(session)))


def test_only_what_was_answered_can_become_public() -> None:
    reachable = {(s, a): rules.following(s, a) for s in S for a in rules.actions_in(s)}
    assert {s for (s, a), to in reachable.items() if to is S.RELEASED} == {S.ANSWERED, S.RELEASED}
    assert set(reachable) == {(s, a) for s in S for a in A} - {
        *((S.RECEIVED, a) for a in (A.RELEASE, A.TAKE_BACK, A.REOPEN)),
        *((S.ANSWERED, a) for a in (A.TAKE_BACK, A.SET_ASIDE, A.REOPEN)),
        *((S.RELEASED, a) for a in (A.RELEASE, A.SET_ASIDE, A.REOPEN)),
        *((S.ASIDE, a) for a in A if a is not A.REOPEN),
    }
    with pytest.raises(Conflict):
        rules.following(S.RECEIVED, A.RELEASE)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/lessons/06h0277q88y1fgqv?t=3#x", "/lessons/06h0277q88y1fgqv"),
        ("lessons/06h0277q88y1fgqv", "/lessons/06h0277q88y1fgqv"),
        ("", ""),
        ("//evil.example/x", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ('/"><script>', ""),
        ("/" + "a" * 400, ""),
    ],
)
def test_the_page_it_is_about_is_a_path_of_this_site_or_nothing(typed: str, kept: str) -> None:
    assert rules.page_of(typed) == kept


def test_a_receipt_opens_one_answer_and_nothing_else_does(db: Database) -> None:
    with db.write() as session:
        row, receipt = given(session)
        given(session, "另一条。")
        assert queries.by_receipt(session, f" {receipt.upper().replace('-', ' ')} ").id == row.id
        for wrong in ("", "----", receipt[:-1], row.receipt, row.id):
            with pytest.raises(NotFound):
                queries.by_receipt(session, wrong)
        assert receipt.replace("-", "") not in str(vars(row))


def test_an_address_and_all_addresses_together_have_their_share(db: Database) -> None:
    with db.write() as session:
        for n in range(rules.AN_ADDRESS):
            given(session, f"第 {n} 条")
        with pytest.raises(Throttled, match="from_here"):
            given(session, "再来一条")
        given(session, "别处来的", origin="b")
        with pytest.raises(Conflict, match="again"):
            given(session, "别处来的", origin="b")
        given(session, "过了一小时", hours=1.01)
        for n in range(rules.IN_ALL - 1):
            given(session, f"很多处的第 {n} 条", origin=f"o{n}", hours=2.5)
        given(session, "最后一条", origin="p", hours=2.5)
        with pytest.raises(Throttled, match="in_all"):
            given(session, "多出来的", origin="q", hours=2.5)
        actions.forget_origins(session, NOW + 2 * HOUR)
        left = session.scalars(select(Suggestion.origin).where(Suggestion.created_at <= NOW + HOUR)).all()
        assert set(left) == {""}


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u202e", "长" * (rules.TEXT_MAX + 1)])
def test_nothing_and_too_much_is_refused(db: Database, text: str) -> None:
    with db.write() as session, pytest.raises(Invalid):
        given(session, text)


def test_staff_of_its_node_see_it_and_others_do_not_learn_of_it(db: Database) -> None:
    with db.write() as session:
        top = make.root(session)
        north, south = (organisation.add_named(session, top, name, NOW) for name in ("北", "南"))
        below = organisation.add_named(session, north, "北一", NOW)
        written = Written("北边的意见")
        row, _receipt = actions.hand_in(session, written, below.id, None, None, "a", NOW)
        for viewer, sees in (
            (make.person(session, (Role.STAFF, north)), True),
            (staff(session), True),
            (make.person(session, (Role.STAFF, south)), False),
            (make.person(session, (Role.LECTURER, top)), False),
            (Viewer(), False),
        ):
            assert queries.count_waiting(session, viewer) == sees
            if sees:
                assert queries.suggestion_for(session, viewer, row.id).id == row.id
                continue
            with pytest.raises(NotFound):
                actions.answer(session, viewer, row.id, 1, "好", "", NOW)


def test_it_is_answered_released_and_in_the_ledger_without_who_wrote_it(db: Database) -> None:
    with db.write() as session:
        clerk = staff(session)
        row, _receipt = given(session)
        with pytest.raises(Conflict, match="changed"):
            actions.answer(session, clerk, row.id, 0, "好", "", NOW)
        actions.answer(session, clerk, row.id, 1, "已经放大。", "放大了字幕", NOW)
        assert queries.released(session).total == 0
        actions.release(session, clerk, row.id, 2, True, NOW)
        assert [one.done for one in queries.released(session).items] == ["放大了字幕"]
        actions.change(session, clerk, row.id, 3, A.TAKE_BACK, NOW)
        assert (queries.released(session).total, row.text_shown) == (0, False)
        told = session.scalars(select(AuditEntry).where(AuditEntry.deed == Deed.SUGGESTION)).all()
        assert [one.details["what"] for one in told] == ["answer", "release", "take_back"]
        assert told[1].changed == {"state": ["answered", "released"]}
        assert {one.by_person for one in told} == {clerk.person_id}, "who handed it in did no deed"


def test_what_is_old_goes_and_what_waits_and_what_was_done_stays(db: Database) -> None:
    with db.write() as session:
        clerk = staff(session)
        rows = [given(session, f"第 {n} 条", origin=str(n))[0] for n in range(4)]
        for row in rows[:2]:
            actions.answer(session, clerk, row.id, 1, "好。", "做了", NOW)
        actions.release(session, clerk, rows[0].id, 2, True, NOW)
        actions.change(session, clerk, rows[2].id, 1, A.SET_ASIDE, NOW)
        assert actions.forget(session, NOW) == 0
        assert actions.forget(session, NOW + HOUR) == 2
        session.expire_all()
        left = {row.state: row for row in session.scalars(select(Suggestion))}
        assert set(left) == {S.RELEASED, S.RECEIVED}
        public = left[S.RELEASED]
        assert (public.text, public.contact, public.text_shown, public.done) == ("", "", False, "做了")


def test_who_is_erased_takes_their_words_along(db: Database) -> None:
    with db.write() as session:
        clerk = staff(session)
        person = str(make.person(session).person_id)
        waiting, _receipt = given(session, person=person)
        answered, _receipt = given(session, "第二条", person=person)
        others, _receipt = given(session, "第三条")
        actions.answer(session, clerk, answered.id, 1, "好。", "", NOW)
        erase(session, person, None)
        session.expire_all()
        left = {row.id: row for row in session.scalars(select(Suggestion))}
        assert set(left) == {answered.id, others.id}, waiting.id
        assert (left[answered.id].text, left[answered.id].contact, left[answered.id].answer) == (
            "",
            "",
            "好。",
        )
        assert left[others.id].text == "第三条"
