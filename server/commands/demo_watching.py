"""The demonstration's viewers: what they watched is counted by the same rules as everybody's."""

from datetime import timedelta

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Clip
from library.core.permits import Audience, LessonState
from library.people import queries as people
from library.plays import actions as plays
from library.plays import queries as plays_queries
from library.plays.closing import DayClosed
from library.plays.crediting import Beat
from library.plays.rules import Source
from server.commands.demo_accounts import ACCOUNTS
from server.demo.watching import sittings
from server.wiring import Ports

_LETTER = {"member": "p", "group": "g"}


def watch(ports: Ports, lesson_id: str) -> None:
    """Let viewers watch each clip of a published lesson that plays and that nobody has watched yet."""
    with ports.db.read() as session:
        lesson = catalog.lesson(session, lesson_id)
        playing = [clip.id for clip in lesson.clips if clip.plan and lesson.state == LessonState.PUBLISHED]
        left = [one for one in playing if one not in plays_queries.played(session, playing)]
    for clip_id in left:
        try:
            with ports.db.write() as session:
                _watch(ports, session, catalog.clip(session, clip_id))
        except DayClosed:  # the days before are sealed: whoever comes now is counted, nobody afterwards
            return


def _watch(ports: Ports, session: Session, clip: Clip) -> None:
    persons = [person for name in ACCOUNTS if (person := people.person_by_username(session, name))]
    members = [
        (person.id, people.home_branch(session, people.viewer_of(session, person))) for person in persons
    ]
    beats = []
    for one in sittings(
        clip.id,
        clip.duration_s or clip.end_s - clip.start_s,
        ports.clock(),
        visitors=clip.lesson.audience == Audience.EVERYONE,
        members=len(members),
    ):
        if one.kind == "visitor":
            viewer, branch_id = f"v:demo-{one.viewer}", None
        else:
            person_id, branch_id = members[one.viewer]
            viewer = f"{_LETTER[one.kind]}:{person_id}"
        play = plays.start(
            session,
            clip,
            viewer,
            one.began,
            source=Source(one.source),
            people=one.people,
            branch_id=branch_id,
        )
        watched_s = one.end_s - one.start_s
        beats.append(Beat(play.id, [(one.start_s, one.end_s)], 1.0, one.began + timedelta(seconds=watched_s)))
    plays.credit_beats(session, beats, ports.settings.view_rule)
