"""Who may do what with a lesson."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.permits import (
    Action,
    Audience,
    LessonFacts,
    LessonState,
    may,
    media_audience,
    media_plays,
    scope_tokens,
)
from library.core.permits import NOBODY, Grant, Role, Viewer, scope_of
from library.people.permits import roles_below

# A small tree: two counties below the province, two branches below the first; "bb" begins as "b" does.
PATHS = ["/a/", "/a/b/", "/a/bb/", "/a/b/c/", "/a/b/d/"]

grants = st.builds(
    lambda role, path: Grant(role, path.strip("/").split("/")[-1], path),
    st.sampled_from(Role),
    st.sampled_from(PATHS),
)
viewers = st.one_of(
    st.just(NOBODY),
    st.builds(Viewer, st.sampled_from(["p1", "p2"]), st.just(""), st.lists(grants, max_size=3).map(tuple)),
)
lessons = st.builds(
    LessonFacts,
    st.sampled_from(LessonState),
    st.sampled_from(Audience),
    st.sampled_from([None, "p1", "p3"]),
    st.sampled_from(PATHS),
)


def staffs(viewer: Viewer, path: str) -> bool:
    """Said again, in other words: staff or admin at the lesson's branch or at one above it."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/" and i]
    return any(g.role in (Role.STAFF, Role.ADMIN) and g.path in above for g in viewer.grants)


@given(viewers, lessons)
def test_a_shared_token_means_may_view_and_nothing_else_does(viewer: Viewer, lesson: LessonFacts) -> None:
    owns = viewer.person_id is not None and viewer.person_id == lesson.owner_id
    public = lesson.state is LessonState.PUBLISHED and (
        lesson.audience is Audience.EVERYONE or viewer.person_id is not None
    )
    expected = owns or public or staffs(viewer, lesson.branch_path)
    assert may(viewer, Action.VIEW, lesson) is expected
    assert bool(scope_of(viewer) & scope_tokens(lesson)) is expected


@given(viewers, lessons)
def test_whoever_may_do_something_may_also_see_it(viewer: Viewer, lesson: LessonFacts) -> None:
    for action in Action:
        if may(viewer, action, lesson):
            assert may(viewer, Action.VIEW, lesson)


@given(viewers, lessons)
def test_only_staff_above_publish_and_only_they_delete_what_was_public(
    viewer: Viewer, lesson: LessonFacts
) -> None:
    assert may(viewer, Action.PUBLISH, lesson) is staffs(viewer, lesson.branch_path)
    if lesson.state is not LessonState.DRAFT:
        assert may(viewer, Action.DELETE, lesson) is staffs(viewer, lesson.branch_path)


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
    signed_for = media_audience(lesson.state, lesson.audience)
    assert (signed_for == "everyone") == may(NOBODY, Action.VIEW, lesson)
    somebody = Viewer("somebody")
    assert (signed_for == "staff") == (not may(somebody, Action.VIEW, lesson))


@given(lessons, lessons)
def test_an_address_plays_for_as_long_as_all_who_got_it_may_watch(
    then: LessonFacts, now: LessonFacts
) -> None:
    """As far as addresses tell people apart: strangers, the signed-in, those who work on it."""
    plays = media_plays(media_audience(then.state, then.audience), media_audience(now.state, now.audience))
    for stranger in (NOBODY, Viewer("somebody")):
        if plays and may(stranger, Action.VIEW, then):
            assert may(stranger, Action.VIEW, now)
    assert media_plays(media_audience(now.state, now.audience), media_audience(now.state, now.audience))
    assert not media_plays(media_audience(then.state, then.audience), "nobody")
