"""Who may do what with a lesson, decided in this one place for pages, search, counts, playlists and segments.

A viewer and a lesson that share a scope token may meet (see library.core.permits). The same tokens go into
the search index, so that a hit, a total or a suggestion can never know more than a page does.
`catalog.queries.visible` says the same in SQL, `catalog.queries.search_scope` to the index; a property test
holds them together. The rows of the decision stand in library.core.rights.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from library.core.permits import WHOLE_TREE, Viewer, node_chain
from library.core.rights import Act, Right, Thing, allowed, because


class Audience(StrEnum):
    """For whom a published lesson is: `organisation` is everybody who belongs to a node, `chosen` the nodes,
    groups and kinds of members that its tokens name (library.catalog.audience)."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    ORGANISATION = "organisation"
    CHOSEN = "chosen"


class LessonState(StrEnum):
    """Where a lesson is on its way: only who reviews it moves it to and from `published`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What may be done with one lesson: each is an Act of the table of permissions (library.core.rights)."""

    VIEW = "view"
    EDIT = "edit"
    AUDIENCE = "audience"
    PUBLISH = "publish"
    DELETE = "delete"
    STATS = "stats"
    WHY = "why"
    HONOUR = "honour"
    VERSIONS = "versions"


@dataclass(frozen=True)
class LessonFacts:
    """What the decision needs to know of a lesson; `node_path` as in Grant.path.

    `chosen` are the tokens of an audience that is chosen, empty for the others.
    """

    state: LessonState
    audience: Audience
    owner_id: str | None
    node_path: str
    chosen: frozenset[str] = frozenset()

    @property
    def open_to(self) -> frozenset[str]:
        """The tokens of the audience; a viewer who holds one belongs to it."""
        return self.chosen if self.audience is Audience.CHOSEN else frozenset({str(self.audience)})


def thing_of(lesson: LessonFacts) -> Thing:
    """Return a lesson as the table of permissions sees it."""
    return Thing(lesson.node_path, lesson.owner_id, str(lesson.state), lesson.open_to)


def scope_tokens(lesson: LessonFacts) -> frozenset[str]:
    """Return the tokens that open a lesson: its audience once published, its owner, the node that has it."""
    tokens = {WHOLE_TREE, f"branch:{node_chain(lesson.node_path)[-1]}"}
    if lesson.owner_id:
        tokens.add(f"owner:{lesson.owner_id}")
    if lesson.state is LessonState.PUBLISHED:
        tokens |= lesson.open_to
    return frozenset(tokens)


def may(viewer: Viewer, action: Action, lesson: LessonFacts) -> bool:
    """Decide whether `viewer` may do `action` with `lesson`: nothing with what they may not see."""
    thing = thing_of(lesson)
    if not allowed(viewer, Act.LESSON_VIEW, thing):
        return False
    return action is Action.VIEW or allowed(viewer, Act(f"lesson.{action}"), thing)


def why(viewer: Viewer, lesson: LessonFacts) -> tuple[Right, ...]:
    """Return the rows of the table by which a viewer may see a lesson; none where they may not."""
    return because(viewer, Act.LESSON_VIEW, thing_of(lesson))


def told_to_sign_in(viewer: Viewer, lesson: LessonFacts) -> bool:
    """Tell whether a visitor who may not see a lesson is told that signing in opens it.

    They are of what is published for all who sign in; of all else they learn nothing, not even that it is
    there.
    """
    return not viewer.signed_in and str(Audience.SIGNED_IN) in scope_tokens(lesson)


def covers(wide: LessonFacts, narrow: LessonFacts) -> bool:
    """Tell whether all who belong to the audience of `narrow` belong to that of `wide`, as far as the two
    words tell it without asking who belongs where."""
    order = (Audience.EVERYONE, Audience.SIGNED_IN)
    if wide.audience in order:
        return narrow.audience not in order[: order.index(wide.audience)]
    if wide.audience is Audience.ORGANISATION:
        # A learning group may have people of no node.
        return narrow.audience is Audience.ORGANISATION or (
            narrow.audience is Audience.CHOSEN and not any(t.startswith("group:") for t in narrow.chosen)
        )
    return narrow.audience is Audience.CHOSEN and narrow.chosen <= wide.chosen


def media_audience(state: LessonState, audience: Audience, chosen: frozenset[str] = frozenset()) -> str:
    """Return the audience word of a signed media address: `everyone`, `signed_in`, `organisation`, `staff`,
    or for a chosen audience "c" and twelve digits that name the choice.

    What is not published is watched by those who work on it; `staff` tells their addresses from those that
    viewers got before it was withdrawn.
    """
    if state is not LessonState.PUBLISHED:
        return "staff"
    if audience is Audience.CHOSEN:
        return "c" + hashlib.sha256("\n".join(sorted(chosen)).encode()).hexdigest()[:12]
    return str(audience)


_FROM_WIDEST = ("everyone", "signed_in", "organisation", "chosen", "staff", "nobody")


def media_plays(signed_for: str, open_to: str) -> bool:
    """Tell whether an address signed for one audience plays when its lesson is now open to another.

    Both are words of `media_audience`; `open_to` may also be `nobody`, for a lesson that is gone. Of two
    choices nobody can tell which holds the other, nor whether all of a chosen group belong to a node: an
    address plays when it was signed for this very choice, and its viewer asks for another where it was not.
    """
    if signed_for == open_to:
        return open_to != "nobody"
    signed, now = (word if word in _FROM_WIDEST else "chosen" for word in (signed_for, open_to))
    if signed == "chosen" and now in ("chosen", "organisation"):
        return False
    return _FROM_WIDEST.index(signed) >= _FROM_WIDEST.index(now)
