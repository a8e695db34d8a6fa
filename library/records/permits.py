"""Who may show lessons in a gathering, write its record and read it: what library.core.rights says. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed
from library.records.rules import RecordState, SignerRole


@dataclass(frozen=True)
class RecordFacts:
    """What decides who may do what with a record: the path of the gathering's node, who chairs and writes,
    who keeps the list of a room, whether the viewer was on the roll."""

    path: str
    chair_id: str | None
    recorder_id: str | None
    hosts: frozenset[str] = frozenset()
    was_on_roll: bool = False
    state: RecordState = RecordState.OPEN


def _thing(facts: RecordFacts, viewer: Viewer, theirs: Collection[str | None]) -> Thing:
    """Return the record as a thing that is theirs whose names are given."""
    its = viewer.person_id is not None and viewer.person_id in theirs
    return Thing(facts.path, owner_id=viewer.person_id if its else None, state=facts.state)


def may_show(viewer: Viewer, facts: RecordFacts) -> bool:
    """Tell whether the viewer may run a screen: chair, recorder, host, secretary, staff."""
    theirs = {facts.chair_id, facts.recorder_id, *facts.hosts}
    return allowed(viewer, Act.GATHERING_SCREEN, _thing(facts, viewer, theirs))


def may_write(viewer: Viewer, facts: RecordFacts) -> bool:
    """Tell whether the viewer may write the record: who chairs or writes, the secretary, the staff."""
    theirs = {facts.chair_id, facts.recorder_id}
    return allowed(viewer, Act.RECORD_WRITE, _thing(facts, viewer, theirs))


def may_read(viewer: Viewer, facts: RecordFacts) -> bool:
    """Tell whether the viewer may read the record: who may write it, and once it is signed who was on the
    roll."""
    theirs = {facts.chair_id, facts.recorder_id}
    if facts.state is RecordState.LOCKED and facts.was_on_roll:
        theirs |= {viewer.person_id}
    return allowed(viewer, Act.RECORD_VIEW, _thing(facts, viewer, theirs))


def may_sign(viewer: Viewer, facts: RecordFacts, role: SignerRole) -> bool:
    """Tell whether the viewer may sign as `role`: whom the gathering names, and nobody else; where it names
    nobody, whoever may write the record."""
    named = facts.chair_id if role is SignerRole.CHAIR else facts.recorder_id
    if named is None:
        return may_write(viewer, facts)
    return viewer.person_id == named


def may_keep_template(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may give a node its own template."""
    return allowed(viewer, Act.RECORD_TEMPLATE, Thing(path))


def may_see_book(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may see all records of a node."""
    return allowed(viewer, Act.RECORD_BOOK, Thing(path))
