"""Who may do what with a lesson, decided in this one place for pages, search, counts, playlists and segments.

A viewer and a lesson that share a scope token may meet (see library.core.permits). The same tokens go into
the search index, so that a hit, a total or a suggestion can never know more than a page does.
`catalog.queries.visible` says the same in SQL; a property test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from library.core.permits import Role, Viewer, branch_chain, scope_of


class Audience(StrEnum):
    """For whom a published lesson is."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"


class LessonState(StrEnum):
    """Where a lesson is on its way: only staff move it to and from `published`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What may be done with one lesson."""

    VIEW = "view"
    EDIT = "edit"
    PUBLISH = "publish"
    DELETE = "delete"
    STATS = "stats"


@dataclass(frozen=True)
class LessonFacts:
    """What the decision needs to know of a lesson; `branch_path` as in Grant.path."""

    state: LessonState
    audience: Audience
    owner_id: str | None
    branch_path: str


def scope_tokens(lesson: LessonFacts) -> frozenset[str]:
    """Return the tokens that open a lesson: its audience once published, its owner and the staff above it."""
    tokens = {f"branch:{branch}" for branch in branch_chain(lesson.branch_path)}
    if lesson.owner_id:
        tokens.add(f"owner:{lesson.owner_id}")
    if lesson.state is LessonState.PUBLISHED:
        tokens.add(str(lesson.audience))
    return frozenset(tokens)


def may(viewer: Viewer, action: Action, lesson: LessonFacts) -> bool:
    """Decide whether `viewer` may do `action` with `lesson`."""
    owns = viewer.person_id is not None and viewer.person_id == lesson.owner_id
    staff = viewer.holds_at(Role.STAFF, lesson.branch_path)
    if action is Action.VIEW:
        return not scope_of(viewer).isdisjoint(scope_tokens(lesson))
    if action is Action.PUBLISH:
        return staff
    if action is Action.DELETE:
        # What has been published has counts and readers: only staff may take it away.
        return staff or (owns and lesson.state is LessonState.DRAFT)
    return staff or (owns and viewer.has(Role.LECTURER))


def told_to_sign_in(viewer: Viewer, lesson: LessonFacts) -> bool:
    """Tell whether a visitor who may not see a lesson is told that signing in opens it.

    They are of what is published for all who sign in; of all else they learn nothing, not even that it is
    there.
    """
    return not viewer.signed_in and str(Audience.SIGNED_IN) in scope_tokens(lesson)


def media_audience(state: LessonState, audience: Audience) -> str:
    """Return the audience word of a signed media address: `everyone`, `signed_in` or `staff`.

    What is not published is watched by those who work on it; `staff` tells their addresses from those that
    viewers got before it was withdrawn.
    """
    return str(audience) if state is LessonState.PUBLISHED else "staff"


_FROM_WIDEST = ("everyone", "signed_in", "staff", "nobody")


def media_plays(signed_for: str, open_to: str) -> bool:
    """Tell whether an address signed for one audience plays when its lesson is now open to another.

    Both are words of `media_audience`; `open_to` may also be `nobody`, for a lesson that is gone.
    """
    return _FROM_WIDEST.index(signed_for) >= _FROM_WIDEST.index(open_to)
