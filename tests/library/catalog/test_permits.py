"""Who may do what with a lesson."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.audience import OpenTo, chosen, read_back
from library.catalog.permits import (
    Action,
    Audience,
    LessonFacts,
    LessonState,
    covers,
    may,
    media_audience,
    media_plays,
    scope_tokens,
    why,
)
from library.core.permits import NOBODY, Belonging, Grant, MemberState, Role, Viewer, scope_of
from library.people.permits import roles_below
from server.delivery.signing import MediaSigner
from tests.support.databases import NOW

# A small tree: two counties below the province, two branches below the first; "bb" begins as "b" does.
PATHS = ["/a/", "/a/b/", "/a/bb/", "/a/b/c/", "/a/b/d/"]
NODES = [path.split("/")[-2] for path in PATHS]
STATES = st.one_of(st.none(), st.sampled_from(MemberState))

grants = st.builds(
    lambda role, path: Grant(role, path.strip("/").split("/")[-1], path),
    st.sampled_from(Role),
    st.sampled_from(PATHS),
)
belongings = st.builds(
    lambda path, is_home, state: Belonging(path.split("/")[-2], path, is_home, state),
    st.sampled_from(PATHS),
    st.booleans(),
    STATES,
)
viewers = st.one_of(
    st.just(NOBODY),
    st.builds(
        Viewer,
        st.sampled_from(["p1", "p2"]),
        st.just(""),
        st.lists(grants, max_size=3).map(tuple),
        st.lists(belongings, max_size=2, unique_by=lambda one: one.is_home).map(
            lambda found: tuple(sorted(found, key=lambda one: not one.is_home))
        ),
        st.lists(st.sampled_from(["g", "h"]), max_size=2, unique=True).map(tuple),
    ),
)
choices = st.one_of(
    st.builds(
        chosen,
        st.lists(st.sampled_from(NODES), min_size=1, max_size=2),
        st.lists(st.sampled_from(["g", "h"]), max_size=1),
        st.lists(st.sampled_from(MemberState), max_size=2),
    ),
    st.builds(lambda kinds: chosen(kinds=kinds), st.lists(st.sampled_from(MemberState), min_size=1)),
    st.builds(lambda groups: chosen(groups=groups), st.just(["g"])),
)
openings = st.one_of(
    st.builds(OpenTo, st.sampled_from([one for one in Audience if one is not Audience.CHOSEN])), choices
)


def facts_of(state: LessonState, open_to: OpenTo, owner: str | None, path: str) -> LessonFacts:
    return LessonFacts(state, open_to.audience, owner, path, frozenset(open_to.tokens))


drawn = st.tuples(
    st.sampled_from(LessonState), openings, st.sampled_from([None, "p1", "p3"]), st.sampled_from(PATHS)
)
lessons = drawn.map(lambda told: facts_of(*told))


def above(path: str) -> list[str]:
    return [path[: i + 1] for i, c in enumerate(path) if c == "/" and i]


def staffs(viewer: Viewer, path: str) -> bool:
    """Said again, in other words: staff or admin at the lesson's branch or at one above it."""
    return any(g.role in (Role.STAFF, Role.ADMIN) and g.path in above(path) for g in viewer.grants)


def reviews(viewer: Viewer, path: str) -> bool:
    return staffs(viewer, path) or any(
        g.role is Role.REVIEWER and g.path in above(path) for g in viewer.grants
    )


def is_for(open_to: OpenTo, viewer: Viewer) -> bool:
    """Said again, person by person: whether somebody belongs to an audience."""
    if open_to.audience is not Audience.CHOSEN:
        return {
            Audience.EVERYONE: True,
            Audience.SIGNED_IN: viewer.person_id is not None,
            Audience.ORGANISATION: bool(viewer.belongs),
        }[open_to.audience]
    home = [one.state for one in viewer.belongs if one.is_home]

    def state(one: Belonging) -> MemberState | None:
        return one.state or (home[0] if home else None)

    def fits(one: Belonging) -> bool:
        return not open_to.kinds or state(one) in open_to.kinds

    if not open_to.nodes and not open_to.groups:
        return any(fits(one) for one in viewer.belongs)
    there = any(
        fits(one) and any(node in one.path.split("/") for node in open_to.nodes) for one in viewer.belongs
    )
    learns = any(group in open_to.groups for group in viewer.groups)
    return there or (learns and (not open_to.kinds or any(fits(one) for one in viewer.belongs)))


@given(viewers, drawn)
def test_a_shared_token_means_may_view_and_nothing_else_does(
    viewer: Viewer, told: tuple[LessonState, OpenTo, str | None, str]
) -> None:
    state, open_to, owner, path = told
    lesson = facts_of(*told)
    owns = viewer.person_id is not None and viewer.person_id == owner
    public = state is LessonState.PUBLISHED and is_for(open_to, viewer)
    expected = owns or public or reviews(viewer, path)
    assert may(viewer, Action.VIEW, lesson) is expected
    below = [one.split("/")[-2] for one in PATHS if reviews(viewer, one)]
    assert bool(scope_of(viewer, below) & scope_tokens(lesson)) is expected
    assert bool(why(viewer, lesson)) is expected


@given(openings)
def test_an_audience_is_read_back_from_its_tokens(open_to: OpenTo) -> None:
    assert read_back(open_to.audience, open_to.tokens) == open_to


@given(openings, openings, viewers)
def test_an_audience_that_covers_another_keeps_nobody_out(
    wide: OpenTo, narrow: OpenTo, viewer: Viewer
) -> None:
    both = [facts_of(LessonState.PUBLISHED, one, None, "/a/") for one in (wide, narrow)]
    if covers(*both) and is_for(narrow, viewer):
        assert is_for(wide, viewer)
    assert covers(both[0], both[0])


@given(viewers, lessons)
def test_whoever_may_do_something_may_also_see_it(viewer: Viewer, lesson: LessonFacts) -> None:
    for action in Action:
        if may(viewer, action, lesson):
            assert may(viewer, Action.VIEW, lesson)


@given(viewers, lessons)
def test_only_who_reviews_above_publishes_and_only_staff_delete_what_was_public(
    viewer: Viewer, lesson: LessonFacts
) -> None:
    assert may(viewer, Action.PUBLISH, lesson) is reviews(viewer, lesson.node_path)
    if lesson.state is LessonState.PUBLISHED:
        assert may(viewer, Action.AUDIENCE, lesson) is staffs(viewer, lesson.node_path)
    if lesson.state is not LessonState.DRAFT:
        assert may(viewer, Action.DELETE, lesson) is staffs(viewer, lesson.node_path)


@given(lessons)
def test_nobody_without_an_account_changes_anything(lesson: LessonFacts) -> None:
    for action in set(Action) - {Action.VIEW}:
        assert not may(NOBODY, action, lesson)


def test_an_owner_who_is_no_lecturer_any_more_sees_and_does_not_edit() -> None:
    draft = LessonFacts(LessonState.DRAFT, Audience.EVERYONE, "p1", "/a/")
    former = Viewer("p1", "", (Grant(Role.MEMBER, "a", "/a/"),))
    assert may(former, Action.VIEW, draft)
    assert not may(former, Action.EDIT, draft)
    assert not may(former, Action.STATS, draft)


def test_a_lecturer_sees_no_draft_of_another() -> None:
    draft = LessonFacts(LessonState.DRAFT, Audience.EVERYONE, "p1", "/a/")
    assert not may(Viewer("p2", "", (Grant(Role.LECTURER, "a", "/a/"),)), Action.VIEW, draft)


@given(viewers, st.sampled_from(PATHS))
def test_nobody_gives_a_role_higher_than_their_own(viewer: Viewer, path: str) -> None:
    for role in roles_below(viewer, path):
        assert viewer.holds_at(role, path)
        if role in (Role.STAFF, Role.ADMIN):
            assert viewer.holds_at(Role.ADMIN, path)


def test_roles_do_not_reach_a_branch_whose_name_only_begins_alike() -> None:
    viewer = Viewer("p1", "", (Grant(Role.STAFF, "b", "/a/b/"),))
    assert viewer.holds_at(Role.STAFF, "/a/b/c/")
    assert not viewer.holds_at(Role.STAFF, "/a/bb/")
    assert not viewer.holds_at(Role.STAFF, "/a/")


@given(lessons)
@pytest.mark.slow
def test_media_are_signed_for_those_who_may_watch(lesson: LessonFacts) -> None:
    signed_for = media_audience(lesson.state, lesson.audience, lesson.chosen)
    assert (signed_for == "everyone") == may(NOBODY, Action.VIEW, lesson)
    somebody = Viewer("somebody")
    assert (signed_for in ("everyone", "signed_in")) == may(somebody, Action.VIEW, lesson)
    address = MediaSigner("s" * 32).path("0" * 16, "0" * 12, "master.m3u8", signed_for, 2_000_000_000)
    read = MediaSigner("s" * 32).read(address, NOW)
    assert read is not None
    assert read.audience == signed_for


@given(lessons, lessons, viewers)
def test_an_address_plays_for_as_long_as_all_who_got_it_may_watch(
    then: LessonFacts, now: LessonFacts, viewer: Viewer
) -> None:
    now = replace(now, owner_id=then.owner_id, node_path=then.node_path)
    words = [media_audience(one.state, one.audience, one.chosen) for one in (then, now)]
    if media_plays(*words) and may(viewer, Action.VIEW, then):
        assert may(viewer, Action.VIEW, now)
    assert media_plays(words[1], words[1])
    assert not media_plays(words[0], "nobody")
