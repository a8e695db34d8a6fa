"""The one table of permissions: who may do what, where, and in which state of the thing. Pure data.

Every decision about a lesson, a node, a person or a page asks `allowed`, and what is said of it on pages
comes from the same rows. docs/permissions.md is drawn from here. What is not in the table is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from library.core.permits import Role, Viewer, audience_of, node_chain


class Act(StrEnum):
    """What can be done, as noun and verb."""

    # With one lesson; whatever is done with it also needs `lesson.view`.
    LESSON_VIEW = "lesson.view"
    LESSON_EDIT = "lesson.edit"
    LESSON_AUDIENCE = "lesson.audience"
    LESSON_PUBLISH = "lesson.publish"
    LESSON_DELETE = "lesson.delete"
    LESSON_STATS = "lesson.stats"
    LESSON_WHY = "lesson.why"
    LESSON_HONOUR = "lesson.honour"
    LESSON_VERSIONS = "lesson.versions"
    LESSON_MAKE = "lesson.make"
    # To keep it, note something at a second, ask its lecturer.
    LESSON_MARK = "lesson.mark"
    # With one declaration of a lesson: `make` and `stop` are asked of the lesson's node, `read` and
    # `decide` of the node of the level at which it is.
    DECLARATION_MAKE = "declaration.make"
    DECLARATION_VIEW = "declaration.view"
    DECLARATION_READ = "declaration.read"
    DECLARATION_DECIDE = "declaration.decide"
    DECLARATION_STOP = "declaration.stop"
    DECLARATION_ARRANGE = "declaration.arrange"
    # With one series of lessons.
    SERIES_MAKE = "series.make"
    SERIES_EDIT = "series.edit"
    # With one site where lessons are held.
    SITE_KEEP = "site.keep"
    # With one node of the organisation tree.
    NODE_LOOK = "node.look"
    NODE_ARRANGE = "node.arrange"
    NODE_PLACE = "node.place"
    NODE_STATS = "node.stats"
    # With the people of a node; which roles somebody may give, and so whom they may change, is in GIVES.
    PEOPLE_LOOK = "people.look"
    PERSON_LOOK = "person.look"
    PEOPLE_KEEP = "people.keep"
    PEOPLE_ROLES = "people.roles"
    PEOPLE_ERASE = "people.erase"
    # With what was suggested to a node.
    SUGGESTIONS_ANSWER = "suggestions.answer"
    # With what is asked about a lesson.
    QUESTION_ANSWER = "question.answer"
    # With the weeks of a node.
    WEEK_PLAN = "week.plan"
    # With what became of a week at a node.
    MONDAY_VIEW = "monday.view"
    # With the screen of a gathering, and its record.
    GATHERING_SCREEN = "gathering.screen"
    RECORD_VIEW = "record.view"
    RECORD_WRITE = "record.write"
    RECORD_BOOK = "record.book"
    RECORD_TEMPLATE = "record.template"
    # With a gathering of a node, or of a learning group that it keeps.
    GATHERING_LOOK = "gathering.look"
    GATHERING_PLAN = "gathering.plan"
    GATHERING_HOST = "gathering.host"
    # With the books of a member: `keep` is to take a piece back and to confirm what they practised.
    BOOKS_READ = "books.read"
    BOOKS_KEEP = "books.keep"
    # With the rules by which a node and those below it count.
    BOOKS_ARRANGE = "books.arrange"
    # With one reflection; `decide` is asked of the writer's home when it was sent.
    REFLECTION_VIEW = "reflection.view"
    REFLECTION_WRITE = "reflection.write"
    REFLECTION_DECIDE = "reflection.decide"
    # With a node's call for works.
    CALL_VIEW = "call.view"
    CALL_KEEP = "call.keep"
    CALL_ENTER = "call.enter"
    CALL_JUDGE = "call.judge"
    # With the grades of a node's people: `keep` proposes, decides and freezes, `rules` makes rule sets,
    # `waive` switches off a point of 减负. `look` is asked of one person's grade.
    GRADES_KEEP = "grades.keep"
    GRADES_RULES = "grades.rules"
    GRADES_WAIVE = "grades.waive"
    GRADES_LOOK = "grades.look"
    # What belongs to no node.
    STATS_OVERVIEW = "stats.overview"
    SEARCHES_SAVE = "searches.save"
    DICTIONARY_TEACH = "dictionary.teach"
    ABOUT_DESCRIBE = "about.describe"
    SYSTEM_LOOK = "system.look"
    SYSTEM_CHANGE = "system.change"
    LEDGER_READ = "ledger.read"
    # What everybody does with what is their own, or is for all.
    PUBLIC = "site.public"
    OWN_ACCOUNT = "account.own"


class Scope(StrEnum):
    """Where a right holds, seen from the thing."""

    ANYBODY = "anybody"
    """With or without an account."""
    SIGNED_IN = "signed_in"
    """For whoever has an account."""
    AUDIENCE = "audience"
    """The thing is for an audience to which they belong."""
    OWN = "own"
    """The thing is theirs; a role is held anywhere."""
    NODE = "node"
    """The role is held at the node of the thing, or above it."""
    ABOVE = "above"
    """The role is held above the node of the thing."""
    ALL = "all"
    """The role is held at the root."""
    ANYWHERE = "anywhere"
    """The role is held at any node: the thing belongs to none."""


@dataclass(frozen=True)
class Right:
    """One row: who has it by which role (None: by none), where, and in which states (empty: in any)."""

    scope: Scope
    role: Role | None = None
    states: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Thing:
    """What is acted on: the path of its node, whose it is, its state, and the tokens of its audience."""

    path: str = ""
    owner_id: str | None = None
    state: str = ""
    open_to: frozenset[str] = frozenset()


NOTHING = Thing()
"""For what belongs to no node and to nobody."""


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


_NODE_STAFF = Right(Scope.NODE, Role.STAFF)

RIGHTS: Mapping[Act, tuple[Right, ...]] = {
    Act.LESSON_VIEW: (
        Right(Scope.AUDIENCE, states=_in("published")),
        Right(Scope.OWN),
        Right(Scope.NODE, Role.REVIEWER),
    ),
    Act.LESSON_EDIT: (Right(Scope.OWN, Role.LECTURER), _NODE_STAFF),
    # What has been published was decided with its audience: from then on the staff change it.
    Act.LESSON_AUDIENCE: (Right(Scope.OWN, Role.LECTURER, _in("draft", "withdrawn")), _NODE_STAFF),
    Act.LESSON_PUBLISH: (Right(Scope.NODE, Role.REVIEWER),),
    # What has been published has counts and readers: only staff may take it away.
    Act.LESSON_DELETE: (Right(Scope.OWN, states=_in("draft")), _NODE_STAFF),
    Act.LESSON_STATS: (
        Right(Scope.OWN, Role.LECTURER),
        Right(Scope.NODE, Role.SECRETARY, _in("published")),
        _NODE_STAFF,
    ),
    Act.LESSON_WHY: (Right(Scope.OWN, Role.LECTURER), Right(Scope.NODE, Role.REVIEWER)),
    Act.LESSON_HONOUR: (_NODE_STAFF,),
    # What was published, and what waits to be: for those who write it and those who decide.
    Act.LESSON_VERSIONS: (Right(Scope.OWN, Role.LECTURER), Right(Scope.NODE, Role.REVIEWER)),
    Act.LESSON_MAKE: (Right(Scope.ANYWHERE, Role.LECTURER),),
    Act.LESSON_MARK: (Right(Scope.SIGNED_IN),),
    Act.DECLARATION_MAKE: (Right(Scope.OWN, Role.LECTURER), _NODE_STAFF),
    Act.DECLARATION_VIEW: (Right(Scope.OWN), Right(Scope.NODE, Role.REVIEWER)),
    # Nobody reads or decides what they declared themselves (library.declaring.permits).
    Act.DECLARATION_READ: (Right(Scope.NODE, Role.REVIEWER),),
    Act.DECLARATION_DECIDE: (Right(Scope.NODE, Role.REVIEWER),),
    Act.DECLARATION_STOP: (Right(Scope.NODE, Role.REVIEWER),),
    # Which levels review, and how: for the node and all below it.
    Act.DECLARATION_ARRANGE: (_NODE_STAFF,),
    Act.SERIES_MAKE: (Right(Scope.ANYWHERE, Role.LECTURER),),
    Act.SERIES_EDIT: (Right(Scope.OWN, Role.LECTURER), _NODE_STAFF),
    Act.SITE_KEEP: (_NODE_STAFF,),
    Act.NODE_LOOK: (_NODE_STAFF,),
    Act.NODE_ARRANGE: (Right(Scope.NODE, Role.ADMIN),),
    # A secretary does not take their own branch out of the county.
    Act.NODE_PLACE: (Right(Scope.ABOVE, Role.ADMIN),),
    Act.NODE_STATS: (_NODE_STAFF,),
    Act.PEOPLE_LOOK: (Right(Scope.NODE, Role.SECRETARY),),
    Act.PERSON_LOOK: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    # Their belonging, their ways in and their roles: of a role also what GIVES says, a secretary's is
    # membership alone.
    Act.PEOPLE_KEEP: (Right(Scope.NODE, Role.SECRETARY),),
    Act.PEOPLE_ROLES: (_NODE_STAFF,),
    Act.PEOPLE_ERASE: (Right(Scope.NODE, Role.ADMIN),),
    Act.SUGGESTIONS_ANSWER: (_NODE_STAFF,),
    # The thing is the lesson that is asked about.
    Act.QUESTION_ANSWER: (Right(Scope.OWN, Role.LECTURER), _NODE_STAFF),
    # Staff hold what a secretary does.
    Act.WEEK_PLAN: (Right(Scope.NODE, Role.SECRETARY),),
    # The audience is who belongs to the node.
    Act.MONDAY_VIEW: (Right(Scope.AUDIENCE), Right(Scope.NODE, Role.SECRETARY)),
    # It is theirs who chair the gathering, write of it or keep the list of a room.
    Act.GATHERING_SCREEN: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    # Signed it is also theirs who were on the roll.
    Act.RECORD_VIEW: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    Act.RECORD_WRITE: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    Act.RECORD_BOOK: (Right(Scope.NODE, Role.SECRETARY),),
    Act.RECORD_TEMPLATE: (Right(Scope.NODE, Role.SECRETARY),),
    # Whom it asks to come; who is on its roll; whose node it is.
    Act.GATHERING_LOOK: (Right(Scope.AUDIENCE), Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    Act.GATHERING_PLAN: (Right(Scope.NODE, Role.SECRETARY),),
    # Its chair, its recorder and the hosts of its rooms keep the roll: it is theirs while they are that.
    Act.GATHERING_HOST: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    # A member's record is theirs; the secretary sees it as books, never the minutes behind what was watched.
    Act.BOOKS_READ: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    # Nobody keeps their own (library.books.permits).
    Act.BOOKS_KEEP: (Right(Scope.NODE, Role.SECRETARY),),
    Act.BOOKS_ARRANGE: (_NODE_STAFF,),
    # What its writer has not sent, or has got back, is theirs alone.
    Act.REFLECTION_VIEW: (
        Right(Scope.AUDIENCE, states=_in("published")),
        Right(Scope.OWN),
        Right(Scope.NODE, Role.SECRETARY, _in("sent", "published")),
    ),
    Act.REFLECTION_WRITE: (Right(Scope.OWN),),
    # Nobody decides about their own (library.reflections.permits).
    Act.REFLECTION_DECIDE: (Right(Scope.NODE, Role.SECRETARY),),
    # Whom it is for once it is out; whose place among the judges it is; the staff always.
    Act.CALL_VIEW: (
        Right(Scope.AUDIENCE, states=_in("open", "judging", "results", "closed")),
        Right(Scope.OWN, states=_in("open", "judging", "results", "closed")),
        _NODE_STAFF,
    ),
    Act.CALL_KEEP: (_NODE_STAFF,),
    # The thing is the lesson.
    Act.CALL_ENTER: (Right(Scope.OWN, Role.LECTURER), _NODE_STAFF),
    # The thing is a place among the judges, which is a person's own.
    Act.CALL_JUDGE: (Right(Scope.OWN),),
    # Nobody changes a decision of their own grade (library.grades.judging).
    Act.GRADES_KEEP: (Right(Scope.NODE, Role.SECRETARY),),
    Act.GRADES_RULES: (Right(Scope.NODE, Role.SECRETARY),),
    Act.GRADES_WAIVE: (Right(Scope.NODE, Role.ADMIN),),
    Act.GRADES_LOOK: (Right(Scope.OWN), Right(Scope.NODE, Role.SECRETARY)),
    Act.STATS_OVERVIEW: (Right(Scope.ANYWHERE, Role.LECTURER), Right(Scope.ANYWHERE, Role.SECRETARY)),
    Act.SEARCHES_SAVE: (Right(Scope.ANYWHERE, Role.STAFF),),
    Act.DICTIONARY_TEACH: (Right(Scope.ANYWHERE, Role.STAFF),),
    Act.ABOUT_DESCRIBE: (Right(Scope.ANYWHERE, Role.STAFF),),
    # The machine is nobody's part of the tree.
    Act.SYSTEM_LOOK: (Right(Scope.ALL, Role.ADMIN),),
    Act.SYSTEM_CHANGE: (Right(Scope.ALL, Role.ADMIN),),
    # An entry belongs to no node, and says where people sign in from.
    Act.LEDGER_READ: (Right(Scope.ALL, Role.AUDITOR),),
    Act.PUBLIC: (Right(Scope.ANYBODY),),
    Act.OWN_ACCOUNT: (Right(Scope.SIGNED_IN),),
}

_BY_STAFF = frozenset({Role.MEMBER, Role.LECTURER, Role.SECRETARY, Role.REVIEWER})
GIVES: Mapping[Role, frozenset[Role]] = {
    Role.SECRETARY: frozenset({Role.MEMBER}),
    Role.STAFF: _BY_STAFF,
    Role.ADMIN: frozenset(Role),
}
"""Which roles a role gives and takes at its node and below; who may give all that a person holds may also
reset their password, or close their account."""


def allowed(viewer: Viewer, act: Act, thing: Thing = NOTHING) -> bool:
    """Decide whether a viewer may do something with a thing."""
    return any(holds(viewer, right, thing) for right in RIGHTS[act])


def somewhere(viewer: Viewer, act: Act) -> bool:
    """Tell whether a viewer may do something with some thing: what a page asks before it knows with which.

    What only the root gives is about no thing at all, and is decided here: a town's administrator is none.
    """
    return any(_somewhere(viewer, right) for right in RIGHTS[act])


def _somewhere(viewer: Viewer, right: Right) -> bool:
    if right.role is None:
        return right.scope is Scope.ANYBODY or viewer.signed_in
    return viewer.holds_at_root(right.role) if right.scope is Scope.ALL else viewer.has(right.role)


def because(viewer: Viewer, act: Act, thing: Thing = NOTHING) -> tuple[Right, ...]:
    """Return the rows of the table by which a viewer may do something; none where they may not."""
    return tuple(right for right in RIGHTS[act] if holds(viewer, right, thing))


def holds(viewer: Viewer, right: Right, thing: Thing) -> bool:
    """Tell whether one row of the table gives a viewer what it gives."""
    return (not right.states or thing.state in right.states) and _reaches(viewer, right, thing)


def _reaches(viewer: Viewer, right: Right, thing: Thing) -> bool:
    role = right.role
    match right.scope:
        case Scope.ANYBODY:
            return True
        case Scope.SIGNED_IN:
            return viewer.signed_in
        case Scope.AUDIENCE:
            return not audience_of(viewer).isdisjoint(thing.open_to)
        case Scope.OWN:
            owns = viewer.person_id is not None and viewer.person_id == thing.owner_id
            return owns and (role is None or viewer.has(role))
        case Scope.NODE:
            return role is not None and viewer.holds_at(role, thing.path)
        case Scope.ABOVE:
            above = node_chain(thing.path)[:-1]
            return role is not None and bool(above) and viewer.holds_at(role, f"/{'/'.join(above)}/")
        case Scope.ALL:
            return role is not None and viewer.holds_at_root(role)
        case Scope.ANYWHERE:
            return role is not None and viewer.has(role)


def role_at_node(act: Act) -> Role:
    """Return the role that gives an act at its node and below, for questions about whole subtrees.

    Raises LookupError for an act that no role gives there.
    """
    roles = [r.role for r in RIGHTS[act] if r.scope is Scope.NODE and r.role and not r.states]
    if not roles:
        raise LookupError(act)
    return roles[0]


def given_by(viewer: Viewer, path: str) -> frozenset[Role]:
    """Return the roles that a viewer may give and take at a node."""
    return frozenset(role for giver, roles in GIVES.items() if viewer.holds_at(giver, path) for role in roles)
