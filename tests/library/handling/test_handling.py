"""Something done with several lessons at once: each by its own permit, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from library.audit import queries as audit
from library.audit.rules import Deed
from library.catalog import queries as catalog
from library.catalog.actions import Details
from library.catalog.permits import Audience, LessonState
from library.core.clock import utc_now
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.permits import Role, Viewer
from library.handling import actions, queries, views
from library.handling.rules import MOST, UNDO_WITHIN, VIEWS_MOST, Outcome, Spread, What
from library.organisation import actions as organisation
from library.programme import actions as programme
from library.programme import queries as weeks
from library.programme.rules import WEEKS_AHEAD, Draft
from library.programme.weeks import week_of
from library.review import actions as reviewing
from library.review import queries as review
from library.versions import actions as versions
from tests.support import factories

PUBLISHED, DRAFT, WITHDRAWN = LessonState.PUBLISHED, LessonState.DRAFT, LessonState.WITHDRAWN


def _person(session: Session, role: Role) -> Viewer:
    return factories.person(session, (role, factories.root(session)))


def _outcomes(session: Session, batch: str) -> dict[str, tuple[Outcome, str]]:
    return {one.lesson_id: (one.outcome, one.reason) for one in queries.items(session, batch)}


def _topics(session: Session, lesson_id: str) -> list[str]:
    return [link.topic.name for link in catalog.lesson(session, lesson_id).topics]


def test_a_withdrawal_is_told_for_each_and_taken_back_as_a_deed_of_its_own(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        staff, owner = _person(session, Role.STAFF), _person(session, Role.LECTURER)
        shown, other, draft = (
            factories.lesson(session, title, owner=owner, state=state, clips=1, spoken=["话"]).id
            for title, state in (("一", PUBLISHED), ("二", PUBLISHED), ("三", DRAFT))
        )
        batch = actions.handle(session, staff, What.WITHDRAW, "", [shown, other, draft, "gone"], now)
    with db.write() as session:
        assert _outcomes(session, batch) == {
            shown: (Outcome.DONE, ""),
            other: (Outcome.DONE, ""),
            draft: (Outcome.REFUSED, "not_published"),
            "gone": (Outcome.REFUSED, "not_found"),
        }
        assert catalog.lesson(session, shown).state is WITHDRAWN
        # Somebody publishes one of them meanwhile: it is left alone.
        once_more = actions.handle(session, staff, What.PUBLISH, "", [other], now)
        assert _outcomes(session, once_more)[other] == (Outcome.DONE, "")
    with db.write() as session:
        with pytest.raises(NotFound):
            actions.undo(session, owner, batch, now)  # another's
        actions.undo(session, staff, batch, now + timedelta(minutes=1))
        assert catalog.lesson(session, shown).state is PUBLISHED
        assert _outcomes(session, batch)[shown] == (Outcome.UNDONE, "")
        assert _outcomes(session, batch)[other] == (Outcome.KEPT, "handling_changed")
        assert [line.what.value for line in review.history(session, shown)] == ["publish", "withdraw"]
        with pytest.raises(Conflict, match="handling_late"):
            actions.undo(session, staff, batch, now + timedelta(minutes=2))
        with pytest.raises(Conflict, match="handling_late"):
            actions.undo(session, staff, once_more, now + UNDO_WITHIN + timedelta(seconds=1))
        deeds = audit.entries(session, audit.Wanted(thing=shown)).items
        assert {one.deed for one in deeds} == {Deed.PUBLISHED, Deed.WITHDRAWN}


def test_the_way_back_leaves_alone_what_somebody_else_has_changed_or_withdrawn_since(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        staff, owner = _person(session, Role.STAFF), _person(session, Role.LECTURER)
        changed, kept, again, narrowed = (
            factories.lesson(session, title, owner=owner, state=PUBLISHED, clips=1, spoken=["话"]).id
            for title in ("一", "二", "三", "四")
        )
        drafts = [
            factories.lesson(session, title, owner=owner, state=DRAFT, clips=1, spoken=["话"]).id
            for title in ("五", "六")
        ]
        withdrawal = actions.handle(session, staff, What.WITHDRAW, "", [changed, kept, again, narrowed], now)
        publication = actions.handle(session, staff, What.PUBLISH, "", drafts, now)
    with db.write() as session:
        versions.edit(
            session, catalog.lesson(session, changed), Details(title="另一个"), owner.person_id, now
        )
        reviewing.publish(session, staff, again, "", now)
        reviewing.withdraw(session, staff, again, "有错", now)
        reviewing.set_audience(session, staff, narrowed, Audience.ORGANISATION, now)
        reviewing.set_audience(session, staff, drafts[0], Audience.ORGANISATION, now)
    with db.write() as session:
        actions.undo(session, staff, withdrawal, now)
        actions.undo(session, staff, publication, now)
        moved = (Outcome.KEPT, "handling_changed")
        assert _outcomes(session, withdrawal) == {
            changed: moved,
            kept: (Outcome.UNDONE, ""),
            again: moved,
            narrowed: moved,
        }
        assert _outcomes(session, publication) == {drafts[0]: moved, drafts[1]: (Outcome.UNDONE, "")}
        assert catalog.lesson(session, again).state is WITHDRAWN


def test_a_topic_of_a_published_lesson_waits_as_its_draft_and_goes_back(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        staff = _person(session, Role.STAFF)
        shown = factories.lesson(session, "一", owner=staff, state=PUBLISHED, topics=["党史"], clips=1).id
        draft = factories.lesson(session, "二", owner=staff, state=DRAFT, topics=["党史"]).id
        has = factories.lesson(session, "三", owner=staff, topics=["乡村振兴"]).id
        batch = actions.handle(session, staff, What.TOPIC_ADD, " 乡村振兴 ", [shown, draft, has], now)
    with db.write() as session:
        told = {lesson: outcome for lesson, (outcome, _) in _outcomes(session, batch).items()}
        assert told == {shown: Outcome.DRAFTED, draft: Outcome.DONE, has: Outcome.SAME}
        assert _topics(session, shown) == ["党史"], "viewers see what they saw"
        assert _topics(session, draft) == ["党史", "乡村振兴"]
        actions.undo(session, staff, batch, now)
    with db.read() as session:
        assert _topics(session, draft) == ["党史"]
        assert _topics(session, has) == ["乡村振兴"], "what the batch did not do stays"


def test_a_topic_typed_in_another_case_or_width_is_taken_back(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        staff = _person(session, Role.STAFF)
        factories.lesson(session, "一", owner=staff, topics=["AI"])
        draft = factories.lesson(session, "二", owner=staff, state=DRAFT, topics=["党史"]).id
        batch = actions.handle(session, staff, What.TOPIC_ADD, "ａｉ", [draft], now)
    with db.write() as session:
        assert _topics(session, draft) == ["党史", "AI"]
        actions.undo(session, staff, batch, now)
        assert _outcomes(session, batch) == {draft: (Outcome.UNDONE, "")}
    with db.read() as session:
        assert _topics(session, draft) == ["党史"]


def test_an_audience_goes_back_to_what_each_had(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        staff = _person(session, Role.STAFF)
        wide, narrow = (
            factories.lesson(session, title, owner=staff, state=PUBLISHED, audience=audience, clips=1).id
            for title, audience in (("一", Audience.EVERYONE), ("二", Audience.ORGANISATION))
        )
        batch = actions.handle(session, staff, What.AUDIENCE, "signed_in", [wide, narrow], now)
        assert catalog.lesson(session, wide).audience is Audience.SIGNED_IN
        actions.undo(session, staff, batch, now)
        assert catalog.lesson(session, wide).audience is Audience.EVERYONE
        assert catalog.lesson(session, narrow).audience is Audience.ORGANISATION


def test_a_batch_is_bounded_and_says_so(db: Database) -> None:
    with db.write() as session:
        staff = _person(session, Role.STAFF)
        for ids, code in (([], "handling_none"), ([f"{n:016}" for n in range(MOST + 1)], "handling_many")):
            with pytest.raises(Invalid, match=code):
                actions.handle(session, staff, What.WITHDRAW, "", ids, utc_now())
        with pytest.raises(Invalid, match="unknown_choice"):
            actions.handle(session, staff, What.AUDIENCE, "chosen", ["x"], utc_now())


def test_a_view_is_its_makers_or_the_nodes(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        staff, other = (_person(session, Role.STAFF) for _ in range(2))
        member = _person(session, Role.MEMBER)
        root = staff.grants[0].node_id
        own = views.keep(session, staff, "待办", {"state": "draft", "next": "//evil"}, now)
        shared = views.keep(session, staff, "党史", {"topic": "党史"}, now, node_id=root)
        assert {one.id for one in queries.views_for(session, staff)} == {own, shared}
        assert [(one.id, one.own) for one in queries.views_for(session, other)] == [(shared, False)]
        assert queries.views_for(session, member) == []
        mine = next(one for one in queries.views_for(session, staff) if one.id == own)
        assert mine.filters == {"state": "draft"}
        with pytest.raises(NotFound):
            views.forget(session, other, own)
        with pytest.raises(Forbidden):
            views.keep(session, member, "x", {}, now, node_id=root)
        below = organisation.add_named(session, factories.root(session), "下级", now)
        branch = views.keep(session, staff, "下级", {}, now, node_id=below.id)
        assert branch not in {one.id for one in queries.views_for(session, other)}, (
            "whoever has a province would be shown those of all its branches"
        )
        views.forget(session, staff, branch)
        views.forget(session, other, shared)
        for n in range(VIEWS_MOST - 1):
            views.keep(session, staff, f"v{n}", {}, now)
        with pytest.raises(Conflict, match="views_many"):
            views.keep(session, staff, "one more", {}, now)
        assert len(queries.views_for(session, staff, 10)) == 10


@pytest.mark.slow
def test_several_lessons_are_put_into_weeks_as_the_preview_said_and_taken_out_again(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        root, staff = factories.root(session), _person(session, Role.STAFF)
        node, first = root.id, week_of(now.date()).after(WEEKS_AHEAD - 1)
        last = first.after(1)
        lessons = [factories.lesson(session, title, owner=staff, state=PUBLISHED).id for title in "一二三"]
        desk = programme.desk_of(staff, root, now)
        programme.put(session, desk, first, Draft(theme="清明", lessons=(lessons[0],)))
    asked = (node, first, Spread.EACH, [*lessons, "gone", lessons[1]])
    with db.write() as session:
        before = [weeks.plan_of(session, node, week) for week in (first, last)]
        seen = actions.place_preview(session, staff, *asked, now)
    told = [(lesson, where["week"], outcome, why) for lesson, outcome, where, why in seen]
    far = last.after(1)
    assert told == [
        (lessons[0], str(first), Outcome.SAME, ""),
        (lessons[1], str(last), Outcome.DONE, ""),
        (lessons[2], str(far), Outcome.REFUSED, "week_far"),
        ("gone", str(far.after(1)), Outcome.REFUSED, "week_far"),
    ]
    with db.write() as session:
        assert [weeks.plan_of(session, node, week) for week in (first, last)] == before, "nothing was done"
    with pytest.raises(Conflict, match="handling_counted"), db.write() as session:
        actions.place(session, staff, *asked, now, 2)
    with db.write() as session:
        batch = actions.place(session, staff, *asked, now, 1)
        all_in_one = actions.place(session, staff, node, first, Spread.ALL, [lessons[2], lessons[1]], now, 2)
    with db.write() as session:
        plan = weeks.plan_of(session, node, first)
        assert plan is not None
        assert plan.lessons == (lessons[0], lessons[2], lessons[1]), "in the order in which they were chosen"
        programme.take_lesson(session, desk, first, 3, lessons[1])  # somebody takes one out by hand
    with db.write() as session:
        actions.undo(session, staff, all_in_one, now)
        actions.undo(session, staff, batch, now)
        assert _outcomes(session, all_in_one) == {
            lessons[2]: (Outcome.UNDONE, ""),
            lessons[1]: (Outcome.KEPT, "handling_changed"),
        }
        plan = weeks.plan_of(session, node, first)
        assert plan is not None
        assert (plan.theme, plan.lessons) == ("清明", (lessons[0],)), "as it was before"
        assert weeks.plan_of(session, node, last) is None, "in which nothing else was planned"
    with db.write() as session:
        lecturer = _person(session, Role.LECTURER)
        with pytest.raises(NotFound):
            actions.place_preview(session, lecturer, *asked, now)
        with pytest.raises(Invalid, match="unknown_choice"):
            actions.handle(session, staff, What.WEEK, "", lessons, now)
